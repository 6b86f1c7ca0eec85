"""Files of the bound tenant: what is too large for a row. A folder on one computer, a bucket on AWS.

Both keep a tenant's files under its id, so a name can only ever reach the tenant's own; without a bound
tenant there is an exception before any disk or network. A file is there whole or not at all. Truth lives in
the tables: what lies here can be made again, or (a sealed document) is named by a row with its hash.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from chalicelib.config import settings
from chalicelib.tenancy.context import current
from chalicelib.tenancy.credentials import tenant_client

_NAME = re.compile(r"^(?!.*\.\.)[A-Za-z0-9_=][A-Za-z0-9_=.-]*(/[A-Za-z0-9_=][A-Za-z0-9_=.-]*)*$")


class Files(Protocol):
    """Where a tenant's files lie. Names are paths: ``lake/events/date=2026-11-22/hour-09.parquet``."""

    def put(self, name: str, body: bytes) -> None:
        """Write a whole file, over one of the same name."""
        ...

    def get(self, name: str) -> bytes | None:
        """A file's content, or nothing."""
        ...

    def names(self, prefix: str) -> Iterator[str]:
        """The names that begin with ``prefix``, in order."""
        ...

    def drop(self, name: str) -> None:
        """Remove a file; one that is not there is removed already."""
        ...

    def fetched(self, name: str) -> Path:
        """A path on this computer that holds the file's content now, for libraries that read paths."""
        ...


def files() -> Files:
    """The files of the bound tenant."""
    place = settings().files
    split = urlsplit(place)
    return BucketFiles(bucket=split.netloc) if split.scheme == "s3" else FolderFiles(root=Path(place))


class FolderFiles:
    """Files in a folder: written aside, flushed and renamed, a crash leaves the old or the new one."""

    def __init__(self, *, root: Path) -> None:
        self._root = root

    def put(self, name: str, body: bytes) -> None:
        """See the port."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        import tempfile  # a folder of files is what a computer has; AWS has a bucket

        handle, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    def get(self, name: str) -> bytes | None:
        """See the port."""
        with suppress(FileNotFoundError):
            return self._path(name).read_bytes()
        return None

    def names(self, prefix: str) -> Iterator[str]:
        """See the port."""
        home = self._home()
        folder = home / (prefix.rpartition("/")[0])
        found = (path.relative_to(home).as_posix() for path in folder.rglob("*") if path.is_file())
        yield from sorted(name for name in found if name.startswith(prefix) and _NAME.match(name))

    def drop(self, name: str) -> None:
        """See the port."""
        self._path(name).unlink(missing_ok=True)

    def fetched(self, name: str) -> Path:
        """See the port."""
        return self._path(name)

    def _home(self) -> Path:
        return self._root / current().tenant.id

    def _path(self, name: str) -> Path:
        return self._home() / _checked(name)


class BucketFiles:
    """Files in a bucket: each call is signed for the bound tenant, whose role reaches its own prefix only."""

    def __init__(self, *, bucket: str) -> None:
        self._bucket = bucket

    def put(self, name: str, body: bytes) -> None:
        """See the port."""
        self._client().put_object(Bucket=self._bucket, Key=_key(name), Body=body)

    def get(self, name: str) -> bytes | None:
        """See the port."""
        client = self._client()
        try:
            answer = client.get_object(Bucket=self._bucket, Key=_key(name))
        except client.exceptions.NoSuchKey:
            return None
        body: bytes = answer["Body"].read()
        return body

    def names(self, prefix: str) -> Iterator[str]:
        """See the port."""
        home = f"{current().tenant.id}/"
        pages = self._client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=home + prefix):
            # Our names hold no per cent sign: decoding once more harms none, and the local engine needs it.
            yield from (unquote(one["Key"]).removeprefix(home) for one in page.get("Contents", ()))

    def drop(self, name: str) -> None:
        """See the port."""
        self._client().delete_object(Bucket=self._bucket, Key=_key(name))

    def fetched(self, name: str) -> Path:
        """See the port. A copy in this function's own scratch folder, made anew each time: files change."""
        body = self.get(name)
        if body is None:
            raise FileNotFoundError(name)
        scratch = FolderFiles(root=_scratch())
        scratch.put(name, body)
        return scratch.fetched(name)

    def _client(self) -> Any:
        return tenant_client("s3")


@cache
def _scratch() -> Path:
    import tempfile

    return Path(tempfile.mkdtemp(prefix="songyun-files-"))


def _key(name: str) -> str:
    return f"{current().tenant.id}/{_checked(name)}"


def _checked(name: str) -> str:
    if not _NAME.match(name) or len(name) > 400:
        raise ValueError(f"no name for a file: {name!r}")
    return name

"""Sealed reports in memory, as the archive keeps them."""

from collections.abc import Iterator

from chalicelib.kernel.errors import Clash
from tenants.bureau.domain.report.periods import Span
from tenants.bureau.domain.report.seal import Sealed, Tampered, sha_of


class FakeArchive:
    """The ``Archive`` and ``Shelf`` ports."""

    def __init__(self) -> None:
        self.rows: dict[str, Sealed] = {}
        self.bytes: dict[str, bytes] = {}
        self.hashes: dict[str, tuple[str, str]] = {}
        self.waiting: set[str] = set()

    def versions(self, *, code: str, span: Span, scope: str) -> list[Sealed]:
        found = [
            one for one in self.rows.values() if (one.code, one.span, one.scope) == (code, span.name, scope)
        ]
        return sorted(found, key=lambda one: one.version)

    def content(self, sha: str) -> bytes | None:
        return self.bytes.get(f"{sha}.json")

    def keep(self, sealed: Sealed, data: bytes) -> None:
        if sealed.id in self.rows:
            raise Clash
        self.bytes[f"{sealed.sha}.json"] = data
        self.rows[sealed.id] = sealed
        self.hashes[sealed.sha] = (sealed.id, "json")

    def checked(self, sealed: Sealed) -> None:
        self.rows[sealed.id] = sealed

    def find(self, id: str) -> Sealed | None:
        return self.rows.get(id)

    def listed(self, *, code: str, year: int) -> Iterator[Sealed]:
        found = [one for one in self.rows.values() if one.code == code and one.span.startswith(str(year))]
        yield from sorted(found, key=lambda one: (one.span, one.scope, one.version), reverse=True)

    def of_hash(self, sha: str) -> tuple[str, str] | None:
        return self.hashes.get(sha)

    def file(self, sealed: Sealed, form: str) -> bytes | None:
        expected = self.rows[sealed.id].files.get(form)
        if expected is None:
            return None
        body = self.bytes.get(f"{sealed.sha}.{form}")
        if body is None or sha_of(body) != expected:
            raise Tampered
        return body

    def keep_file(self, sealed: Sealed, form: str, body: bytes) -> Sealed:
        self.bytes[f"{sealed.sha}.{form}"] = body
        self.hashes[sha_of(body)] = (sealed.id, form)
        self.rows[sealed.id] = Sealed(**{**vars(sealed), "files": {**sealed.files, form: sha_of(body)}})
        return self.rows[sealed.id]

    def publish(self, sealed: Sealed) -> None:
        self.rows[sealed.id] = sealed

    def wait(self, sealed: Sealed) -> None:
        self.waiting.add(sealed.id)

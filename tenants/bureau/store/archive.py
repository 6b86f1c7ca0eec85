"""Sealed reports: a row each in the app table, the sealed bytes in the bureau's files under their hash.

The bytes are written first and never again: another content has another name. The row says which hash counts.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.persistence.files import files
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.report.periods import Span
from tenants.bureau.domain.report.seal import Sealed, Tampered, sha_of


class ReportRow(Row, discriminator="report"):
    """pk ``REPORT#<code>#<year>``, sk ``<period>#<scope>#<version>``: a year is read at once."""

    body = UnicodeAttribute()
    sha = UnicodeAttribute()
    checked = UnicodeAttribute()
    files = UnicodeAttribute()
    published = UnicodeAttribute(default="")
    final = BooleanAttribute()
    version = NumberAttribute()


class SealRow(Row, discriminator="seal"):
    """pk ``SEAL#<hash>``: whose bytes these are; ``form``: the sealed content, or what was made of it."""

    report = UnicodeAttribute()
    form = UnicodeAttribute()


class PendingRow(Row, discriminator="report-pending"):
    """pk ``PENDING#REPORT``, sk a report's id: its files wait for a function that can make them."""


class ArchiveStore:
    """The ``Archive`` and ``Shelf`` ports on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def versions(self, *, code: str, span: Span, scope: str) -> list[Sealed]:
        """See the port."""
        begins = f"{span.name}#{scope}#"
        rows: Any = ReportRow.query(
            _partition(code, span.name), ReportRow.sk.startswith(begins), consistent_read=True
        )
        return [_sealed(row) for row in rows]

    def content(self, sha: str) -> bytes | None:
        """See the port."""
        return files().get(_name(sha, "json"))

    def keep(self, sealed: Sealed, data: bytes) -> None:
        """See the port."""
        files().put(_name(sealed.sha, "json"), data)
        self._work.about(sealed.id)
        self._work.create(_row(sealed), otherwise=Clash())
        self._work.put(_seal_row(sealed, sealed.sha, "json"))

    def checked(self, sealed: Sealed) -> None:
        """See the port."""
        self._work.about(sealed.id)
        row = ReportRow(*_key(sealed))
        self._work.update(row, [ReportRow.checked.set(sealed.checked)], ReportRow.sha == sealed.sha)

    def find(self, id: str) -> Sealed | None:
        """See the port."""
        parts = id.split("_")
        if len(parts) != 4 or not parts[3].isascii() or not parts[3].isdigit():
            return None
        code, span, scope, version = parts
        row = ReportRow.find(_partition(code, span), f"{span}#{scope}#{int(version):04d}")
        return _sealed(row) if row is not None else None

    def listed(self, *, code: str, year: int) -> Iterator[Sealed]:
        """See the port."""
        rows: Any = ReportRow.query(
            tenant_key("REPORT", code, str(year)), scan_index_forward=False, consistent_read=True
        )
        yield from map(_sealed, rows)

    def of_hash(self, sha: str) -> tuple[str, str] | None:
        """See the port."""
        row = SealRow.find(tenant_key("SEAL", sha), "-")
        return (row.report, row.form) if row is not None else None

    def file(self, sealed: Sealed, form: str) -> bytes | None:
        """See the port."""
        expected = sealed.files.get(form)
        if expected is None:
            return None
        body = files().get(_name(sealed.sha, form))
        if body is None or sha_of(body) != expected:
            raise Tampered
        return body

    def keep_file(self, sealed: Sealed, form: str, body: bytes) -> Sealed:
        """See the port."""
        sha = sha_of(body)
        files().put(_name(sealed.sha, form), body)
        known = {**sealed.files, form: sha}
        self._work.about(sealed.id)
        row = ReportRow(*_key(sealed))
        self._work.update(row, [ReportRow.files.set(json.dumps(known))], ReportRow.sha == sealed.sha)
        self._work.put(_seal_row(sealed, sha, form))
        return Sealed(**{**vars(sealed), "files": known})

    def publish(self, sealed: Sealed) -> None:
        """See the port."""
        self._work.about(sealed.id)
        row = ReportRow(*_key(sealed))
        self._work.update(row, [ReportRow.published.set(sealed.published)], ReportRow.sha == sealed.sha)

    def wait(self, sealed: Sealed) -> None:
        """See the port."""
        self._work.put(PendingRow(tenant_key("PENDING", "REPORT"), sealed.id))

    def waiting(self) -> list[str]:
        """See the port."""
        rows: Any = PendingRow.query(tenant_key("PENDING", "REPORT"), consistent_read=True)
        return [row.sk for row in rows]

    def done_waiting(self, id: str) -> None:
        """See the port."""
        self._work.delete(PendingRow(tenant_key("PENDING", "REPORT"), id))


def _partition(code: str, span: str) -> str:
    return tenant_key("REPORT", code, span[:4])


def _key(sealed: Sealed) -> tuple[str, str]:
    return _partition(sealed.code, sealed.span), f"{sealed.span}#{sealed.scope}#{sealed.version:04d}"


def _name(sha: str, form: str) -> str:
    return f"sealed/{sha}.{form}"


def _seal_row(sealed: Sealed, sha: str, form: str) -> SealRow:
    return SealRow(tenant_key("SEAL", sha), "-", report=sealed.id, form=form)


_APART = ("sha", "checked", "files", "published", "final", "version")


def _row(sealed: Sealed) -> ReportRow:
    kept = {name: value for name, value in vars(sealed).items() if name not in _APART}
    kept |= {"first": sealed.first.isoformat(), "last": sealed.last.isoformat()}
    return ReportRow(
        *_key(sealed),
        body=json.dumps(kept, ensure_ascii=False, separators=(",", ":")),
        sha=sealed.sha,
        checked=sealed.checked,
        files=json.dumps(dict(sealed.files)),
        published=sealed.published,
        final=sealed.final,
        version=sealed.version,
    )


def _sealed(row: ReportRow) -> Sealed:
    kept = json.loads(row.body)
    return Sealed(
        **{
            **kept,
            "first": date.fromisoformat(kept["first"]),
            "last": date.fromisoformat(kept["last"]),
            "sha": row.sha,
            "checked": row.checked,
            "files": json.loads(row.files),
            "published": row.published or "",
            "final": row.final,
            "version": int(row.version),
        }
    )

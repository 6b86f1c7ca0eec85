"""Lost property and shift notes: what is open in one small partition, what is over under its month."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import is_id, moment_of
from chalicelib.kernel.period import business_day
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.office import Find, FindState, Note
from tenants.hotel.domain.sheet import month_of

_LATEST = 50


class FindRow(Row, discriminator="hotel-find"):
    """pk ``FINDS#<property>`` while it is kept, then ``FINDS#<property>#<yyyymm>`` of the find; sk the id."""

    body = UnicodeAttribute()
    owner = BinaryAttribute(null=True, legacy_encoding=False)
    version = NumberAttribute()


class NoteRow(Row, discriminator="hotel-note"):
    """pk ``NOTES#<property>`` while it waits, else ``NOTES#<property>#<yyyymm>``; sk the id."""

    body = UnicodeAttribute()
    text = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


class OfficeStore:
    """The ``Office`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def find(self, site: str, id: str) -> Find:
        row = FindRow.find(tenant_key("FINDS", site), id)
        if row is None:
            month = month_of(business_day(moment_of(id))) if is_id(id, "lp") else "-"
            row = FindRow.find(tenant_key("FINDS", site, month), id)
        if row is None:
            raise Missing(find=id)
        return _find(site, row)

    def finds(self, site: str) -> Sequence[Find]:
        return [_find(site, row) for row in FindRow.query(tenant_key("FINDS", site), consistent_read=True)]

    def closed(self, site: str, month: str) -> Sequence[Find]:
        rows = FindRow.query(tenant_key("FINDS", site, month), scan_index_forward=False)
        return [_find(site, row) for row in rows]

    def keep_find(self, find: Find, *, before: Find | None) -> None:
        self._work.about(find.id)
        if before is None:
            self._work.create(_find_row(tenant_key("FINDS", find.site), find))
            return
        month = month_of(business_day(find.found))
        gone = FindRow(tenant_key("FINDS", find.site), find.id)
        self._work.delete(gone, FindRow.version == before.version)
        self._work.put(_find_row(tenant_key("FINDS", find.site, month), find))

    def note(self, site: str, id: str) -> Note:
        month = month_of(business_day(moment_of(id))) if is_id(id, "nt") else "-"
        for pk in (tenant_key("NOTES", site), tenant_key("NOTES", site, month)):
            row = NoteRow.find(pk, id)
            if row is not None:
                return _note(site, row)
        raise Missing(note=id)

    def notes(self, site: str) -> Sequence[Note]:
        waiting = NoteRow.query(tenant_key("NOTES", site), scan_index_forward=False, consistent_read=True)
        found = [_note(site, row) for row in waiting]
        today = business_day(self._work.now)
        for day in (today, today.replace(day=1) - timedelta(days=1)):
            if len(found) < _LATEST:
                pk = tenant_key("NOTES", site, month_of(day))
                rows = NoteRow.query(pk, scan_index_forward=False, limit=_LATEST, consistent_read=True)
                found += [_note(site, row) for row in rows]
        return found

    def keep_note(self, note: Note, *, before: Note | None) -> None:
        self._work.about(note.id)
        open_, month = tenant_key("NOTES", note.site), month_of(business_day(note.written))
        done = tenant_key("NOTES", note.site, month)
        if before is None:
            self._work.create(_note_row(open_ if note.wanted else done, note))
            return
        if note.wanted:
            self._work.delete(NoteRow(open_, note.id), NoteRow.version == before.version)
            self._work.put(_note_row(done, note))
        else:
            self._work.put(_note_row(done, note), NoteRow.version == before.version)


def _find_row(pk: str, find: Find) -> FindRow:
    closed = int(find.closed.timestamp()) if find.closed is not None else 0
    body = [
        int(find.found.timestamp()),
        find.place,
        find.what,
        find.kept_at,
        find.finder,
        find.until.isoformat(),
        find.state,
        closed,
        find.note,
    ]
    return FindRow(
        pk,
        find.id,
        body=json.dumps(body, ensure_ascii=False),
        owner=find.owner or None,
        version=find.version,
    )


def _find(site: str, row: FindRow) -> Find:
    found, place, what, kept_at, finder, until, state, closed, note = json.loads(row.body)
    return Find(
        id=row.sk,
        site=site,
        found=datetime.fromtimestamp(found, UTC),
        place=place,
        what=what,
        kept_at=kept_at,
        finder=finder,
        until=date.fromisoformat(until),
        state=FindState(state),
        closed=datetime.fromtimestamp(closed, UTC) if closed else None,
        owner=row.owner or b"",
        note=note,
        version=int(row.version),
    )


def _note_row(pk: str, note: Note) -> NoteRow:
    seen = int(note.seen.timestamp()) if note.seen is not None else 0
    body = [int(note.written.timestamp()), note.by, note.wanted, note.seen_by, seen]
    text = json.dumps(body, ensure_ascii=False)
    return NoteRow(pk, note.id, body=text, text=note.text, version=note.version)


def _note(site: str, row: NoteRow) -> Note:
    written, by, wanted, seen_by, seen = json.loads(row.body)
    return Note(
        id=row.sk,
        site=site,
        written=datetime.fromtimestamp(written, UTC),
        by=by,
        text=row.text,
        wanted=wanted,
        seen_by=seen_by,
        seen=datetime.fromtimestamp(seen, UTC) if seen else None,
        version=int(row.version),
    )

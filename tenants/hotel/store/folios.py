"""Folios in DynamoDB. What is not closed lies in one partition, so a desk's list and the night audit read it
by one query; entries lie with their account and are written once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.folio import Entry, Folio, Payer, State
from tenants.hotel.domain.folio_refusals import BusinessDayMoved, FolioThere
from tenants.hotel.store.days import BookRow, DayRow
from tenants.hotel.store.entries import entry_list, entry_of
from tenants.hotel.usecases.accounts import Posting


class FolioRow(Row, discriminator="hotel-folio"):
    """pk ``FOLIOS``, sk the folio's id, until it is closed; then pk ``BILL#<account>``, sk ``W<window>``."""

    body = UnicodeAttribute()
    state = UnicodeAttribute()
    charged = NumberAttribute()
    paid = NumberAttribute()
    deposits = NumberAttribute()
    entries = NumberAttribute()
    version = NumberAttribute()


class EntryRow(Row, discriminator="hotel-entry"):
    """pk ``BILL#<account>``, sk ``<window>#<number>``: written once, never again."""

    body = UnicodeAttribute()


class FolioStore:
    """The ``Folios`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def find(self, id: str, *, closed: bool = True) -> Folio | None:
        row = FolioRow.find(tenant_key("FOLIOS"), id)
        if row is None and closed:
            account, _, window = id.rpartition(".")
            row = FolioRow.find(tenant_key("BILL", account), f"W{window}") if account else None
        return _folio(id, row) if row is not None else None

    def get(self, id: str) -> Folio:
        found = self.find(id)
        if found is None:
            raise Missing(folio=id)
        return found

    def several(self, ids: Iterable[str]) -> Mapping[str, Folio]:
        wanted = sorted(set(ids))
        rows = FolioRow.several((tenant_key("FOLIOS"), id) for id in wanted)
        found = {row.sk: _folio(row.sk, row) for row in rows}
        for id in set(wanted) - set(found):
            closed = self.find(id)
            if closed is not None:
                found[id] = closed
        return found

    def windows(self, account: str) -> Sequence[Folio]:
        living = FolioRow.query(
            tenant_key("FOLIOS"), FolioRow.sk.startswith(f"{account}."), consistent_read=True
        )
        over = FolioRow.query(tenant_key("BILL", account), FolioRow.sk.startswith("W"), consistent_read=True)
        found = [_folio(row.sk, row) for row in living]
        found += [_folio(f"{account}.{row.sk[1:]}", row) for row in over]
        return sorted(found, key=lambda folio: folio.window)

    def entries(self, folio: Folio) -> Sequence[Entry]:
        rows = EntryRow.query(
            tenant_key("BILL", folio.account),
            EntryRow.sk.startswith(f"{folio.window}#"),
            consistent_read=True,
        )
        # What was added after the folio was read is not part of what the caller decides upon.
        return [entry for row in rows if (entry := entry_of(json.loads(row.body))).number <= folio.entries]

    def open(self) -> Sequence[Folio]:
        rows = FolioRow.query(tenant_key("FOLIOS"), consistent_read=True)
        return [_folio(row.sk, row) for row in rows]

    def post(self, postings: Sequence[Posting], *, day: date | None) -> None:
        for posting in postings:
            self._head(posting.after, before=posting.before)
            for entry in posting.entries:
                sk = f"{posting.after.window}#{entry.number:06d}"
                row = EntryRow(tenant_key("BILL", posting.after.account), sk, body=_json(entry_list(entry)))
                self._work.create(row)
        made = [entry for posting in postings for entry in posting.entries]
        site = postings[0].after.site
        if made:
            self._work.put(
                BookRow(
                    tenant_key("BOOK", site, made[0].day.isoformat()),
                    new_id("bk", now=self._work.now),
                    body=_json([entry_list(entry) for entry in made]),
                )
            )
        if day is not None:
            self._work.check(
                DayRow(tenant_key("DAYS"), site),
                DayRow.pk.does_not_exist() | (DayRow.open == day.isoformat()),
                otherwise=BusinessDayMoved(),
            )
        self._work.about(postings[0].after.id)

    def keep(self, folio: Folio, *, before: Folio) -> None:
        self._work.about(folio.id)
        if before.state is State.CLOSED:
            row = _row(tenant_key("BILL", folio.account), f"W{folio.window}", folio)
            self._work.put(row, FolioRow.version == before.version)
        elif folio.state is State.CLOSED:
            self._work.delete(FolioRow(tenant_key("FOLIOS"), folio.id), FolioRow.version == before.version)
            self._work.create(_row(tenant_key("BILL", folio.account), f"W{folio.window}", folio))
        else:
            self._head(folio, before=before)

    def _head(self, folio: Folio, *, before: Folio | None) -> None:
        row = _row(tenant_key("FOLIOS"), folio.id, folio)
        if before is None:
            self._work.create(row, otherwise=FolioThere(folio=folio.id))
        else:
            self._work.put(row, FolioRow.version == before.version)


def _row(pk: str, sk: str, folio: Folio) -> FolioRow:
    body = {
        "s": folio.site,
        "p": str(folio.payer),
        "t": folio.title,
        "o": folio.opened.isoformat(),
        "r": folio.room,
        "y": folio.stay,
        "b": folio.order,
        "c": folio.company,
        "w": dict(folio.routes),
        "n": folio.night.isoformat() if folio.night is not None else "",
        "l": dict(folio.countries),
        "e": folio.ended.isoformat() if folio.ended is not None else "",
        "x": list(folio.beside),
    }
    return FolioRow(
        pk,
        sk,
        body=_json(body),
        state=str(folio.state),
        charged=folio.charged,
        paid=folio.paid,
        deposits=folio.deposits,
        entries=folio.entries,
        version=folio.version,
    )


def _folio(id: str, row: FolioRow) -> Folio:
    body = json.loads(row.body)
    return Folio(
        id=id,
        site=body["s"],
        payer=Payer(body["p"]),
        title=body["t"],
        opened=date.fromisoformat(body["o"]),
        room=body["r"],
        stay=body["y"],
        order=body["b"],
        company=body["c"],
        state=State(row.state),
        charged=int(row.charged),
        paid=int(row.paid),
        deposits=int(row.deposits),
        entries=int(row.entries),
        routes=body["w"],
        night=date.fromisoformat(body["n"]) if body["n"] else None,
        countries=body["l"],
        ended=date.fromisoformat(body["e"]) if body["e"] else None,
        beside=tuple(body.get("x", ())),
        version=int(row.version),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

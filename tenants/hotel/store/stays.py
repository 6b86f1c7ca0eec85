"""Stays in DynamoDB: a row a stay under the month of its booked arrival; two small indexes for the house.

An id leads to its row: it carries the day of arrival. A stay is one write of about half a kB; coming and
going write one index row each. Nothing here is read by scanning what is over.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.stock import Hold
from chalicelib.commerce.stock import store as stock_store
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import first_id, is_id
from chalicelib.kernel.period import business_day
from chalicelib.persistence.table import AT_ONCE, Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.sheet import month_of, months
from tenants.hotel.domain.stay import Segment, Stay, StayState, booked_day, ids
from tenants.hotel.store.setup import SetupStore


class StayRow(Row, discriminator="hotel-stay"):
    """pk ``STAYS#<property>#<yyyymm>`` of the booked arrival, sk the id: they sort by day."""

    order = UnicodeAttribute()
    state = UnicodeAttribute()
    body = UnicodeAttribute()
    party = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


class InHouseRow(Row, discriminator="hotel-in-house"):
    """pk ``INHOUSE#<property>``, sk the stay: as many as there are guests' rooms."""


class DepartedRow(Row, discriminator="hotel-departed"):
    """pk ``DEPARTED#<property>#<yyyymm>``, sk ``<day>#<stay>``."""


class StayStore:
    """The ``Stays`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, id: str) -> Stay:
        found = self.several([id])
        if not found:
            raise Missing(stay=id)
        return found[0]

    def several(self, ids: Sequence[str]) -> Sequence[Stay]:
        properties = SetupStore(self._work).house().properties
        keys = [(_pk(property, id), id) for id in ids if is_id(id, "st") for property in properties]
        return [_stay(row) for row in StayRow.several(keys)]

    def of_order(self, order: Order) -> Sequence[Stay]:
        wanted = [id for index in range(len(order.lines)) for id in ids(order, index)]
        return sorted(self.several(wanted), key=lambda stay: (stay.line, stay.number))

    def arriving(self, property: str, first: date, last: date) -> Sequence[Stay]:
        begin, end = _first_id(first), _first_id(last)
        found: list[Stay] = []
        for month in months(first, last - timedelta(days=1)):
            rows = StayRow.query(
                tenant_key("STAYS", property, month), StayRow.sk.between(begin, end), consistent_read=True
            )
            found += [_stay(row) for row in rows if row.sk < end]
        return found

    def book(self, property: str, first: date, last: date, *, after: str = "") -> Iterator[Stay]:
        begin, end = _first_id(first), _first_id(last + timedelta(days=1))
        for month in months(max(first, booked_day(after)) if after else first, last):
            rows = StayRow.query(
                tenant_key("STAYS", property, month),
                StayRow.sk.between(max(begin, after), end),
                page_size=AT_ONCE,
            )
            yield from (_stay(row) for row in rows if after < row.sk < end)

    def in_house(self, property: str) -> Sequence[Stay]:
        rows = InHouseRow.query(tenant_key("INHOUSE", property), consistent_read=True)
        return self._at(property, [row.sk for row in rows])

    def departed(self, property: str, day: date) -> Sequence[Stay]:
        pk = tenant_key("DEPARTED", property, month_of(day))
        rows = DepartedRow.query(pk, DepartedRow.sk.startswith(f"{day.isoformat()}#"), consistent_read=True)
        return self._at(property, [row.sk.partition("#")[2] for row in rows])

    def create(self, stays: Sequence[Stay]) -> None:
        for stay in stays:
            self._work.create(_row(stay))

    def keep(
        self, stay: Stay, *, before: Stay, taken: Sequence[Hold] = (), back: Sequence[Hold] = ()
    ) -> None:
        self._work.put(_row(stay), StayRow.version == before.version)
        self._work.about(stay.order)  # what happens to a stay is its booking's history
        stock_store.confirm(self._work, taken, order=stay.id)
        for hold in back:
            stock_store.give_back(self._work, hold, order=stay.id, count=hold.count, until=None)
        if (stay.state is StayState.IN_HOUSE) != (before.state is StayState.IN_HOUSE):
            self._came_or_went(stay)

    def _came_or_went(self, stay: Stay) -> None:
        row = InHouseRow(tenant_key("INHOUSE", stay.site), stay.id)
        if stay.state is StayState.IN_HOUSE:
            self._work.put(row)
            return
        self._work.delete(row)
        if stay.left is not None:
            day = business_day(stay.left)
            pk = tenant_key("DEPARTED", stay.site, month_of(day))
            self._work.put(DepartedRow(pk, f"{day.isoformat()}#{stay.id}"))

    def _at(self, property: str, ids: Iterable[str]) -> list[Stay]:
        return [_stay(row) for row in StayRow.several((_pk(property, id), id) for id in ids)]


def _pk(property: str, id: str) -> str:
    return tenant_key("STAYS", property, month_of(booked_day(id)))


def _first_id(day: date) -> str:
    return first_id("st", now=datetime.combine(day, time(0), UTC))


def _row(stay: Stay) -> StayRow:
    return StayRow(
        _pk(stay.site, stay.id),
        stay.id,
        order=stay.order,
        state=str(stay.state),
        body=json.dumps(_body(stay), ensure_ascii=False, separators=(",", ":")),
        party=stay.party,
        version=stay.version,
    )


def _body(stay: Stay) -> dict[str, Any]:
    """Short names: the row stays within one write unit."""
    body: dict[str, Any] = {
        "l": [stay.line, stay.number],
        "t": [stay.type, stay.plan],
        "d": [stay.arrive.isoformat(), stay.depart.isoformat()],
        "$": stay.nightly,
        "p": [stay.adults, stay.children],
        "c": stay.channel,
        "h": stay.hours,
        "s": _segments(stay.segments),
        "b": _segments(stay.previous) if stay.previous is not None else None,
        "o": [[one.resource, one.slot, one.bucket, one.count, one.shelf] for one in stay.holds],
        "r": stay.has,
        "i": _seconds(stay.arrived),
        "x": _seconds(stay.left),
        "u": _seconds(stay.late),
        "m": stay.missed,
    }
    return {name: value for name, value in body.items() if value or (name == "b" and value is not None)}


def _stay(row: StayRow) -> Stay:
    body = json.loads(row.body)
    return Stay(
        id=row.sk,
        site=row.pk.split("#")[3],
        order=row.order,
        line=body["l"][0],
        number=body["l"][1],
        type=body["t"][0],
        plan=body["t"][1],
        arrive=date.fromisoformat(body["d"][0]),
        depart=date.fromisoformat(body["d"][1]),
        nightly=tuple(body["$"]),
        adults=body["p"][0],
        children=body["p"][1],
        channel=body["c"],
        party=row.party,
        hours=tuple(body["h"]) if "h" in body else None,
        state=StayState(row.state),
        segments=_segments_of(body.get("s", ())),
        previous=_segments_of(body["b"]) if "b" in body else None,
        holds=tuple(
            Hold(resource=resource, slot=slot, bucket=bucket, count=count, shelf=shelf)
            for resource, slot, bucket, count, shelf in body.get("o", ())
        ),
        has=tuple(body.get("r", ())),
        arrived=_instant(body.get("i")),
        left=_instant(body.get("x")),
        late=_instant(body.get("u")),
        missed=bool(body.get("m")),
        version=int(row.version),
    )


def _segments(segments: Sequence[Segment]) -> list[list[str]]:
    return [[one.room, one.first.isoformat(), one.last.isoformat()] for one in segments]


def _segments_of(values: Sequence[Sequence[str]]) -> tuple[Segment, ...]:
    return tuple(
        Segment(room=room, first=date.fromisoformat(first), last=date.fromisoformat(last))
        for room, first, last in values
    )


def _seconds(instant: datetime | None) -> int | None:
    return int(instant.timestamp()) if instant is not None else None


def _instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None

"""Hires in DynamoDB: pk ``HIRES#<yyyymm>`` of the day on which they begin, sk the id, which has that day."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Missing
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.extra import Kind
from tenants.hotel.domain.hire import Hire, HireState
from tenants.hotel.domain.sheet import months
from tenants.hotel.store.bodies_extra import metering_body, metering_of, rental_body, rental_of


class HireRow(Row, discriminator="hotel-hire"):
    """What is given for a time; who hired it is sealed."""

    site = UnicodeAttribute()
    state = UnicodeAttribute()
    body = UnicodeAttribute()
    party = BinaryAttribute(null=True, legacy_encoding=False)
    version = NumberAttribute()


class HireStore:
    """The ``Hires`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, id: str) -> Hire:
        row = HireRow.find(_pk(id), id)
        if row is None:
            raise Missing(hire=id)
        return _hire(row)

    def several(self, ids: Sequence[str]) -> Sequence[Hire]:
        return [_hire(row) for row in HireRow.several((_pk(id), id) for id in ids)]

    def between(self, site: str, first: date, last: date) -> Sequence[Hire]:
        found: list[Hire] = []
        for month in months(first, last):
            rows = HireRow.query(
                tenant_key("HIRES", month),
                HireRow.sk.between(first.isoformat(), f"{last.isoformat()}~"),
                consistent_read=True,
            )
            found += [_hire(row) for row in rows if row.site == site]
        return found

    def create(self, hire: Hire) -> None:
        self._work.create(_row(hire))

    def keep(self, hire: Hire, *, before: Hire) -> None:
        self._work.put(_row(hire), HireRow.version == before.version)
        self._work.about(hire.order)


def _pk(id: str) -> str:
    if len(id) < 10 or not id.isascii() or not (id[:4] + id[5:7]).isdigit():
        raise Missing(hire=id)
    return tenant_key("HIRES", id[:4] + id[5:7])


def _row(hire: Hire) -> HireRow:
    body = {
        "o": [hire.order, hire.line, hire.stay, hire.with_rooms],
        "x": [hire.extra, str(hire.kind), hire.title],
        "$": [hire.count, hire.price, hire.billed],
        "t": [_seconds(one) for one in (hire.starts, hire.ends, hire.started, hire.ended)],
        "m": metering_body(hire.metering),
        "r": rental_body(hire.rental),
        "k": [hire.gone, hire.back, hire.licence],
        "b": hire.by,
    }
    return HireRow(
        _pk(hire.id),
        hire.id,
        site=hire.site,
        state=str(hire.state),
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        party=hire.party or None,
        version=hire.version,
    )


def _hire(row: HireRow) -> Hire:
    body: dict[str, Any] = json.loads(row.body)
    order, line, stay, with_rooms = body["o"]
    extra, kind, title = body["x"]
    count, price, billed = body["$"]
    starts, ends, started, ended = (_instant(one) for one in body["t"])
    gone, back, licence = body["k"]
    assert starts is not None
    assert ends is not None
    return Hire(
        id=row.sk,
        site=row.site,
        order=order,
        line=line,
        extra=extra,
        kind=Kind(kind),
        title=title,
        count=count,
        price=price,
        starts=starts,
        ends=ends,
        metering=metering_of(body["m"]),
        rental=rental_of(body["r"]),
        stay=stay,
        with_rooms=with_rooms,
        party=row.party or b"",
        state=HireState(row.state),
        started=started,
        ended=ended,
        gone=gone,
        back=back,
        licence=licence,
        billed=billed,
        by=body["b"],
        version=int(row.version),
    )


def _seconds(instant: datetime | None) -> int | None:
    return int(instant.timestamp()) if instant is not None else None


def _instant(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None

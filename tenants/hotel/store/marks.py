"""How far each puller has read, and which bookings were touched since."""

import json
from collections.abc import Iterator
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.ids import is_id
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.persistence.journal import audited_since
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.usecases.ports import Told


class MarkRow(Row, discriminator="hotel-mark"):
    """pk ``PULLED``, sk the puller: an API key's actor."""

    upto = UnicodeAttribute()


class ToldRow(Row, discriminator="hotel-told"):
    """pk ``PULLED``, sk ``told#<puller>``: for pullers that acknowledge one by one."""

    body = UnicodeAttribute()


class MarkStore:
    """The ``Marks`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def find(self, puller: str) -> datetime | None:
        row = MarkRow.find(tenant_key("PULLED"), puller)
        return parse_instant(row.upto) if row is not None else None

    def keep(self, puller: str, upto: datetime) -> None:
        text = rfc3339(upto)  # of one length: texts compare as instants do
        row = MarkRow(tenant_key("PULLED"), puller, upto=text)
        self._work.about(puller)
        self._work.put(row, MarkRow.pk.does_not_exist() | (MarkRow.upto <= text))

    def told(self, puller: str) -> Told:
        row = ToldRow.find(tenant_key("PULLED"), f"told#{puller}")
        if row is None:
            return Told()
        body = json.loads(row.body)
        return Told(told=body["told"], seen=frozenset(body["seen"]))

    def tell(self, puller: str, told: Told) -> None:
        body = json.dumps({"told": dict(told.told), "seen": sorted(told.seen)}, separators=(",", ":"))
        self._work.about(puller)
        self._work.put(ToldRow(tenant_key("PULLED"), f"told#{puller}", body=body))

    def touched(self, *, since: datetime) -> Iterator[tuple[str, datetime]]:
        for row in audited_since(since=since, now=self._work.now):
            if is_id(row.subject, "or"):
                yield row.subject, parse_instant(row.at)

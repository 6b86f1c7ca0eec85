"""Fifty thousand sold tickets, put straight into the data file as the module's own rows.

One order a ticket: its order, lock, ticket and audit rows, and the buckets the places came from. A tenth of
them in the session that is then sold from, the rest over the sessions of fifteen days, placed over the two
weeks before.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.commerce.orders import events as order_events
from chalicelib.commerce.orders.domain import Fulfilment, Line, Order, Payment, State
from chalicelib.commerce.orders.rows import order_row
from chalicelib.commerce.orders.store import LockRow
from chalicelib.commerce.stock.domain import Hold, Slot, holder, word
from chalicelib.commerce.stock.rows import row_of as bucket_row
from chalicelib.config import settings
from chalicelib.kernel.events import envelope
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import business_day, local
from chalicelib.payments.desk import taken
from chalicelib.persistence import vault
from chalicelib.persistence.journal import audit_row, packed
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.tenancy.context import current
from infra.local.engine.store import FILE_NAME, connect
from tenants.scenic.domain import events
from tenants.scenic.domain.ticket import State as TicketState
from tenants.scenic.domain.ticket import Ticket
from tenants.scenic.store.tickets import _row as ticket_row
from tests.bench.world import ALL_DAY, World, area, id_number, product

_FIRST_PERSON = 400_000
_BLOBS = 200  # audit bodies made in full; the others repeat them under their own keys


def populate(world: World, *, tickets: int, now: datetime, hot: int = 10) -> None:
    """Write ``tickets`` sold tickets, as if they had been sold and published before this start.

    One in ``hot`` is for the session of today that is sold from afterwards.
    The engine is ended, its data file filled, and started again: a quarter of the time that the same rows
    take through its door, and no change record of them waits to be published.
    """
    with world.acting():
        items = [_stored(item) for item in _items(tickets, hot, now=now, seeded=random.Random(50_000))]
    world.stack.kill()
    with closing(connect(path=world.stack.data_dir / FILE_NAME)) as file:
        arn = f"%:table/{settings().app_table}"
        (table,) = file.execute("SELECT tid FROM tables WHERE arn LIKE ?", (arn,)).fetchone()
        file.execute("BEGIN IMMEDIATE")
        file.executemany(f"INSERT OR REPLACE INTO items VALUES ({table},?,?,?)", items)
        file.execute("COMMIT")
    world.stack.restart()


def _stored(item: dict[str, Any]) -> tuple[str, str, str]:
    return item["pk"]["S"], item["sk"]["S"], json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def _items(tickets: int, share: int, *, now: datetime, seeded: random.Random) -> Iterator[dict[str, Any]]:
    places = _Places(business_day(now), seeded)
    blobs: list[bytes] = []
    for number in range(tickets):
        order, person = _order(number, places, hot=number % share == 0, now=now, seeded=seeded)
        line = order.lines[0]
        until = int(line.ends.timestamp())
        lock = LockRow(
            tenant_key("LOCK", order.locks[0]),
            "-",
            order=order.id,
            command="0" * 24,
            digest=order.digest,
            until=until,
            ttl=until + 172_800,
        )
        ticket = _ticket(order, person)
        rows: list[Row] = [order_row(order), lock, ticket_row(ticket), _audit(order, ticket, blobs)]
        for row in rows:
            yield row.to_dynamodb_dict()
    yield from places.items()


class _Places:
    """Takes places out of the sessions' buckets, and writes the buckets in the end."""

    def __init__(self, today: date, seeded: random.Random) -> None:
        self._seeded = seeded
        self._area = area(today)
        days = [today + timedelta(days=ahead) for ahead in range(15)]
        self._slots = [
            (day, session.start, session.end, slot)
            for day in days
            for session, slot in self._area.slots(day)
            if session.start != ALL_DAY
        ]
        session, slot = self._area.slot(today, ALL_DAY)
        self._hot = (today, session.start, session.end, slot)
        self._taken: dict[tuple[str, int], tuple[Slot, list[str]]] = {}

    def take(self, id: str, *, hot: bool) -> tuple[date, time, time, Hold]:
        """One place of some session for this order."""
        day, start, end, slot = self._hot if hot else self._seeded.choice(self._slots)
        while True:
            bucket = self._seeded.randrange(slot.buckets)
            _, held = self._taken.setdefault((slot.slot, bucket), (slot, []))
            if len(held) < slot.size(bucket):
                held.append(holder(id))
                return day, start, end, Hold(resource=slot.resource, slot=slot.slot, bucket=bucket, count=1)

    def items(self) -> Iterator[dict[str, Any]]:
        """The buckets as they stand."""
        value = {"N": str(word(count=1, until=None))}
        for (_, bucket), (slot, held) in self._taken.items():
            row = bucket_row(slot, bucket)
            row.left = slot.size(bucket) - len(held)
            yield {**row.to_dynamodb_dict(), **dict.fromkeys(held, value)}


def _order(
    number: int, places: _Places, *, hot: bool, now: datetime, seeded: random.Random
) -> tuple[Order, dict[str, str]]:
    placed = now - timedelta(seconds=seeded.randrange(60, 14 * 86_400))
    id = new_id("or", now=placed)
    day, start, end, hold = places.take(id, hot=hot)
    document = id_number(_FIRST_PERSON + number)
    person = {"name": "示例游客", "kind": "resident-id", "number": document, "class": "adult"}
    line = Line(
        kind="ticket",
        product=product_id,
        title=title,
        option="adult",
        resource=hold.resource,
        slot=hold.slot,
        starts=local(day, start),
        ends=local(day, end),
        count=1,
        price=8000,
    )
    mark = vault.blind(f"resident-id|{document}", now=now)
    order = Order(
        id=id,
        lines=(line,),
        placed=placed,
        until=placed + timedelta(minutes=15),
        channel="api",
        locale="zh",
        policy=policy,
        holds=(hold,),
        locks=(f"VISIT#{hold.resource}#{day.isoformat()}#{mark}",),
        people=vault.seal([person], now=now),
        digest="0" * 32,
    )
    receipt = taken(order=id, amount=order.total, now=placed)
    order = replace(
        order,
        state=State.CONFIRMED,
        payment=Payment.PAID,
        fulfilment=Fulfilment.ISSUED,
        receipt=receipt,
        version=1,
    )
    return order, person


product_id, title, policy = product().id, product().titles["zh"], product().policy


def _ticket(order: Order, person: dict[str, str]) -> Ticket:
    line = order.lines[0]
    start = line.starts + timedelta(hours=8)
    end = line.ends + timedelta(hours=8)
    return Ticket(
        order=order.id,
        number=1,
        state=TicketState.ISSUED,
        area=line.resource,
        product=line.product,
        title=line.title,
        concession=line.option,
        day=start.date(),
        start=start.hour * 60 + start.minute,
        end=end.hour * 60 + end.minute,
        person=vault.seal(person, now=order.placed),
    )


def _audit(order: Order, ticket: Ticket, blobs: list[bytes]) -> Row:
    id = new_id("jn", now=order.placed)
    if len(blobs) < _BLOBS:
        blobs.append(packed(_said(order, ticket)))
        events = blobs[-1]
    else:
        events = blobs[len(order.id) % _BLOBS]
    return audit_row(action="scenic.pay-at-desk", subject=order.id, events=events, now=order.placed, id=id)


def _said(order: Order, ticket: Ticket) -> list[dict[str, Any]]:
    tenant = current().tenant
    found = [
        order_events.order_placed(order, buyer="0" * 32, now=order.placed),
        order_events.payment_settled(order, amount=order.total, refund=False, now=order.placed),
        events.tickets_issued(
            order,
            concessions={ticket.concession: 1},
            origins={"local": 1},
            amount=order.total.amount,
            sign=1,
            now=order.placed,
        ),
    ]
    return [
        envelope(
            event,
            tenant=tenant.id,
            kind=tenant.kind,
            slug=tenant.slug,
            district=tenant.district,
            now=order.placed,
        )
        for event in found
    ]

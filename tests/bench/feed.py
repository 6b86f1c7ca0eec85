"""The feed: from a committed outbox row over relay, bus and queue into the bureau's figure."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.events import Event, envelope
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import rfc3339
from chalicelib.persistence.journal import OutboxRow, outbox_row, packed
from chalicelib.tenancy.context import bind, current, duty
from tenants.bureau.store.rows import day_key
from tests.bench.figures import Report
from tests.bench.orders import today
from tests.bench.world import AREA, GATE, PRODUCT, World

_RATES = (40, 60, 80, 100, 120, 150, 180, 220, 260, 300, 350, 400, 500)
_COMPARED = 100  # events a second at which the delay is told
_DELAY_SECONDS = 15
_ALOFT = 2.0  # seconds of events that may be under way when a sustained run ends
_TICK, _LOOK = 0.05, 0.02
_PER_REQUEST = 25
_TRIES = 3


@dataclass
class Run:
    """One stretch of the feed: how many were committed when, and how many had arrived when."""

    committed: list[tuple[float, int]] = field(default_factory=list)
    arrived: list[tuple[float, int]] = field(default_factory=list)

    @property
    def said(self) -> int:
        return self.committed[-1][1] if self.committed else 0

    @property
    def counted(self) -> int:
        return self.arrived[-1][1] if self.arrived else 0

    @property
    def seconds(self) -> float:
        """From the first commit to the last figure."""
        return self.arrived[-1][0] - self.committed[0][0]

    @property
    def kept(self) -> float:
        """Events a second, from the first figure to the last."""
        (first, before), (last, after) = self.arrived[0], self.arrived[-1]
        return (after - before) / (last - first) if last > first else 0.0

    @property
    def lag(self) -> float:
        """How long the last figure came after the last commit."""
        return self.arrived[-1][0] - self.committed[-1][0]

    def delay(self, share: float) -> float:
        """The delay (seconds) that ``share`` of the events stay under: n-th commit to n-th arrival."""
        delays, seen = [], 0
        for moment, total in self.committed:
            for number in range(seen + 1, total + 1):
                delays.append(next(at for at, count in self.arrived if count >= number) - moment)
            seen = total
        return sorted(delays)[max(0, round(len(delays) * share) - 1)]


def measure(world: World, report: Report, scale: Any) -> None:
    """A burst says what the machine can do; then a rate is kept, and the delay is taken at 100 a second."""
    world.start("pumps")
    world.stack.drain(timeout=120)
    lost = 0
    burst = _run(world, rate=0, events=scale.burst)
    lost += burst.said - burst.counted
    able = burst.counted / burst.seconds
    report.put("feed_burst_events_per_s", able)
    fitting = [rate for rate in _RATES if rate <= able * 0.9] or [_RATES[0]]
    compared: Run | None = None
    for rate in fitting[: -_TRIES - 1 : -1]:
        run = _run(world, rate=rate, events=rate * scale.feed_seconds)
        lost += run.said - run.counted
        compared = run if rate == _COMPARED else compared
        report.put("feed_events_per_s", run.kept)
        if run.lag <= _ALOFT:
            break
    if compared is None:
        seconds = min(_DELAY_SECONDS, scale.feed_seconds)
        compared = _run(world, rate=_COMPARED, events=_COMPARED * seconds)
        lost += compared.said - compared.counted
    report.put("feed_p95_s", compared.delay(0.95))
    report.put("feed_lost", lost)


def _run(world: World, *, rate: int, events: int) -> Run:
    """Commit ``events`` at ``rate`` a second (0: at once) and watch them arrive."""
    run, day = Run(), today()
    with bind(duty(world.bureau, "bench")):
        key = day_key(day, world.scenic.id)
    before = _received(world, key)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK):
            found = _received(world, key) - before
            if found > run.counted:
                run.arrived.append((time.monotonic(), found))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with world.acting():
            _commit(world, run, rate=rate, events=events)
        _await(run, until=time.monotonic() + 20 + events / 20)
    finally:
        done.set()
        watcher.join()
    world.stack.drain(timeout=60)
    run.arrived.append((run.arrived[-1][0], _received(world, key) - before))
    return run


def _await(run: Run, *, until: float) -> None:
    while run.counted < run.said and time.monotonic() < until:
        time.sleep(_LOOK)


def _commit(world: World, run: Run, *, rate: int, events: int) -> None:
    engine, table, began = world.engine, settings().app_table, time.monotonic()
    rows, said = _rows(), 0
    while said < events:
        due = min(events, int((time.monotonic() - began) * rate) + 1) if rate else events
        puts: list[dict[str, Any]] = []
        while said < due and len(puts) < _PER_REQUEST:
            count, row = next(rows)
            puts.append({"PutRequest": {"Item": row.to_dynamodb_dict()}})
            said += count
        if puts:
            engine.call("dynamodb", "BatchWriteItem", RequestItems={table: puts})
            run.committed.append((time.monotonic(), said))
        elif rate:
            time.sleep(_TICK)


def _rows() -> Iterator[tuple[int, OutboxRow]]:
    """What a scenic area says in a day: three events of an order in one row, then a gate's minute, then a
    count of the flow, each in a row of its own.
    """
    while True:
        now = datetime.now(UTC)
        for group in ((_sold(now), _placed(now), _settled(now)), (_entries(now),), (_flow(now),)):
            events = packed([_said(event, now) for event in group])
            yield len(group), outbox_row(events, id=new_id("jn", now=now))


def _said(event: Event, now: datetime) -> dict[str, Any]:
    tenant = current().tenant
    return envelope(
        event, tenant=tenant.id, kind=tenant.kind, slug=tenant.slug, district=tenant.district, now=now
    )


def _sold(now: datetime) -> Event:
    data = {
        "product": PRODUCT,
        "area": AREA,
        "slotStart": rfc3339(now),
        "quantity": 1,
        "price": 8000,
        "channel": "online",
        "concession": {"adult": 1},
        "resident": {"other": 1},
    }
    return Event(type="tourism.scenic.ticket.issued.v1", subject="or", at=now, personal="p1", data=data)


def _placed(now: datetime) -> Event:
    data = {
        "element": "游",
        "productKind": "ticket",
        "channel": "online",
        "amount": 8000,
        "currency": "CNY",
        "buyer": "0" * 32,
        "lines": 1,
    }
    return Event(type="tourism.commerce.order.placed.v1", subject="or", at=now, personal="p1", data=data)


def _settled(now: datetime) -> Event:
    data = {
        "order": "or",
        "method": "card",
        "provider": "stripe",
        "amount": 8000,
        "currency": "CNY",
        "refund": False,
    }
    return Event(type="tourism.commerce.payment.settled.v1", subject="or", at=now, personal="p1", data=data)


def _entries(now: datetime) -> Event:
    data = {"area": AREA, "gate": GATE, "minute": rfc3339(now), "admitted": 3, "refused": {}}
    return Event(type="tourism.scenic.entry.counted.v1", subject=f"{AREA}/{GATE}", at=now, data=data)


def _flow(now: datetime) -> Event:
    data = {
        "windowStart": rfc3339(now),
        "windowSeconds": 60,
        "entered": 3,
        "exited": 1,
        "inside": 100,
        "instantCapacity": 60_000,
        "dayCapacity": 60_000,
        "enteredToday": 100,
        "zone": AREA,
        "quality": "gate",
    }
    return Event(type="tourism.scenic.flow.observed.v1", subject=AREA, at=now, data=data)


def _received(world: World, key: dict[str, Any]) -> int:
    """How many of the tenant's events the bureau's figures of the day count."""
    answer = world.engine.call(
        "dynamodb", "GetItem", TableName=settings().ledger_table, Key=key, ConsistentRead=True
    )
    return int(answer.get("Item", {}).get("c:received", {}).get("N", "0"))

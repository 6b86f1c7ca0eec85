"""What AWS would charge: counted here, priced by ``infra/cost``."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from unittest.mock import patch

from chalicelib.config import settings
from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.period import SHANGHAI, business_day
from chalicelib.messaging import relay
from chalicelib.persistence import directory
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.tenancy.context import Tenant, bind, duty
from infra.cost import Assumptions, Bill, Piece, PriceTable, Usage, bill, usage_of
from infra.cost.stack import at_rest
from infra.cost.work import stored
from infra.local.seed_hotel import seed_hotel
from infra.package.functions import Function, functions
from infra.visitors.client import Client
from tenants import modules
from tests.bench.feed import _rows
from tests.bench.figures import Report
from tests.bench.orders import buyer, tickets, today
from tests.bench.pages import _buy
from tests.bench.tapped import Tap, item_size, stored_bytes, tapped, visit
from tests.bench.world import AREA, GATE, World, _settle, _tenant, area

_WARM = 3
_DAYS = 365 / 12
_EVENTS = 100


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A thousand of something, or one month: its usage and its bill."""

    usage: Usage
    bill: Bill


def measure(world: World, report: Report, scale: Any) -> None:
    """The figures in dollars, and the dearest lines of each to the error stream."""
    table, assumed = PriceTable.load(), Assumptions.load()
    times = max(5, scale.orders // 10)
    found: dict[str, Priced] = {}

    def put(name: str, usage: Usage) -> None:
        found[name] = Priced(usage=usage, bill=bill(usage, table))
        report.put(name, found[name].bill.total)

    with tapped(world) as tap:
        for name, work in (
            ("usd_per_1000_web_orders", lambda: _buy(world)),
            ("usd_per_1000_orders", buyer(world)),
            ("usd_per_1000_gate_checks", _checker(world, times + _WARM)),
            ("usd_per_1000_hotel_bookings", _booker(world)),
        ):
            put(name, _thousand(world, tap, work, times=times, assumed=assumed))
        put("usd_per_1000_events", _events(world, tap, assumed))
        put("usd_per_idle_tenant_month", _idle(world, found["usd_per_1000_events"].usage, assumed))
    put("usd_per_idle_stack_month", at_rest(modules=list(modules()), stage="prod", assumed=assumed))
    everything = Usage.sum(each.usage for each in found.values())
    report.put("usd_prices_verified_pct", 100 * bill(everything, table).verified_share)
    for name, priced in found.items():
        print(f"        {name}", *islice(priced.bill.shown(currency="USD"), 7), sep="\n", file=sys.stderr)


def _thousand(
    world: World, tap: Tap, work: Callable[[], object], *, times: int, assumed: Assumptions
) -> Usage:
    """Usage of a thousand, from ``times`` of them, everything they cause included."""
    for _ in range(_WARM):
        work()
    world.stack.drain()
    tap.clear()
    before = stored_bytes(world)
    for _ in range(times):
        work()
    world.stack.drain()
    grown = max(0, stored_bytes(world) - before)
    return (tap.usage(assumed) + stored(table_bytes=grown, assumed=assumed)) * (1000 / times)


def _checker(world: World, count: int) -> Callable[[], object]:
    client = Client(world.stack.base_url, key=world.key)
    codes: list[str] = []

    def check() -> None:
        body = {"area": AREA, "code": codes.pop()}
        client.post(f"/api/v1/scenic/gates/{GATE}/admissions", body, expect=200)

    while len(codes) < count:
        codes += tickets(client, world, day=today())
    return check


def _booker(world: World) -> Callable[[], object]:
    """One room for one night, guaranteed: what a front desk or a channel books."""
    now, registry = datetime.now(UTC), ControlStore()
    hotel = control.create_tenant(
        kind="hotel",
        slug=f"inn-{secrets.token_hex(3)}",
        name="嵩云居",
        district="410185",
        entitlements=("hotel.rooms",),
        now=now,
        registry=registry,
    )
    with bind(duty(hotel, "bench")):
        seed_hotel(now=now)
    key, _ = control.issue_key(
        tenant=hotel.id, label="bench", roles=("owner",), actor="bench", now=now, registry=registry
    )
    client, nights = Client(world.stack.base_url, key=key), iter(range(20, 170))

    def book() -> None:
        arrive = business_day(now) + timedelta(days=next(nights))
        body = {
            "arrive": arrive.isoformat(),
            "depart": (arrive + timedelta(days=1)).isoformat(),
            "rooms": [{"type": "twin", "plan": "standard"}],
            "contact": {"name": "示例甲", "phone": "13800000000"},
            "guests": [{"name": "示例乙"}],
        }
        held = client.post("/api/v1/hotel/bookings", body, expect=201)
        client.post(f"/api/v1/hotel/bookings/{held['id']}/guarantee", {}, expect=200)

    return book


def _events(world: World, tap: Tap, assumed: Assumptions) -> Usage:
    """From a committed outbox row to the bureau's figure; the row itself included."""
    rows, said, written = _rows(), 0, 0.0
    tap.clear()
    before = stored_bytes(world)
    with world.acting():
        while said < _EVENTS:
            count, row = next(rows)
            item = row.to_dynamodb_dict()
            world.engine.call("dynamodb", "PutItem", TableName=settings().app_table, Item=item)
            said += count
            written += 2 * -(-item_size(item) // 1024)  # as part of a transaction
    world.stack.drain()
    kept = stored(table_bytes=max(0, stored_bytes(world) - before), assumed=assumed)
    return (tap.usage(assumed) + Usage.of(write_units=written) + kept) * (1000 / said)


def _idle(world: World, thousand: Usage, assumed: Assumptions) -> Usage:
    """A scenic area that is open and sells nothing, for a month: its turns in the schedules, its events.

    One day is played. A duty that comes several times an hour is played once in it and counted as often
    as it comes; the day's close is played at each of its times.
    """
    now = datetime.now(UTC)
    tenant = _tenant("scenic", f"quiet-{secrets.token_hex(3)}", now - timedelta(days=2))
    _settle(tenant, area(business_day(now)), now=now)
    plan = {function.name: function for function in functions(modules=list(modules()), stage="prod")}
    own = next(module for module in modules() if module.key == "scenic")
    duties: list[tuple[Function, str, int, Callable[[datetime], object]]] = [
        (plan["scenic-schedules"], one.name, one.minutes, one.run) for one in own.schedules
    ]
    duties.append((plan["sweep"], "sweep", 15, lambda moment: relay.sweep(now=moment)))
    day, used = business_day(now) - timedelta(days=1), Usage()
    for function, name, minutes, run in duties:
        often = 1 if name == "close_day" else max(1, 60 // minutes)
        before = stored_bytes(world), _said(tenant, day)
        pieces: list[Piece] = []
        with patch.object(directory, "tenants", lambda **_: iter((tenant,))):
            for moment in _moments(day, minutes=minutes * often):
                with bind(duty(tenant, "bench")), visit(pieces, function):
                    run(moment)
        world.stack.drain()
        grown, said = stored_bytes(world) - before[0], _said(tenant, day) - before[1]
        turns = Usage.sum(usage_of(piece, assumed) for piece in pieces)
        # Its turns only: the invocation is the installation's, and what the events leave is theirs.
        turns = Usage({name: turns[name] for name in ("function_gb_seconds", "write_units", "read_units")})
        rows = max(0.0, grown - said * thousand["table_gb_months"] * 1e6 / assumed["kept_months"])
        used += (turns + stored(table_bytes=rows, assumed=assumed) + thousand * (said / 1000)) * often
    return (used + Usage.of(key_requests=24 * 60 / assumed["key_cache_minutes"])) * _DAYS


def _moments(day: date, *, minutes: int) -> Iterator[datetime]:
    moment = datetime.combine(day, time(0), SHANGHAI)
    for _ in range(24 * 60 // minutes):
        yield moment.astimezone(UTC)
        moment += timedelta(minutes=minutes)


def _said(tenant: Tenant, day: date) -> int:
    """How many events the tenant has said about ``day``, or in the night after it."""
    with bind(duty(tenant, "bench")):
        return sum(len(envelopes_of(row)) for on in (day, day + timedelta(days=1)) for row in audited(day=on))

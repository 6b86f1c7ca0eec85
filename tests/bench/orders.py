"""Orders and gate checks through the API: what each process spends on one."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.kernel.period import business_day
from infra.local.engine.store import FILE_NAME
from infra.visitors.client import Client
from tests.bench.figures import Report
from tests.bench.processes import Rounds
from tests.bench.world import AREA, GATE, World, order_body

CLIENTS = 8
_PARTY = 9
_IDLE_SECONDS = 3.0


def measure(world: World, report: Report, scale: Any) -> None:
    """Paid orders with one named ticket each, and what they leave on disk."""
    world.start("web")
    world.start("pumps")
    buy = buyer(world)
    for _ in range(scale.warm):
        buy()
    world.stack.drain()
    idle(world, report)
    before = stored(world)
    spent = rounds(world, buy, times=scale.orders, of=scale.rounds)
    report.put("ticket_order_cpu_ms", spent["web"])
    report.put("ticket_order_engine_cpu_ms", spent["engine"])
    report.put("ticket_order_async_cpu_ms", spent["pumps"])
    report.put("ticket_order_all_cpu_ms", sum(each.best for each in spent.values()))
    grown = (stored(world) - before) / (scale.orders * scale.rounds)
    report.put("local_stack_mb_per_10000_orders", grown * 10_000 / 1e6)


def idle(world: World, report: Report) -> None:
    """What engine and pumps spend on looking for work: it is part of what an order seems to cost."""
    meter = world.meter("engine", "pumps")
    before, began = meter.read(), time.monotonic()
    time.sleep(_IDLE_SECONDS)
    after, seconds = meter.read(), time.monotonic() - began
    for name in ("engine", "pumps"):
        report.put(f"{name}_idle_cpu_ms_per_s", (after[name] - before[name]) * 1000 / seconds)


def measure_gate(world: World, report: Report, scale: Any) -> None:
    """Fresh tickets at a gate, one request each."""
    world.start("web")
    world.start("pumps")
    client, day = Client(world.stack.base_url, key=world.key), today()
    codes: list[str] = []
    while len(codes) < scale.checks * scale.rounds + scale.warm:
        codes += tickets(client, world, day=day)

    def check() -> None:
        body = {"area": AREA, "code": codes.pop()}
        client.post(f"/api/v1/scenic/gates/{GATE}/admissions", body, expect=200)

    for _ in range(scale.warm):
        check()
    world.stack.drain()
    spent = rounds(world, check, times=scale.checks, of=scale.rounds)
    report.put("gate_check_cpu_ms", spent["web"])
    report.put("gate_check_engine_cpu_ms", spent["engine"])
    report.put("gate_check_async_cpu_ms", spent["pumps"])


def measure_crowd(world: World, report: Report, scale: Any) -> None:
    """Eight clients that order as fast as they are answered, events flowing."""
    world.start("web")
    world.start("pumps")
    done: list[int] = []
    numbers = [world.person() for _ in range(int(200 * scale.client_seconds))]
    end = time.monotonic() + scale.client_seconds

    def run() -> None:
        buy, made = buyer(world, next_person=numbers.pop), 0
        while time.monotonic() < end:
            buy()
            made += 1
        done.append(made)

    began = time.monotonic()
    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) < CLIENTS:
        raise RuntimeError("a client of the crowd was refused; see above")
    report.put("orders_per_s_8_clients", sum(done) / (time.monotonic() - began))
    world.stack.drain(timeout=120)


def buyer(world: World, *, next_person: Callable[[], str] | None = None) -> Callable[[], dict[str, Any]]:
    """What one client does for one paid order: hold, then pay."""
    client, day, person = Client(world.stack.base_url, key=world.key), today(), next_person or world.person

    def buy() -> dict[str, Any]:
        held = client.post("/api/v1/scenic/orders", order_body(person(), day=day), expect=201)
        paid: dict[str, Any] = client.post(
            f"/api/v1/scenic/orders/{held['id']}/payment", {"amount": held["total"]}, expect=200
        )
        return paid

    return buy


def tickets(client: Client, world: World, *, day: date) -> list[str]:
    """The codes of one paid order of nine."""
    body = order_body(world.person(), day=day)
    body["visitors"] = [
        visitor for _ in range(_PARTY) for visitor in order_body(world.person(), day=day)["visitors"]
    ]
    held = client.post("/api/v1/scenic/orders", body, expect=201)
    paid = client.post(f"/api/v1/scenic/orders/{held['id']}/payment", {"amount": held["total"]}, expect=200)
    return [ticket["code"] for ticket in paid["tickets"]]


def rounds(world: World, work: Callable[[], object], *, times: int, of: int) -> dict[str, Rounds]:
    """CPU milliseconds per piece of work, by process; a round ends when all its events have arrived."""
    names = ("web", "engine", "pumps")
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(of):
        meter = world.meter(*names)
        before = meter.read()
        for _ in range(times):
            work()
        world.stack.drain(timeout=120)
        after = meter.read()
        for name in names:
            found[name].append((after[name] - before[name]) * 1000 / times)
    return {name: Rounds(values) for name, values in found.items()}


def stored(world: World) -> int:
    """Bytes in use in the engine's data file (free pages are not counted: they are used again)."""
    with closing(sqlite3.connect(world.stack.data_dir / FILE_NAME)) as file:
        pages, free, size = (
            file.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)


def today() -> date:
    """The business day."""
    return business_day(datetime.now(UTC))

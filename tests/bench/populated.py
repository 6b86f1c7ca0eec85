"""Whether an order costs more when fifty thousand have been sold before it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.bench import orders
from tests.bench.figures import Report
from tests.bench.population import populate
from tests.bench.world import World


def measure(world: World, report: Report, scale: Any) -> None:
    """Fill the table, then the same orders as before."""
    first = report.values.get("ticket_order_cpu_ms")
    if first is None:
        orders.measure(world, report, scale)
        first = report.values["ticket_order_cpu_ms"]
    world.stop("web")
    world.stop("pumps")
    populate(world, tickets=scale.tickets, now=datetime.now(UTC))
    world.start("web")
    world.start("pumps")
    buy = orders.buyer(world)
    for _ in range(scale.warm):
        buy()
    world.stack.drain(timeout=120)
    spent = orders.rounds(world, buy, times=scale.orders, of=scale.rounds)
    report.put("ticket_order_cpu_ms_after_50000", spent["web"])
    report.put("ticket_order_engine_cpu_ms_after_50000", spent["engine"])
    report.put("ticket_order_growth_pct", (spent["web"].best / first - 1) * 100)

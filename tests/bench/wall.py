"""What one look at the city's wall costs the web process: with a young ledger, and with a long history."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.config import settings
from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.kernel.period import rfc3339
from chalicelib.persistence.directory import TenantRow
from chalicelib.tenancy.context import bind, duty
from infra.visitors.cast import cast
from infra.visitors.client import Client, Unexpected
from tenants.bureau.store.rows import Item, day_key
from tests.bench.figures import Report
from tests.bench.orders import today
from tests.bench.processes import Rounds
from tests.bench.world import World

_TOGETHER = 25


def measure(world: World, report: Report, scale: Any) -> None:
    """The fragment that keeps the screen fresh, of a hundred senders; ``wall_cpu_ms`` with the history."""
    count = _settled()
    key, _ = control.issue_key(
        tenant=world.bureau.id,
        label="bench",
        roles=("bureau.read",),
        actor="bench",
        now=datetime.now(UTC),
        registry=ControlStore(),
    )
    world.start("web")
    present = today()
    _tell(world, count, [present, present - timedelta(days=1), present - timedelta(days=364)])
    young = _looks(world, key, scale)
    _tell(world, count, [present - timedelta(days=back) for back in range(2, scale.history)])
    old = _looks(world, key, scale)
    report.put("wall_cpu_ms", old)
    report.put("wall_young_cpu_ms", young)
    report.put("wall_growth_pct", (old.best / young.best - 1) * 100)


def _settled() -> int:
    """A hundred enterprises in the directory; how many."""
    wanted = cast(seed=1, scenic=12, hotels=50, homestays=26, agencies=12)
    with TenantRow.batch_write() as batch:
        for number, one in enumerate(wanted):
            id = f"tn_{number:025d}w"
            facts: dict[str, Any] = {
                "tenant": id,
                "tenant_kind": one.kind,
                "slug": one.slug,
                "name": one.name,
            }
            for pk, sk in ((f"TENANT#{id}", "-"), ("REGISTER", id), (f"REGISTER#{one.kind}", id)):
                batch.save(TenantRow(pk, sk, district=one.district, status="active", **facts))
    return len(wanted)


def _tell(world: World, count: int, days: list[date]) -> None:
    """Each sender's figures of each day, as the intake leaves them, written without it."""
    with bind(duty(world.bureau, "bench")):
        keys = [day_key(day, f"tn_{number:025d}w") for day in days for number in range(count)]
    puts = [{"PutRequest": {"Item": item}} for item in _rows(keys)]
    for start in range(0, len(puts), _TOGETHER):
        world.engine.call(
            "dynamodb",
            "BatchWriteItem",
            RequestItems={settings().ledger_table: puts[start : start + _TOGETHER]},
        )


def _rows(keys: list[Item]) -> Iterator[Item]:
    dice = random.Random("wall")
    for key in keys:
        counters = {f"admitted@{hour:02d}": dice.randint(1, 90) for hour in range(7, 19)}
        counters |= {f"sold@{hour:02d}": dice.randint(1, 90) for hour in range(7, 19)}
        counters |= {f"h:{hour:02d}": dice.randint(1, 90) for hour in range(7, 19)}
        counters |= {
            "admitted": 500,
            "sold": 400,
            "received": 900,
            "sold_fen": 3_000_000,
            "paid_fen": 3_000_000,
        }
        yield {
            **key,
            "kind": {"S": "figures"},
            "heard": {"S": rfc3339(datetime.now(UTC))},
            **{f"c:{name}": {"N": str(n)} for name, n in counters.items()},
        }


def _looks(world: World, key: str, scale: Any) -> Rounds:
    client = Client(world.stack.base_url)
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/html", "Accept-Language": "zh"}

    def look() -> None:
        answer = client.send("GET", "/bureau/wall/live", headers=dict(headers))
        if answer.status != 200 or "入园".encode() not in answer.body:
            raise Unexpected(f"the wall answered {answer.status}: {answer.body[:200]!r}")

    for _ in range(scale.warm):
        look()
    spent = []
    for _ in range(scale.rounds):
        meter = world.meter("web")
        before = meter.read()["web"]
        for _ in range(scale.looks):
            look()
        spent.append((meter.read()["web"] - before) * 1000 / scale.looks)
    client.close()
    return Rounds(spent)

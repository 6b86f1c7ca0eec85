"""Calls to DynamoDB and write units, counted: the same on a busy machine as on a quiet one.

The application runs in this process, and its own telemetry says what each use case consumed.
"""

from __future__ import annotations

import json
import os
import secrets
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from chalicelib import telemetry
from infra.local.pumps.run import Pumps
from infra.local.stack import REGION
from infra.visitors.client import Unexpected
from tenants.scenic.store.ticket_keys import living, read_code
from tests.bench.figures import Report
from tests.bench.orders import today
from tests.bench.processes import Rounds, own_cpu_ms
from tests.bench.world import AREA, GATE, PRODUCT, World, order_body

_ORDERS, _BEFORE = 20, 3
_VERIFIED = 1_000
_LATER = frozenset({"messaging.relay", "scenic.inbox", "bureau.inbox"})


@dataclass(frozen=True)
class Cost:
    """What one run of a use case consumed."""

    name: str
    calls: int
    writes: float
    reads: float


@dataclass
class Inside:
    """The application in this process, asked as the gateway asks it."""

    world: World
    key: str
    costs: list[Cost] = field(default_factory=list)
    spent: float = 0.0
    """CPU milliseconds of the last answer: the application's, without the caller's reading of it."""

    def post(self, pattern: str, body: Mapping[str, Any], *, expect: int, **path: str) -> Any:
        """A command of the API."""
        return self._ask("POST", pattern, expect=expect, body=body, query={}, path=path)

    def get(self, pattern: str, *, query: Mapping[str, str] | None = None, **path: str) -> Any:
        """A look through the API."""
        return self._ask("GET", pattern, expect=200, body=None, query=query or {}, path=path)

    def order(self) -> dict[str, Any]:
        """One paid order of one named ticket."""
        held = self.post("/api/v1/scenic/orders", order_body(self.world.person(), day=today()), expect=201)
        paid: dict[str, Any] = self.post(
            "/api/v1/scenic/orders/{order}/payment", {"amount": held["total"]}, expect=200, order=held["id"]
        )
        return paid

    def check(self, code: str) -> Any:
        """One ticket at the gate."""
        pattern = "/api/v1/scenic/gates/{gate}/admissions"
        return self.post(pattern, {"area": AREA, "code": code}, expect=200, gate=GATE)

    def availability(self) -> Any:
        """What is left of today's sessions."""
        query = {"product": PRODUCT, "day": today().isoformat()}
        return self.get("/api/v1/scenic/availability", query=query)

    def of(self, name: str) -> list[Cost]:
        """The costs of a use case, in order."""
        return [cost for cost in self.costs if cost.name == name]

    def _ask(
        self,
        method: str,
        pattern: str,
        *,
        expect: int,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str],
        path: Mapping[str, str],
    ) -> Any:
        import app  # here: it reads its settings when it is imported

        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": pattern,
                "identity": {"sourceIp": "127.0.0.1"},
            },
            "path": pattern.format(**path),
            "pathParameters": dict(path),
            "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
            "headers": {
                "authorization": f"Bearer {self.key}",
                "content-type": "application/json",
                "idempotency-key": secrets.token_urlsafe(16),
            },
            "body": None if body is None else json.dumps(body),
        }
        began = time.thread_time()
        answer = app.app(event, None)
        self.spent = (time.thread_time() - began) * 1000
        if answer["statusCode"] != expect:
            raise Unexpected(f"{pattern}: {answer['statusCode']}: {answer['body']}")
        return json.loads(answer["body"])


@contextmanager
def inside(world: World, *, key: str = "") -> Iterator[Inside]:
    """Use the application in this process, its costs noted; ``key`` is another tenant's."""
    made = Inside(world, key or world.key)

    def note(name: str, facts: Mapping[str, Any]) -> None:
        if "calls" in facts:
            made.costs.append(Cost(name, facts["calls"], facts["writes"], facts["reads"]))

    with patch.object(telemetry, "emit", note):
        yield made


@contextmanager
def pumping(world: World) -> Iterator[None]:
    """Deliver events in this process."""
    import app

    pumps = Pumps(
        app=app.app,
        endpoint=world.stack.endpoint,
        region=REGION,
        tables={key: os.environ[f"SONGYUN_{key.upper()}_TABLE"] for key in ("app", "control", "ledger")},
        data_dir=world.stack.data_dir,
        schedules=False,
    )
    pumps.start()
    try:
        yield
    finally:
        pumps.stop()


def measure(world: World, report: Report, scale: Any) -> None:
    """What an order and a gate check consume, at once and afterwards; and an offline verification."""
    with inside(world) as app, pumping(world):
        for _ in range(_BEFORE):
            app.check(app.order()["tickets"][0]["code"])
        world.stack.drain()
        app.costs.clear()
        codes = [app.order()["tickets"][0]["code"] for _ in range(_ORDERS)]
        world.stack.drain()
        _orders(app, report)
        for code in codes:
            app.check(code)
        checks = app.of("scenic.admit")
        report.put("gate_check_write_units", _usual([cost.writes for cost in checks]))
        report.put("gate_check_calls", _usual([cost.calls for cost in checks]))
        world.stack.drain()
    with world.acting():
        publics = {one.number: one.public for one in living(now=datetime.now(UTC))}
    times = [
        own_cpu_ms(lambda: read_code(codes[0], publics=publics), times=_VERIFIED) for _ in range(scale.rounds)
    ]
    report.put("offline_verify_ms", Rounds(times))


def _orders(app: Inside, report: Report) -> None:
    hold, pay = app.of("scenic.hold-order"), app.of("scenic.pay-at-desk")
    later = [cost for cost in app.costs if cost.name in _LATER]
    held = _usual([cost.writes for cost in hold])
    paid = _usual([cost.writes for cost in pay])
    after = sum(cost.writes for cost in later) / _ORDERS
    report.put("ticket_order_write_units", held)
    report.put("ticket_order_write_units_pay", paid)
    report.put("ticket_order_write_units_async", after)
    report.put("ticket_order_write_units_total", held + paid + after)
    calls = [one.calls + two.calls for one, two in zip(hold, pay, strict=True)]
    report.put("ticket_order_calls", _usual(calls))
    report.put("ticket_order_calls_async", sum(cost.calls for cost in later) / _ORDERS)


def _usual(values: Sequence[float]) -> float:
    """The median: once a second an order also looks at the buckets, which the next ones need not."""
    return statistics.median(values)

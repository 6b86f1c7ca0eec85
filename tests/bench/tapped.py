"""The application in this process with a tap on everything that AWS would charge for.

The site answers over HTTP, the pumps deliver, and each use case's line is read as one invocation of
the function that would have served it.
"""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from chalicelib import telemetry
from chalicelib.messaging import bus
from chalicelib.payments import stripe
from chalicelib.tenancy.dynamodb import DynamoDB
from infra.cost import Assumptions, Piece, Usage, usage_of
from infra.local.web import Site
from infra.package.functions import Function, functions, serving
from tenants import modules
from tests.bench.counted import pumping
from tests.bench.world import World

#: The gateway compresses answers from this size on (infra/package/gateway.py).
_COMPRESSED = 1024
_DYNAMODB_OVERHEAD = 100  # bytes an item takes up besides its attributes


@dataclass
class Tap:
    """What has been counted. ``pieces``: one per invocation, in order."""

    plan: Mapping[str, Function]
    serving: Mapping[str, str]
    pieces: list[Piece] = field(default_factory=list)
    answered: int = 0
    _beside: threading.local = field(default_factory=threading.local)

    def beside(self) -> Counter[str]:
        """What happens in this thread beside the table, until its next line."""
        counted: Counter[str] = self._beside.__dict__.setdefault("counter", Counter())
        return counted

    def note(self, name: str, facts: Mapping[str, Any], **_: Any) -> None:
        """A line of telemetry: an invocation has ended."""
        if "cpu" not in facts:
            return
        beside = self._beside.__dict__.pop("counter", Counter())
        function = self.plan[self.serving.get(name) or _handler(name)]
        self.pieces.append(
            Piece(
                function=function.name,
                trigger=function.trigger,
                memory=function.memory,
                cpu_ms=facts["cpu"],
                calls=facts["calls"],
                write_units=facts["writes"],
                read_units=facts["reads"],
                published=beside["published"],
                published_bytes=beside["published_bytes"],
                received=facts.get("records", 0) if function.trigger == "queue" else 0,
                log_bytes=len(telemetry.line_of(name, facts).encode()),
                provider_calls=beside["provider"],
            )
        )

    def clear(self) -> None:
        """Begin again."""
        self.pieces.clear()
        self.answered = 0

    def usage(self, assumed: Assumptions) -> Usage:
        """Everything since the last ``clear``."""
        answers = Usage.of(transfer_gb=self.answered / 1e9)
        return Usage.sum(usage_of(piece, assumed) for piece in self.pieces) + answers


def _handler(name: str) -> str:
    module, _, rest = name.partition(".")
    return rest if module == "messaging" else f"{module}-{rest.replace('_', '-')}"


@contextmanager
def tapped(world: World) -> Iterator[Tap]:
    """Site, pumps and taps in this process; the stand-in for Stripe as a process of its own."""
    import app

    world.stop("web")
    world.stop("pumps")
    world.start("stripe")
    known = list(modules())
    owners = serving(routes=app.app.guarded())
    tap = Tap(
        plan={function.name: function for function in functions(modules=known, stage="prod")},
        serving={route.use_case: owners[route.method, route.path] for route in app.app.guarded()},
    )
    site = Site(app=app.app, port=world.stack.web_port)
    with ExitStack() as stack:
        for made in _patches(tap, site):
            stack.enter_context(made)
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        stack.callback(site.server_close)
        stack.callback(site.finish)
        stack.enter_context(pumping(world))
        yield tap


def _patches(tap: Tap, site: Site) -> Iterator[Any]:
    yield patch.object(telemetry, "emit", tap.note)
    yield patch.object(DynamoDB, "_make_api_call", _asking(DynamoDB._make_api_call))
    yield patch.object(DynamoDB, "call", _weighing(DynamoDB.call))
    publish, provider = bus.publish, stripe._call
    handle = site.answer

    def published(envelopes: Sequence[Mapping[str, Any]]) -> set[int]:
        tap.beside()["published"] += len(envelopes)
        tap.beside()["published_bytes"] += sum(len(json.dumps(one)) for one in envelopes)
        return publish(envelopes)

    def called(call: Callable[[Any], Any]) -> Any:
        tap.beside()["provider"] += 1
        return provider(call)

    def answered(**asked: Any) -> Any:
        answer = handle(**asked)
        body = answer.get("body") or b""
        body = body.encode() if isinstance(body, str) else body
        tap.answered += len(zlib.compress(body)) if len(body) >= _COMPRESSED else len(body)
        return answer

    yield patch.object(bus, "publish", published)
    yield patch.object(stripe, "_call", called)
    yield patch.object(site, "answer", answered)


def _asking(call: Callable[..., Any]) -> Callable[..., Any]:
    """Every call asks what it consumed, also where nobody needs to know."""

    def asked(self: DynamoDB, operation: str, arguments: dict[str, Any]) -> Any:
        return call(self, operation, {"ReturnConsumedCapacity": "TOTAL", **arguments})

    return asked


def _weighing(call: Callable[..., Any]) -> Callable[..., Any]:
    """The engine says half a unit of every query; DynamoDB weighs what was read, in started 4 kB."""

    def weighed(self: DynamoDB, operation: str, arguments: dict[str, Any]) -> Any:
        answer = call(self, operation, arguments)
        said = answer.get("ConsumedCapacity")
        if operation == "Query" and isinstance(said, dict):
            items, count = answer.get("Items", []), answer.get("Count", 0)
            read = sum(map(item_size, items)) * (answer.get("ScannedCount", count) / count if count else 1)
            units = max(1, -(-int(read) // 4096)) * (1.0 if arguments.get("ConsistentRead") else 0.5)
            said["CapacityUnits"] = units
        return answer

    return weighed


def item_size(item: Mapping[str, Any]) -> int:
    """Bytes of an item in DynamoDB's JSON: names and values, about as DynamoDB counts them."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, inner),) = value.items()
    match kind:
        case "S" | "B":
            return len(inner.encode() if isinstance(inner, str) else inner)
        case "N":
            return (len(inner) + 1) // 2 + 1
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(one) for name, one in inner.items())
        case "L":
            return 3 + sum(1 + _value_size(one) for one in inner)
        case "SS" | "BS" | "NS":
            return sum(len(one) for one in inner)
        case _:
            return 1


def stored_bytes(world: World) -> int:
    """What lies in the three tables, as DynamoDB would charge for it."""
    engine, size = world.engine, 0
    for table in ("app", "control", "ledger"):
        start: dict[str, Any] = {}
        while True:
            page = engine.call("dynamodb", "Scan", TableName=f"songyun-local-{table}", **start)
            size += sum(item_size(item) + _DYNAMODB_OVERHEAD for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    return size


@contextmanager
def visit(pieces: list[Piece], function: Function) -> Iterator[None]:
    """One tenant's turn in a schedule: counted without an invocation of its own."""
    began = time.thread_time()
    with telemetry.metered() as meter:
        yield
    pieces.append(
        Piece(
            function=function.name,
            trigger=function.trigger,
            memory=function.memory,
            cpu_ms=(time.thread_time() - began) * 1000,
            calls=meter.calls,
            write_units=meter.writes,
            read_units=meter.reads,
        )
    )

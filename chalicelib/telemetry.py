"""Telemetry: one structured line per use case, which is also its metrics (EMF) and its cost.

Never a body, never a personal value: a line carries ids, names of use cases, counts and times.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import field
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.late import dataclass

_LOG = logging.getLogger("songyun")
_METRICS = {"latency": "Milliseconds", "cpu": "Milliseconds", "writes": "Count", "reads": "Count"}
"""Facts that become CloudWatch metrics, by module: each name in each dimension is paid for by the month,
so a use case is found in the lines and has no metrics of its own (see infra/decisions.md).
"""


@dataclass
class Meter:
    """What a use case consumed: calls to DynamoDB, write and read units, and where."""

    calls: int = 0
    writes: float = 0.0
    reads: float = 0.0
    operations: list[str] = field(default_factory=list)

    def add(self, operation: str, capacity: Any) -> None:
        """Count one call and its ConsumedCapacity (a mapping, a list of them, or nothing)."""
        self.calls += 1
        self.operations.append(operation)
        for part in capacity if isinstance(capacity, list) else [capacity] if capacity else []:
            units = float(part.get("CapacityUnits", 0.0))
            if operation in _READS:
                self.reads += units
            else:
                self.writes += units


_READS = frozenset({"GetItem", "Query", "BatchGetItem", "TransactGetItems"})
_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


def count_call(operation: str, capacity: Any) -> None:
    """Called for each DynamoDB answer; adds to the meter of the running use case, if any."""
    meter = _METER.get()
    if meter is not None:
        meter.add(operation, capacity)


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what runs inside; meters nest, and the inner one's counts stay its own."""
    meter = Meter()
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


@contextmanager
def use_case(name: str, **facts: Any) -> Iterator[dict[str, Any]]:
    """Measure one use case and write its line. The yielded dict takes further facts (``outcome``)."""
    line: dict[str, Any] = dict(facts)
    wall, cpu = time.perf_counter(), time.thread_time()
    with metered() as meter, _traced(name):
        try:
            yield line
        except BaseException:
            line.setdefault("outcome", "crash")
            raise
        finally:
            line["latency"] = round((time.perf_counter() - wall) * 1000, 2)
            line["cpu"] = round((time.thread_time() - cpu) * 1000, 2)
            line["calls"], line["writes"], line["reads"] = meter.calls, meter.writes, meter.reads
            emit(name, line)


def emit(name: str, facts: Mapping[str, Any], *, metrics: Mapping[str, str] = _METRICS) -> None:
    """One JSON line in CloudWatch's embedded metric format; tenant is a property, not a dimension.

    ``metrics``: which facts are metrics, with their unit (``Count``, ``Milliseconds``).
    """
    if settings().telemetry != "off":
        sys.stdout.write(line_of(name, facts, metrics=metrics) + "\n")


def line_of(name: str, facts: Mapping[str, Any], *, metrics: Mapping[str, str] = _METRICS) -> str:
    """The line that ``emit`` writes."""
    told = [{"Name": metric, "Unit": unit} for metric, unit in metrics.items() if metric in facts]
    kept = {"Namespace": f"songyun/{settings().stage}", "Dimensions": [["module"]], "Metrics": told}
    document = {
        **({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [kept]}} if told else {}),
        "module": name.partition(".")[0],
        "usecase": name,
        "stage": settings().stage,
        **facts,
    }
    return json.dumps(document, ensure_ascii=False, default=str)


def alarm(name: str, **facts: Any) -> None:
    """Something a person must look at; logged as an error with the running exception, if any."""
    _LOG.error(
        json.dumps({"alarm": name, **facts}, ensure_ascii=False, default=str),
        exc_info=sys.exc_info()[0] is not None,
    )


def _traced(name: str) -> Any:
    """An X-Ray subsegment where a daemon listens; the SDK is imported only there (311 ms)."""
    if not settings().tracing:
        return nullcontext()
    from aws_xray_sdk.core import xray_recorder

    return xray_recorder.in_subsegment(name.replace("/", "-"))

"""What feeds each decorated handler of the app: Chalice's own registrations, and the modules' schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import (
    Chalice,
    DynamoDBEventConfig,
    ScheduledEventConfig,
    ScheduleExpression,
    SQSEventConfig,
)

from chalicelib.kernel.module import Module

#: A decorated handler: takes the raw event and the Lambda context.
Handler = Callable[[dict[str, Any], Any], Any]


@dataclass(frozen=True)
class StreamSource:
    """A handler of a table's changes."""

    name: str
    handler: Handler
    table: str
    batch: int


@dataclass(frozen=True)
class QueueSource:
    """A handler of a queue's messages."""

    name: str
    handler: Handler
    queue: str
    batch: int
    threads: int


@dataclass(frozen=True)
class ScheduleSource:
    """A handler that runs at set times: every ``seconds``, or by a cron ``expression``.

    ``says``: what it is told in place of EventBridge's own words, as a rule's target has it.
    """

    name: str
    handler: Handler
    expression: str
    seconds: float | None
    says: Mapping[str, str] | None = None


Source = StreamSource | QueueSource | ScheduleSource


def sources(*, app: Chalice, tables: dict[str, str], modules: Iterable[Module] = ()) -> list[Source]:
    """Every event source of ``app``; ``tables`` maps ``app``, ``ledger`` to physical names.

    ``modules``: those whose schedules the app's handler ``scheduled`` performs.
    """
    found: list[Source] = []
    for config in app.event_sources:
        handler = app.handler_map.get(config.name)
        if handler is None:
            continue
        if isinstance(config, SQSEventConfig):
            queue = config.queue or str(config.queue_arn).rpartition(":")[2]
            threads = min(2, config.maximum_concurrency or 2)
            batch = min(10, config.batch_size)
            found.append(QueueSource(config.name, handler, queue, batch, threads))
        elif isinstance(config, DynamoDBEventConfig):
            table = _table_of(config.stream_arn, config.name, tables)
            batch = min(100, config.batch_size)
            found.append(StreamSource(config.name, handler, table, batch))
        elif isinstance(config, ScheduledEventConfig):
            expression = _expression(config.schedule_expression)
            found.append(ScheduleSource(config.name, handler, expression, _rate(expression)))
    return [*found, *_duties(app, modules)]


def _duties(app: Chalice, modules: Iterable[Module]) -> Iterable[ScheduleSource]:
    for module in modules:
        for schedule in module.schedules:
            yield ScheduleSource(
                f"{module.key}_{schedule.name}",
                app.handler_map["scheduled"],
                f"rate({schedule.minutes} minutes)",
                schedule.minutes * 60.0,
                {"module": module.key, "schedule": schedule.name},
            )


def _table_of(arn: str, handler: str, tables: dict[str, str]) -> str:
    """The table a stream address means.

    Before deployment it is a placeholder, replaced whole by the template: then the table is the one
    it, or the handler's name, speaks of, and otherwise the app table.
    """
    name = arn.partition(":table/")[2].partition("/")[0]
    if name in tables.values():
        return name
    words = f"{arn} {handler}".lower()
    for key, physical in tables.items():
        if key != "app" and key in words:
            return physical
    return tables["app"]


def _expression(value: str | ScheduleExpression) -> str:
    return value if isinstance(value, str) else value.to_string()


def _rate(expression: str) -> float | None:
    """Seconds of ``rate(5 minutes)``; None for a cron expression."""
    if not expression.startswith("rate("):
        return None
    value, unit = expression[5:-1].split()
    seconds = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}[unit.lower().rstrip("s")]
    return float(value) * seconds

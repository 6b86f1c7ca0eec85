"""What an installation costs before anybody does anything: counted in the plan, not guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.kernel.module import Module
from infra.cost.prices import Assumptions
from infra.cost.usage import Usage
from infra.cost.work import Piece, usage_of
from infra.package.alarms import metrics_watched
from infra.package.functions import Function, Time, functions
from infra.package.watching import add_watching

_MINUTES = 365 / 12 * 24 * 60
#: A schedule that finds nobody to visit: the directory is asked once.
_EMPTY_TURN_MS = 3.0


def at_rest(*, modules: Sequence[Module], stage: str, assumed: Assumptions) -> Usage:
    """A month of alarms, dashboard, keys, queues that are looked into, and schedules that find nobody."""
    planned = functions(modules=modules, stage=stage)
    watched: dict[str, Any] = {"Resources": {}}
    add_watching(watched, functions=planned, modules=modules, stage=stage)
    kinds = [resource["Type"] for resource in watched["Resources"].values()]
    queues = sum(function.trigger == "queue" for function in planned)
    polls = queues * assumed["queue_pollers"] * _MINUTES * 60 / assumed["queue_poll_seconds"]
    return Usage.of(
        alarm_months=metrics_watched(watched["Resources"]),
        dashboard_months=kinds.count("AWS::CloudWatch::Dashboard"),
        key_months=1,
        secret_months=1,
        queue_requests=polls,
    ) + Usage.sum(_turns(function, time, assumed) for function in planned for time in function.times)


def _turns(function: Function, time: Time, assumed: Assumptions) -> Usage:
    turn = Piece(
        function=function.name,
        trigger="schedule",
        memory=function.memory,
        cpu_ms=_EMPTY_TURN_MS,
        calls=1,
        read_units=0.5,
    )
    return usage_of(turn, assumed) * (_MINUTES / time.minutes)

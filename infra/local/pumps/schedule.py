"""Handlers that run at set times."""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.pumps.context import context
from infra.local.pumps.sources import ScheduleSource
from infra.local.pumps.wire import Engine

#: Seconds after the start at which a recurring duty first runs: what was missed is made up soon.
_FIRST = 5.0

_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))

_log = logging.getLogger("songyun.pumps")


class SchedulePump:
    """Runs one handler at its times; a run that fails is logged and comes again next time."""

    def __init__(self, *, source: ScheduleSource, engine: Engine, stop: threading.Event) -> None:
        self._source = source
        self._engine = engine
        self._stop = stop

    def run(self) -> None:
        """Wait and run until told to stop."""
        wait = _FIRST if self._source.seconds is not None else self._until_next()
        while not self._stop.wait(wait):
            if self._engine.alive():
                self.once()
                wait = self._until_next()
            else:
                wait = 1.0

    def once(self) -> None:
        """Run the handler now."""
        try:
            self._source.handler(self._event(datetime.now(UTC)), context(self._source.name))
        except Exception as error:
            _log.warning("%s: %s: %s", self._source.name, type(error).__name__, error)

    def _until_next(self) -> float:
        if self._source.seconds is not None:
            return self._source.seconds
        now = datetime.now(UTC)
        return max(0.0, (next_time(self._source.expression, after=now) - now).total_seconds())

    def _event(self, now: datetime) -> dict[str, Any]:
        if self._source.says is not None:
            return dict(self._source.says)
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._engine.region,
            "resources": [f"arn:aws:events:{self._engine.region}:000000000000:rule/{self._source.name}"],
            "detail": {},
        }


def next_time(expression: str, *, after: datetime) -> datetime:
    """The next minute after ``after`` that EventBridge's ``cron(...)`` expression names, in UTC.

    Raises:
        ValueError: the expression is not understood, or names no minute within four years.
    """
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    if len(fields) != 6:
        raise ValueError(f"not a cron expression of six fields: {expression}")
    allowed = [_values(text, low, high) for text, (low, high) in zip(fields, _RANGES, strict=True)]
    minute, hour, day, month, weekday, year = allowed
    moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    end = moment + timedelta(days=4 * 366)
    while moment < end:
        if (
            moment.year not in year
            or moment.month not in month
            or moment.day not in day
            or moment.isoweekday() % 7 + 1 not in weekday
        ):
            moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
        elif moment.hour not in hour:
            moment = moment.replace(minute=0) + timedelta(hours=1)
        elif moment.minute not in minute:
            moment += timedelta(minutes=1)
        else:
            return moment
    raise ValueError(f"names no time within four years: {expression}")


def _values(text: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in text.upper().split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            begin, _, end = span.partition("-")
            first = _number(begin)
            last = _number(end) if end else (high if step else first)
        values.update(range(first, last + 1, int(step or 1)))
    return values


def _number(text: str) -> int:
    return _DAYS.get(text) or int(text)

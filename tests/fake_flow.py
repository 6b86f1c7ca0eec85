"""Gauges and counted minutes in memory: the same conditions as the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.errors import Clash
from tenants.scenic.domain.area import Capacity, Gauge
from tenants.scenic.domain.passing import Leaving, Passing
from tenants.scenic.usecases.ports import Minute
from tests.fakes import Memory, Work


class FakeFlow:
    """The ``Flow`` port."""

    def __init__(self, memory: Memory, work: Work) -> None:
        self._memory, self._work = memory, work

    def gauge(self, area: str, day: date, *, exact: bool = False) -> Gauge:
        return self._memory.gauges.get((area, day), Gauge())

    def enter(
        self, area: str, day: date, *, passing: Passing, capacity: Capacity
    ) -> tuple[Gauge, Passing] | None:
        gauge, passings = self.gauge(area, day), self._passings(area, day)
        if (earlier := passings.get(passing.scan)) is not None:
            return gauge, earlier
        inside, entered = gauge.inside + passing.count, gauge.entered + passing.count
        if inside > capacity.instant or entered > capacity.day or gauge.status != "open":
            return None
        passings[passing.scan] = passing
        return self._set(area, day, inside=inside, entered=entered), passing

    def confirmed(self, area: str, day: date, passing: Passing) -> None:
        self.let_go(area, day, passing)

    def passings(self, area: str, day: date) -> Sequence[Passing]:
        return list(self._passings(area, day).values())

    def let_go(self, area: str, day: date, passing: Passing) -> None:
        passings = self._passings(area, day)
        if passings.get(passing.scan) == passing:
            del passings[passing.scan]

    def give_back(self, area: str, day: date, passing: Passing) -> Gauge | None:
        if self._passings(area, day).get(passing.scan) != passing:
            return None
        self.let_go(area, day, passing)
        gauge = self.gauge(area, day)
        inside = gauge.inside - passing.count if gauge.inside >= passing.count else gauge.inside
        return self._set(area, day, inside=inside, entered=gauge.entered - passing.count)

    def _passings(self, area: str, day: date) -> dict[str, Passing]:
        return self._memory.passings.setdefault((area, day), {})

    def leave(
        self, area: str, day: date, *, leaving: Leaving, said: Mapping[str, Any]
    ) -> tuple[Gauge, Leaving] | None:
        gauge, leavings = self.gauge(area, day), self._memory.leavings.setdefault((area, day), {})
        if leaving.scan in leavings:
            return gauge, leavings[leaving.scan]
        if gauge.inside < leaving.count:
            return None
        leavings[leaving.scan] = leaving
        self._memory.said.append(dict(said))
        inside, exited = gauge.inside - leaving.count, gauge.exited + leaving.count
        return self._set(area, day, inside=inside, exited=exited), leaving

    def noted(self, area: str, day: date, scan: str) -> str:
        return self._memory.noted.get((area, day, scan), "")

    def note(self, area: str, day: date, leaving: Leaving) -> str:
        return self._memory.noted.setdefault((area, day, leaving.scan), leaving.turn)

    def leavings(self, area: str, day: date) -> Sequence[Leaving]:
        return list(self._memory.leavings.get((area, day), {}).values())

    def take_off(self, area: str, day: date, leaving: Leaving) -> None:
        leavings = self._memory.leavings.get((area, day), {})
        if leavings.get(leaving.scan) == leaving:
            del leavings[leaving.scan]

    def count_back(self, area: str, day: date, leaving: Leaving) -> Gauge | None:
        if leaving not in self.leavings(area, day):
            return None
        self.take_off(area, day, leaving)
        gauge = self.gauge(area, day)
        inside, exited = gauge.inside + leaving.count, gauge.exited - leaving.count
        return self._set(area, day, inside=inside, exited=exited)

    def announce(self, area: str, day: date, *, before: Gauge, after: Gauge) -> None:
        def unchanged() -> bool:
            now = self.gauge(area, day)
            said = (now.level_instant, now.level_day, now.status)
            return said == (before.level_instant, before.level_day, before.status)

        def change() -> None:
            levels = {"level_instant": after.level_instant, "level_day": after.level_day}
            self._set(area, day, status=after.status, reason=after.reason, **levels)

        self._work.join(unchanged, change, Clash())

    def minute(self, area: str, minute: datetime) -> Minute:
        return self._memory.minutes.get((area, minute), Minute(area=area, minute=minute))

    def counted(self, minute: Minute, *, more: frozenset[str]) -> None:
        key = (minute.area, minute.minute)
        after = replace(minute, seen=minute.seen | more, version=minute.version + 1)
        self._work.join(
            lambda: self.minute(*key).version == minute.version,
            lambda: self._memory.minutes.update({key: after}),
            Clash(),
        )

    def _set(self, area: str, day: date, **changes: Any) -> Gauge:
        gauge = replace(self.gauge(area, day), **changes)
        self._memory.gauges[(area, day)] = gauge
        return gauge

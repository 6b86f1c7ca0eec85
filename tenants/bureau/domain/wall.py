"""The wall: one day of the city, sender by sender, from figures alone. Silence is not zero."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tenants.bureau.domain.close import Verdict, judge_close
from tenants.bureau.domain.figures import Gauge

STEPS = (80, 90, 100)


@dataclass(frozen=True, kw_only=True)
class Day:
    """What the ledger holds of one sender's business day: counters, gauges, when it was last heard."""

    sender: str
    counters: Mapping[str, int] = field(default_factory=dict)
    gauges: Mapping[str, Gauge] = field(default_factory=dict)
    heard: str = ""

    def count(self, name: str) -> int:
        """A counter, zero where nothing was ever added."""
        return self.counters.get(name, 0)

    def split(self, name: str) -> dict[str, int]:
        """The parts of a counter by what stands after the dot: refusals by reason, money by method."""
        return {key[len(name) + 1 :]: n for key, n in self.counters.items() if key.startswith(f"{name}.")}

    def hours(self, name: str) -> list[int]:
        """A counter by local hour, 24 values."""
        return [self.counters.get(f"{name}@{hour:02d}", 0) for hour in range(24)]

    def types(self) -> dict[str, int]:
        """How many events of each type arrived."""
        return {key[2:]: n for key, n in self.counters.items() if key.startswith("n:")}

    def latest(self, stem: str) -> list[Mapping[str, Any]]:
        """The values of the gauges of one family, newest last."""
        found = [gauge for name, gauge in self.gauges.items() if name.partition(":")[0] == stem]
        return [gauge.value for gauge in sorted(found)]


@dataclass(frozen=True, kw_only=True)
class Known:
    """A tenant that ought to report: id, name, kind, district."""

    id: str
    name: str
    kind: str
    district: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sender on the wall. ``None`` means nobody said; zero means somebody said zero."""

    sender: str
    name: str
    kind: str
    district: str
    reporting: bool
    heard: str
    sold: int
    sold_fen: int
    orders: int
    order_fen: int
    paid_fen: int
    refunds: int
    refund_fen: int
    admitted: int
    refused: int
    inside: int | None
    instant: int | None
    daily: int | None
    entered: int | None
    level: int | None
    status: str | None
    late: int
    received: int
    quarantined: int
    close: Verdict

    @property
    def share(self) -> float | None:
        """How full: people inside per person allowed at one time."""
        if self.inside is None or not self.instant:
            return None
        return self.inside / self.instant


@dataclass(frozen=True, kw_only=True)
class Wall:
    """A day of the city: totals, lines, admitted and sold by hour."""

    day: date
    lines: Sequence[Line]
    silent: int
    sold: int
    sold_fen: int
    orders: int
    order_fen: int
    paid_fen: int
    refunds: int
    refund_fen: int
    admitted: int
    refused: int
    late: int
    received: int
    quarantined: int
    inside: int | None
    instant: int | None
    hours_admitted: Sequence[int | None]
    hours_sold: Sequence[int | None]


_SUMS = (
    *("sold", "sold_fen", "orders", "order_fen", "paid_fen", "refunds", "refund_fen"),
    *("admitted", "refused", "late", "received", "quarantined"),
)


def wall_of(*, day: date, days: Iterable[Day], known: Iterable[Known], hour: int | None) -> Wall:
    """Put a day together. ``hour``: the local hour now if the day is today; hours still to come are gaps.

    Tenants that sent nothing stand on the wall as not reporting; senders the directory no longer knows
    stay.
    """
    heard = {one.sender: one for one in days}
    names = {one.id: one for one in known}
    for sender in heard:
        names.setdefault(sender, Known(id=sender, name=sender, kind="", district=""))
    lines = sorted(
        (line_of(one, heard.get(one.id)) for one in names.values()),
        key=lambda line: (not line.reporting, -(line.share or -1), -line.admitted, line.name),
    )
    seen = [one.inside for one in lines if one.inside is not None]
    caps = [one.instant for one in lines if one.instant is not None]
    return Wall(
        day=day,
        lines=lines,
        silent=sum(not line.reporting for line in lines),
        inside=sum(seen) if seen else None,
        instant=sum(caps) if caps else None,
        hours_admitted=_hours(heard.values(), "admitted", hour),
        hours_sold=_hours(heard.values(), "sold", hour),
        **{name: sum(getattr(line, name) for line in lines) for name in _SUMS},
    )


def line_of(known: Known, day: Day | None) -> Line:
    """One sender's line; ``day`` None: not a word from it that day."""
    told = day or Day(sender=known.id)
    flow = told.latest("flow")
    return Line(
        sender=known.id,
        name=known.name,
        kind=known.kind,
        district=known.district,
        reporting=told.count("received") > 0 or "close" in told.gauges,  # zero said is not silence
        heard=told.heard,
        inside=_sum(flow, "inside"),
        instant=_sum(flow, "instantCapacity"),
        daily=_sum(flow, "dayCapacity"),
        entered=_sum(flow, "enteredToday"),
        level=level_of(told),
        status=status_of(told),
        close=judge_close(told.counters, told.gauges.get("close")),
        **{name: told.count(name) for name in _SUMS},
    )


def level_of(day: Day) -> int | None:
    """The highest rung that any of the sender's areas stands on: 0, 80, 90 or 100; None when nobody said.

    Going down from a rung leaves the one below it. Of the last crossing and the observed flow the higher
    counts: a crossing that was lost must not hide a full site.
    """
    rungs = [_rung(crossing) for crossing in day.latest("level")]
    for flow in day.latest("flow"):
        for count, limit in (("inside", "instantCapacity"), ("enteredToday", "dayCapacity")):
            if flow.get(limit):
                share = 100 * flow.get(count, 0) // flow[limit]
                rungs.append(max((step for step in STEPS if share >= step), default=0))
    return max(rungs) if rungs else None


def status_of(day: Day) -> str | None:
    """closed when every area is, limited when any is limited or closed, else open; None when nobody said."""
    said = [value["status"] for value in day.latest("status")]
    if not said:
        return None
    if all(one == "closed" for one in said):
        return "closed"
    return "open" if all(one == "open" for one in said) else "limited"


def _rung(crossing: Mapping[str, Any]) -> int:
    level = int(crossing["level"])
    if crossing["direction"] == "up":
        return level
    return max((step for step in STEPS if step < level), default=0)


def _sum(values: Sequence[Mapping[str, Any]], name: str) -> int | None:
    found = [int(value[name]) for value in values if value.get(name) is not None]
    return sum(found) if found else None


def _hours(days: Iterable[Day], name: str, hour: int | None) -> list[int | None]:
    told = list(days)
    sums = [sum(day.counters.get(f"{name}@{h:02d}", 0) for day in told) for h in range(24)]
    return [n if told and (hour is None or h <= hour) else None for h, n in enumerate(sums)]

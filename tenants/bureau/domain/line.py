"""A line: one sender's day in the numbers that a wall shows. Silence is not zero."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.close import Verdict, judge_close
from tenants.bureau.domain.day import Day, Known

STEPS = (80, 90, 100)


@dataclass(frozen=True, kw_only=True)
class Nights:
    """Rooms of one night: what was to let, what was let, and for how much (fen)."""

    available: int
    sold: int
    revenue: int

    @property
    def occupancy(self) -> float | None:
        """Room-nights let per room-night available."""
        return self.sold / self.available if self.available else None


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What adds up over senders: of a line, and of the whole wall. ``*_fen`` in fen."""

    sold: int
    sold_fen: int
    orders: int
    order_fen: int
    paid_fen: int
    refunds: int
    refund_fen: int
    admitted: int
    refused: int
    guests: int
    registered: int
    timely: int
    contracts: int
    contract_fen: int
    groups: int
    group_pax: int
    cases: int
    late: int
    received: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class Line(Sums):
    """One sender on the wall. ``None`` means nobody said; zero means somebody said zero.

    nights: by the night audit of the night before. free: rooms free tonight. overload: seconds in which an
    area stood at 100 % of the people it may hold at one time.
    """

    sender: str
    name: str
    kind: str
    district: str
    reporting: bool
    heard: str
    inside: int | None
    instant: int | None
    daily: int | None
    entered: int | None
    level: int | None
    status: str | None
    free: int | None
    nights: Nights | None
    overload: int
    close: Verdict

    @property
    def share(self) -> float | None:
        """How full by the limit that is nearer: people inside per person allowed at one time, or people who
        came per person allowed on the day."""
        return max((one for one in (self._at_once, self._of_day) if one is not None), default=None)

    @property
    def by_day(self) -> bool:
        """Whether that limit is the day's."""
        return (self._of_day or 0) > (self._at_once or 0)

    @property
    def _at_once(self) -> float | None:
        return self.inside / self.instant if self.inside is not None and self.instant else None

    @property
    def _of_day(self) -> float | None:
        return self.entered / self.daily if self.entered is not None and self.daily else None


SUMS = tuple(Sums.__annotations__)


def line_of(known: Known, day: Day | None, *, before: Day | None = None, until: int = 86_400) -> Line:
    """One sender's line; ``day`` None: not a word from it that day. ``before``: its day before, for the last
    night. ``until``: how many seconds of the day have passed.
    """
    told = day or Day(sender=known.id)
    flow = told.latest("flow")
    return Line(
        sender=known.id,
        name=known.name,
        kind=known.kind,
        district=known.district,
        reporting=told.own > 0 or "close" in told.gauges,  # zero said is not silence
        heard=told.heard,
        inside=_sum(flow, "inside"),
        instant=_sum(flow, "instantCapacity"),
        daily=_sum(flow, "dayCapacity"),
        entered=_sum(flow, "enteredToday"),
        level=level_of(told),
        status=status_of(told),
        free=_sum(told.latest("free"), "free"),
        nights=nights_of(before) if before is not None else None,
        overload=sum(told.over(100, cap="instant", until=until).values()),
        close=judge_close(told.counters, told.gauges.get("close")),
        **{name: told.count(name) for name in SUMS},
    )


def nights_of(day: Day) -> Nights | None:
    """The rooms of a day's night, by the night audits of all houses; None: it was not told."""
    told = day.latest("audit")
    if not told:
        return None
    return Nights(
        available=sum(int(said["roomsAvailable"]) for said in told),
        sold=sum(int(said["roomsSold"]) for said in told),
        revenue=sum(int(said["roomRevenue"]) for said in told),
    )


def level_of(day: Day) -> int | None:
    """The highest rung that any of the sender's areas stands on: 0, 80, 90 or 100; None when nobody said.

    Of an area's last crossing and its observed flow the newer word counts: a crossing that was lost must
    neither hide a full site nor keep an empty one on its rung. Going down leaves the rung that the count
    stands on, at most the one below.
    """
    words: dict[tuple[str, str], tuple[str, int]] = {}
    for name, gauge in day.gauges.items():
        stem, _, rest = name.partition(":")
        if stem == "level":
            area, _, cap = rest.rpartition(":")
            _newer(words, (area, cap), gauge.at, _rung(gauge.value))
        elif stem == "flow":
            for cap, count, limit in _CAPS:
                if gauge.value.get(limit):
                    share = 100 * gauge.value.get(count, 0) // gauge.value[limit]
                    _newer(words, (rest, cap), gauge.at, _step(share))
    return max((rung for _, rung in words.values()), default=None)


_CAPS = (("instant", "inside", "instantCapacity"), ("day", "enteredToday", "dayCapacity"))


def status_of(day: Day) -> str | None:
    """closed when every area is, limited when any is limited or closed, else open; None when nobody said."""
    said = [value["status"] for value in day.latest("status")]
    if not said:
        return None
    if all(one == "closed" for one in said):
        return "closed"
    return "open" if all(one == "open" for one in said) else "limited"


def _newer(words: dict[tuple[str, str], tuple[str, int]], key: tuple[str, str], at: str, rung: int) -> None:
    """Keep the newer word; of two at one moment the higher."""
    words[key] = max(words.get(key, (at, rung)), (at, rung))


def _rung(crossing: Mapping[str, Any]) -> int:
    level = int(crossing["level"])
    if crossing["direction"] == "up":
        return level
    return min(_step(100 * int(crossing["count"]) // int(crossing["limit"])), _step(level - 1))


def _step(share: int) -> int:
    return max((step for step in STEPS if share >= step), default=0)


def _sum(values: Sequence[Mapping[str, Any]], name: str) -> int | None:
    found = [int(value[name]) for value in values if value.get(name) is not None]
    return sum(found) if found else None

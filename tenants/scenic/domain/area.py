"""An area: approved capacities, timetable, and the 80/90/100 % ladder.

Tourism Law art. 45: never above the approved maximum; announce and report when it may be reached.
Maxima are a legal object: each has the document that approved it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from chalicelib.commerce.stock.domain import Slot
from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, local
from chalicelib.kernel.texts import in_language

Status = Literal["open", "limited", "closed"]
Text = Mapping[str, str]
"""One text in several languages: ``zh`` is always there."""

LEVELS = (80, 90, 100)
HYSTERESIS = 5
"""Percentage points to fall below a level before it counts as left: a count that trembles rings once."""

ON_SALE_DAYS = 14


class AreaFull(Refusal):
    code = "scenic.area.full"
    detail = N_("景区已达到核定最大承载量,现已暂停售票和入园。")
    remedy = N_("请稍后查看实时人数,或改约其他时段。")


class AreaClosed(Refusal):
    code = "scenic.area.closed"
    detail = N_("景区目前不开放。")
    remedy = N_("请查看公告或改约其他日期。")


class SlotOver(Refusal):
    code = "scenic.slot.over"
    detail = N_("这个时段已经结束或尚未开售。")
    remedy = N_("请选择其他时段。")


class NoGate(Refusal):
    code = "scenic.area.no-gate"
    status = 422
    detail = N_("至少要有一个检票口在用。")
    remedy = N_("请填写一个检票口的中文名称,并勾选“在用”。")


class GateTwice(Refusal):
    code = "scenic.area.gate-twice"
    status = 422
    detail = N_("两个检票口都叫“%(name)s”。")
    remedy = N_("请给每个检票口起不同的名称。")


@dataclass(frozen=True, kw_only=True)
class Session:
    """A stretch of the day with its own capacity; local wall-clock times."""

    start: time
    end: time
    capacity: int


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """The sessions of every day from ``valid_from`` on, until the next timetable begins.

    A new one begins after the last day on sale, so that the capacity of a day never changes once sold from.
    """

    valid_from: date
    sessions: tuple[Session, ...]


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Approved maxima with their legal basis."""

    instant: int
    day: int
    approval: str
    approved_on: date


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A gate as the set-up has it: its short name (in scans, for ever), its names, whether it is in use."""

    id: str
    names: Text
    used: bool = True


@dataclass(frozen=True, kw_only=True)
class Area:
    """One scenic area of a tenant."""

    id: str
    names: Text
    capacity: Capacity
    timetables: tuple[Timetable, ...]
    gates: Mapping[str, str]  # those in use: id → name, in Chinese
    early: int = 30  # minutes before a session's start at which its tickets are admitted
    notice: Text = None  # type: ignore[assignment]
    place: tuple[float, float] | None = None
    gate_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # id → by language, for ever

    def gate(self, id: str, locale: str) -> str:
        """A gate's name for people who read ``locale``, or the nearest that was written; its id at worst."""
        return in_language(self.gate_called(id), locale) or id

    def gate_called(self, id: str) -> Text:
        """A gate's name in every language in which it has one; its id for one that nobody knows.

        One that is no longer in use keeps its name: tickets remember where they were scanned.
        """
        known = self.gate_names.get(id, {})
        return {**known, "zh": self.gates.get(id) or known.get("zh", id)}

    def named(self, *, names: Text, notice: Text, gates: Sequence["Gate"]) -> "Area":
        """The area with other names, and with these gates in use, in this order.

        Raises ``NoGate`` and ``GateTwice``. A gate that is left out keeps its name for tickets scanned there.
        """
        used = [gate for gate in gates if gate.used]
        if not used:
            raise NoGate
        chinese = [gate.names["zh"] for gate in used]
        if twice := next((name for name in chinese if chinese.count(name) > 1), None):
            raise GateTwice(name=twice)
        return replace(
            self,
            names=dict(names),
            notice=dict(notice) or None,  # type: ignore[arg-type]
            gates={gate.id: gate.names["zh"] for gate in used},
            gate_names={**self.gate_names, **{gate.id: dict(gate.names) for gate in gates}},
        )

    def sessions(self, day: date) -> tuple[Session, ...]:
        """The sessions of a day."""
        valid = [table for table in self.timetables if table.valid_from <= day]
        return max(valid, key=lambda table: table.valid_from).sessions if valid else ()

    def slot(self, day: date, start: time) -> tuple[Session, Slot]:
        """The session that starts then, and its stock."""
        for session in self.sessions(day):
            if session.start == start:
                return session, self._slot(day, session)
        raise Missing(day=day.isoformat(), start=start.isoformat("minutes"))

    def slots(self, day: date) -> list[tuple[Session, Slot]]:
        """Every session of the day with its stock."""
        return [(session, self._slot(day, session)) for session in self.sessions(day)]

    def check_timetable(self) -> None:
        """A day's sessions may not add up to more than the approved daily maximum; else it crashes."""
        for table in self.timetables:
            if sum(session.capacity for session in table.sessions) > self.capacity.day:
                raise ValueError(f"{self.id}: sessions exceed the approved daily maximum")

    def _slot(self, day: date, session: Session) -> Slot:
        return Slot(
            resource=self.id, slot=f"{day.isoformat()}T{session.start:%H%M}", capacity=session.capacity
        )


def on_sale(session: Session, day: date, *, now: datetime) -> bool:
    """From today to two weeks ahead, until the session ends."""
    ahead = (day - business_day(now)).days
    return 0 <= ahead <= ON_SALE_DAYS and now < local(day, session.end)


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """Who is inside now: counts of one area on one day, and the levels that were announced."""

    inside: int = 0
    entered: int = 0
    exited: int = 0
    level_instant: int = 0
    level_day: int = 0
    status: Status = "open"
    reason: str = ""

    def stops(self, capacity: Capacity) -> bool:
        """Whether sale and entry stand still: a maximum is reached and the way down not yet announced."""
        full = self.inside >= capacity.instant or self.entered >= capacity.day
        return full or self.level_instant >= 100 or self.level_day >= 100


def ladder(*, count: int, limit: int, level: int, levels: Sequence[int] = LEVELS) -> list[tuple[int, str]]:
    """The crossings between an announced level and a count: ``(level, "up"|"down")``, in order.

    Up as soon as a level is reached; down only ``HYSTERESIS`` points below it.
    """
    crossings = [(mark, "up") for mark in levels if mark > level and count * 100 >= mark * limit]
    if crossings:
        return crossings
    fallen = [mark for mark in levels if mark <= level and count * 100 < (mark - HYSTERESIS) * limit]
    return [(mark, "down") for mark in sorted(fallen, reverse=True)]


def level_after(level: int, crossings: Sequence[tuple[int, str]], levels: Sequence[int] = LEVELS) -> int:
    """The announced level once these crossings have been said."""
    for mark, direction in crossings:
        level = mark if direction == "up" else max((m for m in levels if m < mark), default=0)
    return level


def minute_of(instant: datetime) -> datetime:
    """The minute an instant lies in."""
    return instant.replace(second=0, microsecond=0)


MINUTE = timedelta(minutes=1)

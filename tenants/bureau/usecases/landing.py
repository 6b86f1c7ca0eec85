"""Landing: what the ledger took in since the last time becomes files of the lake; days that are over are
compacted. Every step may be repeated, and whatever was cut off is done again by the next run.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day
from chalicelib.telemetry import emit
from tenants.bureau.domain.deadlines import books_close
from tenants.bureau.domain.entry import Filed
from tenants.bureau.domain.lake import ASIDE, Row, SetName, Slot, lacking, refused_rows, rows_of, telling
from tenants.bureau.domain.wall import Day

TOGETHER = 50_000
"""Events held in memory before they are written."""

LOOKED_BACK = 62
"""Days behind yesterday that are looked at once a day each, for what arrived late."""

Slots = Mapping[Slot, Mapping[SetName, Sequence[Row]]]
Told = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the lake holds of one day: rows by set, and of events by type; the last receipt among them."""

    day: date
    rows: Mapping[SetName, int]
    types: Mapping[str, int]
    files: int
    bytes: int
    landed: str
    through: str
    compacted: bool


class Source(Protocol):
    """What landing reads of the ledger."""

    def days(self, day: date) -> Sequence[Day]:
        """Every sender's figures of a business day."""
        ...

    def filed(self, *, sender: str, hour: str, type: str) -> Iterable[Filed]:
        """Entries of one hour (``2026-11-22T09``) and type."""
        ...


class Lake(Protocol):
    """The files of the lake, day by day."""

    def landed(self, day: date) -> Told:
        """By sender, the telling counters of what landed of a day."""
        ...

    def replace(self, *, day: date, slots: Slots, told: Told, over: bool, now: datetime) -> None:
        """Put these slots in the place of what landed of them. ``over``: the day's books are closed."""
        ...

    def compact(self, *, day: date, now: datetime) -> bool:
        """One file for each partition of a day; whether there was anything to do."""
        ...

    def held(self) -> Sequence[Held]:
        """What there is, by day, the newest first."""
        ...


@dataclass(frozen=True, kw_only=True)
class Landing:
    """What one run did. ``whole``: nothing was left for the next."""

    days: int
    events: int
    compacted: int
    whole: bool


def land(*, now: datetime, ledger: Source, lake: Lake, enough: Callable[[], bool] = lambda: False) -> Landing:
    """The hourly duty: today and yesterday, and of the days before those whose turn this hour is.

    ``enough`` is asked between writes: a function that is about to be stopped leaves the rest.
    """
    today = business_day(now)
    events = compacted = days = 0
    for day in due_days(now):
        found = land_day(day=day, now=now, ledger=ledger, lake=lake, enough=enough)
        days, events = days + 1, events + abs(found)
        if found < 0:
            return Landing(days=days, events=events, compacted=compacted, whole=False)
        if day < today and now > books_close(day):
            compacted += lake.compact(day=day, now=now)
    emit("bureau.land", {"days": days, "events": events, "compacted": compacted})
    return Landing(days=days, events=events, compacted=compacted, whole=True)


def due_days(now: datetime) -> Iterable[date]:
    """The days that are looked at in this hour."""
    today, hour = business_day(now), now.astimezone(SHANGHAI).hour
    yield today
    yield today - timedelta(days=1)
    for back in range(2, LOOKED_BACK + 2):
        day = today - timedelta(days=back)
        if day.toordinal() % 24 == hour:
            yield day


def land_day(
    *,
    day: date,
    now: datetime,
    ledger: Source,
    lake: Lake,
    together: int = TOGETHER,
    enough: Callable[[], bool] = lambda: False,
) -> int:
    """Land what one day lacks; the number of events, negative when there was no time for all of them."""
    landed = lake.landed(day)
    over = now > books_close(day)
    slots: dict[Slot, Mapping[SetName, Sequence[Row]]] = {}
    told: dict[str, Mapping[str, int]] = {}
    waiting = total = 0
    for one in ledger.days(day):
        for slot in lacking(one, landed.get(one.sender, {})):
            if slot.type == ASIDE:
                slots[slot] = refused_rows(one, day=day)
                continue
            filed = list(ledger.filed(sender=one.sender, hour=f"{day}T{slot.hour:02d}", type=slot.type))
            if filed:
                slots[slot] = rows_of(slot, filed, day=day)
                waiting += len(filed)
        if telling(one) != landed.get(one.sender, {}):
            told[one.sender] = telling(one)
        if waiting >= together:
            lake.replace(day=day, slots=slots, told=told, over=over, now=now)
            total, waiting, slots, told = total + waiting, 0, {}, {}
            if enough():
                return -total
    if told:
        lake.replace(day=day, slots=slots, told=told, over=over, now=now)
    return total + waiting

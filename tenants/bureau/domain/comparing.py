"""Year on year: a day held against the one a year before, on the comparable set alone.

Comparable is who reported on both days. Who joined since, or is silent now, would make the city grow or
shrink by its reporting instead of by its visitors.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.workdays import YEARS, Holiday
from tenants.bureau.domain.day import Day

HOURLY = ("admitted", "sold", "guests", "paid_fen")
"""Figures that are kept by hour: a running day is compared up to its last full hour."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """``now`` and ``then`` of the comparable senders, by figure. ``senders``: how many they are, of how many
    that reported now. ``hour``: up to which hour (exclusive); None: whole days.
    """

    then_day: date
    senders: int
    reporting: int
    now: Mapping[str, int]
    then: Mapping[str, int]
    hour: int | None = None

    def change(self, name: str) -> float | None:
        """By which share a figure grew; None where there is nothing to compare with."""
        before = self.then.get(name, 0)
        return (self.now.get(name, 0) - before) / before if self.senders and before > 0 else None


def year_before(day: date) -> date:
    """The day to compare with: the same day of the same holiday a year before; else the same weekday."""
    holiday = holiday_of(day)
    if holiday is not None:
        for last in _holidays(day.year - 1):
            if _same(last.name, holiday.name):
                found = last.first + (day - holiday.first)
                if found <= last.last:
                    return found
    return day - timedelta(days=364)


def compare(
    *,
    today: Iterable[Day],
    then: Iterable[Day],
    then_day: date,
    names: Sequence[str] = HOURLY,
    hour: int | None = None,
) -> Comparison:
    """Hold a day against another. ``hour``: the running hour, when the day is today."""
    now = {one.sender: one for one in today if _reported(one)}
    before = {one.sender: one for one in then if _reported(one)}
    both = sorted(now.keys() & before.keys())
    return Comparison(
        then_day=then_day,
        senders=len(both),
        reporting=len(now),
        hour=hour,
        now={name: sum(_until(now[one], name, hour) for one in both) for name in names},
        then={name: sum(_until(before[one], name, hour) for one in both) for name in names},
    )


def _until(day: Day, name: str, hour: int | None) -> int:
    return day.count(name) if hour is None else sum(day.hours(name)[:hour])


def _reported(day: Day) -> bool:
    return day.count("received") > day.count("apart") and day.sender != "-"


def _holidays(year: int) -> Sequence[Holiday]:
    return next((one.holidays for one in YEARS if one.year == year), ())


def holiday_of(day: date) -> Holiday | None:
    """The statutory holiday that a day belongs to."""
    return next((one for one in _holidays(day.year) if one.first <= day <= one.last), None)


def _same(one: str, other: str) -> bool:
    """国庆节、中秋节 is 国庆节 in a year in which the moon does not meet the calendar."""
    return bool({*one.split("、")} & {*other.split("、")})

"""Working days in mainland China: statutory holidays and the weekend days that are worked instead (调休).

The table is announced year by year, late in the year before. A year without rows follows the week alone;
``announced`` tells which it is, so that who computes a deadline in law can say that it may move.
"""

from datetime import date, timedelta
from functools import cache

from chalicelib.kernel.late import dataclass


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A run of days off, both ends included, and the weekend days worked for it."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Year:
    """What was announced for one calendar year."""

    year: int
    source: str
    holidays: tuple[Holiday, ...]


def _holiday(name: str, first: str, last: str, *worked: str) -> Holiday:
    return Holiday(
        name=name,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        worked=tuple(map(date.fromisoformat, worked)),
    )


_SOURCE = "国务院办公厅节假日安排的通知 (as carried by chinesecalendar 1.11.0)"

YEARS: tuple[Year, ...] = (
    Year(
        year=2025,
        source=_SOURCE,
        holidays=(
            _holiday("元旦", "2025-01-01", "2025-01-01"),
            _holiday("春节", "2025-01-28", "2025-02-04", "2025-01-26", "2025-02-08"),
            _holiday("清明节", "2025-04-04", "2025-04-06"),
            _holiday("劳动节", "2025-05-01", "2025-05-05", "2025-04-27"),
            _holiday("端午节", "2025-05-31", "2025-06-02"),
            _holiday("国庆节、中秋节", "2025-10-01", "2025-10-08", "2025-09-28", "2025-10-11"),
        ),
    ),
    Year(
        year=2026,
        source=_SOURCE,
        holidays=(
            _holiday("元旦", "2026-01-01", "2026-01-03", "2026-01-04"),
            _holiday("春节", "2026-02-15", "2026-02-23", "2026-02-14", "2026-02-28"),
            _holiday("清明节", "2026-04-04", "2026-04-06"),
            _holiday("劳动节", "2026-05-01", "2026-05-05", "2026-05-09"),
            _holiday("端午节", "2026-06-19", "2026-06-21"),
            _holiday("中秋节", "2026-09-25", "2026-09-27"),
            _holiday("国庆节", "2026-10-01", "2026-10-07", "2026-09-20", "2026-10-10"),
        ),
    ),
)


def announced(year: int) -> bool:
    """Whether the holidays of this year are known."""
    return any(one.year == year for one in YEARS)


def holiday_on(day: date) -> str:
    """The name of the statutory holiday that ``day`` belongs to; empty on any other day."""
    return _off().get(day, "")


def is_workday(day: date) -> bool:
    """Whether offices work on ``day``."""
    return day in _worked() or (day not in _off() and day.weekday() < 5)


def after_workdays(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; the day itself is not counted (民法典 201)."""
    for _ in range(count):
        day += timedelta(days=1)
        while not is_workday(day):
            day += timedelta(days=1)
    return day


@cache
def _off() -> dict[date, str]:
    return {
        holiday.first + timedelta(days=n): holiday.name
        for year in YEARS
        for holiday in year.holidays
        for n in range((holiday.last - holiday.first).days + 1)
    }


@cache
def _worked() -> frozenset[date]:
    return frozenset(day for year in YEARS for holiday in year.holidays for day in holiday.worked)

"""Periods of reports: days, weeks, months, years, each with one name; and what they are compared with."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.workdays import YEARS, Holiday

Cadence = Literal["day", "holiday", "week", "month", "year"]
"""holiday: a day, of statutory holidays only."""


@dataclass(frozen=True, order=True)
class Span:
    """Business days, both included. ``name``: ``2026-11-22``, ``2026-W47``, ``2026-11``, ``2026``."""

    first: date
    last: date
    name: str

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def span_of(cadence: Cadence, day: date) -> Span:
    """The period that a day lies in."""
    match cadence:
        case "day" | "holiday":
            return Span(day, day, day.isoformat())
        case "week":
            first = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            return Span(first, first + timedelta(days=6), f"{year}-W{week:02d}")
        case "month":
            first = day.replace(day=1)
            return Span(first, _next_month(first) - timedelta(days=1), f"{day:%Y-%m}")
        case "year":
            return Span(date(day.year, 1, 1), date(day.year, 12, 31), f"{day.year}")


def before(cadence: Cadence, span: Span) -> Span:
    """The period before it."""
    return span_of(cadence, span.first - timedelta(days=1))


def year_before(cadence: Cadence, span: Span) -> Span:
    """What a period is compared with year on year.

    A holiday's days are compared with the same days of last year's holiday, whatever their date; other days
    and weeks with the same weekday 52 weeks before; months and years by their names.
    """
    if cadence in {"day", "holiday", "week"}:
        former = _same_holiday(span.first) if cadence != "week" else None
        return span_of(cadence, former or span.first - timedelta(weeks=52))
    return span_of(cadence, span.first.replace(year=span.first.year - 1))


def _same_holiday(day: date) -> date | None:
    """The day with the same number in the same holiday of the year before, where both are known."""
    now = _holiday(day)
    if now is None:
        return None
    number = (day - now.first).days
    for year in YEARS:
        for holiday in year.holidays:
            same = year.year == day.year - 1 and _main(holiday.name) & _main(now.name)
            if same and holiday.first + timedelta(days=number) <= holiday.last:
                return holiday.first + timedelta(days=number)
    return None


def _main(name: str) -> frozenset[str]:
    return frozenset(name.split("、"))


def _holiday(day: date) -> Holiday | None:
    return next(
        (one for year in YEARS for one in year.holidays if one.first <= day <= one.last),
        None,
    )


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)

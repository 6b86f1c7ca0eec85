"""Measuring: KPIs of a period from the figures, and the way from each to the events behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.kernel.errors import N_, Invalid, Missing
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day
from tenants.bureau.domain.day import Day
from tenants.bureau.domain.directive import Directive, receipt_of
from tenants.bureau.domain.figures import Gauge, behind
from tenants.bureau.domain.figures.types import AUDIT, AVAILABILITY, INCIDENT
from tenants.bureau.domain.indicators import KPIS
from tenants.bureau.domain.kpi import By, Definition, Reading, definition_on, read
from tenants.bureau.domain.measures import Subject
from tenants.bureau.usecases.ports import Ledger, Senders
from tenants.bureau.usecases.watching import every_event

LONGEST = 92
"""Days of a period: a quarter. Each is one partition; a year is read from the lake."""


class PeriodTooLong(Invalid):
    code = "bureau.period.too-long"
    detail = N_("时间段太长,一次最多查看一个季度。")
    remedy = N_("请缩短时间段;全年数据请用报告。")


class PeriodBackwards(Invalid):
    code = "bureau.period.backwards"
    detail = N_("开始日期晚于结束日期。")
    remedy = N_("请交换两个日期。")


class Issued(Protocol):
    """The directives that were issued."""

    def issued(self, *, month: date, before: str, most: int) -> list[Directive]:
        """Those of a month, newest first, with ids below ``before``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Period:
    """Business days, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodBackwards
        if (self.last - self.first).days >= LONGEST:
            raise PeriodTooLong

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def subjects_of(
    period: Period,
    *,
    now: datetime,
    ledger: Ledger,
    senders: Senders,
    directives: Issued | None = None,
    kind: str = "",
    district: str = "",
    sender: str = "",
) -> list[Subject]:
    """Every sender's days of a period, one read a day; silent ones too, for they count among who ought to.

    Days still to come are left out.
    """
    known = [
        one
        for one in senders()
        if kind in {"", one.kind} and _within(one.district, district) and sender in {"", one.id}
    ]
    days = {day: {one.sender: one for one in ledger.days(day)} for day in period if day <= business_day(now)}
    owed = _owed(period, days=days, directives=directives) if directives is not None else {}
    return [
        Subject(
            known=one,
            day=day,
            told=told.get(one.id, Day(sender=one.id)),
            heard=one.id in told,
            now=now,
            owed=[
                (directive, receipt_of(directive, one, said, now=now))
                for directive, said in owed.get((day, one.id), ())
            ],
        )
        for day, told in days.items()
        for one in known
    ]


def see_kpis(*, period: Period, subjects: Sequence[Subject]) -> list[Reading]:
    """All KPIs of a period, each by the version that holds on its last day."""
    codes = dict.fromkeys(one.code for one in KPIS)
    found = [definition_on(KPIS, code=code, day=period.last) for code in codes]
    return [read(one, subjects, first=period.first, last=period.last) for one in found if one is not None]


def see_kpi(*, code: str, period: Period, subjects: Sequence[Subject], by: By) -> Reading:
    """One KPI with its parts. Raises ``Missing`` for a code that has no version then."""
    return read(defined(code, period.last), subjects, first=period.first, last=period.last, by=by)


def defined(code: str, day: date) -> Definition:
    """The version of a KPI that holds on a day, or ``Missing``."""
    found = definition_on(KPIS, code=code, day=day)
    if found is None:
        raise Missing
    return found


def ids_behind(definition: Definition, *, sender: str, day: date, ledger: Ledger, most: int) -> list[str]:
    """The ids of the events of one sender's day that a KPI counts, newest first, at most ``most``.

    What may be said on another day (a night audit) is named by its gauge. A KPI of the reporting itself,
    which has no types, stands on every event.
    """
    measures = [one for one in (definition.numerator, definition.denominator) if one is not None]
    types = sorted({type for one in measures for type in one.types})
    told = ledger.day(sender, day)
    gauges = told.gauges if told is not None else {}
    found = {gauge.id for name, gauge in gauges.items() if behind(name) in _ELSEWHERE.intersection(types)}
    for type in [one for one in types if one not in _ELSEWHERE] if types else [""]:
        events = every_event(sender=sender, day=day, ledger=ledger, type=type, most=most)
        found |= {one.entry.id for one in events if one.counts and one.entry.envelope["status"] == "actual"}
    return sorted(found, reverse=True)[:most]


_ELSEWHERE = frozenset({AUDIT, AVAILABILITY, INCIDENT})
"""Types that speak of another day than the one they are said on."""


def _owed(
    period: Period, *, days: Mapping[date, Mapping[str, Day]], directives: Issued
) -> dict[tuple[date, str], list[tuple[Directive, Gauge | None]]]:
    """By day of issue and tenant: the directives issued to it, and the last that it said of each."""
    said: dict[tuple[str, str], Gauge] = {}
    for told in days.values():
        for sender, day in told.items():
            for name, gauge in day.gauges.items():
                if name.startswith("ack:"):
                    key = (name[4:], sender)
                    said[key] = max(gauge, said.get(key, gauge), key=lambda one: (one.at, one.id))
    found: dict[tuple[date, str], list[tuple[Directive, Gauge | None]]] = {}
    for month in sorted({day.replace(day=1) for day in period}):
        for directive in _all(directives, month):
            issued = business_day(directive.issued)
            if issued in days:
                for one in directive.to:
                    found.setdefault((issued, one), []).append((directive, said.get((directive.id, one))))
    return found


def _all(directives: Issued, month: date) -> Iterator[Directive]:
    before = ""
    while True:
        part = directives.issued(month=month, before=before, most=200)
        yield from part
        if len(part) < 200:
            return
        before = part[-1].id


def _within(district: str, wanted: str) -> bool:
    """The whole city's code stands for every district of it."""
    return wanted in {"", district} or (wanted.endswith("00") and district.startswith(wanted[:4]))

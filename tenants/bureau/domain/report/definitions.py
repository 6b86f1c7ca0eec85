"""The reports as rows: what each holds, when it is due, how long late facts may still amend it.

A changed report is a new version with its own validity; sealed ones keep theirs. Times that no rule names are
defaults to be confirmed by the bureau.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, local
from chalicelib.kernel.workdays import holiday_on
from tenants.bureau.domain.report import columns as c
from tenants.bureau.domain.report.periods import Cadence, Span, span_of
from tenants.bureau.domain.report.sheets import Column, Sheet


@dataclass(frozen=True, kw_only=True)
class Due:
    """When a report is made: so many days after its period's last day (0: on that day), at a time."""

    after: int
    at: time
    source: str

    def moment(self, span: Span) -> datetime:
        """The instant (UTC)."""
        return local(span.last + timedelta(days=self.after), self.at)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One kind of report. ``amended``: for how many days after the last due moment it is worked out again,
    every ``every`` days. ``kpis``: the K-codes stand in it. ``compared``: held against former periods.
    """

    code: str
    title: str
    cadence: Cadence
    sheets: tuple[Sheet, ...]
    due: tuple[Due, ...]
    amended: int
    every: int = 1
    kpis: bool = False
    compared: tuple[Column, ...] = ()
    version: int = 1
    since: date = date(2020, 1, 1)
    until: date | None = None

    @property
    def query(self) -> str:
        """The version of the question that a sealed report answers."""
        return f"{self.code}/{self.version}"

    def holds(self, day: date) -> bool:
        """Whether this version is the one for periods that begin on ``day``."""
        return self.since <= day and (self.until is None or day < self.until)

    def moments(self, span: Span) -> list[datetime]:
        """The due moments of a period; none where there is no such report (not a holiday)."""
        if self.cadence == "holiday" and not holiday_on(span.first):
            return []
        return sorted(one.moment(span) for one in self.due)

    def latest(self, span: Span, *, now: datetime) -> datetime | None:
        """The last moment by which the report of a period had to be worked out (again)."""
        moments = [one for one in self.moments(span) if one <= now]
        if not moments:
            return None
        last = moments[-1]
        passed = min((business_day(now) - business_day(last)).days, self.amended)
        again = last + timedelta(days=passed - passed % self.every)
        return again if again <= now else again - timedelta(days=self.every)

    def spans(self, *, now: datetime) -> Iterator[Span]:
        """The periods that may have to be worked out at this moment, the oldest first."""
        first = business_day(now) - timedelta(days=self.amended + max(one.after for one in self.due) + 1)
        seen: dict[str, Span] = {}
        for n in range((business_day(now) - first).days + 1):
            span = span_of(self.cadence, first + timedelta(days=n))
            if self.latest(span, now=now) is not None:
                seen.setdefault(span.name, span)
        yield from seen.values()


_PLAN = "智慧旅游建设规划：月报告、季考评、年总结"
_OWN = "默认值，由主管部门确认"

_ROWS: tuple[Report, ...] = (
    Report(
        code="R03",
        title=N_("每日简报"),
        cadence="day",
        sheets=(c.TOTALS, c.DISTRICTS, c.AREAS, c.HOTELS, c.COMPLAINT_TOTALS, c.SAFETY_TOTALS, c.LACKING),
        compared=c.COMPARED,
        due=(Due(after=1, at=time(6, 30), source=_OWN),),
        version=2,
        amended=14,
    ),
    Report(
        code="R04",
        title=N_("假日日报"),
        cadence="holiday",
        sheets=(c.TOTALS, c.AREAS, c.ORIGINS, c.DISTRICTS, c.HOTELS, c.COUNTRIES, c.LACKING),
        compared=c.COMPARED,
        due=(
            Due(after=0, at=time(12, 0), source=_OWN),
            Due(after=0, at=time(18, 0), source=_OWN),
            Due(after=1, at=time(6, 30), source=_OWN),
        ),
        version=2,
        amended=14,
    ),
    Report(
        code="R05",
        title=N_("投诉周报"),
        cadence="week",
        sheets=(c.COMPLAINT_TOTALS, c.COMPLAINTS_OF, c.SEVERITY),
        compared=(c.CASES, c.SOLVED),
        due=(Due(after=1, at=time(8, 0), source=_OWN),),
        amended=28,
    ),
    Report(
        code="R06",
        title=N_("安全周报"),
        cadence="week",
        sheets=(c.SAFETY_TOTALS, c.SAFETY_OF),
        compared=(c.INSPECTIONS, c.FAILINGS, c.RECTIFIED),
        due=(Due(after=1, at=time(8, 0), source=_OWN),),
        amended=28,
    ),
    Report(
        code="R07",
        title=N_("数据质量周报"),
        cadence="week",
        sheets=(c.QUALITY_TOTALS, c.QUALITY_KINDS, c.QUALITY_TYPES, c.QUALITY_OF),
        compared=(c.RECEIVED, c.LATE, c.REPLACED),
        due=(Due(after=1, at=time(8, 0), source=_OWN),),
        version=2,
        amended=28,
    ),
    Report(
        code="R08",
        title=N_("月报告"),
        cadence="month",
        sheets=(
            *(c.TOTALS, c.DAYS, c.DISTRICTS, c.STARS, c.AREAS, c.COUNTRIES, c.AGENCY_SHEET),
            *(c.COMPLAINT_TOTALS, c.SAFETY_TOTALS, c.QUALITY_KINDS, c.LACKING),
        ),
        kpis=True,
        compared=c.COMPARED,
        due=(Due(after=5, at=time(8, 0), source=_PLAN),),
        version=2,
        amended=62,
    ),
    Report(
        code="R12",
        title=N_("年总结"),
        cadence="year",
        sheets=(
            *(c.TOTALS, c.MONTHS, c.DISTRICTS, c.STARS, c.AREAS, c.COUNTRIES, c.AGENCY_SHEET),
            *(c.COMPLAINT_TOTALS, c.SAFETY_TOTALS, c.QUALITY_KINDS),
        ),
        kpis=True,
        compared=c.COMPARED,
        due=(Due(after=31, at=time(8, 0), source=_PLAN),),
        version=2,
        amended=90,
        every=30,
    ),
)


_APART = date(2026, 11, 23)
"""For periods from this day on, a trade that a place does not have is a dash, no zero (``Sheet.apart``)."""


def _versions(row: Report) -> tuple[Report, ...]:
    if not any(column.of for sheet in row.sheets for column in sheet.columns):
        return (row,)
    sheets = tuple(replace(sheet, apart=True) for sheet in row.sheets)
    return replace(row, until=_APART), replace(row, version=row.version + 1, since=_APART, sheets=sheets)


REPORTS: tuple[Report, ...] = tuple(version for row in _ROWS for version in _versions(row))


def report_on(code: str, day: date, *, rows: Sequence[Report] = REPORTS) -> Report | None:
    """The version of a report for periods that begin on a day."""
    return next((one for one in rows if one.code == code and one.holds(day)), None)

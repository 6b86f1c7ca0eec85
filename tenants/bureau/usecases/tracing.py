"""Tracing: from a cell of a report home to the senders' days that it was made of, and so to their events."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, parse_instant
from tenants.bureau.domain.day import Known
from tenants.bureau.domain.measures import Subject
from tenants.bureau.domain.report.definitions import Report
from tenants.bureau.domain.report.periods import Span
from tenants.bureau.domain.report.sheets import Column, Sheet, Tally, keys_of
from tenants.bureau.usecases.ports import Senders
from tenants.bureau.usecases.sealing import Days, subjects_of

MOST = 500


@dataclass(frozen=True, kw_only=True)
class Step:
    """One sender's day behind a cell. ``filed``: the day (and hour) under which its events lie: a night audit
    lies on the morning after. ``type``: their type, empty where there are several.
    """

    known: Known
    day: date
    top: int
    bottom: int | None
    filed: date
    hour: int | None
    type: str


@dataclass(frozen=True, kw_only=True)
class Traced:
    """The way home from a cell. ``value``: what it comes to now; late facts may have changed it."""

    sheet: Sheet
    column: Column
    value: int | None
    steps: Sequence[Step]
    more: bool


def trace(
    *,
    report: Report,
    span: Span,
    scope: str,
    sheet: str,
    row: str,
    column: str,
    now: datetime,
    days: Days,
    senders: Senders,
) -> Traced:
    """The senders' days behind a cell, the largest first. Raises ``Missing`` for a cell there is not."""
    of = next((one for one in report.sheets if one.key == sheet), None)
    if of is None:
        raise Missing
    which = next((one for one in of.columns if one.key == column), None)
    if which is None:
        raise Missing
    alone = Sheet(key=of.key, title=of.title, by=of.by, columns=(which,), kinds=of.kinds)
    whole = Tally(sheets=[alone])
    known = senders()
    steps: list[Step] = []
    for day in _days(alone, row, span):
        subjects = subjects_of(day=day, told=days.days(day), known=known, scope=scope, now=now)
        inside = [one for one in subjects if row in keys_of(alone, one)]
        whole.feed(inside)
        steps += _steps(alone, which, row, inside)
    values = {one["key"]: one["cells"][0] for one in whole.rows(alone)}
    steps.sort(key=lambda one: (-abs(one.top), one.day, one.known.name))
    return Traced(sheet=of, column=which, value=values.get(row), steps=steps[:MOST], more=len(steps) > MOST)


def _days(sheet: Sheet, row: str, span: Span) -> Iterator[date]:
    """Only the days that the row can stand for."""
    for day in span:
        if sheet.by == "day" and day.isoformat() != row:
            continue
        if sheet.by == "month" and f"{day:%Y-%m}" != row:
            continue
        yield day


def _steps(sheet: Sheet, column: Column, row: str, subjects: Sequence[Subject]) -> Iterator[Step]:
    for one in subjects:
        if sheet.kinds and one.known.kind not in sheet.kinds:
            continue
        alone = Tally(sheets=[sheet])
        alone.feed([one])
        sum = alone.sum(sheet, row, column)
        if not sum.top and not sum.bottom:
            continue
        filed, hour = one.day, None
        gauge = one.told.newest(column.needs) if column.needs else None
        if gauge is not None:
            at = parse_instant(gauge.at).astimezone(SHANGHAI)
            filed, hour = at.date(), at.hour
        yield Step(
            known=one.known,
            day=one.day,
            top=sum.top,
            bottom=sum.bottom if column.over is not None else None,
            filed=filed,
            hour=hour,
            type=row if sheet.by == "type" else _only(column),
        )


def _only(column: Column) -> str:
    types = {*column.measure.types, *(column.over.types if column.over is not None else ())}
    return types.pop() if len(types) == 1 else ""

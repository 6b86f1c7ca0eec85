"""KPIs at the desk: all of a period, one with its parts, and both as files."""

from collections.abc import Mapping
from typing import Any

from chalicelib.kernel.period import business_day
from chalicelib.web.http import Attachment, Call, Html, Paging, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.domain.kpi import SCALE, Cell, Definition, Reading
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import READER, blueprint, senders
from tenants.bureau.routes.frame import frame
from tenants.bureau.routes.kpi import (
    OfKpi,
    OfPeriod,
    number,
    period_asked,
    plain,
    reading_asked,
    shown,
    subjects_asked,
)
from tenants.bureau.routes.paging import paged
from tenants.bureau.routes.ways import PAGE, PAGE_KPI, query
from tenants.bureau.usecases import measuring
from tenants.bureau.usecases.measuring import Period

_NAMED: Mapping[str, Mapping[str, str]] = {"district": words.DISTRICTS, "kind": words.KINDS}


class OfParts(OfKpi, Paging):
    """One KPI and its parts, a page at a time."""


@page(blueprint, "GET", PAGE_KPI, use_case="bureau.show-kpis", door=READER, query=OfPeriod)
def show_kpis(call: Call) -> Html:
    """All KPIs at the desk."""
    period = period_asked(call)
    found = measuring.see_kpis(period=period, subjects=subjects_asked(call, period))
    return Html(
        "bureau/kpis.html",
        kpis=[_view(one, href=f"{PAGE_KPI}/{one.definition.code}?{_asked(call, period)}") for one in found],
        counts={state: sum(one.state == state for one in found) for state in words.KPI_STATES},
        csv_href=f"{PAGE_KPI}.csv?{_asked(call, period)}",
        **_choices(call, period),
        **frame(call, PAGE_KPI),
    )


@page(blueprint, "GET", f"{PAGE_KPI}.csv", use_case="bureau.export-kpis", door=READER, query=OfPeriod)
def export_kpis(call: Call) -> Attachment:
    """The same as a file."""
    period = period_asked(call)
    found = measuring.see_kpis(period=period, subjects=subjects_asked(call, period))
    head = ("code", "version", "title", "first", "last", "value", "unit", "threshold", "state", "numerator")
    rows = [
        (
            *(one.definition.code, one.definition.version, call.translate(one.definition.title)),
            *(one.first, one.last, number(one.whole), one.definition.unit),
            *(plain(one.definition.threshold), one.state, one.whole.numerator, one.whole.denominator),
        )
        for one in found
    ]
    return csv_sheet((*head, "denominator"), rows, name=f"kpi-{period.first}-{period.last}.csv")


@page(blueprint, "GET", f"{PAGE_KPI}/{{code}}", use_case="bureau.show-kpi", door=READER, query=OfParts)
def show_kpi(call: Call) -> Html:
    """One KPI: what it means, what it is, and of whom."""
    period, reading = period_asked(call), reading_asked(call)
    definition, by = reading.definition, call.query.by
    named = {one.id: one.name for one in senders()} if by == "sender" else _NAMED.get(by, {})
    parts, following = paged(reading.parts, call, key=lambda cell: cell.key)
    here = f"{PAGE_KPI}/{definition.code}?{_asked(call, period)}&by={by}"
    return Html(
        "bureau/kpi.html",
        kpi=_view(reading, href=""),
        owner=definition.owner,
        source=definition.source,
        since=definition.since,
        note=definition.note,
        by=by,
        bys=[
            (name, text) for name, text in words.KPI_BY.items() if name != "code" or definition.code == "K16"
        ],
        parts=[_part(cell, reading, by, named=named) for cell in parts],
        next_href=f"{here}&cursor={following}" if following else None,
        days=[
            {"day": cell.key, "value": None if cell.value is None else float(cell.value)}
            for cell in (reading.parts if by == "day" else ())
        ],
        csv_href=f"{PAGE_KPI}/{definition.code}/parts.csv?{_asked(call, period)}&by={by}",
        action=f"{PAGE_KPI}/{definition.code}",
        **_choices(call, period),
        **frame(call, PAGE_KPI),
    )


@page(
    blueprint, "GET", f"{PAGE_KPI}/{{code}}/parts.csv", use_case="bureau.export-kpi", door=READER, query=OfKpi
)
def export_kpi(call: Call) -> Attachment:
    """The parts as a file; with ``publish`` small counts are left out."""
    reading = reading_asked(call)
    rows = [(cell.key, cell.numerator, cell.denominator, number(cell)) for cell in shown(call, reading)]
    name = f"kpi-{reading.definition.code}-{reading.first}-{reading.last}.csv"
    return csv_sheet((call.query.by, "numerator", "denominator", "value"), rows, name=name)


def _view(reading: Reading, *, href: str) -> dict[str, Any]:
    definition = reading.definition
    text, tone = words.KPI_STATES[reading.state]
    return {
        "code": definition.code,
        "version": definition.version,
        "title": definition.title,
        "unit": definition.unit,
        "better": definition.better,
        "value": number(reading.whole),
        "threshold": plain(definition.threshold),
        "numerator": reading.whole.numerator,
        "denominator": reading.whole.denominator,
        "state": {"text": text, "tone": tone},
        "money": definition.money,
        "owner": definition.owner,
        "href": href,
    }


def _part(cell: Cell, reading: Reading, by: str, *, named: Mapping[str, str]) -> dict[str, Any]:
    return {
        "key": cell.key,
        "text": named.get(cell.key, cell.key or "—"),
        "numerator": cell.numerator,
        "denominator": cell.denominator,
        "value": number(cell),
        "scale": float(SCALE[reading.definition.unit]),
        "href": _events(cell, reading, by),
    }


def _events(cell: Cell, reading: Reading, by: str) -> str | None:
    """A sender's part leads to its events, where the period is one day; to its days where it is longer."""
    if by != "sender":
        return None
    types = _types(reading.definition)
    only = types[0] if len(types) == 1 else ""
    return f"{PAGE}?{query(sender=cell.key, day=reading.last.isoformat(), type=only)}"


def _types(definition: Definition) -> list[str]:
    measures = [one for one in (definition.numerator, definition.denominator) if one is not None]
    return sorted({type for one in measures for type in one.types})


def _asked(call: Call, period: Period) -> str:
    return query(
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        kind=call.query.kind or "",
        district=call.query.district or "",
    )


def _choices(call: Call, period: Period) -> dict[str, Any]:
    return {
        "first": period.first,
        "last": period.last,
        "kind": call.query.kind or "",
        "district": call.query.district or "",
        "kinds": [(code, call.translate(text)) for code, text in words.KINDS.items() if code != "bureau"],
        "districts": [(code, call.translate(text)) for code, text in words.DISTRICTS.items()],
        "today": business_day(call.now),
    }

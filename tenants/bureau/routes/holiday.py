"""The holiday view (R04): the table an office sends up twice a day; page, file and API."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field

from chalicelib.web.http import Answered, Attachment, Call, Html, MoneyView, endpoint, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.domain.comparing import Comparison
from tenants.bureau.domain.disclosure import publishable
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import LEDGER, READER, OfDay, blueprint, day_asked, senders
from tenants.bureau.routes.frame import dated, frame
from tenants.bureau.routes.origins import origin
from tenants.bureau.routes.ways import API, PAGE, events_href
from tenants.bureau.store.remembered import past_days
from tenants.bureau.usecases.holiday import Holiday, Row, see_holiday

_HERE = "/bureau/holiday"
_ENTRY = "tourism.scenic.entry.counted.v1"


class OfHoliday(OfDay):
    publish: bool = Field(default=False, description="leave out counts below ten, as for publication")


class AreaRow(Answered):
    """``before``: entries on the day a year before; null where the area is not comparable."""

    sender: str
    name: str
    area: str
    district: str
    reporting: bool
    admitted: int
    ticket_income: MoneyView
    since_admitted: int
    since_ticket_income: MoneyView
    before: int | None
    change: float | None
    events: str


class Compared(Answered):
    """Sums of the senders that reported in both periods, and of how many that reported now."""

    day_before: date
    senders: int
    reporting: int
    now: dict[str, int]
    then: dict[str, int]
    change: dict[str, float | None]


class HolidayAnswer(Answered):
    """Counts of origins are null where a published count would be below ten."""

    holiday: str | None
    number: int
    first: date
    last: date
    day: date
    areas: list[AreaRow]
    silent: int
    today: Compared
    since: Compared
    ticket_origins: dict[str, int | None]
    guest_origins: dict[str, int | None]


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/holiday",
    use_case="bureau.see-holiday",
    door=READER,
    query=OfHoliday,
    answers=HolidayAnswer,
    summary="A day of a holiday: key areas, entries, ticket income, year on year, origins",
)
def see_holiday_answer(call: Call) -> HolidayAnswer:
    """On an ordinary day the day alone."""
    found = _found(call)
    return HolidayAnswer(
        holiday=found.name or None,
        number=found.number,
        first=found.first,
        last=found.last,
        day=found.day,
        areas=[_area(one, found.day) for one in found.rows],
        silent=found.silent,
        today=_compared(found.today),
        since=_compared(found.since),
        ticket_origins=_origins(call, found.origins),
        guest_origins=_origins(call, found.guests_from),
    )


@page(blueprint, "GET", _HERE, use_case="bureau.show-holiday", door=READER, query=OfHoliday)
def show_holiday(call: Call) -> Html:
    """The table, ready to be printed."""
    found = _found(call)
    mix = publishable(found.origins)
    total = sum(found.origins.values())
    return Html(
        "bureau/holiday.html",
        name=found.name,
        number=found.number,
        rows=[_view(call, one, found.day, alone=_alone(found, one)) for one in found.rows],
        silent=found.silent,
        admitted=sum(one.admitted for one in found.rows),
        income=sum(one.income for one in found.rows),
        since_admitted=sum(one.since_admitted for one in found.rows),
        since_income=sum(one.since_income for one in found.rows),
        year=_year(found.today),
        year_since=_year(found.since),
        mix=[
            {"name": _named(call, code), "count": n, "share": n / total if n is not None and total else None}
            for code, n in mix.items()
        ],
        guests_from=[
            (_named(call, code), n) for code, n in list(publishable(found.guests_from).items())[:12]
        ],
        csv_href=f"{_HERE}.csv?day={found.day}",
        **dated(call, found.day),
        **frame(call, _HERE),
    )


@page(blueprint, "GET", f"{_HERE}.csv", use_case="bureau.export-holiday", door=READER, query=OfHoliday)
def export_holiday(call: Call) -> Attachment:
    """The table as a file; money in yuan."""
    found = _found(call)
    head = ("sender", "name", "area", "district", "reporting", "entries", "ticket_income_yuan")
    more = ("entries_since", "ticket_income_since_yuan", "entries_year_before", "change")
    rows: list[tuple[Any, ...]] = [
        (
            *(one.sender, one.name, one.area, one.district, "yes" if one.reporting else "no"),
            *(one.admitted, one.income / 100, one.since_admitted, one.since_income / 100),
            *(one.before, None if one.change is None else round(one.change, 4)),
        )
        for one in found.rows
    ]
    for title, origins in (("ticket_origin", found.origins), ("guest_origin", found.guests_from)):
        rows += [(title, _named(call, code), code, "", "", n) for code, n in _origins(call, origins).items()]
    return csv_sheet((*head, *more), rows, name=f"holiday-{found.day}.csv")


def _found(call: Call) -> Holiday:
    return see_holiday(day=day_asked(call), now=call.now, ledger=LEDGER, senders=senders, past=past_days)


def _area(row: Row, day: date) -> AreaRow:
    return AreaRow(
        sender=row.sender,
        name=row.name,
        area=row.area,
        district=row.district,
        reporting=row.reporting,
        admitted=row.admitted,
        ticket_income=MoneyView(amount=row.income),
        since_admitted=row.since_admitted,
        since_ticket_income=MoneyView(amount=row.since_income),
        before=row.before,
        change=None if row.change is None else round(row.change, 4),
        events=events_href(sender=row.sender, day=day, type=_ENTRY, base=API),
    )


def _compared(found: Comparison) -> Compared:
    changes = {name: found.change(name) for name in found.now}
    return Compared(
        day_before=found.then_day,
        senders=found.senders,
        reporting=found.reporting,
        now=dict(found.now),
        then=dict(found.then),
        change={name: None if share is None else round(share, 4) for name, share in changes.items()},
    )


def _origins(call: Call, cells: Mapping[str, int]) -> dict[str, int | None]:
    return publishable(cells) if call.query.publish else dict(cells)


def _named(call: Call, code: str) -> str:
    return origin(code, translate=call.translate, locale=call.locale)


def _alone(found: Holiday, row: Row) -> bool:
    """Whether a sender has one area only: then its name suffices."""
    return sum(one.sender == row.sender for one in found.rows) == 1


def _view(call: Call, row: Row, day: date, *, alone: bool) -> dict[str, Any]:
    return {
        "name": row.name if alone else f"{row.name} · {row.area}",
        "district": call.translate(words.DISTRICTS.get(row.district, row.district or "—")),
        "reporting": row.reporting,
        "admitted": row.admitted if row.reporting else None,
        "income": row.income if row.reporting else None,
        "since_admitted": row.since_admitted,
        "since_income": row.since_income,
        "change": row.change,
        "href": events_href(sender=row.sender, day=day, type=_ENTRY, base=PAGE),
    }


def _year(found: Comparison) -> dict[str, Any]:
    return {
        "day": found.then_day,
        "senders": found.senders,
        "reporting": found.reporting,
        "admitted": found.change("admitted"),
        "income": found.change("sold_fen"),
        "guests": found.change("guests"),
    }

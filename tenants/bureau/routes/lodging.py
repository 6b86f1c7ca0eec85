"""Hotels and homestays for the bureau: last night, tonight, registration; page, file and API."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Answered, Attachment, Blank, Call, Html, MoneyView, endpoint, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.domain.disclosure import publishable
from tenants.bureau.domain.line import Line, Nights
from tenants.bureau.domain.wall import District
from tenants.bureau.routes import board, words
from tenants.bureau.routes.asked import LEDGER, READER, OfDay, blueprint, day_asked, senders
from tenants.bureau.routes.frame import dated, frame
from tenants.bureau.routes.origins import origin
from tenants.bureau.routes.paging import LAST, leaf
from tenants.bureau.routes.ways import API, events_href, query
from tenants.bureau.store.remembered import past_days
from tenants.bureau.usecases.lodging import Lodging, Night, see_lodging

_HERE = "/bureau/lodging"
_STEPS = (0.4, 0.6, 0.8)


class OfLodging(OfDay):
    """A business day of the city, one district or one kind."""

    district: Annotated[str | None, Blank] = Field(
        default=None, pattern=r"^4101[0-9]{2}$", description="GB/T 2260"
    )
    kind: Annotated[Literal["hotel", "homestay"] | None, Blank] = None
    name: str = Field(default="", max_length=60, description="a part of the name")
    page: int = Field(default=1, ge=1, le=LAST)


class House(Answered):
    """``rooms`` of the night before; ``free`` tonight. A null means that nobody said."""

    sender: str
    name: str
    kind: str
    district: str
    rooms_available: int | None
    rooms_sold: int | None
    room_revenue: MoneyView | None
    occupancy: float | None
    free: int | None
    guests: int
    registered: int
    registered_in_time: int
    events: str


class NightAnswer(Answered):
    day: date
    houses: int
    rooms_available: int | None
    rooms_sold: int | None
    occupancy: float | None
    guests: int
    foreign: int
    foreign_in_time: int
    domestic: int
    domestic_in_time: int


class LodgingAnswer(Answered):
    day: date
    houses: list[House]
    nights: list[NightAnswer]
    origins: dict[str, int]


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/lodging",
    use_case="bureau.see-lodging",
    door=READER,
    query=OfDay,
    answers=LodgingAnswer,
    summary="Rooms of last night, free rooms tonight and registration, by house and by night",
)
def see_lodging_answer(call: Call) -> LodgingAnswer:
    """The last fourteen nights."""
    found = _found(call)
    return LodgingAnswer(
        day=day_asked(call),
        houses=[_house(one, day_asked(call)) for one in found.houses],
        nights=[_night(one) for one in found.nights],
        origins=found.origins,
    )


@page(blueprint, "GET", _HERE, use_case="bureau.show-lodging", door=READER, query=OfLodging)
def show_lodging(call: Call) -> Html:
    """Maps, curves, and the houses one by one."""
    found, day, asked = _found(call), day_asked(call), call.query
    href = f"{_HERE}?day={{day}}&district={{code}}#houses"
    name = asked.name.strip()
    wanted = [
        one
        for one in found.houses
        if asked.district in {None, one.district}
        and asked.kind in {None, one.kind}
        and name.casefold() in one.name.casefold()
    ]
    wanted.sort(key=lambda one: (one.reporting, -(one.nights.available if one.nights else 0), one.name))
    narrowed = query(day=day, district=asked.district, kind=asked.kind, name=name)
    shown, pages = leaf(wanted, asked.page, href=f"{_HERE}?{narrowed}", at="#houses")
    nights = [one for one in found.nights if one.day < business_day(call.now)]
    return Html(
        "bureau/lodging.html",
        rooms=found.wall.nights,
        occupancy=_share(found.wall.nights),
        free=found.wall.free,
        guests=found.wall.guests,
        silent=found.wall.silent,
        any_house=bool(found.houses),
        houses=[_row(call, one, day) for one in shown],
        pages=pages,
        name=name,
        district=asked.district or "",
        kind=asked.kind or "",
        kinds=[(code, call.translate(words.KINDS[code])) for code in ("hotel", "homestay")],
        places=[(code, call.translate(text)) for code, text in words.DISTRICTS.items() if code != "410100"],
        free_map=board.tiles(found.districts, day=day, value=_free(found), href=href),
        occupancy_map=board.tiles(found.districts, day=day, value=_occupied, href=href),
        labels=[f"{one.day:%m-%d}" for one in nights],
        occupancies=[_percent(_share(one.rooms)) for one in nights],
        foreign=[_percent(_part(one.foreign_timely, one.foreign)) for one in nights],
        domestic=[_percent(_part(one.domestic_timely, one.domestic)) for one in nights],
        hours=[f"{hour:02d}:00" for hour in range(24)],
        guests_by_hour=list(found.wall.hours_guests),
        origins=[
            (origin(code, translate=call.translate, locale=call.locale), n)
            for code, n in list(publishable(found.origins).items())[:12]
        ],
        csv_href=f"{_HERE}.csv?day={day}",
        **dated(call, day),
        **frame(call, _HERE),
    )


@page(blueprint, "GET", f"{_HERE}.csv", use_case="bureau.export-lodging", door=READER, query=OfDay)
def export_lodging(call: Call) -> Attachment:
    """The houses as a file; money in yuan."""
    day = day_asked(call)
    head = ("sender", "name", "kind", "district", "rooms_available", "rooms_sold", "occupancy")
    more = ("average_price", "revenue_per_room", "free_tonight", "guests", "registered", "in_time")
    rows = [
        (
            *(one.sender, one.name, one.kind, one.district),
            *((one.nights.available, one.nights.sold) if one.nights else (None, None)),
            *(_rounded(_share(one.nights)), *_prices(one.nights)),
            *(one.free, one.guests, one.registered, one.timely),
        )
        for one in _found(call).houses
    ]
    return csv_sheet((*head, *more), rows, name=f"lodging-{day}.csv")


def _found(call: Call) -> Lodging:
    return see_lodging(day=day_asked(call), now=call.now, ledger=LEDGER, senders=senders, past=past_days)


def _house(line: Line, day: date) -> House:
    nights = line.nights
    return House(
        sender=line.sender,
        name=line.name,
        kind=line.kind,
        district=line.district,
        rooms_available=nights.available if nights else None,
        rooms_sold=nights.sold if nights else None,
        room_revenue=MoneyView(amount=nights.revenue) if nights else None,
        occupancy=_rounded(_share(nights)),
        free=line.free,
        guests=line.guests,
        registered=line.registered,
        registered_in_time=line.timely,
        events=events_href(sender=line.sender, day=day, base=API),
    )


def _night(night: Night) -> NightAnswer:
    return NightAnswer(
        day=night.day,
        houses=night.houses,
        rooms_available=night.rooms.available if night.rooms else None,
        rooms_sold=night.rooms.sold if night.rooms else None,
        occupancy=_rounded(_share(night.rooms)),
        guests=night.guests,
        foreign=night.foreign,
        foreign_in_time=night.foreign_timely,
        domestic=night.domestic,
        domestic_in_time=night.domestic_timely,
    )


def _row(call: Call, line: Line, day: date) -> dict[str, Any]:
    price, per_room = _prices(line.nights)
    return {
        "name": line.name,
        "where": " · ".join(
            call.translate(known.get(code, code) or "—")
            for known, code in ((words.KINDS, line.kind), (words.DISTRICTS, line.district))
        ),
        "reporting": line.reporting,
        "rooms": f"{line.nights.sold:,} / {line.nights.available:,}" if line.nights else None,
        "occupancy": _share(line.nights),
        "price": price,
        "per_room": per_room,
        "free": line.free,
        "guests": line.guests if line.reporting else None,
        "timely": _part(line.timely, line.registered),
        "href": f"/bureau/figures/{line.sender}?day={day}",
    }


def _prices(nights: Nights | None) -> tuple[float | None, float | None]:
    """Average price of a room let, and revenue per room to let, in yuan."""
    if nights is None:
        return None, None
    price = nights.revenue / nights.sold / 100 if nights.sold else None
    per_room = nights.revenue / nights.available / 100 if nights.available else None
    return _rounded(price, 2), _rounded(per_room, 2)


def _free(found: Lodging) -> Any:
    most = max((one.free or 0 for one in found.districts), default=0)

    def value(district: District) -> tuple[str, str | None, str]:
        if district.free is None:
            return ("quiet" if district.reporting else "none", None, "")
        step = 1 + min(3, 4 * district.free // (most + 1))
        return f"q{step}", f"{district.free:,}", N_("间空房")

    return value


def _occupied(district: District) -> tuple[str, str | None, str]:
    share = _share(district.nights)
    if share is None:
        return ("quiet" if district.reporting else "none", None, "")
    return f"q{1 + sum(share >= step for step in _STEPS)}", f"{share:.0%}", N_("出租率")


def _share(nights: Nights | None) -> float | None:
    return nights.occupancy if nights is not None else None


def _part(some: int, every: int) -> float | None:
    return some / every if every else None


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _rounded(value: float | None, places: int = 4) -> float | None:
    return None if value is None else round(value, places)

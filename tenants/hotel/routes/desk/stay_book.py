"""The book of stays 住宿查询: a span of days, searched, filtered, page by page, and as a file."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.kernel.personal import masked_document
from chalicelib.web.http import Asked, Blank, Call, Page, page
from chalicelib.web.orders.links import find
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import StayState
from tenants.hotel.routes.files import csv_file, told
from tenants.hotel.routes.frame import desk_page, property_of, witnessed
from tenants.hotel.routes.plan.models import StayId
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import STATES, hours_of, state_of, type_name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front, stay_book
from tenants.hotel.usecases.front import Shown
from tenants.hotel.usecases.stay_book import Leaf, Wanted

BACK, AHEAD = timedelta(days=31), timedelta(days=92)
MOST, MOST_ROWS = 50, 1000
HEADS = (
    N_("订单号"),
    N_("姓名"),
    N_("电话"),
    N_("房间"),
    N_("房型"),
    N_("入住"),
    N_("离店"),
    N_("人数"),
    N_("状态"),
)


class BookQuery(Asked):
    """``first``, ``last``: booked days of arrival; ``after``: where the page before ended."""

    text: Annotated[str, Field(max_length=60)] = ""
    first: Annotated[date | None, Blank] = None
    last: Annotated[date | None, Blank] = None
    state: Literal["", "expected", "in-house", "departed", "no-show", "cancelled"] = ""
    after: StayId = ""

    def fields(self) -> dict[str, str]:
        """As a link carries it, without the page."""
        given = {"text": self.text, "first": self.first, "last": self.last, "state": self.state}
        return {name: str(value) for name, value in given.items() if value}


@page(BLUEPRINT, "GET", "/hotel/stay-book", use_case="hotel.show-stay-book", door=DESK, query=BookQuery)
def show_book(call: Call) -> Page:
    """A page of the book; before the first one whoever is named in full, from any time."""
    hotel, query = HotelStore(call.work), call.query
    where = property_of(hotel.setup)
    first, last = _span(query, where.today(call.now))
    found = _leaf(query, where, first, last, most=MOST, hotel=hotel)
    beyond = _named(call, hotel) if query.text and not query.after else ()
    there = {one.stay.id for one in found.found}
    kept = query.fields()
    return desk_page(
        call,
        "hotel/desk/stay_book.html",
        place="stays",
        text=query.text,
        first=first.isoformat(),
        last=last.isoformat(),
        state=query.state,
        states=[(str(state), call.translate(words)) for state, (words, _) in STATES.items()],
        named=[_row(one, call, hotel) for one in beyond if one.stay.id not in there],
        rows=[_row(one, call, hotel) for one in found.found],
        next=_href(**kept, after=found.after) if found.after else None,
        previous=_href(**kept) if query.after else None,
        file="/hotel/stay-book.csv?" + urlencode(kept),
    )


@page(BLUEPRINT, "GET", "/hotel/stay-book.csv", use_case="hotel.export-stay-book", door=DESK, query=BookQuery)
def export_book(call: Call) -> Page:
    """The span as a file, a thousand rows at most; telephones masked. That it went out is kept."""
    hotel, query, say = HotelStore(call.work), call.query, call.translate
    where = property_of(hotel.setup)
    first, last = _span(query, where.today(call.now))
    witnessed(call, f"stay-book/{first}/{last}")
    found = _leaf(query, where, first, last, most=MOST_ROWS, hotel=hotel)
    cells = [
        told((row["number"], row["name"], masked_document(one.phone)), say)
        + [row[key] for key in ("room", "type", "arrive", "depart", "people")]
        + [row["state"]["text"]]
        for one in found.found
        for row in [_row(one, call, hotel)]
    ]
    if found.after:
        cells.append([say(N_("还有更多,请缩短日期后再导出。"))])
    return csv_file(say(N_("住宿查询")), [say(head) for head in HEADS], cells, day=first)


def _span(query: BookQuery, today: date) -> tuple[date, date]:
    """What was asked for, the right way round; a month back and three ahead where nothing was."""
    first = query.first or (query.last - BACK if query.last else today - BACK)
    last = query.last or max(first, today) + AHEAD
    first, last = min(first, last), max(first, last)
    return first, min(last, first + stay_book.MOST_DAYS)


def _leaf(
    query: BookQuery, where: Property, first: date, last: date, *, most: int, hotel: HotelStore
) -> Leaf:
    states = (StayState(query.state),) if query.state else ()
    wanted = Wanted(property=where.id, first=first, last=last, text=query.text, states=states)
    return stay_book.leaf(wanted, most=most, after=query.after, hotel=hotel)


def _named(call: Call, hotel: HotelStore) -> tuple[Shown, ...]:
    """Whose booking number this is; else in which stays somebody of this name or document is registered."""
    order = find(call.query.text, now=call.now, orders=hotel.orders)
    if order is not None:
        return front.shown(hotel.stays.of_order(order), hotel=hotel)
    return stay_book.known(call.query.text, hotel=hotel)


def _row(one: Shown, call: Call, hotel: HotelStore) -> dict[str, Any]:
    stay = one.stay
    where = property_of(hotel.setup, stay.site)
    return {
        "number": short_number(stay.order),
        "name": one.name,
        "href": f"/hotel/stays/{stay.id}",
        "room": stay.room or call.translate(N_("未排房")),
        "type": type_name(hotel.setup.house(), stay.type, call.locale),
        "arrive": stay.arrive.isoformat(),
        "depart": stay.depart.isoformat(),
        "hours": hours_of(stay),
        "people": stay.adults + stay.children,
        "state": state_of(stay, today=where.today(call.now), night=where.night_of(call.now), call=call),
    }


def _href(**query: str) -> str:
    return f"/hotel/stay-book?{urlencode(query)}"

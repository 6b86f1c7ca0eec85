"""A hold that is over is asked for anew: the same dates, rooms, services and names, at the prices of now."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from chalicelib.commerce.orders.domain import Line, Order, State
from chalicelib.web.http import Call, Page, Public, Redirect, page
from chalicelib.web.orders.links import LinkQuery, opened, order_path
from tenants.hotel.domain.extra import Per
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.forms.contact import Contact
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shop.basket import guests_page, left_of, wanted_of
from tenants.hotel.routes.shop.booking import place_of
from tenants.hotel.routes.shop.choice import Choice
from tenants.hotel.routes.shop.front import dated
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases.basket import Add, Hours, Rooms

_REMEMBERED = timedelta(days=1)
"""So long after a hold its names stand in the form again; later whoever finds the link sees none."""


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}/again",
    use_case="hotel.ask-anew",
    door=Public(kind="hotel"),
    query=LinkQuery,
)
def ask_anew(call: Call) -> Page:
    """The last form of the booking, filled in; one click holds it all again."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    over = order.over(now=call.now)
    if order.state is not State.CANCELLED and not over:
        return Redirect(order_path(call, order.id))
    where = place_of(order, hotel.setup.house())
    choice = choice_from(order, where)
    wrong: dict[str, str] = {}
    if choice.rooms:
        choice, wrong = dated(choice, where, call)
    if wrong or choice.empty:
        return Redirect(f"/s/{call.tenant.slug}")
    left = left_of(choice, where, hotel=hotel)
    if any(left.get(rooms.type, 0) < wanted_of(choice, rooms.type) for rooms in choice.rooms):
        return Redirect(choice.href(f"/s/{call.tenant.slug}/stay"))  # says what is left, and leads on
    contact = _names(order, hotel) if over and call.now < order.until + _REMEMBERED else Contact()
    return guests_page(call, choice, where, hotel, contact=contact)


def choice_from(order: Order, where: Property) -> Choice:
    """What was chosen, as the booking's pages take it."""
    rooms, hours, items = list[Rooms](), list[Hours](), list[Add]()
    extras: dict[str, int] = {}
    arrive: date | None = None
    depart: date | None = None
    for line in order.lines:
        if not line.count:
            continue
        if line.kind == "night" and "T" in line.slot:
            day, _, hour = line.slot.partition("T")
            hours.append(Hours(type=line.product, day=date.fromisoformat(day), start=int(hour)))
        elif line.kind == "night":
            arrive, depart = _span(line)
            adults, children = line.facts["people"]
            rooms.append(
                Rooms(type=line.product, plan=line.option, count=line.count, adults=adults, children=children)
            )
        elif line.option in {Per.ORDER, Per.NIGHT}:
            extras[line.product] = line.count
        elif line.option in {Per.HOUR, Per.DAY}:
            items += [_item(line, where)] * line.count
    return Choice(
        arrive=arrive,
        depart=depart,
        rooms=tuple(rooms),
        hours=tuple(hours),
        items=tuple(items),
        extras=extras,
    )


def _item(line: Line, where: Property) -> Add:
    """An extra at a time of its own: its slot says ``<day>T<hour>/<hours>`` or ``<first>/<last>``."""
    if line.option == Per.HOUR:
        begin, _, length = line.slot.partition("/")
        day, _, hour = begin.partition("T")
        return Add(extra=line.product, day=date.fromisoformat(day), start=int(hour), length=int(length))
    first, last = _span(line)
    start = line.starts.astimezone(ZoneInfo(where.zone)).hour
    return Add(extra=line.product, day=first, start=start, length=(last - first).days)


def _span(line: Line) -> tuple[date, date]:
    first, _, last = line.slot.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last)


def _names(order: Order, hotel: HotelStore) -> Contact:
    people = hotel.vault.shown(order.people)
    known, wishes = people.get("contact", {}), people.get("wishes", {})
    return Contact(
        typed={
            "name": known.get("name", ""),
            "phone": known.get("phone", ""),
            "at": wishes.get("at", ""),
            "note": wishes.get("note", ""),
            "guests": [{"name": guest.get("name", "")} for guest in people.get("guests", [])],
        }
    )

"""A booking in the guest's own calendar (RFC 5545)."""

from datetime import datetime

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.web.http import Attachment, Call, Page, Public, page
from chalicelib.web.orders.links import LinkQuery, absolute, opened, order_path
from tenants.hotel.domain.property import text
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shop.booking import place_of
from tenants.hotel.store import HotelStore

_ALWAYS = Public(kind="hotel", always=True)


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}/calendar",
    use_case="hotel.show-own-calendar",
    door=_ALWAYS,
    query=LinkQuery,
)
def show_calendar(call: Call) -> Page:
    """The stay as a calendar file (RFC 5545) for the guest's own calendar."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    where = place_of(order, hotel.setup.house())
    body = calendar_file(
        order,
        title=text(where.names, call.locale),
        address=text(where.address, call.locale),
        link=absolute(order_path(call, order.id)),
        now=call.now,
    )
    return Attachment(body, content_type="text/calendar; charset=utf-8", name=f"{short_number(order.id)}.ics")


def calendar_file(order: Order, *, title: str, address: str, link: str, now: datetime) -> bytes:
    """One event from arrival to departure; its id stays, so that a new file replaces the old one."""
    from icalendar import Calendar, Event  # only who saves a calendar pays for it

    event = Event()
    event.add("UID", f"{order.id}@songyun")
    event.add("DTSTAMP", now)
    event.add("SEQUENCE", order.version)
    event.add("DTSTART", order.starts)
    event.add("DTEND", order.ends)
    event.add("SUMMARY", title)
    if address:
        event.add("LOCATION", address)
    event.add("URL", link)
    event.add("STATUS", "CANCELLED" if order.state is State.CANCELLED else "CONFIRMED")
    calendar = Calendar()
    calendar.add("PRODID", "-//Songyun//Hotel//ZH")
    calendar.add("VERSION", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())

"""Hires beside a stay, in words: those of its booking, and those that a change of dates leaves behind."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.commerce.orders.domain import Order
from chalicelib.web import formats
from chalicelib.web.http import Call
from tenants.hotel.domain.hire import Hire
from tenants.hotel.domain.stay import Stay
from tenants.hotel.routes.shown.hire import STATES
from tenants.hotel.routes.shown.stay import tag
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import hires, rehiring


def left_behind(call: Call, order: Order, arrive: date, depart: date, *, hotel: HotelStore) -> list[str]:
    """What would stay at its old time, a line each."""
    found = rehiring.left_behind(order, arrive, depart, hotel=hotel)
    return [f"{one.title} · {when_of(call, one, hotel=hotel)}" for one in found]


def left_behind_stay(call: Call, stay: Stay, depart: date, *, hotel: HotelStore) -> list[str]:
    """The same for a stay that leaves on another day."""
    return left_behind(call, hotel.orders.get(stay.order), stay.arrive, depart, hotel=hotel)


def beside(call: Call, stay: Stay, *, hotel: HotelStore) -> list[dict[str, Any]]:
    """The hires of a stay's booking, with whether their day is one of the stay's."""
    order = hotel.orders.get(stay.order)
    found: Iterable[Hire] = sorted(hires.of_booking(order, hotel=hotel), key=lambda one: one.starts)
    outside = {one.id for one in rehiring.left_behind(order, stay.arrive, stay.depart, hotel=hotel)}
    return [
        {
            "href": f"/hotel/hires/{one.id}",
            "title": one.title,
            "when": when_of(call, one, hotel=hotel),
            "state": tag(STATES[one.state], call),
            "outside": one.id in outside,
        }
        for one in found
    ]


def when_of(call: Call, hire: Hire, *, hotel: HotelStore) -> str:
    """Its day and clock at the property."""
    zone = ZoneInfo(hotel.setup.house().properties[hire.site].zone)
    starts, ends = hire.starts.astimezone(zone), hire.ends.astimezone(zone)

    def day(value: date) -> str:
        return formats.day(value, style="short", locale=call.locale)

    if starts.date() == ends.date():
        return f"{day(starts.date())} {starts:%H:%M}–{ends:%H:%M}"
    return f"{day(starts.date())} {starts:%H:%M} – {day(ends.date())} {ends:%H:%M}"

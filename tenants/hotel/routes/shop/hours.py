"""Rooms by the hour 钟点房: the day, the hours that can be had, then who comes."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Asked, Blank, Call, Html, Page, page
from tenants.hotel.domain.album import Album
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shop.choice import hours_word
from tenants.hotel.routes.shop.front import SHOP, place_shown, property_of
from tenants.hotel.routes.shown.offers import hours_left, kind_shown
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases.basket import HOURS_AHEAD, Hours
from tenants.hotel.usecases.search import HoursFree, hours_free

_STRIP = 14


class HoursQuery(Asked):
    """A day, and a property where there are several."""

    day: Annotated[date | None, Blank] = None
    property: Annotated[Name | None, Blank] = None


@page(BLUEPRINT, "GET", "/s/{slug}/hours", use_case="hotel.show-hours", door=SHOP, query=HoursQuery)
def show_hours(call: Call) -> Page:
    """The hours of a day, each with what is left."""
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup.house(), call.query.property)
    today = where.today(call.now)
    day = call.query.day or today
    outside = not today <= day <= today + HOURS_AHEAD
    found = [] if outside else hours_free(day, property=where, hotel=hotel)
    here, albums = f"/s/{call.tenant.slug}/hours?property={where.id}", hotel.albums.all()
    notes = {0: call.translate(N_("今天")), 1: call.translate(N_("明天"))}
    return Html(
        "hotel/shop/hours.html",
        place=place_shown(where, call),
        day=day.isoformat(),
        days=[
            {
                "date": each.isoformat(),
                "href": f"{here}&day={each.isoformat()}",
                "note": notes.get((each - today).days),
                "current": each == day,
            }
            for each in (today + timedelta(days=ahead) for ahead in range(_STRIP))
        ],
        kinds=[_shown(one, day, call, albums=albums) for one in found],
        next=f"/s/{call.tenant.slug}/guests",
    )


def _shown(one: HoursFree, day: date, call: Call, *, albums: Mapping[str, Album]) -> dict[str, Any]:
    options = [
        {
            "value": hours_word(Hours(type=one.kind.id, day=day, start=start)),
            "title": f"{start:02d}:00–{start + one.hourly.hours:02d}:00",
            "note": hours_left(left, say=call.translate),
            "off": left <= 0,
            "few": 0 < left <= 1,
        }
        for start, left in one.starts
    ]
    return {
        **kind_shown(one.kind, call, albums=albums),
        "price": one.hourly.price,
        "hours": one.hourly.hours,
        "options": options,
        "open": any(not option["off"] for option in options),
    }

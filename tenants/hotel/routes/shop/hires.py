"""Visitors choose a meeting room or a car for a time of its own; it goes into the basket like the rest."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Blank, Call, Html, Page, page
from tenants.hotel.routes.desk.hire_new import offer_row
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shop.choice import ChoiceQuery, choice_of
from tenants.hotel.routes.shop.front import SHOP, place_shown, property_of
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import hiring
from tenants.hotel.usecases.basket import Add

MOST_ITEMS = 5


class HiresQuery(ChoiceQuery):
    """What was chosen so far, and the time that is asked for."""

    day: Annotated[date | None, Blank] = None
    start: Annotated[int, Field(ge=0, le=23)] = 9
    length: Annotated[int, Field(ge=1, le=30)] = 2


@page(BLUEPRINT, "GET", "/s/{slug}/hires", use_case="hotel.show-hires-shop", door=SHOP, query=HiresQuery)
def show_hires(call: Call) -> Page:
    """What can be had, each a link that puts it into the basket; what goes with rooms only says so."""
    hotel, query = HotelStore(call.work), call.query
    house = hotel.setup.house()
    choice = choice_of(query, url=call.url, extras=house.extras)
    where = property_of(house, query.property)
    day = query.day or choice.arrive or where.today(call.now)
    rows = []
    for one in hiring.offers(day, start=query.start, length=query.length, property=where, hotel=hotel):
        row = offer_row(one, call)
        if not one.extra.alone and choice.empty:
            row |= {"off": True, "note": call.translate(N_("须与客房一起预订"))}
        add = Add(extra=one.extra.id, day=day, start=query.start, length=query.length)
        chosen = replace(choice, items=(*choice.items, add)[-MOST_ITEMS:])
        rows.append({**row, "href": chosen.href(f"/s/{call.tenant.slug}/stay")})
    return Html(
        "hotel/shop/hires.html",
        place=place_shown(where, call),
        action=f"/s/{call.tenant.slug}/hires",
        carried=choice.pairs(),
        property=where.id,
        day=day.isoformat(),
        today=where.today(call.now).isoformat(),
        start=query.start,
        length=query.length,
        rows=rows,
        back=choice.href(f"/s/{call.tenant.slug}/stay") if not choice.empty else "",
    )

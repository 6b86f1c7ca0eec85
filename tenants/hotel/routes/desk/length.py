"""How long a stay lasts, at the desk: extending for the price that was shown, leaving earlier or later."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, WallTime, page
from tenants.hotel.domain.offer import MOST_NIGHTS
from tenants.hotel.domain.stay import Stay
from tenants.hotel.routes.desk.stay import facts
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.hires_left import left_behind_stay
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import desk, front, length


class DatesQuery(Asked):
    """Without a day the page asks for one."""

    depart: date | None = None


class DatesForm(Asked):
    """``agreed``: fen for the further nights, as they were shown; none when the stay gets shorter."""

    depart: date
    agreed: Annotated[int | None, Field(ge=0, le=10**10)] = None
    confirm: Literal["yes"]


class LateForm(Asked):
    until: WallTime


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}/dates", use_case="hotel.ask-dates", door=DESK, query=DatesQuery)
def ask(call: Call) -> Page:
    """Another day of departure: what it costs, or which nights are given up, before anything is done."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    depart: date | None = call.query.depart
    if depart is None or depart == stay.depart:
        return _dates_page(call, stay, hotel)
    try:
        return _dates_page(call, stay, hotel, offer=_offer(call, stay, depart, hotel))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _dates_page(call, stay, hotel, told=told))


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/dates",
    use_case="hotel.change-departure-page",
    door=DESK,
    body=DatesForm,
)
def change(call: Call, asked: DatesForm) -> Page:
    """Extend for the price that was shown, or end earlier."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    stay = hotel.stays.get(id)
    try:
        if asked.depart < stay.depart:
            length.shorten(id, depart=asked.depart, hotel=hotel)
            return Redirect(f"/hotel/stays/{id}?done=shortened")
        length.extend(id, depart=asked.depart, agreed=asked.agreed, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _dates_page(call, stay, hotel, told=told))
    return Redirect(f"/hotel/stays/{id}?done=extended")


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}/late", use_case="hotel.ask-late", door=DESK)
def ask_late(call: Call) -> Page:
    """A later hour on the day of departure."""
    hotel = HotelStore(call.work)
    return _late_page(call, hotel.stays.get(call.path["stay"]), hotel)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/late",
    use_case="hotel.late-check-out-page",
    door=DESK,
    body=LateForm,
)
def late(call: Call, asked: LateForm) -> Page:
    """At most until others may come; the key lasts as long."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    stay = hotel.stays.get(id)
    until = length.property_of(stay, hotel=hotel).instant(stay.depart, asked.until)
    try:
        desk.stay_later(id, until=until, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _late_page(call, stay, hotel, told=told))
    return Redirect(f"/hotel/stays/{id}?done=late")


def _offer(call: Call, stay: Stay, depart: date, hotel: HotelStore) -> dict[str, Any]:
    if depart > stay.depart:
        found = length.extension(stay, depart, hotel=hotel)
        nights = [stay.depart + timedelta(days=step) for step in range(len(found.nightly))]
        total, prices = found.total.amount, list(found.nightly)
    else:
        nights = [night for night in stay.nights if night >= depart]
        prices, total = [stay.price_of(night) for night in nights], 0
    return {
        "depart": depart.isoformat(),
        "left": left_behind_stay(call, stay, depart, hotel=hotel),
        "longer": depart > stay.depart,
        "total": total,
        "nights": [
            {"text": night.isoformat(), "amount": price} for night, price in zip(nights, prices, strict=True)
        ],
    }


def _dates_page(
    call: Call,
    stay: Stay,
    hotel: HotelStore,
    *,
    offer: dict[str, Any] | None = None,
    told: dict[str, str] | None = None,
) -> Html:
    return desk_page(
        call,
        "hotel/desk/dates.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        offer=offer,
        first=(stay.arrive + timedelta(days=1)).isoformat(),
        last=(stay.arrive + timedelta(days=MOST_NIGHTS)).isoformat(),
    )


def _late_page(call: Call, stay: Stay, hotel: HotelStore, *, told: dict[str, str] | None = None) -> Html:
    where = length.property_of(stay, hotel=hotel)
    return desk_page(
        call,
        "hotel/desk/late.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        first=where.departure(stay.depart).isoformat(),
        last=where.arrival(stay.depart).isoformat(),
    )

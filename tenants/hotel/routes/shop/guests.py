"""Registration before arrival: guests write themselves and their companions down from their order's page.

Sealed at once; what was written is never shown again, only that it is there, masked. The desk has only the
documents to look at then.
"""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.kernel.documents import DocumentKind
from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.web.formats import sentences
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Public, Redirect, page
from chalicelib.web.orders.links import LinkQuery, opened, order_path
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.guest import MOST_GUESTS
from tenants.hotel.domain.property import text
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.forms.guests import (
    GuestSlot,
    Slot,
    choices_of,
    minor_typed,
    typed,
    written,
    wrong_numbers,
)
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shown.guest import guest_row
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import registration
from tenants.hotel.usecases.sealing import opened as unsealed

_OPEN = Public(kind="hotel")
_GUESTS = "/s/{slug}/orders/{order}/guests"


class GuestsForm(Asked):
    """Everybody of a room, by place; ``truth``: that it is as the documents say."""

    guests: Annotated[dict[Slot, GuestSlot], Field(max_length=MOST_GUESTS, default_factory=dict)]


@page(BLUEPRINT, "GET", _GUESTS, use_case="hotel.show-own-guests", door=_OPEN, query=LinkQuery)
def show(call: Call) -> Page:
    """The rooms of the booking, or the only one's form."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    stays = _stays(order, hotel)
    if len(stays) == 1:
        return _form(call, order, stays[0], hotel)
    house = hotel.setup.house()
    rows = [
        {
            "title": text(house.types[one.type].names, call.locale) if one.type in house.types else one.type,
            "count": len(hotel.guests.of_stay(one.id)),
            "people": one.adults + one.children,
            "href": order_path(call, order.id, f"/guests/{one.id}"),
        }
        for one in stays
    ]
    return Html("hotel/shop/own_rooms.html", rows=rows, back=order_path(call, order.id))


@page(
    BLUEPRINT, "GET", _GUESTS + "/{stay}", use_case="hotel.show-own-room-guests", door=_OPEN, query=LinkQuery
)
def show_one(call: Call) -> Page:
    """One room's form."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    return _form(call, order, _stay(call, order, hotel), hotel)


def _again(call: Call) -> Html:
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    return _form(call, order, _stay(call, order, hotel), hotel, errors=call.wrong)


@page(
    BLUEPRINT,
    "POST",
    _GUESTS + "/{stay}",
    use_case="hotel.register-before-arrival",
    door=_OPEN,
    query=LinkQuery,
    body=GuestsForm,
    invalid=_again,
)
def register(call: Call, asked: GuestsForm) -> Page:
    """Written down and sealed; the check digits of their documents are looked at first."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    stay = _stay(call, order, hotel)
    entries = written(asked.guests, known=[one.number for one in hotel.guests.of_stay(stay.id)])
    wrong = wrong_numbers(entries, call=call)
    if wrong:
        return _form(call, order, stay, hotel, errors=wrong).with_status(422)
    try:
        registration.tell_before(stay.id, entries, hotel=hotel)
    except Refusal as refusal:
        call.begin()
        told = refused_in_words(refusal, locale=call.locale)
        hotel = HotelStore(call.work)
        return _form(
            call, order, stay, hotel, told=sentences(told["detail"], told["remedy"], locale=call.locale)
        ).with_status(refusal.status)
    return Redirect(order_path(call, order.id, f"/guests/{stay.id}", done="guests"))


def _form(
    call: Call,
    order: Order,
    stay: Stay,
    hotel: HotelStore,
    *,
    errors: dict[str, str] | None = None,
    told: str = "",
) -> Html:
    call.set_header("Cache-Control", "no-store")
    guests = list(hotel.guests.of_stay(stay.id))
    first = max((one.number for one in guests), default=0) + 1
    more = max(stay.adults + stay.children - len(guests), 0)
    house = hotel.setup.house()
    places = range(first, min(first + max(more, 1), MOST_GUESTS + 1))
    slots: list[dict[str, Any]] = []
    usual = str(DocumentKind.RESIDENT if call.locale == "zh" else DocumentKind.PASSPORT)
    for number in places:
        values = {"document": usual, **typed(call.form, f"g{number}")}
        slots.append({"place": number, "minor": minor_typed(values, day=stay.arrive)})
    return Html(
        "hotel/shop/own_guests.html",
        title=text(house.types[stay.type].names, call.locale) if stay.type in house.types else "",
        arrive=stay.arrive,
        people=stay.adults + stay.children,
        guests=[guest_row(one, unsealed(one, hotel=hotel), stay=stay, call=call) for one in guests],
        complete=not more,
        slots=slots,
        usual=usual,
        form=Filled(call.form, errors),
        told=told,
        done=call.query.done == "guests",
        action=order_path(call, order.id, f"/guests/{stay.id}"),
        back=order_path(call, order.id),
        **choices_of(call),
    )


def _stays(order: Order, hotel: HotelStore) -> list[Stay]:
    """The rooms of a firm booking into which nobody has come yet."""
    if order.state is not State.CONFIRMED:
        raise Missing
    found = [one for one in hotel.stays.of_order(order) if one.state is StayState.EXPECTED]
    if not found:
        raise Missing
    return found


def _stay(call: Call, order: Order, hotel: HotelStore) -> Stay:
    found = next((one for one in _stays(order, hotel) if one.id == call.path["stay"]), None)
    if found is None:
        raise Missing
    return found

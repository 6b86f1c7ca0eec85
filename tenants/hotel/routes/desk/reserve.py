"""A room booked at the desk for a later day: somebody who phones, or who asks in passing."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.money import Money
from chalicelib.payments.desk import taken
from chalicelib.payments.port import Receipt
from chalicelib.web.http import Blank, Call, Filled, Html, Page, Redirect, page
from chalicelib.web.orders.links import mark
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.rooms import Room
from tenants.hotel.routes.desk.offers import (
    Span,
    WrittenOffer,
    chosen_offer,
    named_room,
    offers_of,
    room_wrong,
    rooms_of,
    span_of,
)
from tenants.hotel.routes.forms.contact import Phone
from tenants.hotel.routes.frame import desk_page, property_of, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import placing, walk_in
from tenants.hotel.usecases.basket import Booking, Rooms
from tenants.hotel.usecases.fitting import rooms_between
from tenants.hotel.usecases.placing import Wish

DAY, MOST = timedelta(days=1), timedelta(days=92)


class Dates(Span):
    """From a day on; for whom is asked below."""

    arrive: Annotated[date | None, Blank] = None
    adults: Annotated[int, Field(ge=1, le=20)] = 2


class ReserveForm(Dates):
    """``offer`` as it was shown; no room: it is given later, from the room plan."""

    arrive: date
    depart: date
    offer: WrittenOffer
    contact: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Phone


@page(BLUEPRINT, "GET", "/hotel/reserve", use_case="hotel.ask-reservation", door=DESK, query=Dates)
def ask(call: Call) -> Page:
    """What can be had for these nights, and for whom it is."""
    return _reserve_page(call, call.query)


def _again(call: Call) -> Html:
    return _reserve_page(call, span_of(call.form, Dates), errors=call.wrong)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/reserve",
    use_case="hotel.reserve-page",
    door=DESK,
    body=ReserveForm,
    entitlement=SELLS,
    invalid=_again,
)
def reserve(call: Call, asked: ReserveForm) -> Page:
    """Firm, and in the room that was named; where somebody was quicker, its page asks for another."""
    call.idempotent_by_itself()
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    free = {one.number for one in _open(where, asked.arrive, asked.depart, hotel=hotel)}
    wrong = room_wrong(call, asked.room, asked.offer, free, site=where.id, hotel=hotel)
    if wrong:
        return _reserve_page(call, asked, errors=wrong).with_status(422)
    type, plan, total = asked.offer.split("|")
    wanted = Booking(
        arrive=asked.arrive,
        depart=asked.depart,
        rooms=(Rooms(type=type, plan=plan, adults=asked.adults, children=asked.children),),
        contact={"name": asked.contact, "phone": asked.phone},
        agreed=int(total),
        channel="desk",
    )

    def receipt(order: str, amount: Money) -> Receipt:
        return taken(order=order, amount=amount, now=call.now)

    unit = new_unit(call.now)
    try:
        stay = walk_in.reserve(wanted, mark=mark(call.command), receipt=receipt, unit=unit)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _reserve_page(call, asked, told=told))
    if asked.room and not stay.segments:
        try:
            with unit("hotel.assign-reservation") as inner:
                placing.assign(stay.id, Wish(room=asked.room), hotel=inner)
        except Refusal:
            return Redirect(f"/hotel/stays/{stay.id}/room")
    return Redirect(f"/hotel/stays/{stay.id}?done=reserved")


def _open(where: Property, arrive: date, depart: date, *, hotel: HotelStore) -> list[Room]:
    return list(rooms_between(where.id, arrive, min(max(depart, arrive + DAY), arrive + MOST), hotel=hotel))


def _reserve_page(
    call: Call, span: Dates, *, errors: dict[str, str] | None = None, told: dict[str, str] | None = None
) -> Html:
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    tonight = where.night_of(call.now)
    arrive = span.arrive or tonight + DAY
    depart = span.depart if span.depart is not None and span.depart > arrive else arrive + DAY
    offers, flash = offers_of(call, where, span, arrive=arrive, depart=depart, hotel=hotel)
    rooms = _open(where, arrive, depart, hotel=hotel)
    if span.room and span.room not in {one.number for one in rooms}:
        busy = call.translate(N_("%(room)s 房这几晚已有安排,可先不指定房间。"), room=span.room)
        flash.append({"text": busy, "tone": "warn"})
    return desk_page(
        call,
        "hotel/desk/reserve.html",
        place="reserve",
        flash=([told] if told is not None else []) + flash,
        tonight=tonight.isoformat(),
        arrive=arrive.isoformat(),
        depart=depart.isoformat(),
        nights=(depart - arrive).days,
        adults=span.adults,
        children=span.children,
        type=span.type or "",
        room=named_room(span, offers),
        plans=span.plans,
        offers=offers,
        offer=chosen_offer(call, span, offers),
        rooms=rooms_of(call, rooms, hotel=hotel),
        form=Filled(call.form, errors),
    )

"""A walk-in 散客 on one page: until when, which room at which price, who; then the key."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.money import Money
from chalicelib.payments.desk import taken
from chalicelib.payments.port import Receipt
from chalicelib.web.http import Call, Filled, Html, Page, Redirect, page
from chalicelib.web.orders.links import mark
from tenants.hotel.domain.guest import GuardianNeeded
from tenants.hotel.domain.rooms import Room
from tenants.hotel.routes.desk.arrival import arrival_page
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
from tenants.hotel.routes.forms.guests import (
    GuestSlot,
    Slot,
    choices_of,
    minor_typed,
    typed,
    unfilled,
    written,
    wrong_numbers,
)
from tenants.hotel.routes.frame import desk_page, property_of, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.words import Purpose
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import walk_in
from tenants.hotel.usecases.basket import Booking, Rooms
from tenants.hotel.usecases.fitting import rooms_between
from tenants.hotel.usecases.walk_in import WalkIn

DAY, MOST = timedelta(days=1), timedelta(days=92)
_PLACES = 4
"""Guests of one room that the form has places for; more are added on the stay's page."""


class WalkInForm(Span):
    """No room: the best that is free."""

    depart: date
    offer: WrittenOffer
    contact: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Phone
    purpose: Purpose = "unknown"
    guests: Annotated[dict[Slot, GuestSlot], Field(max_length=_PLACES, default_factory=dict)]


@page(BLUEPRINT, "GET", "/hotel/walk-in", use_case="hotel.ask-walk-in", door=DESK, query=Span)
def ask(call: Call) -> Page:
    """Rooms that can be had from tonight, and the form for who takes one."""
    return _walk_in_page(call, call.query)


def _again(call: Call) -> Html:
    return _walk_in_page(call, span_of(call.form, Span), errors=call.wrong)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/walk-in",
    use_case="hotel.walk-in-page",
    door=DESK,
    body=WalkInForm,
    entitlement=SELLS,
    invalid=_again,
)
def take(call: Call, asked: WalkInForm) -> Page:
    """Sold, registered, roomed, checked in; sent again, it goes on where it broke off.

    What is refused once the room is theirs is put right on the page of the check-in.
    """
    call.idempotent_by_itself()
    hotel = HotelStore(call.work)
    tonight = property_of(hotel.setup).night_of(call.now)
    type, plan, total = asked.offer.split("|")
    given = [slot for _, slot in sorted(asked.guests.items()) if slot.given]
    entries = written({f"g{place}": slot for place, slot in enumerate(given, start=1)})
    wrong = wrong_numbers(entries, call=call)
    if asked.room:
        free = _ready(tonight=tonight, depart=asked.depart, hotel=hotel)
        site = property_of(hotel.setup).id
        numbers = {one.number for one in free}
        wrong |= room_wrong(call, asked.room, asked.offer, numbers, site=site, hotel=hotel)
    if wrong:
        return _walk_in_page(call, asked, errors=wrong).with_status(422)
    rooms = Rooms(type=type, plan=plan, adults=asked.adults, children=asked.children)
    wanted = WalkIn(
        booking=Booking(
            arrive=tonight,
            depart=asked.depart,
            rooms=(rooms,),
            contact={"name": asked.contact, "phone": asked.phone},
            agreed=int(total),
            channel="desk",
        ),
        guests=tuple(replace(entry, number=0) for entry in entries),
        room=asked.room,
        purpose=asked.purpose,
    )

    def receipt(order: str, amount: Money) -> Receipt:
        return taken(order=order, amount=amount, now=call.now)

    unit = new_unit(call.now)
    try:
        stay = walk_in.sold(wanted, mark=mark(call.command), receipt=receipt, unit=unit)
    except Refusal as refusal:
        withheld = isinstance(refusal, GuardianNeeded)
        empty = unfilled(refusal, asked.guests, call=call)
        return refused(
            call,
            refusal,
            lambda told: _walk_in_page(call, asked, told=told, withheld=withheld, errors=empty),
        )
    try:
        walk_in.moved_in(stay.id, wanted, unit=unit)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: arrival_page(call, stay.id, told=told))
    return Redirect(f"/hotel/stays/{stay.id}/key?done=in")


def _ready(*, tonight: date, depart: date, hotel: HotelStore) -> list[Room]:
    """Rooms that are clean and empty now, and free until the departure."""
    where = property_of(hotel.setup)
    board = hotel.board.all(where.id)
    open = rooms_between(where.id, tonight, max(depart, tonight + DAY), hotel=hotel)
    return [room for room in open if room.number not in board or board[room.number].ready]


def _walk_in_page(
    call: Call,
    span: Span,
    *,
    errors: dict[str, str] | None = None,
    told: dict[str, str] | None = None,
    withheld: bool = False,
) -> Html:
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    tonight = where.night_of(call.now)
    depart = span.depart or tonight + DAY
    offers, flash = offers_of(call, where, span, arrive=tonight, depart=depart, hotel=hotel)
    ready = _ready(tonight=tonight, depart=min(depart, tonight + MOST), hotel=hotel)
    wrong = dict(errors or {})
    if span.room and "room" not in wrong and span.room not in {one.number for one in ready}:
        busy = call.translate(N_("%(room)s 房这几晚不空或还没打扫好,请换一间。"), room=span.room)
        flash.append({"text": busy, "tone": "warn"})
    kept = {"type": span.type, "room": span.room, "adults": span.adults, "children": span.children}
    every = {"depart": depart, **kept, "plans": "all"}
    people = min(span.adults + span.children, _PLACES)
    return desk_page(
        call,
        "hotel/desk/walk_in.html",
        place="walk-in",
        flash=([told] if told is not None else []) + flash,
        tonight=tonight.isoformat(),
        tomorrow=(tonight + DAY).isoformat(),
        depart=depart.isoformat(),
        nights=max((depart - tonight).days, 0),
        adults=span.adults,
        children=span.children,
        wanted={name: value for name, value in kept.items() if name in {"type", "room"} and value},
        offers=offers,
        plans=span.plans,
        every="/hotel/walk-in?" + urlencode({name: value for name, value in every.items() if value}),
        offer=chosen_offer(call, span, offers),
        room=named_room(span, offers),
        rooms=rooms_of(call, ready, hotel=hotel),
        form=Filled(call.form, wrong),
        slots=[
            {"place": number, "minor": minor_typed(typed(call.form, f"g{number}"), day=tonight)}
            for number in range(1, people + 1)
        ],
        withheld=withheld,
        **choices_of(call),
    )

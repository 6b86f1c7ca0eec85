"""A walk-in 散客 on one page: until when, which room at which price, who; then the key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.money import Money
from chalicelib.payments.desk import taken
from chalicelib.payments.port import Receipt
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, page
from chalicelib.web.orders.links import mark
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.guest import GuardianNeeded
from tenants.hotel.domain.offer import Offer
from tenants.hotel.domain.property import Property, text
from tenants.hotel.routes.console_arrival import arrival_page
from tenants.hotel.routes.frame import desk_page, property_of, refused
from tenants.hotel.routes.guest_forms import (
    GuestSlot,
    Slot,
    choices_of,
    faults_of,
    minor_typed,
    typed,
    written,
    wrong_numbers,
)
from tenants.hotel.routes.models_desk import Purpose
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.words import RoomNumber
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import search, walk_in
from tenants.hotel.usecases.basket import Booking, Rooms
from tenants.hotel.usecases.walk_in import WalkIn

_PLACES = 4
"""Guests of one room that the form has places for; more are added on the stay's page."""


class Span(Asked):
    """Until when, and for how many; ``plans``: every plan, not the usual one of each type."""

    depart: date | None = None
    plans: Literal["", "all"] = ""
    adults: Annotated[int, Field(ge=1, le=20)] = 1
    children: Annotated[int, Field(ge=0, le=20)] = 0


class WalkInForm(Span):
    """``offer``: ``type|plan|fen`` as it was shown; no room: the best that is free."""

    depart: date
    offer: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}\|[a-z0-9-]{1,40}\|[0-9]{1,12}$")]
    room: RoomNumber | None = None
    contact: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,19}$")]
    purpose: Purpose = "unknown"
    guests: Annotated[dict[Slot, GuestSlot], Field(max_length=_PLACES, default_factory=dict)]


@page(BLUEPRINT, "GET", "/hotel/walk-in", use_case="hotel.ask-walk-in", door=DESK, query=Span)
def ask(call: Call) -> Page:
    """Rooms that can be had from tonight, and the form for who takes one."""
    return _walk_in_page(call, call.query)


def _again(call: Call) -> Html:
    return _walk_in_page(call, _span(call), errors=faults_of(call))


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
    if wrong:
        shown = _walk_in_page(call, asked, errors=wrong)
        shown.status = 422
        return shown
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
        return refused(call, refusal, lambda told: _walk_in_page(call, asked, told=told, withheld=withheld))
    try:
        walk_in.moved_in(stay.id, wanted, unit=unit)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: arrival_page(call, stay.id, told=told))
    return Redirect(f"/hotel/stays/{stay.id}/key?done=in")


def _span(call: Call) -> Span:
    """What can be read of a form that was refused."""
    kept = {name: call.form[name] for name in Span.model_fields if name in call.form}
    try:
        return Span(**kept)
    except ValueError:
        return Span()


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
    depart = span.depart or tonight + timedelta(days=1)
    flash = [told] if told is not None else []
    try:
        offers = _offers(call, where, hotel, tonight=tonight, depart=depart, span=span)
    except Invalid as refusal:
        said, offers = refused_in_words(refusal, locale=call.locale), []
        flash.append({"text": f"{said['detail']} {said['remedy']}".strip(), "tone": "warn"})
    board = hotel.board.all(where.id)
    people = min(span.adults + span.children, _PLACES)
    return desk_page(
        call,
        "hotel/desk_walk_in.html",
        place="walk-in",
        flash=flash,
        tonight=tonight.isoformat(),
        tomorrow=(tonight + timedelta(days=1)).isoformat(),
        depart=depart.isoformat(),
        nights=max((depart - tonight).days, 0),
        adults=span.adults,
        children=span.children,
        offers=offers,
        plans=span.plans,
        every="/hotel/walk-in?"
        + urlencode({"depart": depart, "adults": span.adults, "children": span.children, "plans": "all"}),
        offer=call.form.get("offer") or next((one["value"] for one in offers), ""),
        rooms=[
            (room.number, room.number)
            for room in hotel.setup.rooms(where.id)
            if room.number not in board or board[room.number].ready
        ],
        form={name: value for name, value in call.form.items() if isinstance(value, str)},
        slots=[
            {**slot, "place": number, "minor": minor_typed(slot, day=tonight)}
            for number in range(1, people + 1)
            for slot in [typed(call.form, f"g{number}")]
        ],
        withheld=withheld,
        errors=errors or {},
        **choices_of(call),
    )


def _usual(offers: Sequence[Offer]) -> list[Offer]:
    """The cheapest that wants no money first, else the cheapest; none where there is none."""
    return sorted(offers, key=lambda offer: (offer.due.amount > 0, offer.total.amount))[:1]


def _offers(
    call: Call, where: Property, hotel: HotelStore, *, tonight: date, depart: date, span: Span
) -> list[dict[str, Any]]:
    """What can be had from tonight: each plan of each type that is left, the cheapest types first."""
    asked = search.Asked(
        arrive=tonight,
        depart=depart,
        adults=span.adults,
        children=span.children,
        property=where.id,
    )
    plans = hotel.setup.house().plans

    def left(count: int) -> str:
        return call.translate(N_("余 %(left)s 间"), left=count)

    made = [
        {
            "value": f"{found.kind.id}|{offer.plan}|{offer.total.amount}",
            "title": text(found.kind.names, call.locale),
            "note": f"{text(plans[offer.plan].names, call.locale)} · {left(found.left)}",
            "price": offer.total.amount,
            "due": offer.due.amount,
            "least": min(one.total.amount for one in found.offers),
        }
        for found in search.availability(asked, hotel=hotel).found
        if found.left > 0
        for offer in (found.offers if span.plans else _usual(found.offers))
    ]
    return sorted(made, key=lambda one: (one["least"], one["title"], one["price"]))

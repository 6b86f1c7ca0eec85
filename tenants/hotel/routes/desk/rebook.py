"""A reservation changed at the desk: other days, or one room of several cancelled; the money is shown."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.web.http import Asked, Blank, Call, Html, Page, Redirect, page
from tenants.hotel.domain.offer import HORIZON
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.domain.waiving import Why
from tenants.hotel.routes.bills.waiving import allowed, who_waives, whys
from tenants.hotel.routes.desk.stay import facts
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.money import settle
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.change import change_shown
from tenants.hotel.routes.shown.hires_left import left_behind
from tenants.hotel.routes.words import WhyWaived
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front, quoting, rebooking
from tenants.hotel.usecases.length import property_of
from tenants.hotel.usecases.quoting import Latitude

_ONE = "/hotel/stays/{stay}"
_Fen = Annotated[int, Field(ge=0, le=10**10)]


class DatesQuery(Asked):
    """Without days the page asks for them. ``rooms``: this one, or all of the booking."""

    arrive: Annotated[date | None, Blank] = None
    depart: Annotated[date | None, Blank] = None
    rooms: Literal["one", "all"] = "all"
    why: WhyWaived = None


class DatesForm(Asked):
    """Yes to these days, for the two amounts (fen) that the page showed."""

    confirm: Literal["yes"]
    arrive: date
    depart: date
    rooms: Literal["one", "all"] = "all"
    why: WhyWaived = None
    total: _Fen
    back: _Fen


class WhyQuery(Asked):
    why: WhyWaived = None


class RoomForm(Asked):
    """Yes, for the two amounts (fen) that the page showed."""

    confirm: Literal["yes"]
    why: WhyWaived = None
    fee: _Fen
    back: _Fen


@page(BLUEPRINT, "GET", _ONE + "/rebook", use_case="hotel.ask-rebook", door=DESK, query=DatesQuery)
def ask_dates(call: Call) -> Page:
    """Other days: what they cost or return, before anything is done."""
    hotel, query = HotelStore(call.work), call.query
    stay = hotel.stays.get(call.path["stay"])
    if stay.state is not StayState.EXPECTED or stay.hours is not None:
        return Redirect(f"/hotel/stays/{stay.id}")
    return _dates_page(call, stay, hotel, query.arrive, query.depart, rooms=query.rooms, why=query.why)


@page(BLUEPRINT, "POST", _ONE + "/rebook", use_case="hotel.rebook", door=DESK, body=DatesForm)
def change_dates(call: Call, asked: DatesForm) -> Page:
    """The days are changed; what is missing is on the bill when the guests come."""
    hotel, now = HotelStore(call.work), call.now
    stay = hotel.stays.get(call.path["stay"])
    try:
        new = rebooking.change_dates(
            stay,
            asked.arrive,
            asked.depart,
            whole=asked.rooms == "all",
            agreed=(asked.total, asked.back),
            why=allowed(call, asked.why),
            hotel=hotel,
        )
    except Refusal as refusal:
        return refused(
            call,
            refusal,
            lambda told: _dates_page(
                call,
                stay,
                HotelStore(call.work),
                asked.arrive,
                asked.depart,
                rooms=asked.rooms,
                why=asked.why,
                told=told,
            ),
        )
    if asked.back:
        call.then(lambda: settle(stay.order, now=now))
    return Redirect(f"/hotel/stays/{new}?done=rebooked")


@page(BLUEPRINT, "GET", _ONE + "/give-up", use_case="hotel.ask-give-up-room-desk", door=DESK, query=WhyQuery)
def ask_room(call: Call) -> Page:
    """One room of several: what cancelling it costs and returns."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    if stay.state is not StayState.EXPECTED:
        return Redirect(f"/hotel/stays/{stay.id}")
    if len(hotel.stays.of_order(hotel.orders.get(stay.order))) < 2:
        return Redirect(f"/hotel/stays/{stay.id}/cancel")
    return _room_page(call, stay, hotel, why=call.query.why)


@page(BLUEPRINT, "POST", _ONE + "/give-up", use_case="hotel.give-up-room-desk", door=DESK, body=RoomForm)
def give_up(call: Call, asked: RoomForm) -> Page:
    """Its nights are free again; the others of the booking stay."""
    hotel, now = HotelStore(call.work), call.now
    stay = hotel.stays.get(call.path["stay"])
    try:
        why = allowed(call, asked.why)
        bill = rebooking.give_up(stay, agreed=(asked.fee, asked.back), why=why, hotel=hotel)
    except Refusal as refusal:
        return refused(
            call,
            refusal,
            lambda told: _room_page(call, stay, HotelStore(call.work), why=asked.why, told=told),
        )
    if asked.back:
        call.then(lambda: settle(stay.order, now=now))
    if bill is not None and bill.state == "open":
        return Redirect(f"/hotel/folios/{bill.id}")
    return Redirect(f"/hotel/stays/{stay.id}?done=given-up")


def _dates_page(
    call: Call,
    stay: Stay,
    hotel: HotelStore,
    arrive: date | None,
    depart: date | None,
    *,
    rooms: str,
    why: Why | None,
    told: dict[str, str] | None = None,
) -> Html:
    order = hotel.orders.get(stay.order)
    tonight = property_of(stay, hotel=hotel).night_of(call.now)
    quote: dict[str, Any] | None = None
    all_ = hotel.stays.of_order(order)
    if arrive is not None and depart is not None:
        try:
            desk = Latitude(stays=() if rooms == "all" else (stay.id,), waived=allowed(call, why) is not None)
            found = rebooking.dates(order, arrive, depart, desk=desk, hotel=hotel)
            quote = change_shown(call, order, found, hotel)
        except Refusal as refusal:
            if told is None:
                return refused(
                    call,
                    refusal,
                    lambda words: _dates_page(
                        call, stay, HotelStore(call.work), arrive, depart, rooms=rooms, why=why, told=words
                    ),
                )
    fee = sum(rebooking.fee_of(one, order, now=call.now) for one in all_)
    return desk_page(
        call,
        "hotel/desk/rebook.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        rooms=rooms,
        count=len(all_),
        begun=quoting.begun(all_),
        arrive=(arrive or stay.arrive).isoformat(),
        depart=(depart or stay.depart).isoformat(),
        first=tonight.isoformat(),
        last=(tonight + HORIZON).isoformat(),
        next=(tonight + timedelta(days=1)).isoformat(),
        quote=quote,
        why=str(why) if why is not None else "",
        whys=whys(call, fee, why),
        who_waives=who_waives(call, fee),
        left=left_behind(call, order, arrive, depart, hotel=hotel) if quote and arrive and depart else [],
    )


def _room_page(
    call: Call, stay: Stay, hotel: HotelStore, *, why: Why | None, told: dict[str, str] | None = None
) -> Html:
    found = None
    try:
        found = rebooking.room(stay, waived=allowed(call, why) is not None, hotel=hotel)
    except Refusal as refusal:
        if told is None:
            return refused(
                call,
                refusal,
                lambda words: _room_page(call, stay, HotelStore(call.work), why=why, told=words),
            )
    return desk_page(
        call,
        "hotel/desk/give_up.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        found=found,
        why=str(why) if why is not None else "",
        whys=whys(call, found.fee if found is not None else 0, why),
        who_waives=who_waives(call, found.fee if found is not None else 0),
    )

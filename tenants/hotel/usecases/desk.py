"""The front desk's day: guests come, and guests go. What else must happen then is called from here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.commerce.orders.domain import Fulfilment, State
from tenants.hotel.domain.stay import NoNights, Stay, StayState, TooLate, arrived, changed, departed
from tenants.hotel.domain.units import RoomNeeded
from tenants.hotel.usecases import billing, housekeeping, keys, no_shows, registration
from tenants.hotel.usecases.length import cut, property_of
from tenants.hotel.usecases.placing import enter

if TYPE_CHECKING:
    from tenants.hotel.domain.waiving import Why
    from tenants.hotel.usecases.ports import Hotel


def check_in(
    id: str,
    *,
    purpose: str = "unknown",
    present: Collection[int] | None = None,
    dirty: bool = False,
    hotel: Hotel,
) -> Stay:
    """The guests are registered and get their room; U03. ``present``: the numbers of those who are here;
    ``dirty``: they want the room as it is.

    Raises ``RoomNeeded``, ``RoomNotReady``, ``RoomOccupied``, ``TooEarly``, ``StayIs``, and for registrations
    ``GuestsNeeded``, ``GuestIncomplete``, ``GuardianNeeded``.
    """
    stay = hotel.stays.get(id)
    where = property_of(stay, hotel=hotel)
    after = arrived(stay, now=hotel.now, tonight=where.night_of(hotel.now), today=where.today(hotel.now))
    if not after.has:
        raise RoomNeeded
    hotel.stays.keep(after, before=stay)
    enter(after, after.has, dirty=dirty, hotel=hotel)
    countries = registration.arrive(after, purpose=purpose, present=present, hotel=hotel)
    keys.given(after, property=where, hotel=hotel)
    billing.arrive(after, countries=countries, hotel=hotel)
    return after


def check_out(id: str, *, hotel: Hotel) -> Stay:
    """The guests are gone: their rooms are dirty, the nights that they did not stay are free again; U04."""
    stay = hotel.stays.get(id)
    stay.require(StayState.IN_HOUSE)
    today = property_of(stay, hotel=hotel).today(hotel.now)
    last = max(today, stay.arrive + timedelta(days=1))
    shorter = cut(stay, last, hotel=hotel) if last < stay.depart else None
    after = departed(shorter.stay if shorter is not None else stay, now=hotel.now)
    hotel.stays.keep(after, before=stay, back=shorter.back if shorter is not None else ())
    for room in stay.has:
        hotel.board.leave(stay.site, room, stay.id)
    registration.leave(after, hotel=hotel)
    housekeeping.after_departure(stay, hotel=hotel)
    keys.taken(stay, hotel=hotel)
    billing.leave(after, hotel=hotel)
    return after


def stay_later(id: str, *, until: datetime, hotel: Hotel) -> Stay:
    """Late check-out on the day of departure, at most until others may come: beyond that it is a night.

    Raises ``TooLate``, ``StayIs``.
    """
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    where = property_of(stay, hotel=hotel)
    first, last = where.departure(stay.depart), where.arrival(stay.depart)
    if not first < until <= last or stay.hours is not None:
        raise TooLate(first=first, last=last)
    after = changed(stay, late=until)
    hotel.stays.keep(after, before=stay)
    if stay.state is StayState.IN_HOUSE:
        keys.renewed(stay, after, property=where, hotel=hotel)
    return after


def no_show(id: str, *, why: Why | None = None, hotel: Hotel) -> Stay:
    """Nobody came: the room is free, and every night after the first; what the terms ask for is on a bill,
    unless who may lets it go and says ``why``.

    Raises ``StillExpected`` before check-in time, ``StayIs``.
    """
    return no_shows.decide(id, why=why, hotel=hotel)


def expect_again(id: str, *, hotel: Hotel) -> Stay:
    """They come after all, while a night of theirs is left; the fee for not coming is taken back.

    Raises ``NoNights``, ``StayIs``.
    """
    stay = hotel.stays.get(id)
    stay.require(StayState.NO_SHOW)
    tonight = property_of(stay, hotel=hotel).night_of(hotel.now)
    if stay.depart <= tonight:
        raise NoNights(first=tonight, last=tonight)
    after = changed(stay, state=StayState.EXPECTED)
    hotel.stays.keep(after, before=stay)
    order = hotel.orders.get(stay.order)
    if order.fulfilment is Fulfilment.USED:
        again = replace(order, fulfilment=Fulfilment.ISSUED, version=order.version + 1)
        hotel.orders.keep(again, before=order)
    no_shows.forgive(stay, hotel=hotel)
    return after


def finish(order: str, *, hotel: Hotel) -> bool:
    """A booking is used once nobody of it is expected or in the house; whether it is now."""
    kept = hotel.orders.get(order)
    open_states = {StayState.EXPECTED, StayState.IN_HOUSE}
    if kept.state is not State.CONFIRMED or kept.fulfilment is Fulfilment.USED:
        return False
    if any(stay.state in open_states for stay in hotel.stays.of_order(kept)):
        return False
    hotel.orders.keep(replace(kept, fulfilment=Fulfilment.USED, version=kept.version + 1), before=kept)
    return True

"""The front desk's day: guests come, and guests go. What else must happen then is called from here."""

from collections.abc import Collection
from datetime import timedelta

from tenants.hotel.domain.stay import Stay, StayState, arrived, departed
from tenants.hotel.domain.units import RoomNeeded
from tenants.hotel.usecases import billing, keys, registration
from tenants.hotel.usecases.length import cut, property_of
from tenants.hotel.usecases.ports import Hotel


def check_in(
    id: str, *, purpose: str = "unknown", present: Collection[int] | None = None, hotel: Hotel
) -> Stay:
    """The guests are registered and get their room; U03. ``present``: the numbers of those who are here.

    Raises ``RoomNeeded``, ``RoomOccupied``, ``TooEarly``, ``StayIs``, and for registrations ``GuestsNeeded``,
    ``GuestIncomplete``, ``GuardianNeeded``.
    """
    stay = hotel.stays.get(id)
    where = property_of(stay, hotel=hotel)
    after = arrived(stay, now=hotel.now, tonight=where.night_of(hotel.now), today=where.today(hotel.now))
    if not after.has:
        raise RoomNeeded
    hotel.stays.keep(after, before=stay)
    for room in after.has:
        hotel.board.enter(after.site, room, after.id)
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
    keys.taken(stay, hotel=hotel)
    billing.leave(after, hotel=hotel)
    return after

"""The front desk's day: guests come, and guests go. What else must happen then is called from here."""

from datetime import timedelta

from tenants.hotel.domain.stay import Stay, StayState, arrived, departed
from tenants.hotel.domain.units import RoomNeeded
from tenants.hotel.usecases import keys
from tenants.hotel.usecases.length import cut, property_of
from tenants.hotel.usecases.ports import Hotel


def check_in(id: str, *, hotel: Hotel) -> Stay:
    """The guests get their room. Raises ``RoomNeeded``, ``RoomOccupied``, ``TooEarly``, ``StayIs``."""
    stay = hotel.stays.get(id)
    where = property_of(stay, hotel=hotel)
    after = arrived(stay, now=hotel.now, tonight=where.night_of(hotel.now), today=where.today(hotel.now))
    if not after.has:
        raise RoomNeeded
    hotel.stays.keep(after, before=stay)
    for room in after.has:
        hotel.board.enter(after.site, room, after.id)
    keys.given(after, property=where, hotel=hotel)
    return after


def check_out(id: str, *, hotel: Hotel) -> Stay:
    """The guests are gone: their rooms are dirty, the nights that they did not stay are free again."""
    stay = hotel.stays.get(id)
    stay.require(StayState.IN_HOUSE)
    today = property_of(stay, hotel=hotel).today(hotel.now)
    last = max(today, stay.arrive + timedelta(days=1))
    shorter = cut(stay, last, hotel=hotel) if last < stay.depart else None
    after = departed(shorter.stay if shorter is not None else stay, now=hotel.now)
    hotel.stays.keep(after, before=stay, back=shorter.back if shorter is not None else ())
    for room in stay.has:
        hotel.board.leave(stay.site, room, stay.id)
    keys.taken(stay, hotel=hotel)
    return after

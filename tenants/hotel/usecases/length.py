"""How long a stay lasts: further nights are claimed and priced anew, nights given up are free at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.commerce.orders.usecases import HOLD_FOR
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import Period
from tenants.hotel.domain.booking import PriceChanged
from tenants.hotel.domain.nights import claims, pools
from tenants.hotel.domain.offer import MOST_NIGHTS, Offer, priced
from tenants.hotel.domain.offer import Stay as Wanted
from tenants.hotel.domain.stay import NoNights, Stay, StayState, lengthened, shortened
from tenants.hotel.domain.units import Marks, RoomNotFree, beyond, marks
from tenants.hotel.usecases import keys, stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.search import sheets_of

if TYPE_CHECKING:
    from chalicelib.commerce.stock import Claim, Hold
    from tenants.hotel.domain.property import Property
    from tenants.hotel.usecases.ports import Hotel


@dataclass(frozen=True, kw_only=True)
class Shorter:
    """A stay that ends earlier, and those of its own holds that return."""

    stay: Stay
    back: tuple[Hold, ...]


def extension(stay: Stay, depart: date, *, hotel: Hotel) -> Offer:
    """What the nights up to another ``depart`` cost under the stay's plan, priced as of now.

    The desk may extend over rules of arrival and length; a night without a price, or sold out, it cannot.
    Raises ``NoNights``, ``NoPrice``, ``StayIs``.
    """
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    if not stay.depart < depart <= stay.arrive + timedelta(days=MOST_NIGHTS) or stay.hours is not None:
        raise NoNights(first=stay.depart + timedelta(days=1), last=stay.arrive + timedelta(days=MOST_NIGHTS))
    house = hotel.setup.house()
    kind, plan = house.types[stay.type], house.plans.get(stay.plan)
    if plan is None:
        raise Missing(plan=stay.plan)
    wanted = Wanted(period=Period(stay.depart, depart), adults=stay.adults, children=stay.children)
    sheets = sheets_of([kind], wanted, hotel=hotel, fresh=True)
    where = house.properties[stay.site]
    return priced(wanted, kind=kind, plan=plan, plans=house.plans, sheets=sheets, property=where)


def extend(id: str, *, depart: date, agreed: int | None, room: str | None = None, hotel: Hotel) -> Stay:
    """Further nights: places are claimed, the room too. ``agreed``: fen as shown; ``room``: another for them.

    The places are held for a quarter of an hour, then for good by the work that writes the stay: a crash
    between the two leaves nothing. Raises ``SoldOut``, ``RoomNotFree``, ``PriceChanged``, and what
    ``extension`` raises.
    """
    stay = hotel.stays.get(id)
    offer = extension(stay, depart, hotel=hotel)
    if agreed is not None and agreed != offer.total.amount:
        raise PriceChanged(amount=offer.total)
    where = property_of(stay, hotel=hotel)
    after = lengthened(stay, depart, nightly=offer.nightly, room=room)
    nights = after.nights[len(stay.nights) :]
    add = beyond(marks(after, property=where), marks(stay, property=where))
    require_free(stay.site, stay.id, add, hotel=hotel)
    taken = claimed(after, nights, hotel=hotel)
    after = replace(after, holds=(*stay.holds, *taken))
    hotel.units.change(stay.site, holder=stay.id, add=add, drop={})
    hotel.stays.keep(after, before=stay, taken=taken)
    say_nights(hotel=hotel, taken=taken)
    if stay.state is StayState.IN_HOUSE:
        keys.renewed(stay, after, property=where, hotel=hotel)
    return after


def shorten(id: str, *, depart: date, hotel: Hotel) -> Stay:
    """The nights from ``depart`` on are given up: places, rooms and U06. Raises ``NoNights``, ``StayIs``."""
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    tonight = property_of(stay, hotel=hotel).night_of(hotel.now)
    if stay.state is StayState.IN_HOUSE and depart < tonight:
        raise NoNights(first=max(tonight, stay.arrive + timedelta(days=1)), last=stay.depart)
    shorter = cut(stay, depart, hotel=hotel)
    hotel.stays.keep(shorter.stay, before=stay, back=shorter.back)
    if stay.state is StayState.IN_HOUSE:
        keys.renewed(stay, shorter.stay, property=property_of(stay, hotel=hotel), hotel=hotel)
    return shorter.stay


def cut(stay: Stay, depart: date, *, hotel: Hotel) -> Shorter:
    """Join the work: all that returns when a stay ends at ``depart``; its caller keeps the stay."""
    shorter = shortened(stay, depart)
    where = property_of(stay, hotel=hotel)
    lost = stay.nights[len(shorter.nights) :]
    gone = stays.give_back(stay, lost, hotel=hotel)
    after = replace(shorter, holds=tuple(hold for hold in stay.holds if hold not in gone.own))
    drop = beyond(marks(stay, property=where), marks(after, property=where))
    hotel.units.change(stay.site, holder=stay.id, add={}, drop=drop)
    say_nights(hotel=hotel, back=gone.holds)
    return Shorter(stay=after, back=gone.own)


def claimed(stay: Stay, nights: Sequence[date], *, hotel: Hotel) -> tuple[Hold, ...]:
    """Hold a place of the type of the stay's room, each of these nights, for a quarter of an hour, under the
    stay's own name. What an earlier attempt holds already is found again. Raises ``SoldOut``."""
    house = hotel.setup.house()
    wanted: list[Claim] = []
    for night, type in types_needed(stay, nights, hotel=hotel).items():
        wanted += claims([(house.types[type], 1)], [night], types=house.types)
    stock = hotel.stock(pools(house.types.values(), over=False))
    until = hotel.now + HOLD_FOR
    taken = stock.hold(wanted, order=stay.id, until=until, now=hotel.now, again=True)
    hotel.if_refused(lambda: stock.let_go(taken, order=stay.id, until=until))
    return taken


def require_free(site: str, holder: str, wanted: Marks, *, hotel: Hotel) -> None:
    """Refuse early, before places are held, where somebody else has a room; the write decides."""
    if not wanted:
        return
    days = sorted(date.fromisoformat(mark[:10]) for some in wanted.values() for mark in some)
    taken = hotel.units.taken(site, days[0], days[-1])
    for room, some in sorted(wanted.items()):
        for mark in sorted(some):
            if taken.get((room, mark), holder) != holder:
                raise RoomNotFree(room=room, day=mark[:10])


def property_of(stay: Stay, *, hotel: Hotel) -> Property:
    """Where a stay is."""
    return hotel.setup.house().properties[stay.site]


def types_needed(stay: Stay, nights: Sequence[date], *, hotel: Hotel) -> dict[date, str]:
    """Of which type each night needs a place: that of its room, else what was sold; a house is itself."""
    house = hotel.setup.house().types[stay.type].house
    rooms = {} if house else {night: stay.rooms_on(night) for night in nights}
    numbers = {some[0] for some in rooms.values() if some}
    types = {number: hotel.setup.room(stay.site, number).type for number in sorted(numbers)}
    return {night: types[rooms[night][0]] if rooms.get(night) else stay.type for night in nights}

"""Searching: which types can be had for a stay, at which price and terms; and what forbids others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.nights import NONE_TAKEN, least, left, met_nights
from tenants.hotel.domain.offer import (
    Offer,
    Sheets,
    Stay,
    at_prices,
    base_prices,
    permitted,
    require_people,
    stay,
)
from tenants.hotel.domain.plan import root
from tenants.hotel.domain.sheet import months

if TYPE_CHECKING:
    from tenants.hotel.domain.property import Property
    from tenants.hotel.domain.rooms import Hourly, RoomType
    from tenants.hotel.usecases.ports import Hotel
    from tenants.hotel.usecases.setup_ports import House


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search: half-open dates, people in each room, how many rooms of one type are needed."""

    arrive: date
    depart: date
    adults: int = 2
    children: int = 0
    rooms: int = 1
    property: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A type with what is left of it on its scarcest night, its offers, and why it cannot be had."""

    kind: RoomType
    left: int
    offers: tuple[Offer, ...]
    forbidden: Refusal | None = None


@dataclass(frozen=True, kw_only=True)
class Availability:
    """The answer to a search."""

    property: Property
    stay: Stay
    found: tuple[Found, ...]


def availability(asked: Asked, *, hotel: Hotel) -> Availability:
    """Offers of every type for a stay: set-up (cached), one batch of sheets, one query of nights a month.

    The figures may be a second old, prices some seconds: the booking asks again and decides.
    """
    house = hotel.setup.house()
    property = chosen(house, asked.property)
    wanted = stay(
        asked.arrive,
        asked.depart,
        adults=asked.adults,
        children=asked.children,
        tonight=property.night_of(hotel.now),
    )
    kinds = [kind for kind in house.types.values() if kind.site == property.id and kind.on]
    sheets = sheets_of(kinds, wanted, hotel=hotel, fresh=False)
    nights = hotel.calendar.taken(property.id, wanted.nights[0], wanted.nights[-1])
    found = []
    for kind in kinds:
        scarce = left(kind, wanted.slots, nights, types=house.types)
        found.append(_found(kind, wanted, scarce, house=house, sheets=sheets, property=property))
    return Availability(property=property, stay=wanted, found=tuple(found))


@dataclass(frozen=True, kw_only=True)
class HoursFree:
    """A type by the hour on a day: how many rooms can be had from each full hour on."""

    kind: RoomType
    hourly: Hourly
    starts: tuple[tuple[int, int], ...]


def hours_free(day: date, *, property: Property, hotel: Hotel) -> list[HoursFree]:
    """What can be had by the hour: the hours of the day, and the nights that they reach into; two queries."""
    house = hotel.setup.house()
    kinds = [
        (kind, kind.hourly)
        for kind in house.types.values()
        if kind.site == property.id and kind.on and kind.hourly is not None and kind.hourly.on
    ]
    if not kinds:
        return []
    taken = hotel.calendar.hours(property.id, day)
    nights = hotel.calendar.taken(property.id, day - timedelta(days=1), day)
    found = []
    for kind, hourly in kinds:
        starts = []
        for start in range(hourly.opens.hour, hourly.closes.hour - hourly.hours + 1):
            ends = property.instant(day, time(start)) + timedelta(hours=hourly.hours)
            if ends <= hotel.now + timedelta(hours=1):
                continue
            hours = [f"{day.isoformat()}T{hour:02d}" for hour in range(start, start + hourly.hours)]
            used = max(taken.get((f"hour:{kind.id}", slot), NONE_TAKEN).taken for slot in hours)
            met = met_nights(day, start, start + hourly.hours, property=property)
            rooms = least(kind.real, [night.isoformat() for night in met], nights)
            starts.append((start, max(0, min(hourly.rooms - used, rooms))))
        found.append(HoursFree(kind=kind, hourly=hourly, starts=tuple(starts)))
    return found


def chosen(house: House, id: str | None) -> Property:
    """The property of this id, or the only one. Raises ``Missing``."""
    if id is None and len(house.properties) == 1:
        return next(iter(house.properties.values()))
    found = house.properties.get(id or "")
    if found is None:
        raise Missing(property=id or "")
    return found


def sheets_of(kinds: Sequence[RoomType], wanted: Stay, *, hotel: Hotel, fresh: bool) -> Sheets:
    """The sheets of these types for every month that the stay touches, the day of departure included."""
    touched = months(wanted.period.start, wanted.period.end)
    keys = [(kind.site, kind.id, month) for kind in kinds for month in touched]
    return hotel.cells.read(keys, fresh=fresh)


def _found(
    kind: RoomType, wanted: Stay, scarce: int, *, house: House, sheets: Sheets, property: Property
) -> Found:
    try:
        require_people(wanted, kind=kind)
        permitted(wanted, type=kind.id, sheets=sheets)
    except Refusal as refusal:
        return Found(kind=kind, left=scarce, offers=(), forbidden=refusal)
    offers: list[Offer] = []
    forbidden: Refusal | None = None
    bases: dict[str, Sequence[int]] = {}  # five plans of a type mostly stand on the same prices
    for plan in house.plans.values():
        if not plan.sells(kind.id):
            continue
        try:
            base = root(plan, house.plans).id
            prices = bases.get(base)
            if prices is None:
                prices = bases[base] = base_prices(wanted, type=kind.id, plan=base, sheets=sheets)
        except Refusal as refusal:
            forbidden = refusal
            continue
        offers.append(at_prices(wanted, prices, kind=kind, plan=plan, property=property))
    return Found(kind=kind, left=scarce, offers=tuple(offers), forbidden=None if offers else forbidden)

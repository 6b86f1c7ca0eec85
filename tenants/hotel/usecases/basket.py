"""What a guest puts together: rooms for nights, rooms by the hour, extras; priced for showing and for holding
by the same function, so that what was shown is what is charged or refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.commerce.baskets import Basket, basket
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.booking import hours_line, stay_line
from tenants.hotel.domain.extra import (
    Extra,
    ExtraTime,
    NotAlone,
    Per,
    Use,
    each,
    extra_line,
    require_usable,
)
from tenants.hotel.domain.hire import HIRED
from tenants.hotel.domain.nights import claims, hour_claims, require_few
from tenants.hotel.domain.offer import MOST_NIGHTS, NotOffered, StayInvalid, offer, stay
from tenants.hotel.domain.plan import RatePlan, Secured
from tenants.hotel.domain.property import Property, text
from tenants.hotel.usecases.search import chosen, sheets_of

if TYPE_CHECKING:
    from chalicelib.commerce.orders.domain import Line
    from chalicelib.commerce.stock import Claim
    from tenants.hotel.domain.rooms import RoomType
    from tenants.hotel.usecases.ports import Hotel
    from tenants.hotel.usecases.setup_ports import House

HOURS_AHEAD = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """So many rooms of a type under a plan, with these people in each."""

    type: str
    plan: str
    count: int = 1
    adults: int = 1
    children: int = 0


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A room by the hour 钟点房: from the full hour ``start`` of a day."""

    type: str
    day: date
    start: int


@dataclass(frozen=True, kw_only=True)
class Add:
    """So many of an extra. Without ``day`` it goes with the nights; hours and days of its own otherwise."""

    extra: str
    count: int = 1
    day: date | None = None
    start: int = 0
    length: int = 1


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What a guest asks for. ``contact``, ``guests`` and ``wishes`` are personal and go into the vault.

    arrive, depart: half-open, for ``rooms`` and for extras that go with the nights. agreed: the total in fen
    that was shown; a different one now is refused. None: whatever it is. trusted: the desk answers for
    what is asked for without a room, which then needs no money first.
    """

    contact: dict[str, str] = field(default_factory=dict)
    arrive: date | None = None
    depart: date | None = None
    rooms: tuple[Rooms, ...] = ()
    hours: tuple[Hours, ...] = ()
    extras: tuple[Add, ...] = ()
    guests: tuple[dict[str, str], ...] = ()
    wishes: dict[str, str] = field(default_factory=dict)
    agreed: int | None = None
    channel: str = "api"
    locale: str = "zh"
    trusted: bool = False

    @property
    def nights(self) -> tuple[date, date]:
        """(arrival, departure). Raises ``StayInvalid`` where no nights are asked for."""
        if self.arrive is None or self.depart is None:
            raise StayInvalid(most=MOST_NIGHTS)
        return self.arrive, self.depart


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A priced basket of one property. ``over``: the overbooking allowance may be drawn on."""

    where: Property
    basket: Basket
    over: bool

    @property
    def claims(self) -> Sequence[Claim]:
        """What must be held. Raises ``TooMuchAtOnce``."""
        found = self.basket.claims
        lines = self.basket.lines
        rows = sum(line.count if line.kind == "night" else line.kind in HIRED for line in lines)
        require_few(len(found) + rows)
        return found


def filled(booking: Booking, *, hotel: Hotel, fresh: bool) -> Filled:
    """The basket with today's prices. ``fresh=False``: they may be seconds old (pages).

    Raises what ``offer`` raises, ``HoursClosed``, ``NotAlone``, ``ExtraTime``, ``Missing``.
    """
    house = hotel.setup.house()
    property = _property(booking, house)
    wanted = [
        *_nights(booking, property=property, house=house, hotel=hotel, fresh=fresh),
        *_hours(booking, property=property, house=house, hotel=hotel),
    ]
    secured = _secured([line for line, _ in wanted], trusted=booking.trusted)
    wanted += _extras(booking, secured, property=property, house=house, hotel=hotel)
    whole = any(house.types[rooms.type].house for rooms in booking.rooms)
    return Filled(
        where=property,
        basket=basket(wanted),
        # A whole house is never made of rooms that do not exist, and an hour is never sold over.
        over=bool(booking.rooms) and not whole,
    )


def _nights(
    booking: Booking, *, property: Property, house: House, hotel: Hotel, fresh: bool
) -> Iterator[tuple[Line, Sequence[Claim]]]:
    if not booking.rooms:
        return
    arrive, depart = booking.nights
    kinds = [_kind(house, rooms.type) for rooms in booking.rooms]
    tonight = property.night_of(hotel.now)
    stays = [
        stay(arrive, depart, adults=rooms.adults, children=rooms.children, tonight=tonight)
        for rooms in booking.rooms
    ]
    different = list({kind.id: kind for kind in kinds}.values())
    sheets = sheets_of(different, stays[0], hotel=hotel, fresh=fresh)
    for rooms, kind, wanted in zip(booking.rooms, kinds, stays, strict=True):
        plan = _plan(house, rooms.plan)
        line = stay_line(
            offer(wanted, kind=kind, plan=plan, plans=house.plans, sheets=sheets, property=property),
            stay=wanted,
            rooms=rooms.count,
            kind=kind,
            plan=plan,
            property=property,
            locale=booking.locale,
        )
        yield line, claims([(kind, 1)], wanted.nights, types=house.types)


def _hours(
    booking: Booking, *, property: Property, house: House, hotel: Hotel
) -> Iterator[tuple[Line, Sequence[Claim]]]:
    for hours in booking.hours:
        kind = _kind(house, hours.type)
        if kind.hourly is None or not kind.hourly.on:
            raise NotOffered(type=kind.id, plan="hours")
        taken = hour_claims(kind, kind.hourly, day=hours.day, start=hours.start, property=property)
        starts = property.instant(hours.day, time(hours.start))
        ends = starts + timedelta(hours=kind.hourly.hours)
        if ends <= hotel.now or hours.day > property.today(hotel.now) + HOURS_AHEAD:
            raise StayInvalid(most=1)
        slot = f"{hours.day.isoformat()}T{hours.start:02d}"
        line = hours_line(kind, kind.hourly, starts=starts, ends=ends, slot=slot, locale=booking.locale)
        yield line, taken


def _extras(
    booking: Booking, secured: Secured, *, property: Property, house: House, hotel: Hotel
) -> Iterator[tuple[Line, Sequence[Claim]]]:
    for add in booking.extras:
        extra = house.extras.get(add.extra)
        if extra is None or not extra.on or extra.site != property.id:
            raise Missing(extra=add.extra)
        use = _use(extra, add, booking)
        require_usable(extra, use, count=add.count, property=property, now=hotel.now)
        yield (
            extra_line(
                extra, use, count=add.count, secured=secured, property=property, locale=booking.locale
            ),
            each(extra, use),
        )


def _use(extra: Extra, add: Add, booking: Booking) -> Use:
    """When an extra is used: as it says, else with the nights. Raises ``NotAlone``, ``ExtraTime``."""
    title = text(extra.names, booking.locale)
    first = add.day if add.day is not None else booking.arrive
    without = not booking.rooms and not booking.hours and not booking.trusted
    if (without and not extra.alone) or first is None:
        raise NotAlone(title=title)
    match extra.per:
        case Per.HOUR:
            return Use(first=first, last=first, start=add.start, hours=add.length)
        case Per.DAY:
            return Use(first=first, last=first + timedelta(days=add.length), start=add.start)
        case Per.NIGHT if booking.depart is None:
            raise ExtraTime(title=title)
        case _:
            return Use(first=first, last=booking.depart or first)


def _secured(lines: Sequence[Line], *, trusted: bool) -> Secured:
    """How extras are secured: as the rooms are, where one of them needs money; alone they are paid, unless
    the desk answers for them."""
    guaranteed = bool(lines or trusted) and all(line.facts["secured"] == Secured.GUARANTEE for line in lines)
    return Secured.GUARANTEE if guaranteed else Secured.PREPAID


def _property(booking: Booking, house: House) -> Property:
    types = [rooms.type for rooms in booking.rooms] + [hours.type for hours in booking.hours]
    found = {_kind(house, type).site for type in types}
    found |= {house.extras[add.extra].site for add in booking.extras if add.extra in house.extras}
    if len(found) != 1:
        raise Missing(property="")
    return chosen(house, found.pop())


def _kind(house: House, id: str) -> RoomType:
    kind = house.types.get(id)
    if kind is None or not kind.on:
        raise Missing(type=id)
    return kind


def _plan(house: House, id: str) -> RatePlan:
    plan = house.plans.get(id)
    if plan is None:
        raise Missing(plan=id)
    return plan

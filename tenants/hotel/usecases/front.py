"""What the front desk looks at: who comes, who is here, who goes; and the room plan 房态图."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.nights import free
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases.search import chosen

if TYPE_CHECKING:
    from tenants.hotel.domain.housekeeping import RoomStatus
    from tenants.hotel.domain.property import Property
    from tenants.hotel.domain.rooms import Room
    from tenants.hotel.usecases.ports import Block, Hotel

DAY = timedelta(days=1)
BACK = timedelta(days=3)
"""Expected guests who did not come are shown for so long; whoever closes the day makes no-shows of them."""

MOST_DAYS = 31


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A stay with whom to ask for. Personal: for the desk's eyes."""

    stay: Stay
    name: str
    phone: str

    def fits(self, text: str) -> bool:
        """Whether a clerk who types this means it: part of a name, phone, room or booking."""
        wanted = text.strip().casefold()
        stay = self.stay
        numbers = (stay.room or "", stay.order, short_number(stay.order), stay.id)
        said = (self.name, self.phone.replace(" ", ""), *numbers)
        return any(wanted in one.casefold() for one in said)


@dataclass(frozen=True, kw_only=True)
class Today:
    """A day of the house. ``arriving``: expected then, or before and not come. ``leaving``: due out.

    night: who was to come before this night is late (after midnight it is still yesterday's).
    """

    property: Property
    day: date
    night: date
    arriving: tuple[Shown, ...]
    came: tuple[Shown, ...]
    in_house: tuple[Shown, ...]
    leaving: tuple[Shown, ...]
    left: tuple[Shown, ...]
    board: Mapping[str, RoomStatus]
    rooms: tuple[Room, ...]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stay in a room, or a repair, for nights ``[first, last)``; hours of a day are drawn as its night."""

    room: str
    first: date
    last: date
    shown: Shown | None = None
    block: Block | None = None


@dataclass(frozen=True, kw_only=True)
class Position:
    """The house on a night: rooms in all, out of order, sold, free (below 0: oversold); who comes, goes."""

    day: date
    rooms: int
    broken: int
    sold: int
    free: int
    arriving: int
    leaving: int


@dataclass(frozen=True, kw_only=True)
class RoomPlan:
    """Rooms × nights. ``lane``: expected stays of these nights that have no room yet."""

    property: Property
    days: tuple[date, ...]
    rooms: tuple[Room, ...]
    board: Mapping[str, RoomStatus]
    bars: tuple[Bar, ...]
    lane: tuple[Shown, ...]
    position: tuple[Position, ...]


def today(*, property: str | None, day: date | None, hotel: Hotel) -> Today:
    """The lists of a day (none: today): two queries of stays, one batch, the rooms."""
    where = chosen(hotel.setup.house(), property)
    wanted = day or where.today(hotel.now)
    booked = hotel.stays.arriving(where.id, wanted - BACK, wanted + DAY)
    house = hotel.stays.in_house(where.id)
    left = hotel.stays.departed(where.id, wanted)
    expected = [stay for stay in booked if stay.state is StayState.EXPECTED]
    came = [one for one in (*house, *left) if one.arrived is not None and where.today(one.arrived) == wanted]
    return Today(
        property=where,
        day=wanted,
        night=min(wanted, where.night_of(hotel.now)) if day is None else wanted,
        arriving=shown(expected, hotel=hotel),
        came=shown(came, hotel=hotel),
        in_house=shown(house, hotel=hotel),
        leaving=shown([stay for stay in house if stay.depart <= wanted], hotel=hotel),
        left=shown(left, hotel=hotel),
        board=hotel.board.all(where.id),
        rooms=tuple(hotel.setup.rooms(where.id)),
    )


def overdue(found: Today) -> tuple[Shown, ...]:
    """Who should have come, or gone, on an earlier day."""
    return (
        *(one for one in found.arriving if one.stay.arrive < found.night),
        *(one for one in found.leaving if one.stay.depart < found.day),
    )


def room_plan(*, property: str | None, first: date | None, days: int, hotel: Hotel) -> RoomPlan:
    """The plan from a day on (none: yesterday). What is assigned is found by the rooms' marks, what is not by
    the days of arrival."""
    where = chosen(hotel.setup.house(), property)
    tonight = where.night_of(hotel.now)
    begin = first or tonight - DAY
    span = tuple(begin + DAY * step for step in range(min(days, MOST_DAYS)))
    end = span[-1] + DAY
    marks = hotel.units.taken(where.id, begin, span[-1])
    booked = hotel.stays.arriving(where.id, min(begin, tonight - BACK), end)
    known = {stay.id: stay for stay in booked}
    board = hotel.board.all(where.id)
    there = {status.occupant for status in board.values()}  # also who should have left before the first day
    missing = sorted({who for who in (*marks.values(), *there) if who.startswith("st_")} - set(known))
    known |= {stay.id: stay for stay in hotel.stays.several(missing)}
    living = [one for one in known.values() if one.state not in {StayState.CANCELLED, StayState.NO_SHOW}]
    seen = {one.stay.id: one for one in shown(living, hotel=hotel)}
    waiting = [
        one
        for one in seen.values()
        if one.stay.state is StayState.EXPECTED and not one.stay.segments and one.stay.depart >= begin
    ]
    return RoomPlan(
        property=where,
        days=span,
        rooms=tuple(hotel.setup.rooms(where.id)),
        board=board,
        bars=tuple(_bars(seen.values(), hotel.blocks.all(where.id), begin, end, tonight=tonight)),
        lane=tuple(waiting),
        position=tuple(_positions(where, span, living, hotel=hotel)),
    )


def shown(stays: Iterable[Stay], *, hotel: Hotel) -> tuple[Shown, ...]:
    """Stays with whom to ask for, by day of arrival, then name."""
    made = []
    for stay in stays:
        party = hotel.vault.shown(stay.party)
        made.append(Shown(stay=stay, name=party["name"], phone=party["phone"]))
    return tuple(sorted(made, key=lambda one: (one.stay.arrive, one.name, one.stay.id)))


def _bars(
    seen: Iterable[Shown], blocks: Sequence[Block], begin: date, end: date, *, tonight: date
) -> Iterable[Bar]:
    """Who should have left and did not is drawn up to today: the room is not empty."""
    for one in seen:
        stays_on = one.stay.state is StayState.IN_HOUSE and one.stay.hours is None
        for segment in one.stay.segments:
            last = max(segment.last, segment.first + DAY)
            if stays_on and segment.last == one.stay.depart:
                last = max(last, tonight)
            if segment.first < end and last > begin:
                yield Bar(room=segment.room, first=segment.first, last=last, shown=one)
    for block in blocks:
        if block.first < end and block.last > begin:
            yield Bar(room=block.room, first=block.first, last=block.last, block=block)


def _positions(
    where: Property, span: Sequence[date], stays: Sequence[Stay], *, hotel: Hotel
) -> Iterable[Position]:
    nights = hotel.calendar.nights(where.id, span[0], span[-1], fresh=True)
    kinds = [kind for kind in hotel.setup.house().types.values() if kind.site == where.id and not kind.house]
    rooms = sum(kind.capacity for kind in kinds)
    for day in span:
        found = [free(kind, day, nights) for kind in kinds]
        open_, broken = sum(count for count, _ in found), sum(count for _, count in found)
        yield Position(
            day=day,
            rooms=rooms,
            broken=broken,
            sold=rooms - open_ - broken,
            free=open_,
            arriving=sum(1 for stay in stays if stay.arrive == day),
            leaving=sum(1 for stay in stays if stay.depart == day),
        )

"""Which room: assigning, moving, taking back. A (room, night) has one stay, and the write decides it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.housekeeping import Cleanliness, RoomNotReady
from tenants.hotel.domain.places import type_on
from tenants.hotel.domain.stay import NoNights, NoUndo, Stay, StayState, changed, in_room
from tenants.hotel.domain.units import RoomNeeded, RoomOfAnother, RoomsFixed, beyond, marks
from tenants.hotel.usecases import keys, stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.fitting import ahead, best_room
from tenants.hotel.usecases.length import claimed, property_of, require_free, types_needed

if TYPE_CHECKING:
    from chalicelib.commerce.stock import Hold
    from tenants.hotel.usecases.ports import Hotel

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A room from night ``since`` on (none: all that is still ahead). ``other``: another type is meant;
    ``dirty``: guests who move want it as it is.

    ``room=None`` takes the assignment back; a whole house needs no room, it has its own.
    """

    room: str | None
    since: date | None = None
    other: bool = False
    dirty: bool = False


def assign(id: str, wish: Wish, *, hotel: Hotel, best: bool = False) -> Stay:
    """A stay's room, before arrival or while it lasts; guests in the house change rooms at once when that of
    tonight changes. A room of another type takes a place of that type and returns the one that was sold.

    ``best``: where no room is named, the best that is free. Raises ``RoomNotFree``, ``RoomOfAnother``,
    ``RoomOccupied``, ``NoRoomFree``, ``SoldOut``, ``StayIs``.
    """
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    since = _since(stay, wish.since, hotel=hotel)
    if best and wish.room is None and not hotel.setup.house().types[stay.type].house:
        wish = replace(wish, room=best_room(stay, since=since, hotel=hotel))
    after = in_room(stay, _rooms(stay, wish, hotel=hotel), since=since)
    return _placed(stay, after, dirty=wish.dirty, hotel=hotel)


def assign_parts(id: str, parts: Sequence[tuple[str, date]], *, hotel: Hotel) -> Stay:
    """Rooms of the stay's type one after the other, each from its night on, at once: all of them or none. In
    whatever order they are named, the later night has the last word.

    Raises ``RoomNotFree``, ``RoomOfAnother``, ``NoNights``, ``StayIs``.
    """
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    after = stay
    for room, since in sorted(parts, key=lambda part: part[1]):
        rooms = _rooms(stay, Wish(room=room), hotel=hotel)
        after = in_room(after, rooms, since=_since(stay, since, hotel=hotel))
    return _placed(stay, replace(after, version=stay.version + 1), dirty=False, hotel=hotel)


def require_room(stay: Stay, room: str | None, *, since: date | None, hotel: Hotel) -> None:
    """Refuse a room that somebody else has on one of these nights. Raises ``RoomNotFree``, ``NoNights``."""
    if room is None or hotel.setup.house().types[stay.type].house:
        return
    after = in_room(stay, (room,), since=_since(stay, since, hotel=hotel))
    where = property_of(stay, hotel=hotel)
    add = beyond(marks(after, property=where), marks(stay, property=where))
    require_free(stay.site, stay.id, add, hotel=hotel)


def undo(id: str, *, version: int, hotel: Hotel) -> Stay:
    """Take the last change of rooms back, if nothing else has changed since. Raises ``Clash``, ``NoUndo``."""
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED, StayState.IN_HOUSE)
    if stay.version != version:
        raise Clash
    if stay.previous is None:
        raise NoUndo
    return _placed(stay, changed(stay, segments=stay.previous), dirty=True, hotel=hotel)


def enter(stay: Stay, rooms: Iterable[str], *, dirty: bool, hotel: Hotel) -> None:
    """Join the work: the guests have these rooms. Raises ``RoomNotReady``, ``RoomOccupied``."""
    for room in sorted(rooms):
        status = hotel.board.one(stay.site, room)
        if status.occupant in {"", stay.id} and status.state is Cleanliness.DIRTY and not dirty:
            raise RoomNotReady(room=room)
        hotel.board.enter(stay.site, room, stay.id)


def _placed(stay: Stay, after: Stay, *, dirty: bool, hotel: Hotel) -> Stay:
    """Join the work: from the rooms of ``stay`` to those of ``after``, with the places that this needs."""
    where = property_of(stay, hotel=hotel)
    before_marks, after_marks = marks(stay, property=where), marks(after, property=where)
    add, drop = beyond(after_marks, before_marks), beyond(before_marks, after_marks)
    require_free(stay.site, stay.id, add, hotel=hotel)
    tonight = where.night_of(hotel.now)
    if any(mark < tonight.isoformat() for some in (*add.values(), *drop.values()) for mark in some):
        raise NoUndo
    after = replace(after, previous=stay.segments)
    nights = [night for night in _other_places(stay, after, hotel=hotel) if night >= tonight]
    taken: tuple[Hold, ...] = ()
    back: tuple[Hold, ...] = ()
    if nights:
        taken = claimed(after, nights, hotel=hotel)
        gone = stays.give_back(stay, nights, hotel=hotel)
        back = gone.own
        after = replace(after, holds=(*(hold for hold in stay.holds if hold not in back), *taken))
        say_nights(hotel=hotel, taken=taken, back=gone.holds)
    if stay.state is StayState.IN_HOUSE:
        after = _moved_in(stay, after, tonight, dirty=dirty, hotel=hotel)
    hotel.units.change(stay.site, holder=stay.id, add=add, drop=drop)
    hotel.stays.keep(after, before=stay, taken=taken, back=back)
    if stay.state is StayState.IN_HOUSE:
        keys.renewed(stay, after, property=where, hotel=hotel)
    return after


def _moved_in(stay: Stay, after: Stay, tonight: date, *, dirty: bool, hotel: Hotel) -> Stay:
    """Guests who are in the house have the rooms of tonight; those they had are dirty."""
    rooms = after.rooms_on(tonight if tonight < after.depart else after.depart - DAY)
    if not rooms:
        raise RoomNeeded
    for room in sorted(set(stay.has) - set(rooms)):
        hotel.board.leave(stay.site, room, stay.id)
    enter(stay, set(rooms) - set(stay.has), dirty=dirty, hotel=hotel)
    return replace(after, has=rooms)


def _since(stay: Stay, wanted: date | None, *, hotel: Hotel) -> date:
    """From which night: never one that is over for guests who are in the house."""
    if stay.hours is not None:
        return stay.arrive
    first = ahead(stay, hotel=hotel)
    since = first if wanted is None else wanted
    if not first <= since < stay.depart:
        raise NoNights(first=first, last=stay.depart - DAY)
    return since


def _rooms(stay: Stay, wish: Wish, *, hotel: Hotel) -> tuple[str, ...]:
    kind = hotel.setup.house().types[stay.type]
    if kind.house:
        if wish.room is not None and wish.room not in kind.members:
            raise RoomsFixed
        return kind.members
    if wish.room is None:
        return ()
    room = hotel.setup.room(stay.site, wish.room)
    if room.type != stay.type and (not wish.other or stay.hours is not None):
        raise RoomOfAnother(room=room.number)
    return (room.number,)


def _other_places(stay: Stay, after: Stay, *, hotel: Hotel) -> list[date]:
    """Nights whose room, after the change, is of another type than the place that the stay holds."""
    needed = types_needed(after, after.nights, hotel=hotel)
    return [night for night, type in needed.items() if type != type_on(stay, night)]

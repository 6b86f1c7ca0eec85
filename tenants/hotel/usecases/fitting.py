"""Which rooms would do for a stay. It reads and proposes; assigning decides."""

from collections.abc import Sequence, Set
from datetime import date, timedelta

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.rooms import Room
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.domain.units import NoRoomFree
from tenants.hotel.usecases.length import property_of
from tenants.hotel.usecases.ports import Hotel

DAY = timedelta(days=1)
FIT = timedelta(days=7)
MOST_PARTS = 5


@dataclass(frozen=True, kw_only=True)
class Part:
    """A room for some nights of a stay, ``[first, last)``."""

    room: str
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How a stay can be given rooms from night ``since`` on: one for all (``rooms``, the best first), or,
    where there is none and it has no room yet, one after the other (``parts``)."""

    since: date
    rooms: Sequence[str]
    parts: Sequence[Part]


def ways(stay: Stay, *, hotel: Hotel) -> Ways:
    """What the desk can propose for the nights that are still ahead."""
    since = ahead(stay, hotel=hotel)
    own = stay.rooms_on(since)
    rooms = [room for room in free_rooms(stay, since=since, hotel=hotel) if room not in own]
    split = () if rooms or own or not stay.nights else in_parts(stay, since=since, hotel=hotel)
    return Ways(since=since, rooms=rooms, parts=split)


def ahead(stay: Stay, *, hotel: Hotel) -> date:
    """The first night of a stay that is not over: of guests in the house tonight's, at most the last one."""
    if stay.state is not StayState.IN_HOUSE or not stay.nights:
        return stay.arrive
    return max(stay.arrive, min(property_of(stay, hotel=hotel).night_of(hotel.now), stay.nights[-1]))


def free_rooms(stay: Stay, *, since: date | None = None, hotel: Hotel) -> Sequence[str]:
    """Rooms of the type that was sold, free from ``since`` (none: the arrival) to the end of the stay.

    Ready ones first, then those whose free stretch it fills best, so that long stretches stay whole.
    """
    first, last = since or stay.arrive, max(stay.depart, stay.arrive + DAY)
    taken = hotel.units.taken(stay.site, first - FIT, last + FIT)
    board = hotel.board.all(stay.site)
    wanted = [(first + DAY * step).isoformat() for step in range((last - first).days)]
    by_room: dict[str, set[str]] = {}
    for (room, mark), who in taken.items():
        if who != stay.id:
            by_room.setdefault(room, set()).add(mark[:10])

    def rank(number: str) -> tuple[bool, int, str]:
        status, busy = board.get(number), by_room.get(number, set())
        ready = status is None or status.ready
        before = _stretch(first - DAY, -DAY, busy)
        after = _stretch(last, DAY, busy)
        return (not ready, before + after, number)

    rooms = [room.number for room in hotel.setup.rooms(stay.site) if room.type == stay.type]
    fitting = [number for number in rooms if not by_room.get(number, set()) & set(wanted)]
    return sorted(fitting, key=rank)


def in_parts(stay: Stay, *, since: date | None = None, hotel: Hotel) -> Sequence[Part]:
    """Rooms of the type that was sold, one after the other, with as few changes as can be: for when none is
    free for all nights from ``since`` on (none: the arrival). Nothing where some night has no room at all."""
    first = since or stay.arrive
    busy = {
        (room, mark[:10])
        for (room, mark), who in hotel.units.taken(stay.site, first, stay.depart).items()
        if who != stay.id
    }
    rooms = [room.number for room in hotel.setup.rooms(stay.site) if room.type == stay.type]
    made: list[Part] = []
    night = first
    while night < stay.depart and len(made) < MOST_PARTS:
        runs = {room: _run(room, night, stay.depart, busy) for room in rooms}
        room = max(runs, key=lambda one: runs[one], default="")  # of several the first by its number
        if not room or runs[room] == night:
            return ()
        made.append(Part(room=room, first=night, last=runs[room]))
        night = runs[room]
    return made if night >= stay.depart else ()


def _run(room: str, first: date, depart: date, busy: Set[tuple[str, str]]) -> date:
    """Until when a room is free from ``first`` on."""
    night = first
    while night < depart and (room, night.isoformat()) not in busy:
        night += DAY
    return night


def rooms_between(property: str, first: date, last: date, *, hotel: Hotel) -> Sequence[Room]:
    """Rooms that neither guests nor a repair have on any of the nights ``[first, last)``, in their order."""
    busy = {room for room, _ in hotel.units.taken(property, first, last - DAY)} if first < last else set()
    return [room for room in hotel.setup.rooms(property) if room.number not in busy]


def _stretch(day: date, step: timedelta, busy: set[str]) -> int:
    """How many nights from ``day`` on, in this direction, are free: up to a week."""
    return next((n for n in range(FIT.days) if (day + step * n).isoformat() in busy), FIT.days)


def best_room(stay: Stay, *, since: date | None = None, hotel: Hotel) -> str:
    """The first of them. Raises ``NoRoomFree``."""
    found = free_rooms(stay, since=since, hotel=hotel)
    if not found:
        raise NoRoomFree
    return found[0]

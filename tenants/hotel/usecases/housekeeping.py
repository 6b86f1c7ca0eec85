"""House-keeping: what is to be cleaned, by whom; inspection; where the maid and the desk do not agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.cleaning import Step, Task, TaskKind, TaskState
from tenants.hotel.domain.housekeeping import Cleanliness, Found, RoomStatus
from tenants.hotel.domain.nights import OUT_OF_ORDER
from tenants.hotel.usecases.search import chosen

if TYPE_CHECKING:
    from tenants.hotel.domain.property import Property
    from tenants.hotel.domain.rooms import Room
    from tenants.hotel.domain.stay import Stay
    from tenants.hotel.usecases.ports import Hotel, Unit

_AT_ONCE = 40
MOST_ROOMS = 40


@dataclass(frozen=True, kw_only=True)
class RoomToday:
    """A room with all that somebody with a trolley wants to know: task, guests, who leaves, who comes;
    ``broken``: out of order tonight."""

    room: Room
    status: RoomStatus
    task: Task | None
    leaving: bool
    staying: bool
    arriving: bool
    broken: bool = False


def board(*, property: str | None, who: str = "", hotel: Hotel) -> tuple[Property, Sequence[RoomToday]]:
    """Every room of a property, by floor and number; ``who``: only what this one is to clean."""
    where = chosen(hotel.setup.house(), property)
    today = where.night_of(hotel.now)
    status, tasks = hotel.board.all(where.id), hotel.tasks.of_day(where.id, today)
    house = hotel.stays.in_house(where.id)
    marks = hotel.units.taken(where.id, today, today)
    here = {room: stay for stay in house for room in stay.has}
    found = [
        RoomToday(
            room=room,
            status=status.get(room.number) or RoomStatus(room=room.number),
            task=tasks.get(room.number),
            leaving=room.number in here and here[room.number].depart <= today,
            staying=room.number in here and here[room.number].depart > today,
            arriving=_comes(marks.get((room.number, today.isoformat()), ""), here.get(room.number)),
            broken=marks.get((room.number, today.isoformat()), "").startswith(OUT_OF_ORDER),
        )
        for room in hotel.setup.rooms(where.id)
    ]
    return where, [one for one in found if not who or (one.task is not None and one.task.who == who)]


def step(room: str, what: Step, *, property: str | None, note: str = "", hotel: Hotel) -> Task:
    """Go on with a room's task of today; one that has none gets one. Raises ``TaskIs``, ``Missing``."""
    where = chosen(hotel.setup.house(), property)
    before = _task(room, where, hotel=hotel)
    after, state = before.after(what, now=hotel.now, note=note)
    hotel.tasks.keep(after, before=before if before.version else None)
    if state is not None:
        hotel.board.mark(where.id, room, state)
    return after


def ask(room: str, *, property: str | None, note: str, hotel: Hotel) -> Task:
    """Somebody wants a room cleaned (again): an extra task, the room is dirty."""
    where = chosen(hotel.setup.house(), property)
    before = _task(room, where, hotel=hotel)
    after = before.changed(kind=TaskKind.EXTRA, state=TaskState.OPEN, note=note, at=hotel.now)
    hotel.tasks.keep(after, before=before if before.version else None)
    hotel.board.mark(where.id, room, Cleanliness.DIRTY)
    return after


def assign(rooms: Sequence[str], who: str, *, property: str | None, hotel: Hotel) -> Sequence[Task]:
    """These rooms of today are somebody's to clean; up to forty at once."""
    where = chosen(hotel.setup.house(), property)
    today = where.night_of(hotel.now)
    known, numbers = hotel.tasks.of_day(where.id, today), _numbers(where, hotel=hotel)
    made = []
    for room in list(dict.fromkeys(rooms))[:MOST_ROOMS]:
        before = _of(room, known, numbers, where=where, day=today)
        after = before.given(who)
        hotel.tasks.keep(after, before=before if before.version else None)
        made.append(after)
    return made


def report(room: str, found: Found, *, property: str | None, hotel: Hotel) -> RoomStatus:
    """What somebody saw in a room. Where the desk believes otherwise, it is a discrepancy until settled."""
    where = chosen(hotel.setup.house(), property)
    hotel.setup.room(where.id, room)
    hotel.board.saw(where.id, room, found, at=hotel.now)
    return replace(hotel.board.one(where.id, room), found=found, seen=hotel.now)


def settle(room: str, *, property: str | None, hotel: Hotel) -> None:
    """The desk has looked into a discrepancy: what was seen no longer stands."""
    where = chosen(hotel.setup.house(), property)
    hotel.board.saw(where.id, room, None, at=hotel.now)


def after_departure(stay: Stay, *, hotel: Hotel) -> None:
    """Join the work of a check-out: its rooms are to be cleaned, whatever was planned for them today."""
    day = hotel.setup.house().properties[stay.site].night_of(hotel.now)
    for room in stay.has:
        version = int(hotel.now.timestamp())  # whoever still holds what was planned finds it changed
        hotel.tasks.replace(
            Task(site=stay.site, day=day, room=room, kind=TaskKind.DEPARTURE, at=hotel.now, version=version)
        )


def plan_day(site: str, *, unit: Unit) -> int:
    """In the morning: the rooms of all who stay on are dirty and have a task. Once a day, whoever calls.

    Done in parts of forty rooms; broken off, the next call does the rest.
    """
    with unit("hotel.plan-cleaning") as hotel:
        where = hotel.setup.house().properties[site]
        today = where.night_of(hotel.now)
        if hotel.tasks.planned(site, today):
            return 0
        known = hotel.tasks.of_day(site, today)
        house = hotel.stays.in_house(site)
    staying = [stay for stay in house if stay.depart > today and stay.arrive < today]
    rooms = sorted({room for stay in staying for room in stay.has} - set(known))
    for start in range(0, len(rooms), _AT_ONCE):
        with unit("hotel.plan-cleaning") as hotel:
            for room in rooms[start : start + _AT_ONCE]:
                task = Task(site=site, day=today, room=room, kind=TaskKind.STAYOVER, at=hotel.now, version=1)
                hotel.tasks.keep(task, before=None)
                hotel.board.mark(site, room, Cleanliness.DIRTY)
    with unit("hotel.plan-cleaning") as hotel:
        hotel.tasks.note_planned(site, today)
    return len(rooms)


def _task(room: str, where: Property, *, hotel: Hotel) -> Task:
    today = where.night_of(hotel.now)
    known, numbers = hotel.tasks.of_day(where.id, today), _numbers(where, hotel=hotel)
    return _of(room, known, numbers, where=where, day=today)


def _of(room: str, known: Mapping[str, Task], numbers: Set[str], *, where: Property, day: date) -> Task:
    if room not in numbers:
        raise Missing(room=room)
    return known.get(room) or Task(site=where.id, day=day, room=room, kind=TaskKind.EXTRA)


def _numbers(where: Property, *, hotel: Hotel) -> Set[str]:
    return {room.number for room in hotel.setup.rooms(where.id)}


def _comes(holder: str, here: Stay | None) -> bool:
    return holder.startswith("st_") and (here is None or here.id != holder)

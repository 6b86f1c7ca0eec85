"""A guest's choice, kept in the page's address: it can be gone back to, shared, and costs no storage.

``…?arrive=2026-12-01&depart=2026-12-03&room=twin.breakfast.2.0&n=1&x.parking=1``: ``room`` is type, plan,
adults and children in each, ``n`` beside it how many rooms; ``hours`` type, day and full hour; ``x.<extra>``
how many of what goes with the nights; ``item`` an extra with a day, an hour and a length of its own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.kernel.late import dataclass
from chalicelib.web.counts import counted
from chalicelib.web.http import Asked, Blank
from tenants.hotel.routes.words import Name
from tenants.hotel.usecases.basket import Add, Booking, Hours, Rooms

MOST_ROOMS, MOST_KINDS = 20, 5
_NAME = r"([a-z0-9][a-z0-9-]{0,39})"
_ROOM = re.compile(rf"^{_NAME}\.{_NAME}\.([1-9][0-9]?)\.([0-9][0-9]?)$")
_HOURS = re.compile(rf"^{_NAME}\.([0-9]{{4}}-[0-9][0-9]-[0-9][0-9])\.([0-9][0-9]?)$")
_ITEM = re.compile(rf"^{_NAME}\.([0-9]{{4}}-[0-9][0-9]-[0-9][0-9])\.([0-9][0-9]?)\.([0-9][0-9]?)$")
_Word = Annotated[str, Field(max_length=120)]


class ChoiceQuery(Asked):
    """What a page of the booking engine is asked for: dates, people, and what was chosen so far."""

    arrive: Annotated[date | None, Blank] = None
    depart: Annotated[date | None, Blank] = None
    adults: Annotated[int, Field(ge=1, le=20)] = 2
    children: Annotated[int, Field(ge=0, le=10)] = 0
    property: Annotated[Name | None, Blank] = None
    room: Annotated[list[_Word], Field(max_length=MOST_KINDS * 2)] = Field(default=[])
    n: Annotated[list[_Word], Field(max_length=MOST_KINDS * 2)] = Field(default=[])
    hours: Annotated[list[_Word], Field(max_length=3)] = Field(default=[])
    item: Annotated[list[_Word], Field(max_length=5)] = Field(default=[])


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was chosen so far. ``extras``: how many of each that goes with the nights."""

    arrive: date | None = None
    depart: date | None = None
    rooms: tuple[Rooms, ...] = ()
    hours: tuple[Hours, ...] = ()
    items: tuple[Add, ...] = ()
    extras: Mapping[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing was chosen."""
        return not (self.rooms or self.hours or self.items)

    @property
    def count(self) -> int:
        """How many things were chosen, extras of the nights aside."""
        return sum(rooms.count for rooms in self.rooms) + len(self.hours) + len(self.items)

    def with_room(self, room: Rooms) -> "Choice":
        """One more room; the same again is counted on."""
        kept = [
            replace(rooms, count=min(rooms.count + room.count, MOST_ROOMS)) if _same(rooms, room) else rooms
            for rooms in self.rooms
        ]
        if not any(_same(rooms, room) for rooms in self.rooms):
            kept = [*kept, room][-MOST_KINDS:]
        return replace(self, rooms=tuple(kept), hours=())

    def pairs(self) -> list[tuple[str, str]]:
        """The choice as fields of a form or a link, in order."""
        found = [
            *([("arrive", self.arrive.isoformat())] if self.arrive else []),
            *([("depart", self.depart.isoformat())] if self.depart else []),
        ]
        for rooms in self.rooms:
            found += [("room", room_word(rooms)), ("n", str(rooms.count))]
        found += [("hours", hours_word(hours)) for hours in self.hours]
        found += [("item", item_word(add)) for add in self.items]
        return found + [(f"x.{id}", str(count)) for id, count in self.extras.items() if count]

    def href(self, path: str, **more: Any) -> str:
        """A page with this choice."""
        query = urlencode([*self.pairs(), *((name, str(value)) for name, value in more.items())])
        return f"{path}?{query}" if query else path

    def booking(self, **more: Any) -> Booking:
        """The choice as the use case takes it."""
        extras = tuple(Add(extra=id, count=count) for id, count in self.extras.items() if count)
        return Booking(
            arrive=self.arrive,
            depart=self.depart,
            rooms=self.rooms,
            hours=self.hours,
            extras=(*extras, *self.items),
            **more,
        )


def choice_of(query: ChoiceQuery, *, url: str, extras: Iterable[str]) -> Choice:
    """What an address says; what cannot be read is left out, for it is nobody's typing."""
    counts = [*query.n, *["1"] * len(query.room)]
    rooms = [_room(word, _count(number)) for word, number in zip(query.room, counts, strict=False)]
    return Choice(
        arrive=query.arrive,
        depart=query.depart,
        rooms=tuple(room for room in rooms if room is not None)[:MOST_KINDS],
        hours=tuple(hours for word in query.hours if (hours := _hours(word)) is not None),
        items=tuple(add for word in query.item if (add := _item(word)) is not None),
        extras={id: count for id, count in counted(url, extras, prefix="x.").items() if count},
    )


def room_word(rooms: Rooms) -> str:
    """A room as one word of an address."""
    return f"{rooms.type}.{rooms.plan}.{rooms.adults}.{rooms.children}"


def hours_word(hours: Hours) -> str:
    """A room by the hour as one word of an address."""
    return f"{hours.type}.{hours.day.isoformat()}.{hours.start}"


def item_word(add: Add) -> str:
    """An extra at a time of its own as one word of an address."""
    day = add.day.isoformat() if add.day is not None else ""
    return f"{add.extra}.{day}.{add.start}.{add.length}"


def _same(one: Rooms, other: Rooms) -> bool:
    return replace(one, count=1) == replace(other, count=1)


def _count(typed: str) -> int:
    return min(int(typed), MOST_ROOMS) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0


def _room(word: str, count: int) -> Rooms | None:
    found = _ROOM.match(word)
    if found is None or not count:
        return None
    return Rooms(type=found[1], plan=found[2], adults=int(found[3]), children=int(found[4]), count=count)


def _hours(word: str) -> Hours | None:
    found = _HOURS.match(word)
    day = _day(found[2]) if found is not None else None
    if found is None or day is None or int(found[3]) > 23:
        return None
    return Hours(type=found[1], day=day, start=int(found[3]))


def _item(word: str) -> Add | None:
    found = _ITEM.match(word)
    day = _day(found[2]) if found is not None else None
    if found is None or day is None or int(found[3]) > 23:
        return None
    return Add(extra=found[1], day=day, start=int(found[3]), length=int(found[4]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

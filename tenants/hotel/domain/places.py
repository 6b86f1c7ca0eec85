"""Which of a booking's places are one stay's: so that a night of it can return alone, or change its type."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from chalicelib.commerce.stock import Hold
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class Freed:
    """What returns of a booking's holds (each once, with how many of it) and of the stay's own."""

    booked: tuple[tuple[Hold, int], ...]
    own: tuple[Hold, ...]

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The same as holds of what returns."""
        return (*(replace(hold, count=count) for hold, count in self.booked), *self.own)


def freed(
    stay: Stay, nights: Sequence[date], *, booked: Sequence[Hold], types: Mapping[str, RoomType]
) -> Freed:
    """The places of these nights of a stay: its own where it has some, else its share of the booking's.

    The allowance is sold last and returns first.
    """
    mine: list[Hold] = []
    theirs: list[tuple[Hold, int]] = []
    for night in nights:
        slot = night.isoformat()
        own = [hold for hold in stay.holds if hold.slot == slot]
        mine += own
        if own:
            continue
        for type, count in needs(types[stay.type]).items():
            theirs += _share(booked, type, slot, count)
    return Freed(booked=tuple(theirs), own=tuple(mine))


def needs(kind: RoomType) -> dict[str, int]:
    """Places of which types one room, or one house, takes a night."""
    return {kind.id: 1, **kind.parts}


def kept(holds: Sequence[Hold], gone: Freed) -> tuple[Hold, ...]:
    """A booking's holds without what was freed of them."""
    less = {(hold.resource, hold.slot, hold.bucket): count for hold, count in gone.booked}
    after = (
        replace(hold, count=hold.count - less.get((hold.resource, hold.slot, hold.bucket), 0))
        for hold in holds
    )
    return tuple(hold for hold in after if hold.count)


def type_on(stay: Stay, night: date) -> str:
    """Of which type the stay holds a place that night: the one that was sold, unless it changed."""
    slot = night.isoformat()
    own = next((hold for hold in stay.holds if hold.slot == slot), None)
    return type_of(own) if own is not None else stay.type


def type_of(hold: Hold) -> str:
    """The type whose place a hold is."""
    return hold.resource.split(":")[1]


def _share(holds: Sequence[Hold], type: str, slot: str, count: int) -> list[tuple[Hold, int]]:
    found: list[tuple[Hold, int]] = []
    fitting = [
        hold
        for hold in holds
        if hold.slot == slot and hold.resource.startswith("type:") and type_of(hold) == type
    ]
    for hold in sorted(fitting, key=lambda hold: ":over" not in hold.resource):
        part = min(hold.count, count)
        if part:
            found.append((hold, part))
            count -= part
    return found

"""Room types, their pools of places, rooms, whole houses 整栋, rooms by the hour 钟点房."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import time

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.refusals import (
    AllowanceFixed,
    HoursTooLong,
    HoursUneven,
    HouseElsewhere,
    HouseEmpty,
    HouseFixed,
    HouseOfHouses,
    PeopleWrong,
)

REAL, OVER = "room", "over"

BEDS = ("single", "double", "queen", "king", "bunk", "sofa", "kang", "tatami")
AMENITIES = (
    *("wifi", "window", "air-conditioning", "heating", "tv", "desk", "kettle", "fridge", "safe"),
    *("bathtub", "shower", "smart-toilet", "hair-dryer", "washer", "kitchen", "balcony", "view", "courtyard"),
    *("accessible", "cot", "no-smoking"),
)
"""What guests ask about, as codes; pages say them in each language."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Places of a type that are counted together. ``capacity`` never changes; a pool is closed, not shrunk.

    kind: ``room`` (rooms that exist) or ``over`` (the overbooking allowance, sold last).
    """

    resource: str
    capacity: int
    kind: str = REAL
    open: bool = True


@dataclass(frozen=True, kw_only=True)
class Hourly:
    """Rooms sold by the hour: from ``opens`` to ``closes``, ``hours`` at a time, ``price`` fen for that.

    ``rooms`` stays as it is once they are on sale: it is the capacity of the hours.
    """

    rooms: int
    opens: time
    closes: time
    hours: int
    price: int
    on: bool = True

    def __post_init__(self) -> None:
        if self.opens.minute or self.closes.minute or self.opens >= self.closes:
            raise HoursUneven
        if not 1 <= self.hours <= self.closes.hour - self.opens.hour:
            raise HoursTooLong


@dataclass(frozen=True, kw_only=True)
class RoomType:
    """What is sold at a property (``site``). ``included`` people are in the price, ``most`` may stay.

    ``amenities``: codes of ``AMENITIES``. A whole house has ``parts``: how many rooms of which types it takes
    with it (``members`` by number).
    """

    id: str
    site: str
    names: Mapping[str, str]
    beds: Mapping[str, int] = field(default_factory=dict)
    included: int = 2
    most: int = 2
    area: int = 0
    pools: tuple[Pool, ...] = ()
    members: tuple[str, ...] = ()
    parts: Mapping[str, int] = field(default_factory=dict)
    hourly: Hourly | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    amenities: tuple[str, ...] = ()
    on: bool = True
    version: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.included <= self.most:
            raise PeopleWrong

    @property
    def resource(self) -> str:
        """The first pool's name, which stands for the type."""
        return f"type:{self.id}"

    @property
    def house(self) -> bool:
        """Whether this is a whole house."""
        return bool(self.parts)

    @property
    def capacity(self) -> int:
        """Rooms of this type that exist."""
        return sum(pool.capacity for pool in self.real)

    @property
    def allowance(self) -> int:
        """How many more may be sold than exist."""
        return sum(pool.capacity for pool in self.pools if pool.kind == OVER and pool.open)

    @property
    def real(self) -> tuple[Pool, ...]:
        """The pools of rooms that exist."""
        return tuple(pool for pool in self.pools if pool.kind == REAL)

    @property
    def sold_from(self) -> tuple[Pool, ...]:
        """The open pools in the order in which they are sold."""
        return (*self.real, *(pool for pool in self.pools if pool.kind == OVER and pool.open))

    def with_rooms(self, count: int) -> "RoomType":
        """At least ``count`` rooms: those that are new come as a pool of their own."""
        new = count - self.capacity
        return self if new <= 0 else self._with_pool(capacity=new, kind=REAL)

    def with_allowance(self, wanted: int) -> "RoomType":
        """An overbooking allowance of ``wanted``. Raises ``AllowanceFixed``.

        Pools opened earlier are opened again first; a sum in between could sell more than was ever allowed.
        """
        over = [pool for pool in self.pools if pool.kind == OVER]
        sums = [sum(pool.capacity for pool in over[:count]) for count in range(len(over) + 1)]
        if wanted < sums[-1] and wanted not in sums:
            raise AllowanceFixed(wanted=wanted, possible=sums)
        opened = sums.index(wanted) if wanted in sums else len(over)
        kept = {pool.resource: number < opened for number, pool in enumerate(over)}
        pools = tuple(replace(pool, open=kept.get(pool.resource, pool.open)) for pool in self.pools)
        changed = replace(self, pools=pools)
        return changed if wanted <= sums[-1] else changed._with_pool(capacity=wanted - sums[-1], kind=OVER)

    def _with_pool(self, *, capacity: int, kind: str) -> "RoomType":
        number = sum(1 for pool in self.pools if pool.kind == kind) + 1
        stem = self.resource if kind == REAL else f"{self.resource}:over"
        name = stem if number == 1 else f"{stem}:{number}"
        return replace(self, pools=(*self.pools, Pool(resource=name, capacity=capacity, kind=kind)))


@dataclass(frozen=True, kw_only=True)
class Room:
    """A room by its number. ``features`` are short words (``window``, ``accessible``, ``smoking``)."""

    number: str
    site: str
    type: str
    floor: str
    features: tuple[str, ...] = ()


def house(kind: RoomType, members: Sequence[Room], *, types: Mapping[str, RoomType]) -> RoomType:
    """``kind`` as the whole house of these rooms. Raises ``SetupInvalid``."""
    parts: dict[str, int] = {}
    for room in members:
        if types[room.type].house:
            raise HouseOfHouses(room=room.number)
        if room.site != kind.site:
            raise HouseElsewhere
        parts[room.type] = parts.get(room.type, 0) + 1
    if not parts:
        raise HouseEmpty
    numbers = tuple(sorted(room.number for room in members))
    if kind.house and (numbers != kind.members):
        raise HouseFixed
    return replace(kind, members=numbers, parts=parts).with_rooms(1)

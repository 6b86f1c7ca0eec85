"""The assistant for nights that two have sold: what found no place, where it could go, putting it there."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.channel import Closure, Health, NoRoomThere
from tenants.hotel.domain.nights import left
from tenants.hotel.usecases import channels
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.ports import Hotel


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A type that still has room on every night of a conflict, and how many rooms."""

    type: str
    left: int


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What a desk must know of its channels: names of those that are stale, entries that found no place,
    bookings whose entries are gone."""

    stale: Sequence[str]
    conflicts: int
    dropped: int


def conflicts(*, hotel: Hotel) -> Sequence[Closure]:
    """Every entry of a calendar that found no place: the same nights were sold twice."""
    found = [
        closure
        for channel in hotel.channels.all()
        for closure in hotel.channels.closures(channel.id).values()
        if closure.conflict
    ]
    return sorted(found, key=lambda closure: (closure.first, closure.id))


def watch(site: str, *, hotel: Hotel) -> Watch:
    """What is wrong with the channels of a house; two queries, and one for each channel that is read."""
    reading = [one for one in hotel.channels.all() if one.site == site and one.address]
    kept = [closure for one in reading for closure in hotel.channels.closures(one.id).values()]
    return Watch(
        stale=[one.name for one in reading if one.health(now=hotel.now) is Health.STALE],
        conflicts=sum(1 for closure in kept if closure.conflict),
        dropped=len(hotel.channels.dropped(site)) if reading else 0,
    )


def proposals(closure: Closure, *, hotel: Hotel) -> Sequence[Proposal]:
    """Where the guest of a conflict could sleep: types of the property with room on all of its nights."""
    house = hotel.setup.house()
    nights = hotel.calendar.nights(closure.site, closure.first, closure.last, fresh=True)
    slots = [night.isoformat() for night in closure.nights]
    found = []
    for kind in house.types.values():
        if kind.site == closure.site and kind.on:
            free = left(kind, slots, nights, types=house.types, over=False)  # as ``place`` takes them
            if free > 0:
                found.append(Proposal(type=kind.id, left=free))
    return found


def others(closure: Closure, *, hotel: Hotel) -> Sequence[Proposal]:
    """Where the guest of an entry that has a place could sleep instead. A house and its own parts are left
    out: their places are the same ones, and cannot be taken before they are given back."""
    kinds = hotel.setup.house().types
    own = kinds.get(closure.type)
    same = {closure.type, *(own.parts if own is not None else ())}
    same |= {kind.id for kind in kinds.values() if closure.type in kind.parts}
    return [one for one in proposals(closure, hotel=hotel) if one.type not in same]


def place(channel: str, id: str, *, type: str, hotel: Hotel) -> Closure:
    """Give the guest of an entry a room of this type, in place of the one it has or has not. One that is a
    booking is moved as bookings are. Raises ``NoRoomThere``."""
    closure = channels.entry(channel, id, hotel=hotel)
    if closure.order or (closure.type == type and not closure.conflict):
        return closure
    house = hotel.setup.house()
    kind = channels.kind_of(house, type)
    try:
        after = channels.held(replace(closure, type=kind.id, holds=()), kind, house=house, hotel=hotel)
    except SoldOut:
        raise NoRoomThere from None
    hotel.channels.close(after, before=closure)
    hotel.stock({}).reopen(closure.holds)
    say_nights(hotel=hotel, taken=after.holds, back=closure.holds)
    return after

"""Nights on the stock kernel: which slots a stay, a whole house, some hours or a repair take.

Resource = a pool of a type, slot = ``YYYY-MM-DD``, shelf = ``<property>#<yyyymm>``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta

from chalicelib.commerce.stock import Claim, Hold, Slot
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.rooms import Hourly, Pool, RoomType
from tenants.hotel.domain.sheet import month_of

OUT_OF_ORDER = "ooo-"
"""Holders of rooms out of order begin so: no order's 16 random characters contain a hyphen or an o."""

MOST_WRITES = 80
"""Claims and stays of one transaction: with order, lock, outbox, audit and command it stays below 100."""


class TooMuchAtOnce(Refusal):
    code = "hotel.booking.too-much"
    status = 422
    detail = N_("一次预订的房晚太多(%(wanted)s,最多 %(most)s)。")
    remedy = N_("请分成几个订单。")


class HoursClosed(Refusal):
    code = "hotel.hours.closed"
    status = 422
    detail = N_("钟点房在 %(opens)s 至 %(closes)s 之间开放,每次 %(hours)s 小时。")


@dataclass(frozen=True)
class Taken:
    """How many of a pool's rooms are taken on a night."""

    taken: int = 0


@dataclass(frozen=True)
class Night(Taken):
    """The same, and how many of them by rooms out of order (``broken``)."""

    broken: int = 0


Nights = Mapping[tuple[str, str], Night]
"""By (resource, slot); what is missing is untouched."""

Counts = Mapping[tuple[str, str], Taken]
"""The same, where nobody asks what is broken."""

NONE_TAKEN = Night()


def slot_of(pool: Pool, property: str, day: date) -> Slot:
    """A pool's night."""
    return Slot(
        resource=pool.resource,
        slot=day.isoformat(),
        capacity=pool.capacity,
        shelf=f"{property}#{month_of(day)}",
    )


def pools(kinds: Iterable[RoomType], *, over: bool) -> dict[str, tuple[Pool, ...]]:
    """The pools to try for each type's first resource, in order; with or without the allowance."""
    return {kind.resource: kind.sold_from if over else kind.real for kind in kinds}


def claims(
    wanted: Sequence[tuple[RoomType, int]],
    nights: Sequence[date],
    *,
    types: Mapping[str, RoomType],
    stays: bool = True,
) -> tuple[Claim, ...]:
    """What must be held for so many rooms of each type: one claim a (type, night), houses with their parts.

    A claim names the type's first pool; the kernel spreads it over the others. ``stays``: they become stays
    in one transaction. Raises ``TooMuchAtOnce``.
    """
    counts: dict[str, int] = {}
    for kind, rooms in wanted:
        counts[kind.id] = counts.get(kind.id, 0) + rooms
        for part, each in kind.parts.items():
            counts[part] = counts.get(part, 0) + each * rooms
    made = tuple(
        Claim(slot=slot_of(_first(types[id]), types[id].site, night), count=count)
        for id, count in counts.items()
        for night in nights
    )
    firm = sum(rooms for _, rooms in wanted) if stays else 0  # a room that becomes firm is a stay: a write
    require_few(len(made) + firm)
    return made


def hour_claims(
    kind: RoomType, hourly: Hourly, *, day: date, start: int, property: Property
) -> tuple[Claim, ...]:
    """The hours from ``start`` on, and each night of the type that they reach into. Raises ``HoursClosed``.

    Hours between check-out and check-in meet no night; others also take a place of it, so that a room is
    never sold for the night and for an hour of it.
    """
    end = start + hourly.hours
    if not hourly.opens.hour <= start or end > hourly.closes.hour:
        raise HoursClosed(opens=f"{hourly.opens:%H:%M}", closes=f"{hourly.closes:%H:%M}", hours=hourly.hours)
    slots = hour_slots(kind, day, range(start, end), capacity=hourly.rooms)
    met = met_nights(day, start, end, property=property)
    return (*(Claim(slot=slot, count=1) for slot in slots), *night_claims(kind, met))


def hour_slots(kind: RoomType, day: date, hours: Iterable[int], *, capacity: int) -> tuple[Slot, ...]:
    """The slots of a type's rooms by the hour."""
    return tuple(
        Slot(
            resource=f"hour:{kind.id}",
            slot=f"{day.isoformat()}T{hour:02d}",
            capacity=capacity,
            shelf=f"{kind.site}#{month_of(day)}#hours",
        )
        for hour in hours
    )


def night_claims(kind: RoomType, nights: Iterable[date]) -> tuple[Claim, ...]:
    """A place of the type on each of these nights."""
    return tuple(Claim(slot=slot_of(_first(kind), kind.site, night), count=1) for night in nights)


def met_nights(day: date, start: int, end: int, *, property: Property) -> tuple[date, ...]:
    """The nights that hours ``[start, end)`` of a day reach into: none between check-out and check-in."""
    before = (day - timedelta(days=1),) if time(start) < property.check_out else ()
    after = (day,) if time(end - 1, 59) >= property.check_in else ()
    return before + after


def claims_again(
    holds: Sequence[Hold], *, types: Mapping[str, RoomType], extras: Mapping[str, int]
) -> tuple[Claim, ...]:
    """The claims that once gave these holds, counted by (first pool, slot). ``extras``: the size of the first
    pool by the extra's id. What is gone has no places: its claim finds none.
    """
    counts: dict[tuple[str, str, str], int] = {}
    for hold in holds:
        what, id = hold.resource.split(":")[:2]
        key = (f"{what}:{id}", hold.slot, hold.shelf)
        counts[key] = counts.get(key, 0) + hold.count
    return tuple(
        Claim(
            slot=Slot(resource=name, slot=slot, capacity=_capacity(name, types, extras), shelf=shelf),
            count=count,
        )
        for (name, slot, shelf), count in counts.items()
    )


def block_claims(
    room: str, kind: RoomType, nights: Sequence[date], *, types: Mapping[str, RoomType]
) -> tuple[Claim, ...]:
    """What a room out of order takes: a place of its type, and every whole house that it belongs to."""
    broken = [kind, *(house for house in types.values() if room in house.members)]
    made = tuple(
        Claim(slot=slot_of(_first(one), one.site, night), count=1) for one in broken for night in nights
    )
    require_few(len(made))
    return made


def left(
    kind: RoomType, slots: Sequence[str], nights: Counts, *, types: Mapping[str, RoomType], over: bool = True
) -> int:
    """How many of the type can be sold for all of these nights: what its pools have on the scarcest of them.

    A whole house also needs its parts. ``over``: with the overbooking allowance.
    """
    if not kind.house:
        return least(kind.sold_from if over else kind.real, slots, nights)
    parts = [least(types[part].real, slots, nights) // each for part, each in kind.parts.items()]
    return min([least(kind.real, slots, nights), *parts])


def free(kind: RoomType, day: date, nights: Nights) -> tuple[int, int]:
    """(rooms free, rooms out of order) of a type on a night; the allowance is no room."""
    slot = day.isoformat()
    found = [nights.get((pool.resource, slot), NONE_TAKEN) for pool in kind.real]
    return least(kind.real, (slot,), nights), sum(night.broken for night in found)


def touched(holds: Sequence[Hold]) -> tuple[tuple[str, date], ...]:
    """(type, night) of every hold on a type's pool, each once, in order."""
    found = {
        (hold.resource.split(":")[1], date.fromisoformat(hold.slot)): None
        for hold in holds
        if hold.resource.startswith("type:")
    }
    return tuple(found)


def rooms_of(spots: Iterable[tuple[str, date]], *, types: Mapping[str, RoomType]) -> tuple[Slot, ...]:
    """The slots of each (type, night) that are rooms: all of its pools but the allowance."""
    return tuple(
        slot_of(pool, kind.site, day)
        for kind, day in ((types.get(type), day) for type, day in spots)
        if kind is not None
        for pool in kind.real
    )


def given_back(
    nights: Nights, holds: Sequence[Hold], *, broken: bool = False
) -> dict[tuple[str, str], Night]:
    """``nights`` as they will be when these holds have returned."""
    after = dict(nights)
    for hold in holds:
        before = after.get((hold.resource, hold.slot), NONE_TAKEN)
        after[(hold.resource, hold.slot)] = Night(
            taken=max(0, before.taken - hold.count),
            broken=max(0, before.broken - hold.count) if broken else before.broken,
        )
    return after


def taken_too(nights: Nights, holds: Sequence[Hold], *, broken: bool = False) -> dict[tuple[str, str], Night]:
    """``nights`` as they will be when these places are taken; ``broken``: by a repair."""
    after = dict(nights)
    for hold in holds:
        before = after.get((hold.resource, hold.slot), NONE_TAKEN)
        after[(hold.resource, hold.slot)] = Night(
            taken=before.taken + hold.count, broken=before.broken + (hold.count if broken else 0)
        )
    return after


def least(pools: Sequence[Pool], slots: Sequence[str], nights: Counts) -> int:
    """What these pools have left together on the scarcest of the slots."""
    names, capacity = [pool.resource for pool in pools], sum(pool.capacity for pool in pools)
    most = 0
    for slot in slots:
        taken = 0
        for name in names:
            night = nights.get((name, slot))
            if night is not None:
                taken += night.taken
        most = max(most, taken)
    return capacity - most


def _first(kind: RoomType) -> Pool:
    """The pool that names the type; a type without rooms has an empty one, which is always sold out."""
    return kind.real[0] if kind.real else Pool(resource=kind.resource, capacity=0)


def _capacity(resource: str, types: Mapping[str, RoomType], extras: Mapping[str, int]) -> int:
    what, id = resource.split(":")
    if what == "extra":
        return extras.get(id, 0)
    kind = types.get(id)
    if kind is None:
        return 0
    if what == "hour":
        return kind.hourly.rooms if kind.hourly is not None else 0
    return _first(kind).capacity


def require_few(writes: int) -> None:
    """Refuse what one transaction cannot hold. Raises ``TooMuchAtOnce``."""
    if writes > MOST_WRITES:
        raise TooMuchAtOnce(wanted=writes, most=MOST_WRITES)

"""Nights as the stock kernel has them: a month of a property is one shelf, read by one query."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from chalicelib.commerce.stock import Slot
from chalicelib.commerce.stock.domain import Bucket
from chalicelib.commerce.stock.hints import Hints
from chalicelib.commerce.stock.rows import AT_ONCE
from chalicelib.commerce.stock.shelves import (
    buckets_of,
    shelf_between,
    sold_between,
    taken_between,
    taken_of,
)
from chalicelib.tenancy.context import current
from tenants.hotel.domain.nights import OUT_OF_ORDER, Night, Nights, Taken
from tenants.hotel.domain.sheet import months
from tenants.hotel.store import memory

_FRESH = 1.0
Buckets = Mapping[tuple[str, str, int], Bucket]


class CalendarStore:
    """The ``Calendar`` port."""

    def __init__(self, now: datetime, *, capacities: Callable[[], Mapping[str, int]]) -> None:
        self._now, self._capacities = now, capacities

    def nights(self, property: str, first: date, last: date, *, fresh: bool) -> Nights:
        if fresh:
            return self._read(property, first, last)
        key = ("nights", property, first.isoformat(), last.isoformat())
        return memory.kept(*key, seconds=_FRESH, read=lambda: self._read(property, first, last))

    def taken(self, property: str, first: date, last: date) -> Mapping[tuple[str, str], Taken]:
        key = ("taken", property, first.isoformat(), last.isoformat())
        return memory.kept(*key, seconds=_FRESH, read=lambda: self._count(property, first, last))

    def of(self, slots: Sequence[Slot]) -> Nights:
        found = taken_of(slots, now=self._now, apart=OUT_OF_ORDER)
        return {key: Night(*counts) for key, counts in found.items()}

    def hours(self, property: str, day: date) -> Nights:
        shelf = f"{property}#{months(day, day)[0]}#hours"
        found = taken_between(shelf, f"{day.isoformat()}T00", f"{day.isoformat()}T24", now=self._now)
        return {key: Night(*counts) for key, counts in found.items()}

    def _count(self, property: str, first: date, last: date) -> dict[tuple[str, str], Taken]:
        sold = sold_between(
            [f"{property}#{month}" for month in months(first, last)],
            first.isoformat(),
            last.isoformat(),
            now=self._now,
            capacities=self._capacities(),
        )
        alike = {count: Taken(count) for count in set(sold.values())}  # many nights are
        return {key: alike[count] for key, count in sold.items()}

    def _read(self, property: str, first: date, last: date) -> Nights:
        made: dict[tuple[int, int], Night] = {}
        found: dict[tuple[str, str], Night] = {}
        for month in months(first, last):
            taken = taken_between(
                f"{property}#{month}", first.isoformat(), last.isoformat(), now=self._now, apart=OUT_OF_ORDER
            )
            for key, counts in taken.items():  # many nights are alike: one object for all of them
                night = made.get(counts)
                found[key] = made.setdefault(counts, Night(*counts)) if night is None else night
        return found


def look(slots: Sequence[Slot], *, hints: Hints) -> None:
    """Note what is left of these slots as hints, where the kernel would ask slot by slot: in one batch, or by
    a query a shelf when that is too many rows."""
    who = current().tenant.id
    unknown = [slot for slot in slots if slot.shelf and hints.known(who, slot) is None]
    if sum(slot.buckets for slot in unknown) <= AT_ONCE:
        found = buckets_of(unknown)
        for slot in unknown:
            hints.learn(who, slot, _left(slot, found))
        return
    shelves: dict[str, list[Slot]] = {}
    for slot in unknown:
        shelves.setdefault(slot.shelf, []).append(slot)
    for shelf, wanted in shelves.items():
        days = [slot.slot for slot in wanted]
        buckets = shelf_between(shelf, min(days), max(days))
        for slot in wanted:
            hints.learn(who, slot, _left(slot, buckets))


def _left(slot: Slot, buckets: Buckets) -> dict[int, int]:
    left = {}
    for number in range(slot.buckets):
        bucket = buckets.get((slot.slot, slot.resource, number))
        left[number] = slot.size(number) if bucket is None else bucket.left
    return left

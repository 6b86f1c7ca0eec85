"""The front desk's ports in memory: the same conditions and refusals, no table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.stock.domain import Bucket, Hold, HoldLost, holder, word
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day
from tenants.hotel.domain.guest import Batch, Guest, Registered
from tenants.hotel.domain.housekeeping import Cleanliness, Found, RoomStatus
from tenants.hotel.domain.stay import Stay, StayState, booked_day, ids
from tenants.hotel.domain.units import Marks, RoomNotFree, RoomOccupied
from tests.fakes import Work


class FakeStays:
    """The ``Stays`` port."""

    def __init__(self, memory: Any, work: Work) -> None:
        self._memory, self._work = memory, work

    def get(self, id: str) -> Stay:
        if id not in self._memory.stays:
            raise Missing(stay=id)
        found: Stay = self._memory.stays[id]
        return found

    def several(self, ids: Sequence[str]) -> list[Stay]:
        return [self._memory.stays[id] for id in ids if id in self._memory.stays]

    def of_order(self, order: Order) -> list[Stay]:
        return self.several([id for index in range(len(order.lines)) for id in ids(order, index)])

    def arriving(self, property: str, first: date, last: date) -> list[Stay]:
        return [one for one in self._all(property) if first <= booked_day(one.id) < last]

    def book(self, property: str, first: date, last: date, *, after: str = "") -> Iterator[Stay]:
        return (one for one in self._all(property) if first <= booked_day(one.id) <= last and one.id > after)

    def in_house(self, property: str) -> list[Stay]:
        return [one for one in self._all(property) if one.state is StayState.IN_HOUSE]

    def departed(self, property: str, day: date) -> list[Stay]:
        gone = [one for one in self._all(property) if one.state is StayState.DEPARTED]
        return [one for one in gone if one.left is not None and business_day(one.left) == day]

    def create(self, stays: Sequence[Stay]) -> None:
        kept = self._memory.stays
        for stay in stays:
            self._work.join(
                lambda stay=stay: stay.id not in kept, lambda stay=stay: kept.update({stay.id: stay})
            )

    def keep(
        self, stay: Stay, *, before: Stay, taken: Sequence[Hold] = (), back: Sequence[Hold] = ()
    ) -> None:
        kept = self._memory.stays
        self._work.join(lambda: kept[stay.id].version == before.version, lambda: kept.update({stay.id: stay}))
        for hold in taken:
            self._set(hold, stay.id, lasting=True)
        for hold in back:
            self._set(hold, stay.id, lasting=False)

    def _all(self, property: str) -> list[Stay]:
        return sorted((one for one in self._memory.stays.values() if one.site == property), key=_id)

    def _set(self, hold: Hold, stay: str, *, lasting: bool) -> None:
        place, name, buckets = (hold.resource, hold.slot, hold.bucket), holder(stay), self._memory.buckets

        def change() -> None:
            before = buckets[place]
            others = {other: value for other, value in before.holds.items() if other != name}
            if lasting:
                lasts = {**others, name: word(count=hold.count, until=None)}
                buckets[place] = replace(before, holds=lasts)
            else:
                buckets[place] = Bucket(left=before.left + hold.count, holds=others)

        self._work.join(lambda: name in buckets[place].holds, change, HoldLost())


class FakeGuests:
    """The ``Guests`` port."""

    def __init__(self, memory: Any, work: Work) -> None:
        self._memory, self._work = memory, work

    def of_stay(self, stay: str) -> list[Guest]:
        found = [guest for guest in self._memory.guests.values() if guest.stay == stay]
        return sorted(found, key=lambda guest: guest.number)

    def several(self, refs: Sequence[str]) -> list[Guest]:
        return [self._memory.guests[ref] for ref in refs if ref in self._memory.guests]

    def open(self, site: str) -> list[Guest]:
        return [
            guest
            for guest in self._memory.guests.values()
            if guest.arrived is not None and guest.state is not Registered.ACCEPTED
        ]

    def reported(self, site: str, day: date) -> list[Guest]:
        return self.several([ref for ref, when in self._memory.reported.items() if when == day])

    def known(self, key: str, *, most: int) -> Sequence[Guest]:
        return self.several(sorted(self._memory.known.get(key, ()), reverse=True)[:most])

    def list_under(self, guest: Guest, *, keys: Sequence[str]) -> None:
        for key in keys:
            found = self._memory.known.setdefault(key, set())
            self._work.join(lambda: True, lambda found=found: found.add(guest.ref))

    def keep(self, guest: Guest, *, before: Guest | None, site: str) -> None:
        guests, reported = self._memory.guests, self._memory.reported

        def same() -> bool:
            kept = guests.get(guest.ref)
            return (kept.version if kept is not None else None) == (before.version if before else None)

        def change() -> None:
            guests[guest.ref] = guest
            if guest.state is Registered.ACCEPTED:
                reported[guest.ref] = business_day(self._work.now)

        self._work.join(same, change)

    def drop(self, guest: Guest) -> None:
        guests = self._memory.guests
        self._work.join(lambda: guests.get(guest.ref) == guest, lambda: guests.pop(guest.ref) and None)

    def batch(self, site: str, id: str) -> Batch:
        if id not in self._memory.batches:
            raise Missing(batch=id)
        found: Batch = self._memory.batches[id]
        return found

    def batches(self, site: str, month: str) -> list[Batch]:
        return sorted(self._memory.batches.values(), key=lambda batch: batch.id, reverse=True)

    def keep_batch(self, batch: Batch) -> None:
        self._work.join(lambda: True, lambda: self._memory.batches.update({batch.id: batch}))


class FakeUnits:
    """The ``Units`` port."""

    def __init__(self, memory: Any, work: Work) -> None:
        self._units, self._work = memory.units, work

    def change(self, property: str, *, holder: str, add: Marks, drop: Marks) -> None:
        units = self._units
        for room, some in drop.items():
            for mark in some:
                self._work.join(
                    lambda key=(room, mark): units.get(key) == holder,
                    lambda key=(room, mark): units.pop(key) and None,
                    RoomNotFree(room=room),
                )
        for room, some in add.items():
            for mark in some:
                self._work.join(
                    lambda key=(room, mark): units.get(key, holder) == holder,
                    lambda key=(room, mark): units.update({key: holder}),
                    RoomNotFree(room=room),
                )

    def taken(self, property: str, first: date, last: date) -> Mapping[tuple[str, str], str]:
        days = (first.isoformat(), last.isoformat())
        return {key: one for key, one in self._units.items() if days[0] <= key[1][:10] <= days[1]}


class FakeBoard:
    """The ``Board`` port."""

    def __init__(self, memory: Any, work: Work) -> None:
        self._board, self._work = memory.board, work

    def all(self, property: str) -> Mapping[str, RoomStatus]:
        return self._board

    def one(self, property: str, room: str) -> RoomStatus:
        return self._at(room)

    def mark(self, property: str, room: str, state: Cleanliness) -> None:
        self._work.join(
            lambda: True, lambda: self._board.update({room: replace(self._at(room), state=state)})
        )

    def saw(self, property: str, room: str, found: Found | None, *, at: datetime) -> None:
        def change() -> None:
            self._board[room] = replace(self._at(room), found=found, seen=at if found else None)

        self._work.join(lambda: True, change)

    def enter(self, property: str, room: str, stay: str) -> None:
        self._work.join(
            lambda: self._at(room).occupant in {"", stay},
            lambda: self._board.update({room: replace(self._at(room), occupant=stay, found=None)}),
            RoomOccupied(room=room),
        )

    def leave(self, property: str, room: str, stay: str) -> None:
        empty = RoomStatus(room=room, state=Cleanliness.DIRTY)
        self._work.join(lambda: self._at(room).occupant == stay, lambda: self._board.update({room: empty}))

    def _at(self, room: str) -> RoomStatus:
        return self._board.get(room, RoomStatus(room=room))


def _id(stay: Stay) -> str:
    return stay.id

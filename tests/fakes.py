"""Twins of the ports, in memory: the same conditions, the same refusals, no table and no network.

A ``Work`` collects checks and changes as the unit of work does, and makes them real together or not at all.
They pass the contract tests that the real stores pass (``tests/component/test_*_contract.py``).
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from chalicelib.commerce.orders.domain import AlreadyHas, Fulfilment, Order
from chalicelib.commerce.orders.domain import State as OrderState
from chalicelib.commerce.orders.ports import Lock, PendingRefund
from chalicelib.commerce.stock.domain import Bucket, Hold, HoldLost, Pick, Slot, count_of, holder, word
from chalicelib.commerce.stock.hints import Hints
from chalicelib.kernel.errors import Clash, KeyReused, Missing, Refusal
from chalicelib.kernel.events import Event, envelope
from chalicelib.persistence.unit_of_work import AlreadyDone, Command
from tenants.scenic.domain.area import Area, Gauge
from tenants.scenic.domain.limit import Limit
from tenants.scenic.domain.product import Product
from tenants.scenic.domain.ticket import Ticket
from tenants.scenic.usecases.ports import Minute

Place = tuple[str, str, int]  # resource, slot, bucket


@dataclass
class Memory:
    """Everything one tenant has."""

    areas: list[Area] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    buckets: dict[Place, Bucket] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    locks: dict[str, tuple[Lock, datetime]] = field(default_factory=dict)
    owed: dict[str, PendingRefund] = field(default_factory=dict)
    tickets: dict[tuple[str, int], Ticket] = field(default_factory=dict)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    gauges: dict[tuple[str, date], Gauge] = field(default_factory=dict)
    passings: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    void: set[str] = field(default_factory=set)
    leavings: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    noted: dict[tuple[str, date, str], str] = field(default_factory=dict)
    minutes: dict[tuple[str, datetime], Minute] = field(default_factory=dict)
    commands: dict[str, tuple[str, str]] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    limits_said: dict[str, str] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)
    hints: Hints = field(default_factory=Hints)


class Work:
    """The unit of work: ``join`` takes a check, a change and the refusal when the check fails."""

    def __init__(self, memory: Memory, *, action: str, now: datetime, command: Command | None = None) -> None:
        self.memory, self.action, self.now, self.command = memory, action, now, command
        self._steps: list[tuple[Callable[[], bool], Callable[[], None], Refusal | None]] = []
        self._events: list[Event] = []
        self._back: list[Callable[[], object]] = []
        self._reason = ""

    def because(self, reason: str) -> None:
        self._reason = reason

    def if_refused(self, step: Callable[[], object]) -> None:
        self._back.append(step)

    def join(
        self, check: Callable[[], bool], change: Callable[[], None], otherwise: Refusal | None = None
    ) -> None:
        self._steps.append((check, change, otherwise))

    def publish(self, *events: Event) -> None:
        self._events.extend(events)

    @property
    def empty(self) -> bool:
        return not self._steps and not self._events

    def commit(self, answer: Any = None) -> None:
        if self.command is not None and self.command.key in self.memory.commands:
            digest, stored = self.memory.commands[self.command.key]
            if digest != self.command.digest:
                raise KeyReused
            raise AlreadyDone(json.loads(stored))
        for check, _, otherwise in self._steps:
            if not check():
                for step in self._back:
                    step()
                raise otherwise or Clash()
        for _, change, _ in self._steps:
            change()
        if self._reason:
            self.memory.reasons.append((self.action, self._reason))
        if self.command is not None:
            self.memory.commands[self.command.key] = (self.command.digest, json.dumps(answer))
        who = {"tenant": "tn_fake", "kind": "scenic", "slug": "fake", "district": "410185"}
        self.memory.said += [envelope(event, now=self.now, **who) for event in self._events]


class FakeBuckets:
    """The ``Buckets`` port."""

    def __init__(self, memory: Memory) -> None:
        self._buckets = memory.buckets

    def read(self, slot: Slot, numbers: Sequence[int], *, exact: bool) -> Mapping[int, Bucket]:
        return {number: self._at(slot, number) for number in numbers}

    def claim(self, slot: Slot, bucket: int, *, name: str, word: int) -> bool:
        before = self._at(slot, bucket)
        if before.left < count_of(word) + slot.floor(bucket) or name in before.holds:
            return False
        holds = {**before.holds, name: word}
        self._buckets[(*slot.key, bucket)] = Bucket(left=before.left - count_of(word), holds=holds)
        return True

    def claim_all(self, picks: Sequence[tuple[Slot, int, int]], *, name: str) -> Sequence[bool]:
        before = dict(self._buckets)
        refused = [not FakeBuckets.claim(self, *pick[:2], name=name, word=pick[2]) for pick in picks]
        if any(refused):
            self._buckets.clear()
            self._buckets.update(before)
        return refused

    def release(self, hold: Hold, *, name: str, word: int) -> bool:
        place = (hold.resource, hold.slot, hold.bucket)
        before = self._buckets.get(place)
        if before is None or before.holds.get(name) != word:
            return False
        holds = {other: value for other, value in before.holds.items() if other != name}
        self._buckets[place] = Bucket(left=before.left + count_of(word), holds=holds)
        return True

    def _at(self, slot: Slot, bucket: int) -> Bucket:
        return self._buckets.get((*slot.key, bucket), Bucket(left=slot.size(bucket)))


def take(picks: Sequence[Pick], order: str, *, buckets: dict[Any, Bucket], work: Work) -> None:
    """Join the work: what was picked is taken for good, where there is still so much."""
    for pick in picks:
        place = (*pick.slot.key, pick.bucket)

        def at(pick: Pick = pick, place: Any = place) -> Bucket:
            return buckets.get(place, Bucket(left=pick.slot.size(pick.bucket)))

        def may(pick: Pick = pick, at: Any = at) -> bool:
            enough: bool = at().left >= pick.count + pick.slot.floor(pick.bucket)
            return enough and holder(order) not in at().holds

        def change(pick: Pick = pick, place: Any = place, at: Any = at) -> None:
            lasting = word(count=pick.count, until=None)
            buckets[place] = Bucket(left=at().left - pick.count, holds={**at().holds, holder(order): lasting})

        work.join(may, change)


class FakeOrders:
    """The ``Orders`` port."""

    def __init__(self, memory: Memory, work: Work) -> None:
        self._memory, self._work = memory, work

    def lock(self, key: str, mine: Lock, *, until: datetime, now: datetime) -> Lock | None:
        found = self._memory.locks.get(key)
        if found is not None and found[1] > now and found[0].order != mine.order:
            return found[0]
        self._memory.locks[key] = (mine, until)
        return None

    def locked(self, key: str, *, now: datetime) -> Lock | None:
        found = self._memory.locks.get(key)
        return found[0] if found is not None and found[1] > now else None

    def unlock(self, keys: Sequence[str], *, order: str) -> None:
        for key in keys:
            if self._has(key, order):
                del self._memory.locks[key]

    def create(self, order: Order) -> bool:
        new = order.id not in self._memory.orders
        self._memory.orders.setdefault(order.id, order)
        return new

    def find(self, id: str) -> Order | None:
        return self._memory.orders.get(id)

    def several(self, ids: Collection[str]) -> list[Order]:
        return [self._memory.orders[id] for id in ids if id in self._memory.orders]

    def get(self, id: str) -> Order:
        order = self.find(id)
        if order is None:
            raise Missing(order=id)
        return order

    expected = get

    def keep(self, order: Order, *, before: Order) -> None:
        def same() -> bool:
            kept = self._memory.orders.get(order.id)
            return kept is not None and kept.version == before.version

        self._work.join(same, lambda: self._memory.orders.update({order.id: order}))

    def fulfilled(self, id: str, fulfilment: Fulfilment) -> None:
        order = self.get(id)
        changed = replace(order, fulfilment=fulfilment, version=order.version + 1)
        self._memory.orders[id] = changed

    def confirm_holds(self, order: Order) -> None:
        self._lasting(order, order.ends)
        self._stamp(order, None)

    def extend(self, order: Order, *, before: Order) -> None:
        self._lasting(order, order.until)
        self._stamp(order, order.until)
        self.keep(order, before=before)

    def confirm_more(self, order: Order, holds: Sequence[Hold]) -> None:
        self._stamp(replace(order, holds=tuple(holds)), None)

    def extend_more(self, order: Order, holds: Sequence[Hold], *, until: datetime) -> None:
        self._stamp(replace(order, holds=tuple(holds)), until)

    def give_back(self, order: Order, hold: Hold, *, count: int) -> None:
        place, name = (hold.resource, hold.slot, hold.bucket), holder(order.id)
        until = order.until if order.state is OrderState.HELD else None
        expected = word(count=hold.count, until=until)

        def there() -> bool:
            bucket = self._memory.buckets.get(place)
            return bucket is not None and bucket.holds.get(name) == expected

        def change() -> None:
            bucket = self._memory.buckets[place]
            holds = {other: value for other, value in bucket.holds.items() if other != name}
            if hold.count > count:
                holds[name] = word(count=hold.count - count, until=until)
            self._memory.buckets[place] = Bucket(left=bucket.left + count, holds=holds)

        self._work.join(there, change)

    def unlock_with(self, keys: Sequence[str], *, order: str) -> None:
        for key in keys:
            self._work.join(
                lambda key=key: key not in self._memory.locks or self._has(key, order),
                lambda key=key: self._memory.locks.pop(key, None) and None,
            )

    def owe(self, refund: PendingRefund) -> None:
        owed = self._memory.owed
        self._work.join(lambda: refund.id not in owed, lambda: owed.update({refund.id: refund}))

    def settle(self, refund: PendingRefund) -> None:
        owed = self._memory.owed
        self._work.join(lambda: refund.id in owed, lambda: owed.pop(refund.id) and None)

    def owed(self) -> Sequence[PendingRefund]:
        return [self._memory.owed[id] for id in sorted(self._memory.owed)]

    def _has(self, key: str, order: str) -> bool:
        found = self._memory.locks.get(key)
        return found is not None and found[0].order == order

    def _lasting(self, order: Order, until: datetime) -> None:
        for key in order.locks:
            mine = Lock(order=order.id, command="", digest=order.digest)
            self._work.join(
                lambda key=key: key not in self._memory.locks or self._has(key, order.id),
                lambda key=key, mine=mine: self._memory.locks.update({key: (mine, until)}),
                AlreadyHas(tail="****"),
            )

    def _stamp(self, order: Order, until: datetime | None) -> None:
        name = holder(order.id)
        for hold in order.holds:
            place = (hold.resource, hold.slot, hold.bucket)
            value = word(count=hold.count, until=until)

            def there(place: Place = place) -> bool:
                return place in self._memory.buckets and name in self._memory.buckets[place].holds

            def change(place: Place = place, value: int = value) -> None:
                bucket = self._memory.buckets[place]
                holds = {**bucket.holds, name: value}
                self._memory.buckets[place] = Bucket(left=bucket.left, holds=holds)

            self._work.join(there, change, HoldLost())

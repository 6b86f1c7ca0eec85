"""The kernel under any sequence of claims, confirmations, refunds, expiries, retries and lost answers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.commerce.stock import Claim, Hold, Slot, SoldOut, Stock
from chalicelib.commerce.stock import hints as hints_module
from chalicelib.commerce.stock.domain import count_of, holder, word
from tests.fakes import FakeBuckets, Memory

START = datetime(2026, 10, 2, tzinfo=UTC)
HOLD_FOR = timedelta(minutes=15)


class LosesAnswers(FakeBuckets):
    """Carries a claim out and then says nothing about it."""

    class Lost(Exception):
        pass

    def claim(self, slot: Slot, bucket: int, *, name: str, word: int) -> bool:
        super().claim(slot, bucket, name=name, word=word)
        raise self.Lost

    def claim_all(self, picks: Sequence[tuple[Slot, int, int]], *, name: str) -> Sequence[bool]:
        super().claim_all(picks, name=name)
        raise self.Lost


class StockMachine(RuleBasedStateMachine):
    """Never over, never lost; "sold out" only when it is true."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()
        self.now = START
        self.seconds = 0.0
        self.made = 0
        self.wishes: dict[str, list[Claim]] = {}
        self.held: dict[str, tuple[Hold, ...]] = {}
        self.sure: set[str] = set()
        self._patch = patch.object(hints_module, "time", self)
        self._patch.start()

    def monotonic(self) -> float:
        return self.seconds

    def teardown(self) -> None:
        self._patch.stop()

    @initialize(capacities=st.lists(st.sampled_from([1, 3, 25, 26, 60]), min_size=1, max_size=3))
    def open_slots(self, capacities: list[int]) -> None:
        self.slots = [
            Slot(resource="main", slot=str(number), capacity=capacity)
            for number, capacity in enumerate(capacities)
        ]

    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(self.slots), min_size=1, unique_by=lambda s: s.slot))
        self._try([Claim(slot=slot, count=data.draw(st.integers(1, 30))) for slot in chosen])

    @rule(data=st.data(), count=st.integers(1, 4))
    def claim_a_few(self, data: st.DataObject, count: int) -> None:
        self._try([Claim(slot=data.draw(st.sampled_from(self.slots)), count=count)])

    @rule(data=st.data(), count=st.integers(1, 4))
    def claim_and_never_hear_of_it(self, data: st.DataObject, count: int) -> None:
        claims = [Claim(slot=data.draw(st.sampled_from(self.slots)), count=count)]
        order = self._order()
        stock = Stock(LosesAnswers(self.memory), who="t", hints=self.memory.hints)
        try:
            stock.hold(claims, order=order, until=self.now + HOLD_FOR, now=self.now)
        except SoldOut:
            return
        except LosesAnswers.Lost:
            self.wishes[order] = claims  # somebody will ask again under the same order

    @precondition(lambda self: self.wishes)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(sorted(self.wishes)))
        claims = self.wishes[order]
        before = self.held.get(order)
        try:
            holds = self._stock().hold(
                claims, order=order, until=self.now + HOLD_FOR, now=self.now, again=True
            )
        except SoldOut:
            assert order not in self.sure
            assert self._mine(order) < sum(claim.count for claim in claims)
            self.held.pop(order, None)
            return
        assert sum(hold.count for hold in holds) == sum(claim.count for claim in claims)
        if order in self.sure:
            assert before is not None
            assert sorted(map(repr, holds)) == sorted(map(repr, before))
        self.held[order] = holds

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(sorted(self.held)))
        if self._mine(order) < sum(hold.count for hold in self.held[order]):
            return  # taken back meanwhile: the transaction would refuse
        for hold in self.held[order]:
            bucket = self.memory.buckets[(hold.resource, hold.slot, hold.bucket)]
            bucket.holds[holder(order)] = word(count=hold.count, until=None)  # type: ignore[index]
        self.sure.add(order)

    @precondition(lambda self: self.sure)
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        order = data.draw(st.sampled_from(sorted(self.sure)))
        for hold in self.held[order]:
            value = word(count=hold.count, until=None)
            buckets = FakeBuckets(self.memory)
            assert buckets.release(hold, name=holder(order), word=value)
            assert not buckets.release(hold, name=holder(order), word=value)
        self._stock().reopen(self.held[order])
        self.sure.discard(order)
        del self.held[order], self.wishes[order]

    @rule(minutes=st.integers(0, 20), seconds=st.integers(2, 59))
    def wait(self, minutes: int, seconds: int) -> None:
        self.now += timedelta(minutes=minutes, seconds=seconds)
        self.seconds += minutes * 60 + seconds

    @invariant()
    def every_bucket_adds_up(self) -> None:
        for slot in getattr(self, "slots", []):
            for number in range(slot.buckets):
                bucket = self.memory.buckets.get((*slot.key, number))
                if bucket is not None:
                    assert bucket.left >= 0
                    assert bucket.left + sum(map(count_of, bucket.holds.values())) == slot.size(number)

    @invariant()
    def what_was_confirmed_is_there_and_within_capacity(self) -> None:
        for slot in getattr(self, "slots", []):
            sold = 0
            for order in self.sure:
                for hold in self.held[order]:
                    if (hold.resource, hold.slot) == slot.key:
                        bucket = self.memory.buckets[(*slot.key, hold.bucket)]
                        assert bucket.holds[holder(order)] == word(count=hold.count, until=None)
                        sold += hold.count
            assert sold <= slot.capacity

    def _try(self, claims: list[Claim]) -> None:
        order = self._order()
        free = {claim.slot.key: self._free(claim.slot) for claim in claims}
        closed = {claim.slot.key: self.memory.hints.closed("t", claim.slot) for claim in claims}
        try:
            holds = self._stock().hold(claims, order=order, until=self.now + HOLD_FOR, now=self.now)
        except SoldOut:
            short = [c for c in claims if free[c.slot.key] < c.count]
            remembered = [c for c in claims if (closed[c.slot.key] or c.count) < c.count]
            zero = [c for c in claims if closed[c.slot.key] == 0]
            assert short or remembered or zero
            assert self._mine(order) == 0
            return
        assert all(free[claim.slot.key] >= claim.count for claim in claims)
        assert self._mine(order) == sum(hold.count for hold in holds) == sum(c.count for c in claims)
        self.wishes[order], self.held[order] = claims, holds

    def _order(self) -> str:
        self.made += 1
        return f"or_{self.made:026d}"

    def _stock(self) -> Stock:
        return Stock(FakeBuckets(self.memory), who="t", hints=self.memory.hints)

    def _free(self, slot: Slot) -> int:
        buckets = FakeBuckets(self.memory).read(slot, range(slot.buckets), exact=True)
        return sum(bucket.available(now=self.now) for bucket in buckets.values())

    def _mine(self, order: str) -> int:
        name = holder(order)
        return sum(
            count_of(bucket.holds[name]) for bucket in self.memory.buckets.values() if name in bucket.holds
        )


class TestStockMachine(StockMachine.TestCase):
    settings = settings(max_examples=120, stateful_step_count=30)


def test_the_machine_would_notice_an_oversale() -> None:
    """A kernel that forgets to look at what is left fails the machine's own invariant."""
    machine = StockMachine()
    try:
        machine.open_slots([1])
        slot = machine.slots[0]
        machine._try([Claim(slot=slot, count=1)])
        bucket = machine.memory.buckets[(*slot.key, 0)]
        bucket.holds["x" * 16] = word(count=1, until=None)  # type: ignore[index]
        with pytest.raises(AssertionError):
            machine.every_bucket_adds_up()
    finally:
        machine.teardown()

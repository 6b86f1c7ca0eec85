"""The inventory kernel over buckets in memory: what it sells, what it refuses, what it takes back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.commerce.stock import Claim, Hold, Slot, SoldOut, Stock
from chalicelib.commerce.stock import hints as hints_module
from chalicelib.commerce.stock.domain import (
    PER_BUCKET,
    Bucket,
    count_of,
    holder,
    is_over,
    word,
)
from chalicelib.commerce.stock.hints import Hints
from chalicelib.kernel.ids import new_id
from tests.fakes import FakeBuckets, Memory

NOW = datetime(2026, 10, 2, 1, 30, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=15)
LATER = UNTIL + timedelta(seconds=2)


class Clock:
    """The machine's clock, moved by hand: hints live for one second of it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(hints_module, "time", moved)
    return moved


def slot(capacity: int, name: str = "am") -> Slot:
    return Slot(resource="main", slot=name, capacity=capacity)


def kernel(memory: Memory) -> Stock:
    return Stock(FakeBuckets(memory), who="t", hints=memory.hints)


def order() -> str:
    return new_id("or", now=NOW)


def places(holds: tuple[Hold, ...]) -> int:
    return sum(hold.count for hold in holds)


def take(stock: Stock, count: int, of: Slot, *, by: str = "", now: datetime = NOW) -> tuple[Hold, ...]:
    until = now + timedelta(minutes=15)
    return stock.hold([Claim(slot=of, count=count)], order=by or order(), until=until, now=now)


@given(capacity=st.integers(1, 5000))
def test_buckets_share_the_capacity_evenly_and_stay_small(capacity: int) -> None:
    whole = slot(capacity)
    sizes = [whole.size(number) for number in range(whole.buckets)]
    assert sum(sizes) == capacity
    assert max(sizes) <= PER_BUCKET
    assert max(sizes) - min(sizes) <= 1


@given(count=st.integers(1, 999), until=st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1)))
def test_a_hold_is_one_number_that_compares_by_its_expiry(count: int, until: datetime) -> None:
    until = until.replace(tzinfo=UTC)
    value = word(count=count, until=until)
    assert count_of(value) == count
    assert not is_over(value, now=until)
    assert is_over(value, now=until + timedelta(seconds=1))
    assert word(count=999, until=until) < word(count=1, until=until + timedelta(seconds=1))
    assert not is_over(word(count=count, until=None), now=datetime(2250, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("count", [0, -1, 1000])
def test_a_hold_of_nothing_or_of_too_much_is_an_error(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 999"):
        word(count=count, until=UNTIL)


@pytest.mark.parametrize("capacity", [1, 2, 24, 25, 26, 60, 1100])
def test_the_last_place_is_sold_once(capacity: int) -> None:
    memory, whole = Memory(), slot(capacity)
    for _ in range(capacity):
        assert places(take(kernel(memory), 1, whole)) == 1
    with pytest.raises(SoldOut) as refused:
        take(kernel(memory), 1, whole)
    assert refused.value.facts == {"left": 0, "wanted": 1}
    assert sum(bucket.left for bucket in memory.buckets.values()) == 0


def test_a_group_larger_than_any_bucket_is_held_over_several_or_not_at_all() -> None:
    memory, whole = Memory(), slot(60)
    stock = kernel(memory)
    holds = take(stock, 50, whole)
    assert places(holds) == 50
    assert len(holds) == 3
    with pytest.raises(SoldOut) as refused:
        take(stock, 11, whole)
    assert refused.value.facts["left"] == 10
    assert places(take(stock, 10, whole)) == 10


def test_several_slots_are_held_together_or_not_at_all() -> None:
    memory = Memory()
    stock = kernel(memory)
    nights = [slot(5, "n1"), slot(1, "n2"), slot(5, "n3")]
    claims = [Claim(slot=night, count=1) for night in nights]
    assert len(stock.hold(claims, order=order(), until=UNTIL, now=NOW)) == 3
    with pytest.raises(SoldOut):
        stock.hold(claims, order=order(), until=UNTIL, now=NOW)
    assert [memory.buckets[(*night.key, 0)].left for night in nights] == [4, 0, 4]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_same_order_again_gets_the_same_places(count: int) -> None:
    memory, whole, mine = Memory(), slot(60), order()
    claims = [Claim(slot=whole, count=count)]
    first = kernel(memory).hold(claims, order=mine, until=UNTIL, now=NOW)
    again = kernel(memory).hold(claims, order=mine, until=UNTIL, now=NOW, again=True)
    assert sorted(first, key=lambda hold: hold.bucket) == sorted(again, key=lambda hold: hold.bucket)
    assert sum(bucket.left for bucket in memory.buckets.values()) + sum(
        whole.size(number) for number in range(whole.buckets) if (*whole.key, number) not in memory.buckets
    ) == (60 - count)


def test_the_same_order_again_gets_its_places_when_all_is_sold() -> None:
    memory, whole, mine = Memory(), slot(2), order()
    first = take(kernel(memory), 2, whole, by=mine)
    with pytest.raises(SoldOut):
        take(kernel(memory), 1, whole)
    claims = [Claim(slot=whole, count=2)]
    assert kernel(memory).hold(claims, order=mine, until=UNTIL, now=NOW, again=True) == first


@pytest.mark.parametrize("again", [True, False])
def test_who_has_the_last_place_is_not_told_that_it_is_sold_out(again: bool) -> None:
    """The same command sent twice at once: its twin takes the place while this one looks."""
    memory, whole, mine = Memory(), slot(1), order()

    class Overtaken(FakeBuckets):
        looked = 0

        def read(self, slot: Slot, numbers: Sequence[int], *, exact: bool) -> Mapping[int, Bucket]:
            seen = super().read(slot, numbers, exact=exact)
            Overtaken.looked += 1
            if Overtaken.looked == 1 and again:
                self.claim(slot, 0, name=holder(mine), word=word(count=1, until=UNTIL))
            return seen

    if not again:
        take(kernel(memory), 1, whole, by=mine)
        memory.hints = Hints()
    stock = Stock(Overtaken(memory), who="t", hints=memory.hints)
    holds = stock.hold([Claim(slot=whole, count=1)], order=mine, until=UNTIL, now=NOW, again=again)
    assert places(holds) == 1


def test_a_claim_whose_answer_was_lost_is_recognised() -> None:
    """The request came twice (the client's library retried): the second finds what the first took."""

    class Twice(FakeBuckets):
        def claim(self, slot: Slot, bucket: int, *, name: str, word: int) -> bool:
            super().claim(slot, bucket, name=name, word=word)
            return super().claim(slot, bucket, name=name, word=word)

        def claim_all(self, picks: list[tuple[Slot, int, int]], *, name: str) -> list[bool]:  # type: ignore[override]
            super().claim_all(picks, name=name)
            return list(super().claim_all(picks, name=name))

    for claims in ([Claim(slot=slot(1), count=1)], [Claim(slot=slot(1, n), count=1) for n in "abc"]):
        memory = Memory()
        stock = Stock(Twice(memory), who="t", hints=memory.hints)
        assert places(stock.hold(claims, order=order(), until=UNTIL, now=NOW)) == len(claims)
        assert [bucket.left for bucket in memory.buckets.values()] == [0] * len(claims)


def test_a_hold_that_is_over_makes_room_for_the_next(clock: Clock) -> None:
    memory, whole = Memory(), slot(1)
    take(kernel(memory), 1, whole)
    with pytest.raises(SoldOut):
        take(kernel(memory), 1, whole, now=UNTIL)
    clock.seconds += 2
    mine = order()
    take(kernel(memory), 1, whole, by=mine, now=LATER)
    bucket = memory.buckets[(*whole.key, 0)]
    assert bucket.left == 0
    assert list(bucket.holds) == [holder(mine)]


def test_no_more_holds_are_taken_back_than_are_needed(clock: Clock) -> None:
    memory, whole = Memory(), slot(4)
    for _ in range(4):
        take(kernel(memory), 1, whole)
    clock.seconds += 2
    take(kernel(memory), 1, whole, now=LATER)
    assert len(memory.buckets[(*whole.key, 0)].holds) == 4


def test_a_confirmed_hold_is_never_taken_back(clock: Clock) -> None:
    memory, whole = Memory(), slot(1)
    kernel(memory).hold([Claim(slot=whole, count=1)], order=order(), until=None, now=NOW)
    clock.seconds += 2
    with pytest.raises(SoldOut):
        take(kernel(memory), 1, whole, now=datetime(2200, 1, 1, tzinfo=UTC))


def test_what_is_left_of_a_hold_that_is_over_is_not_taken_for_the_whole() -> None:
    """Five lay in two buckets; one part was taken back. Asked for again, it is five and not two."""
    memory, whole, mine = Memory(), slot(50), order()
    past = word(count=2, until=NOW)
    memory.buckets[(*whole.key, 0)] = Bucket(left=0, holds={"a": word(count=25, until=None)})
    memory.buckets[(*whole.key, 1)] = Bucket(
        left=10, holds={holder(mine): past, "b": word(count=13, until=None)}
    )
    claims = [Claim(slot=whole, count=5)]
    holds = kernel(memory).hold(claims, order=mine, until=None, now=LATER, again=True)
    assert places(holds) == 5
    assert memory.buckets[(*whole.key, 1)].left == 7


def test_sold_out_is_answered_from_memory_for_a_second_and_then_looked_up_again(clock: Clock) -> None:
    class Counting(FakeBuckets):
        reads = 0

        def read(self, *given: object, **more: object) -> dict[int, Bucket]:
            Counting.reads += 1
            return dict(super().read(*given, **more))  # type: ignore[arg-type]

    memory, whole = Memory(), slot(1)
    stock = Stock(Counting(memory), who="t", hints=memory.hints)
    take(stock, 1, whole)
    for _ in range(3):
        with pytest.raises(SoldOut):
            take(stock, 1, whole)
    before = Counting.reads
    with pytest.raises(SoldOut):
        take(stock, 1, whole)
    assert Counting.reads == before
    clock.seconds += 2
    with pytest.raises(SoldOut):
        take(stock, 1, whole)
    assert Counting.reads > before


def test_places_that_come_back_are_offered_at_once() -> None:
    memory, whole = Memory(), slot(1)
    stock = kernel(memory)
    holds = take(stock, 1, whole)
    with pytest.raises(SoldOut):
        take(stock, 1, whole)
    memory.buckets.clear()
    stock.reopen(holds)
    assert places(take(stock, 1, whole)) == 1


def test_one_tenants_hints_say_nothing_to_another() -> None:
    hints, whole = Hints(), slot(1)
    full, empty = Memory(), Memory()
    take(Stock(FakeBuckets(full), who="a", hints=hints), 1, whole)
    with pytest.raises(SoldOut):
        take(Stock(FakeBuckets(full), who="a", hints=hints), 1, whole)
    assert places(take(Stock(FakeBuckets(empty), who="b", hints=hints), 1, whole)) == 1


def test_what_is_left_is_counted_over_all_buckets(clock: Clock) -> None:
    memory, whole = Memory(), slot(2600)
    take(kernel(memory), 7, whole)
    clock.seconds += 2
    assert kernel(memory).left(whole, now=NOW) == 2593


def test_what_a_hold_that_is_over_keeps_can_be_had_and_is_shown(clock: Clock) -> None:
    memory, whole = Memory(), slot(30)
    take(kernel(memory), 30, whole)
    clock.seconds += 2
    assert kernel(memory).left(whole, now=NOW) == 0
    clock.seconds += 2
    assert kernel(memory).left(whole, now=LATER) == 30
    few = Slot(resource="main", slot="am", capacity=30, withheld=26)
    clock.seconds += 2
    assert kernel(memory).left(few, now=LATER) == 4
    assert places(take(kernel(memory), 4, few, now=LATER)) == 4
    clock.seconds += 2
    assert kernel(memory).left(few, now=LATER) == 0


@given(capacity=st.integers(1, 400), sold=st.integers(0, 60), withheld=st.integers(0, 400), data=st.data())
def test_with_places_withheld_never_more_is_sold_than_is_allowed(
    capacity: int, sold: int, withheld: int, data: st.DataObject
) -> None:
    whole, stock = slot(capacity), kernel(Memory())
    before = 0
    for _ in range(sold):
        count = data.draw(st.integers(1, 3))
        if before + count <= capacity:
            before += places(take(stock, count, whole))
    limited = Slot(resource="main", slot="am", capacity=capacity, withheld=min(withheld, capacity))
    allowed = capacity - limited.withheld
    left = stock.left(limited, now=NOW)
    assert left <= max(allowed - before, 0)
    more = 0
    while True:
        try:
            more += places(take(stock, 1, limited))
        except SoldOut:
            break
    assert before + more <= max(allowed, before)
    if not before:
        assert more == allowed

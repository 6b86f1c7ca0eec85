"""Buckets keep the same promises in memory and on the engine."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commerce.stock import Claim, Hold, Slot, SoldOut, Stock
from chalicelib.commerce.stock.domain import word
from chalicelib.commerce.stock.hints import Hints
from chalicelib.commerce.stock.kernel import Buckets
from chalicelib.commerce.stock.store import BucketStore
from chalicelib.kernel.ids import new_id
from chalicelib.persistence.table import tenant_key
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tests.fakes import FakeBuckets, Memory
from tests.scenic_world import NOW, context

UNTIL = NOW + timedelta(minutes=15)
ME, YOU = "m" * 16, "y" * 16


@pytest.fixture(params=["memory", "engine"])
def buckets(request: pytest.FixtureRequest) -> Iterator[Buckets]:
    if request.param == "memory":
        yield FakeBuckets(Memory())
        return
    request.getfixturevalue("engine")
    with bind(context()):
        yield BucketStore()


def slot(capacity: int, name: str = "am") -> Slot:
    return Slot(resource="main", slot=name, capacity=capacity)


def value(count: int, *, over: bool = False) -> int:
    return word(count=count, until=NOW - timedelta(seconds=5) if over else UNTIL)


def one(of: Slot, number: int = 0) -> Hold:
    return Hold(resource=of.resource, slot=of.slot, bucket=number, count=1)


def test_a_bucket_never_written_is_full(buckets: Buckets) -> None:
    whole = slot(51)
    read = buckets.read(whole, range(3), exact=True)
    assert {number: (bucket.left, dict(bucket.holds)) for number, bucket in read.items()} == {
        number: (17, {}) for number in range(3)
    }


def test_a_claim_takes_places_and_leaves_its_name(buckets: Buckets) -> None:
    whole = slot(10)
    assert buckets.claim(whole, 0, name=ME, word=value(4))
    assert buckets.claim(whole, 0, name=YOU, word=value(6))
    bucket = buckets.read(whole, [0], exact=True)[0]
    assert (bucket.left, dict(bucket.holds)) == (0, {ME: value(4), YOU: value(6)})


def test_a_claim_of_more_than_is_left_or_of_a_name_that_holds_is_refused(buckets: Buckets) -> None:
    whole = slot(10)
    assert buckets.claim(whole, 0, name=ME, word=value(4))
    assert not buckets.claim(whole, 0, name=ME, word=value(1))
    assert not buckets.claim(whole, 0, name=YOU, word=value(7))
    assert buckets.read(whole, [0], exact=True)[0].left == 6


def test_claims_of_several_happen_together_or_not(buckets: Buckets) -> None:
    am, pm = slot(2, "am"), slot(1, "pm")
    assert not any(buckets.claim_all([(am, 0, value(1)), (pm, 0, value(1))], name=ME))
    assert list(buckets.claim_all([(am, 0, value(1)), (pm, 0, value(1))], name=YOU)) == [False, True]
    assert buckets.read(am, [0], exact=True)[0].left == 1
    assert list(buckets.claim_all([(pm, 0, value(1)), (am, 0, value(1))], name=ME)) == [True, True]


def test_a_hold_is_released_once_and_only_as_it_was_seen(buckets: Buckets) -> None:
    whole = slot(10)
    buckets.claim(whole, 0, name=ME, word=value(1, over=True))
    assert not buckets.release(one(whole), name=ME, word=value(1))
    assert not buckets.release(one(whole), name=YOU, word=value(1, over=True))
    assert buckets.release(one(whole), name=ME, word=value(1, over=True))
    assert not buckets.release(one(whole), name=ME, word=value(1, over=True))
    assert buckets.read(whole, [0], exact=True)[0].left == 10


def test_a_hundred_and_more_buckets_are_read_at_once(buckets: Buckets) -> None:
    whole = slot(25 * 130)
    buckets.claim(whole, 117, name=ME, word=value(3))
    read = buckets.read(whole, range(130), exact=True)
    assert sum(bucket.left for bucket in read.values()) == whole.capacity - 3
    assert read[117].left == 22


def test_a_shelf_keeps_its_slots_apart(engine: Stack) -> None:
    with bind(context()):
        store = BucketStore()
        first, second = (
            Slot(resource="room", slot=night, capacity=3, shelf="2035-10") for night in ("01", "02")
        )
        plain = Slot(resource="room", slot="01", capacity=3)
        assert store.claim(first, 0, name=ME, word=value(2))
        assert store.read(second, [0], exact=True)[0].left == 3
        assert store.read(plain, [0], exact=True)[0].left == 3
        held = Hold(resource="room", slot="01", bucket=0, count=2, shelf="2035-10")
        assert store.release(held, name=ME, word=value(2))


def test_a_claim_costs_one_write_unit_and_never_grows(engine: Stack) -> None:
    """24 holds lie in the bucket already; the budget is one unit a key (DESIGN §4)."""
    with bind(context()):
        whole = slot(25)
        stock = Stock(BucketStore(), who="t", hints=Hints())
        costs = []
        for _ in range(25):
            with metered() as meter:
                stock.hold([Claim(slot=whole, count=1)], order=new_id("or", now=NOW), until=UNTIL, now=NOW)
            costs.append(meter.writes)
        assert costs == [1.0] * 25


def test_fifty_threads_take_thirty_places(engine: Stack) -> None:
    whole = slot(30)

    def take(_: int) -> Any:
        with bind(context()):
            stock = Stock(BucketStore(), who="t", hints=Hints())
            try:
                claims = [Claim(slot=whole, count=1)]
                return stock.hold(claims, order=new_id("or", now=NOW), until=UNTIL, now=NOW)
            except SoldOut:
                return None

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(take, range(50)))
    assert sum(answer is not None for answer in answers) == 30
    with bind(context()):
        read = BucketStore().read(whole, range(2), exact=True)
        assert [bucket.left for bucket in read.values()] == [0, 0]
        assert tenant_key("STOCK").startswith("T#")


def test_a_claim_leaves_what_is_withheld(buckets: Buckets) -> None:
    limited = Slot(resource="main", slot="am", capacity=10, withheld=6)
    assert not buckets.claim(limited, 0, name=ME, word=value(5))
    assert buckets.claim(limited, 0, name=ME, word=value(4))
    assert not buckets.claim(limited, 0, name=YOU, word=value(1))
    assert buckets.claim(slot(10), 0, name=YOU, word=value(6)), "lifted: the places were never gone"

"""What hotel use cases may ask of the table: counted, so the same on any machine."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.commerce.stock.domain import count_of, is_over
from chalicelib.commerce.stock.shelves import shelf_between, sold_between, taken_between
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.plan import Derived, RatePlan
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases import rates, repairs, search, setting
from tests.hotel_world import DAY, INN, NOW, PLANS, EngineWorld, context, kind, rooms

pytestmark = pytest.mark.component
DAYS = timedelta(days=1)
TYPES = [f"t{number:02d}" for number in range(20)]


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        yield EngineWorld()


@pytest.fixture
def large(world: EngineWorld) -> EngineWorld:
    """Twenty types of eight rooms, five plans, prices and a few restrictions."""
    world.do(lambda hotel: setting.set_property(INN, hotel=hotel))
    for number, type in enumerate(TYPES):
        world.type_(kind(type), rooms(type, 8, floor=number + 1))
    extra = RatePlan(id="half", names={"zh": "半膳"}, derived=Derived(plan="bar", add=9000))
    for plan in (*PLANS, extra):
        world.do(lambda hotel, plan=plan: setting.set_plan(plan, hotel=hotel))
    last = DAY + 120 * DAYS
    world.rates(
        *(rates.Row(type=type, plan="bar", first=DAY, last=last, price=30000) for type in TYPES),
        *(rates.Row(type=type, first=DAY, last=last, rule={"max_through": 40}) for type in TYPES),
    )
    return world


def test_a_search_of_twenty_types_and_a_month_of_nights(large: EngineWorld) -> None:
    arrive = date(2035, 10, 15)
    for number, type in enumerate(TYPES):
        large.hold(type, key=f"k{number}", day=arrive + number * DAYS, nights=3)
    for cold in (True, False):
        forget_hotel()
        asked = search.Asked(arrive=arrive, depart=arrive + 31 * DAYS)
        if not cold:
            large.hotel(large.work()).setup.house()
        with metered() as meter:
            started = time.thread_time()
            found = search.availability(asked, hotel=large.hotel(large.work()))
            spent = (time.thread_time() - started) * 1000
        print(f"search: {meter.calls} calls, {spent:.1f} ms of CPU")
        assert meter.calls <= (5 if cold else 4)  # one of them for the places that are held for a while
        assert sum(len(one.offers) for one in found.found) == 100
        assert all(one.left == 7 for one in found.found)
    asked = search.Asked(arrive=date(2036, 1, 31), depart=date(2036, 3, 2))  # it touches three months
    forget_hotel()
    with metered() as meter:
        search.availability(asked, hotel=large.hotel(large.work()))
    assert meter.calls <= 5


def test_counting_what_is_taken_agrees_with_the_buckets_as_they_are(large: EngineWorld) -> None:
    for number in range(3):
        large.guarantee(large.hold("t00", key=f"k{number}", nights=4, count=2))
    large.hold("t01", key="over", nights=2)
    large.do(
        lambda hotel: repairs.take_out(
            "201", property=INN.id, first=DAY, last=DAY + 2 * DAYS, reason="", hotel=hotel
        )
    )
    shelf, first, last = f"{INN.id}#203510", DAY.isoformat(), (DAY + 10 * DAYS).isoformat()
    house = large.hotel(large.work()).setup.house()
    capacities = {pool.resource: pool.capacity for kind in house.types.values() for pool in kind.pools}
    for later in (timedelta(0), timedelta(hours=2)):  # after two hours the hold is over
        now, wanted = NOW + later, dict[tuple[str, str], tuple[int, int]]()
        for (slot, resource, _), bucket in shelf_between(shelf, first, last).items():
            alive = {
                name: count_of(word) for name, word in bucket.holds.items() if not is_over(word, now=now)
            }
            broken = sum(count for name, count in alive.items() if name.startswith("ooo-"))
            wanted[(resource, slot)] = (sum(alive.values()), broken)
        assert taken_between(shelf, first, last, now=now, apart="ooo-") == wanted
        sold = {at: taken for at, (taken, _) in wanted.items()}
        for known in (capacities, {}):
            assert sold_between([shelf], first, last, now=now, capacities=known) == sold
        assert wanted[("type:t00", first)] == (6, 0)
        assert wanted[("type:t01", first)] == ((2, 1) if later == timedelta(0) else (1, 1))


def test_only_nights_with_places_held_for_a_while_are_read_by_their_holds(large: EngineWorld) -> None:
    large.guarantee(large.hold("t00", key="firm", nights=5))

    def asked() -> tuple[int, dict[str, int]]:
        forget_hotel()
        with metered() as meter:
            found = search.availability(
                search.Asked(arrive=DAY, depart=DAY + 5 * DAYS), hotel=large.hotel(large.work())
            )
        return meter.calls, {one.kind.id: one.left for one in found.found}

    calls, left = asked()
    held = large.hold("t01", key="held", nights=5)
    assert asked() == (calls + 1, {**left, "t01": left["t01"] - 1})
    large.now += timedelta(hours=1)
    assert asked() == (calls + 1, left), "it is over and nobody has taken its places back"
    large.now -= timedelta(hours=1)
    large.guarantee(held)
    assert asked() == (calls, {**left, "t01": left["t01"] - 1})


def test_a_search_asked_again_at_once_costs_nothing(large: EngineWorld) -> None:
    asked = search.Asked(arrive=DAY, depart=DAY + 31 * DAYS)
    calls = []
    for _ in range(3):  # at once is within a second: a machine that stands still is asked again
        large.do(lambda hotel: search.availability(asked, hotel=hotel))
        with metered() as meter:
            large.do(lambda hotel: search.availability(asked, hotel=hotel))
        calls.append(meter.calls)
    assert min(calls) == 0


def test_a_booking_keeps_to_its_calls(large: EngineWorld) -> None:
    large.pay(large.hold("t00", key="warm", nights=3))  # a house's first one makes its keys
    with metered() as meter:
        order = large.hold("t01", key="k1", nights=3, plan="breakfast")
    assert meter.calls <= 6, meter.operations
    with metered() as meter:
        large.hold("t01", key="k2", nights=3)
    assert meter.calls <= 6, meter.operations
    with metered() as meter:
        large.pay(order)
    assert meter.calls <= 3, meter.operations
    with metered() as meter:
        large.hold("t02", key="k3", nights=30)
    assert meter.calls <= 7, meter.operations  # two months: one query more


def test_a_night_that_has_sold_costs_no_more_than_one_that_has_not(large: EngineWorld) -> None:
    large.hold("t03", key="warm", nights=3)
    costs = []
    for number in range(6):
        with metered() as meter:
            large.hold("t03", key=f"k{number}", nights=3)
        costs.append(meter.calls)
    assert max(costs) <= 6


def test_twenty_five_thousand_cells_in_one_call(large: EngineWorld) -> None:
    order = large.guarantee(large.hold("t00", nights=3))
    shelf = f"{INN.id}#203510"
    before = shelf_between(shelf, "2035-10-01", "2035-10-31")
    ten = TYPES[:10]
    for plan in ("p1", "p2", "p3", "p4"):
        large.do(
            lambda hotel, plan=plan: setting.set_plan(RatePlan(id=plan, names={"zh": plan}), hotel=hotel)
        )
    rows = [
        rates.Row(type=type, plan=plan, first=day, last=day, price=20000 + ahead)
        for type in ten
        for plan in ("bar", "p1", "p2", "p3", "p4")
        for ahead in range(500)
        for day in (DAY + ahead * DAYS,)
    ]
    started, cpu = time.monotonic(), time.thread_time()
    with metered() as meter:
        outcome = large.rates(*rows)
    print(
        f"25,000 cells: {time.monotonic() - started:.2f} s, {time.thread_time() - cpu:.2f} s of CPU, "
        f"{meter.calls} calls"
    )
    assert (outcome.rows, outcome.cells, outcome.refused) == (25_000, 25_000, ())
    assert meter.calls <= 12
    assert shelf_between(shelf, "2035-10-01", "2035-10-31") == before
    assert large.order(order).total.amount == 90000
    forget_hotel()
    asked = search.Asked(arrive=DAY + 498 * DAYS, depart=DAY + 500 * DAYS)
    found: Any = large.do(lambda hotel: search.availability(asked, hotel=hotel)).found
    assert next(one for one in found if one.kind.id == "t00").offers[0].nightly == (20498, 20499)

"""Races for nights on the engine: sold = capacity, exactly; and the counters are the sum of the bookings."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.stock import SoldOut
from chalicelib.commerce.stock.domain import count_of, holder
from chalicelib.commerce.stock.shelves import shelf_between
from chalicelib.kernel.errors import Clash, Refusal
from chalicelib.persistence.journal import audited
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.usecases import repairs
from tests.hotel_world import DAY, INN, NOW, EngineWorld, context, kind, rooms

pytestmark = pytest.mark.component
DAYS = timedelta(days=1)
BUYERS = 20


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        yield EngineWorld()


def race(world: EngineWorld, *acts: Callable[[int], Order]) -> list[Order]:
    """Twenty buyers at once, taking the acts in turn; the bookings of those who were served."""
    barrier = Barrier(BUYERS)

    def buyer(number: int) -> Order | None:
        with bind(context(actor=f"key:{number}")):
            barrier.wait()
            try:
                return acts[number % len(acts)](number)
            except SoldOut:
                return None

    with ThreadPoolExecutor(BUYERS) as pool:
        return [order for order in pool.map(buyer, range(BUYERS)) if order is not None]


def counted(world: EngineWorld, served: list[Order], *, blocks: tuple[Any, ...] = ()) -> dict[str, int]:
    """Places taken by ``resource@slot``; each bucket's holds are exactly the holds of the bookings."""
    shelf = shelf_between(f"{INN.id}#203510", "2035-10-01", "2035-10-31")
    stored = {
        (slot, resource, bucket, name): count_of(word)
        for (slot, resource, bucket), found in shelf.items()
        for name, word in found.holds.items()
    }
    owners = [(order.id, order.holds) for order in served] + [(one.id, one.holds) for one in blocks]
    booked = {
        (hold.slot, hold.resource, hold.bucket, holder(id)): hold.count
        for id, holds in owners
        for hold in holds
    }
    assert stored == booked
    taken: dict[str, int] = {}
    for (slot, resource, _, _), count in stored.items():
        taken[f"{resource}@{slot}"] = taken.get(f"{resource}@{slot}", 0) + count
    return taken


def at(resource: str, ahead: int = 0) -> str:
    return f"type:{resource}@{(DAY + ahead * DAYS).isoformat()}"


def test_race_for_the_last_room_night(world: EngineWorld) -> None:
    world.set_up(twins=1)
    served = race(world, lambda number: world.hold(key=f"k{number}"))
    assert len(served) == 1
    assert counted(world, served) == {at("twin"): 1}


def test_race_for_five_rooms_over_rooms_added_and_an_allowance(world: EngineWorld) -> None:
    world.set_up(twins=2)
    world.type_(kind("twin"), rooms("twin", 4, floor=2), over=1)
    served = race(world, lambda number: world.hold(key=f"k{number}", nights=2))
    assert len(served) == 5
    assert counted(world, served) == {
        **{at("twin", ahead): 2 for ahead in (0, 1)},
        **{at("twin:2", ahead): 2 for ahead in (0, 1)},
        **{at("twin:over", ahead): 1 for ahead in (0, 1)},
    }


def test_race_of_overlapping_stays_that_share_one_night(world: EngineWorld) -> None:
    world.set_up(twins=4)
    served = race(
        world,
        lambda number: world.hold(key=f"k{number}", day=DAY, nights=3),
        lambda number: world.hold(key=f"k{number}", day=DAY + 2 * DAYS, nights=3),
    )
    taken = counted(world, served)
    assert len(served) == 4
    assert taken[at("twin", 2)] == 4
    early = sum(1 for order in served if order.lines[0].slot.startswith(DAY.isoformat()))
    assert taken.get(at("twin", 0), 0) == taken.get(at("twin", 1), 0) == early
    assert taken.get(at("twin", 3), 0) == taken.get(at("twin", 4), 0) == 4 - early


def test_race_of_a_whole_house_against_its_rooms(world: EngineWorld) -> None:
    world.set_up(kings=2)
    world.house_("301", "302")
    served = race(
        world,
        lambda number: world.hold("villa", key=f"k{number}", nights=2),
        lambda number: world.hold("king", key=f"k{number}", nights=2),
    )
    taken = counted(world, served)
    houses = [order for order in served if order.lines[0].product == "villa"]
    assert taken[at("king")] == taken[at("king", 1)] == 2
    assert (len(houses), len(served)) in {(1, 1), (0, 2)}


def test_race_of_groups_beyond_a_bucket(world: EngineWorld) -> None:
    world.set_up(twins=70)
    served = race(
        world, lambda number: world.hold(key=f"k{number}", count=30 if number % 2 else 10, nights=2)
    )
    taken = counted(world, served)
    rooms = sum(order.count for order in served)
    assert taken[at("twin")] == taken[at("twin", 1)] == rooms
    assert rooms == 70  # tens fill what the thirties leave


def test_race_of_repairs_against_buyers(world: EngineWorld) -> None:
    world.set_up(kings=2)
    blocks: list[Any] = []

    def out(number: int) -> Any:
        room = {0: "301", 2: "302"}.get(number)  # each room is taken out by one hand, all others buy

        def act(hotel: Any) -> Any:
            return repairs.take_out(room, property=None, first=DAY, last=DAY + DAYS, reason="", hotel=hotel)

        if room is None:
            return buy(number)
        try:
            blocks.append(world.do(act))
        except Clash:  # somebody was quicker: the door begins again
            blocks.append(world.do(act))
        raise SoldOut(left=0, wanted=1)

    def buy(number: int) -> Order:
        return world.hold("king", key=f"k{number}")

    served = race(world, out, buy)
    assert counted(world, served, blocks=tuple(blocks)) == {at("king"): 2}
    assert len(served) + len(blocks) == 2


def test_race_of_paying_against_cancelling_leaves_no_place_behind(world: EngineWorld) -> None:
    world.set_up(twins=BUYERS)
    held = [world.hold(key=f"k{number}") for number in range(BUYERS // 2)]
    barrier = Barrier(BUYERS)

    def act(number: int) -> None:
        with bind(context(actor=f"key:{number}")):
            barrier.wait()
            with suppress(Refusal, Clash):
                (world.guarantee if number % 2 else world.cancel)(held[number // 2])

    with ThreadPoolExecutor(BUYERS) as pool:
        list(pool.map(act, range(BUYERS)))
    kept = [world.order(order) for order in held]
    firm = [order for order in kept if order.state is State.CONFIRMED]
    assert all(order.state in {State.CONFIRMED, State.CANCELLED} for order in kept)
    counted(world, firm)
    assert world.left() == BUYERS - len(firm)


def test_a_desk_that_sends_everything_twice_sells_once(world: EngineWorld) -> None:
    world.set_up(twins=3)
    served = race(world, lambda number: world.hold(key=f"k{number % 3}", nights=3))
    assert len({order.id for order in served}) == 3
    counted(world, [world.order(order) for order in served])
    assert world.left() == 0
    assert len([row for row in audited(day=NOW.date()) if row.action == "test"]) > 0

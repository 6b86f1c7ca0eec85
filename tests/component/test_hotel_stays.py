"""Stays on the engine: what is kept is what was meant, what it costs, and who wins a room that two want."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import Clash, Refusal
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.domain.units import RoomNotFree, marks
from tenants.hotel.usecases import length
from tests.hotel_world import DAY, INN, EngineWorld, context

pytestmark = pytest.mark.component
DAYS = timedelta(days=1)


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        yield EngineWorld()


def firm(world: EngineWorld, *, key: str, **wanted: Any) -> list[Stay]:
    return world.stays(world.guarantee(world.hold(key=key, **wanted)))


def together(*acts: Callable[[], Any]) -> list[Any]:
    """All at once; what each gave, or its refusal."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        with bind(context()):
            barrier.wait()
            try:
                return act()
            except Refusal as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def held(world: EngineWorld) -> dict[tuple[str, str], str]:
    return dict(world.hotel(world.work()).units.taken(INN.id, DAY - 5 * DAYS, DAY + 40 * DAYS))


def test_a_stay_is_kept_as_it_was_meant(world: EngineWorld) -> None:
    world.set_up()
    first, second = firm(world, key="k", nights=30, count=2)
    with metered() as meter:
        first = world.assign(world.assign(first, "201"), "202", since=DAY + 3 * DAYS)
    assert meter.calls <= 13, meter.operations
    stays = world.hotel(world.work()).stays
    assert stays.get(first.id) == first
    assert held(world) == {
        (room, mark): first.id for room, some in marks(first, property=INN).items() for mark in some
    }
    assert [stay.id for stay in stays.arriving(INN.id, DAY, DAY + DAYS)] == sorted([first.id, second.id])
    assert stays.arriving(INN.id, DAY + DAYS, DAY + 9 * DAYS) == []
    world.now = INN.arrival(DAY)
    world.register(first)
    with metered() as meter:
        world.come(first)
    assert meter.calls <= 9, meter.operations
    assert [stay.id for stay in stays.in_house(INN.id)] == [first.id]
    world.now += 2 * DAYS
    gone = world.go(first)
    assert (gone.state, len(held(world))) == (StayState.DEPARTED, 2)
    assert stays.in_house(INN.id) == []
    assert [stay.id for stay in stays.departed(INN.id, DAY + 2 * DAYS)] == [first.id]
    assert world.left(day=DAY + 2 * DAYS) == 2


def test_two_desks_never_give_one_room_twice(world: EngineWorld) -> None:
    world.set_up()
    for round in range(6):
        day = DAY + 3 * round * DAYS
        one = firm(world, key=f"a{round}", day=day, nights=3)[0]
        other = firm(world, key=f"b{round}", day=day + DAYS)[0]
        answers = together(lambda: world.assign(one, "201"), lambda: world.assign(other, "201"))  # noqa: B023
        assert sum(isinstance(answer, Stay) for answer in answers) == 1
        assert any(isinstance(answer, RoomNotFree) for answer in answers)
        winner = next(answer for answer in answers if isinstance(answer, Stay))
        assert {who for (room, mark), who in held(world).items() if day.isoformat() <= mark} == {winner.id}


def test_an_extension_and_a_booking_share_the_last_night_once(world: EngineWorld) -> None:
    world.set_up(twins=1)
    for round in range(6):
        day = DAY + 4 * round * DAYS
        stay = world.assign(firm(world, key=f"a{round}", day=day)[0], "201")

        def extend(stay: Stay = stay) -> Stay:
            depart = stay.depart + DAYS
            return world.do(lambda hotel: length.extend(stay.id, depart=depart, agreed=None, hotel=hotel))

        answers = together(extend, lambda: firm(world, key=f"b{round}", day=day + DAYS))  # noqa: B023
        assert sum(isinstance(answer, SoldOut) for answer in answers) == 1, answers
        assert world.left(day=day + DAYS) == 0


def test_a_broken_off_extension_leaves_nothing_and_can_be_sent_again(world: EngineWorld) -> None:
    world.set_up(twins=1)
    stay = world.assign(firm(world, key="a")[0], "201")
    work = world.work()
    length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, hotel=world.hotel(work))  # and it dies here
    assert world.hotel(world.work()).stays.get(stay.id) == stay
    again = world.do(lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, hotel=hotel))
    assert len(again.nights) == 2
    with pytest.raises(Clash):
        work.commit()
    length.extend(stay.id, depart=DAY + 3 * DAYS, agreed=None, hotel=world.hotel(world.work()))
    assert world.left(day=DAY + 2 * DAYS) == 0
    world.now += timedelta(minutes=16)
    assert world.left(day=DAY + 2 * DAYS) == 1
    assert firm(world, key="b", day=DAY + 2 * DAYS)[0].state is StayState.EXPECTED

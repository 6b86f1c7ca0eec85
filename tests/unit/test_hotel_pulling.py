"""Reservations for a system that asks: nothing is missed, an acknowledgement moves on, never back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.hotel.usecases import pulling
from tenants.hotel.usecases.pulling import MarkAhead
from tests.hotel_world import NOW, MemoryWorld

SECOND = timedelta(seconds=1)


def pull(world: MemoryWorld, most: int = 50) -> pulling.Pulled:
    return pulling.pull(puller="key:cm", most=most, hotel=world.hotel(world.work()))


def acknowledge(world: MemoryWorld, upto: datetime) -> None:
    world.do(lambda hotel: pulling.acknowledge(puller="key:cm", upto=upto, hotel=hotel))


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def test_a_firm_booking_is_told_until_it_is_acknowledged(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold())
    world.memory.touched.append((order.id, world.now))
    first = pull(world)
    assert [one.id for one in first.orders] == [order.id]
    assert pull(world) == first
    acknowledge(world, first.upto)
    world.now += timedelta(minutes=2)
    assert pull(world).orders == [order]  # the last minute before the mark is told again
    order = world.cancel(order)
    world.memory.touched.append((order.id, world.now))
    assert [one.version for one in pull(world).orders] == [order.version]


def test_a_hold_is_nobody_elses_business(world: MemoryWorld) -> None:
    world.memory.touched.append((world.hold().id, world.now))
    assert pull(world).orders == []


def test_an_acknowledgement_goes_neither_back_nor_ahead(world: MemoryWorld) -> None:
    acknowledge(world, NOW - SECOND)
    acknowledge(world, NOW - 9 * SECOND)
    assert world.memory.marks == {"key:cm": NOW - SECOND}
    with pytest.raises(MarkAhead):
        acknowledge(world, NOW + SECOND)


@settings(max_examples=60, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 29)), min_size=1, max_size=12),
    most=st.integers(1, 4),
)
def test_nothing_is_missed_however_late_a_command_commits(changes: list[tuple[int, int]], most: int) -> None:
    """A command's clock is read up to half a minute before it commits; the puller asks in between."""
    world = MemoryWorld()
    world.set_up(twins=20)
    told: set[str] = set()

    def ask() -> None:
        for _ in range(20):
            found = pull(world, most)
            told.update(order.id for order in found.orders)
            acknowledge(world, min(found.upto, world.now))
            if not found.more:
                return
        raise AssertionError("it never comes to an end")

    made = []
    for number, (pause, took) in enumerate(changes):
        world.now += pause * SECOND
        order = world.guarantee(world.hold(key=f"k{number}"))
        world.memory.touched.append((order.id, world.now - took * SECOND))
        made.append(order.id)
        ask()
    assert told == set(made)

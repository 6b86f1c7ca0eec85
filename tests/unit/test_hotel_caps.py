"""What a system outside says is left is kept, whatever is sold, cancelled or said again."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import Missing
from tenants.hotel.usecases import capping
from tests.hotel_world import DAY, INN, MemoryWorld

DAYS = timedelta(days=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up(twins=5, over=2)
    return made


def cap(world: MemoryWorld, *said: tuple[int, int | None], **more: bool) -> capping.Capped:
    """Say so many twins are left on these days ahead."""
    wanted = {("twin", DAY + ahead * DAYS): most for ahead, most in said}
    return capping.cap(INN.id, wanted, hotel=world.hotel(world.work()), unit=world.unit, **more)


def test_no_more_are_sold_than_the_system_outside_says(world: MemoryWorld) -> None:
    assert cap(world, (0, 2), (1, 0)).changed == 2
    assert (world.left(), world.left(day=DAY + DAYS), world.left(day=DAY + 2 * DAYS)) == (2, 0, 7)
    world.guarantee(world.hold(count=2))
    with pytest.raises(SoldOut):
        world.hold(key="k2")


def test_the_same_message_again_writes_nothing(world: MemoryWorld) -> None:
    cap(world, (0, 2), (1, 9))
    before = (dict(world.memory.buckets), dict(world.memory.caps), len(world.memory.said))
    assert cap(world, (0, 2), (1, 9)).changed == 0
    assert (dict(world.memory.buckets), dict(world.memory.caps), len(world.memory.said)) == before


def test_a_cancelled_booking_is_for_sale_again(world: MemoryWorld) -> None:
    cap(world, (0, 3))
    order = world.guarantee(world.hold())
    cap(world, (0, 2))  # the system outside has heard of it
    assert world.left() == 2
    world.cancel(order)
    assert world.left() == 3


def test_more_than_the_house_has_is_told(world: MemoryWorld) -> None:
    world.guarantee(world.hold(count=2))
    done = cap(world, (0, 9))
    assert (done.changed, done.short) == (0, (("twin", DAY, 4),))


def test_a_complete_set_closes_what_it_does_not_speak_of_any_more(world: MemoryWorld) -> None:
    cap(world, (0, 4), (1, 4))
    cap(world, (0, 4), complete=True)
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(3)] == [4, 0, 7]


def test_caps_are_lifted(world: MemoryWorld) -> None:
    cap(world, (0, 1), (3, 0))
    hotel = world.hotel(world.work())
    assert capping.capped(INN.id, hotel=hotel) == 2
    capping.lift(INN.id, hotel=hotel, unit=world.unit)
    assert (world.left(), world.left(day=DAY + 3 * DAYS)) == (7, 7)
    assert capping.capped(INN.id, hotel=world.hotel(world.work())) == 0


def test_what_is_free_is_said_upward(world: MemoryWorld) -> None:
    cap(world, (0, 1))
    last = world.said_of("lodging.availability.changed")[-1]
    assert (last["roomType"], last["date"], last["free"]) == ("twin", DAY.isoformat(), 1)


def test_a_property_that_is_not_there_is_missing(world: MemoryWorld) -> None:
    with pytest.raises(Missing):
        capping.cap("elsewhere", {}, hotel=world.hotel(world.work()), unit=world.unit)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["say", "book", "cancel"]), st.integers(0, 8)), max_size=14))
def test_what_is_left_is_never_more_than_was_said(steps: list[tuple[str, int]]) -> None:
    """Through any sales, cancellations and messages; and the places add up."""
    world = MemoryWorld()
    world.set_up(twins=5, over=1)
    booked = []
    for number, (what, count) in enumerate(steps):
        if what == "say":
            cap(world, (0, count))
            assert world.left() == min(count, 6 - len(booked))
        elif what == "book" and world.left():
            booked.append(world.guarantee(world.hold(key=f"k{number}")))
        elif what == "cancel" and booked:
            world.cancel(booked.pop())
    cap(world, (0, None))
    assert world.left() == 6 - len(booked)

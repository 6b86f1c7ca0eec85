"""Guests whom a channel's calendar has sold become bookings; what the calendar then drops is decided here."""

from dataclasses import replace

import pytest

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import Period
from tenants.hotel.domain.channel import Channel, Closure, NoPlaceYet
from tenants.hotel.domain.offer import NotOffered, TooManyPeople
from tenants.hotel.usecases import channel_guests, channels, double_booking
from tenants.hotel.usecases.channel_guests import Guest
from tenants.hotel.usecases.channels import Synced
from tests.hotel_world import CONTACT, DAY, INN, MemoryWorld, World
from tests.unit.test_hotel_channels import DAYS, Feeds, connected, kept, read, stay

SOLD = Feeds(busy=[stay("a", 0, 3)])


@pytest.fixture
def world() -> World:
    return MemoryWorld().set_up(twins=2, kings=2)


@pytest.fixture
def channel(world: World) -> Channel:
    made = connected(world)
    read(world, made, SOLD)
    return made


def only(world: World, channel: Channel) -> Closure:
    (found,) = kept(world, channel).values()
    return found


def come(world: World, channel: Channel, *, key: str = "k", **more: object) -> Order:
    guest = replace(Guest(plan="bar", rooms=100_00, contact=CONTACT), **more)  # type: ignore[arg-type]
    id = only(world, channel).id
    mark = Mark(command=key, digest="d")
    return channel_guests.take_over(channel.id, id, guest, mark=mark, unit=world.unit)


def dropped(world: World) -> list[str]:
    return [one.order for one in world.hotel(world.work()).channels.dropped(INN.id)]


def test_the_places_of_an_entry_become_its_guests_booking(world: World, channel: Channel) -> None:
    world.guarantee(world.hold(count=1, nights=3))
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(3)] == [0, 0, 0]
    order = come(world, channel)
    assert (order.state, order.channel, order.total.amount) == (State.CONFIRMED, "ota", 100_00)
    assert order.lines[0].facts["nightly"] == [3334, 3333, 3333], "the sum is what was agreed, to the fen"
    assert only(world, channel).order == order.id
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(3)] == [0, 0, 0]
    (expected,) = world.hotel(world.work()).stays.of_order(order)
    assert (expected.type, expected.arrive, expected.depart) == ("twin", DAY, DAY + 3 * DAYS)
    assert read(world, channel, SOLD) == Synced(), "the calendar still says what it said"
    assert double_booking.conflicts(hotel=world.hotel(world.work())) == []


def test_the_channel_is_not_told_back_what_became_a_booking(world: World, channel: Channel) -> None:
    other = connected(world)
    world.guarantee(world.hold(count=1, nights=3))
    come(world, channel)
    hotel = world.hotel(world.work())
    assert channels.shown(channel, hotel=hotel) == ()
    assert channels.shown(other, hotel=hotel) == (Period(DAY, DAY + 3 * DAYS),)


def test_written_down_twice_it_is_one_booking(world: World, channel: Channel) -> None:
    order = come(world, channel)
    assert come(world, channel).id == order.id
    assert come(world, channel, key="another").id == order.id
    assert world.left() == 1


def test_what_the_calendar_drops_stands_until_somebody_decides(world: World, channel: Channel) -> None:
    order = come(world, channel)
    assert read(world, channel, Feeds(busy=[])) == Synced(returned=1)
    assert world.left() == 1, "the booking has its places"
    assert dropped(world) == [order.id]
    assert double_booking.watch(INN.id, hotel=world.hotel(world.work())).dropped == 1
    world.do(lambda hotel: channel_guests.decide(INN.id, order.id, hotel=hotel))
    assert dropped(world) == []


def test_an_entry_that_moved_asks_about_its_booking_and_takes_its_new_nights(
    world: World, channel: Channel
) -> None:
    order = come(world, channel)
    read(world, channel, Feeds(busy=[stay("a", 5, 2)]))
    assert dropped(world) == [order.id]
    assert (world.left(), world.left(day=DAY + 5 * DAYS)) == (1, 1)
    again = come(world, channel, key="moved")
    assert again.id != order.id


def test_nobody_is_asked_about_guests_who_have_left(world: World, channel: Channel) -> None:
    come(world, channel)
    world.now += (DAY - world.now.date()) + 4 * DAYS
    read(world, channel, Feeds(busy=[]))
    assert (kept(world, channel), dropped(world)) == ({}, [])


def test_a_booking_called_off_here_gives_the_entry_its_places_again(world: World, channel: Channel) -> None:
    order = come(world, channel)
    world.cancel(order)
    assert world.left() == 2
    assert read(world, channel, SOLD) == Synced(made=1)
    assert (world.left(), only(world, channel).order) == (1, "")
    again = come(world, channel, key="again")
    assert again.id != order.id
    world.cancel(again)
    world.guarantee(world.hold(count=2, nights=3, key="others"))
    assert read(world, channel, Feeds(busy=None)) == Synced(conflicts=1)
    assert only(world, channel).conflict


def test_what_cannot_be_is_refused(world: World, channel: Channel) -> None:
    with pytest.raises(NotOffered):
        come(world, channel, plan="none")
    with pytest.raises(TooManyPeople):
        come(world, channel, adults=9)
    with pytest.raises(Missing):
        channels.entry(channel.id, "chn-nothing", hotel=world.hotel(world.work()))
    world.guarantee(world.hold(count=1, day=DAY + 6 * DAYS))
    world.guarantee(world.hold(count=1, day=DAY + 6 * DAYS, key="k2"))
    other = connected(world)
    read(world, other, Feeds(busy=[stay("b", 6)]))
    with pytest.raises(NoPlaceYet):
        come(world, other)

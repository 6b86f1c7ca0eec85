"""Stays with fakes: they come with their booking and go with it; rooms, length, coming and going."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import Clash
from tenants.hotel.domain.booking import PriceChanged
from tenants.hotel.domain.housekeeping import Cleanliness
from tenants.hotel.domain.stay import NoNights, NoUndo, Segment, Stay, StayBegun, StayIs, StayState, TooEarly
from tenants.hotel.domain.units import (
    RoomNeeded,
    RoomNotFree,
    RoomOccupied,
    RoomOfAnother,
    RoomsFixed,
)
from tenants.hotel.usecases import length, placing
from tests.hotel_world import DAY, INN, MemoryWorld

DAYS = timedelta(days=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def firm(world: MemoryWorld, *, key: str = "k1", **wanted: Any) -> Stay:
    """The first stay of a guaranteed booking."""
    return world.stays(world.guarantee(world.hold(key=key, **wanted)))[0]


def arrive(world: MemoryWorld, **wanted: Any) -> Stay:
    """Guests in room 201 from DAY on."""
    stay = world.assign(firm(world, **wanted), "201")
    world.now = INN.arrival(stay.arrive)
    return world.come(stay)


def test_a_firm_booking_has_a_stay_for_each_room(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold(nights=2, count=2))
    first, second = world.stays(order)
    assert (first.type, first.arrive, first.depart, first.nightly) == (
        "twin",
        DAY,
        DAY + 2 * DAYS,
        (30000,) * 2,
    )
    assert (first.number, second.number, first.room, first.state) == (0, 1, None, StayState.EXPECTED)
    assert "示例" not in f"{first}"
    paid = world.pay(world.hold(key="paid", plan="fixed"))
    assert len(world.stays(paid)) == 1
    assert world.stays(world.hold(key="held", type="king")) == []


def test_cancelling_a_booking_frees_its_rooms(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold(nights=2, count=2))
    world.assign(world.stays(order)[0], "201")
    world.cancel(order)
    assert {stay.state for stay in world.stays(order)} == {StayState.CANCELLED}
    assert world.memory.units == {}
    assert world.left() == 3


def test_a_booking_whose_guests_have_come_is_not_cancelled(world: MemoryWorld) -> None:
    stay = arrive(world)
    with pytest.raises(StayBegun):
        world.cancel(world.hotel(world.work()).orders.get(stay.order))


def test_a_room_has_one_stay_a_night(world: MemoryWorld) -> None:
    one, other = firm(world, nights=2), firm(world, key="k2", day=DAY + DAYS)
    assert world.assign(one, "201").room == "201"
    with pytest.raises(RoomNotFree) as refused:
        world.assign(other, "201")
    assert refused.value.facts == {"room": "201", "day": (DAY + DAYS).isoformat()}
    assert world.assign(other, "202").room == "202"
    assert world.assign(one, None).room is None
    assert world.assign(other, "201").room == "201"
    with pytest.raises(RoomOfAnother):
        world.assign(one, "301")


def test_an_assignment_is_undone_once_and_only_while_nothing_else_happened(world: MemoryWorld) -> None:
    stay = world.assign(world.assign(firm(world), "201"), "202")
    back = world.do(lambda hotel: placing.undo(stay.id, version=stay.version, hotel=hotel))
    assert back.room == "201"
    with pytest.raises(Clash):
        world.do(lambda hotel: placing.undo(stay.id, version=stay.version, hotel=hotel))
    later = world.do(lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, hotel=hotel))
    with pytest.raises(NoUndo):
        world.do(lambda hotel: placing.undo(stay.id, version=later.version, hotel=hotel))


def test_an_upgrade_takes_a_place_of_the_better_type_and_returns_the_one_sold(world: MemoryWorld) -> None:
    stay = firm(world, nights=2)
    assert (world.left("twin"), world.left("king")) == (2, 2)
    better = world.assign(stay, "301", other=True)
    assert (better.type, world.left("twin"), world.left("king")) == ("twin", 3, 1)
    assert world.assign(better, "202").holds != ()
    assert (world.left("twin"), world.left("king")) == (2, 2)
    world.cancel(world.hotel(world.work()).orders.get(stay.order))
    assert (world.left("twin"), world.left("king")) == (3, 2)


def test_a_stay_is_split_over_two_rooms(world: MemoryWorld) -> None:
    stay = world.assign(world.assign(firm(world, nights=3), "201"), "202", since=DAY + 2 * DAYS)
    assert stay.segments == (
        Segment(room="201", first=DAY, last=DAY + 2 * DAYS),
        Segment(room="202", first=DAY + 2 * DAYS, last=DAY + 3 * DAYS),
    )
    assert stay.rooms_on(DAY + DAYS) == ("201",)


def test_checking_in_needs_a_room_that_is_empty_and_a_day_that_has_come(world: MemoryWorld) -> None:
    stay = firm(world)
    with pytest.raises(TooEarly):
        world.come(stay)
    world.now = INN.arrival(DAY)
    with pytest.raises(RoomNeeded):
        world.come(stay)
    world.come(world.assign(stay, "201"))
    with pytest.raises(StayIs):
        world.come(stay)
    world.now = INN.arrival(DAY + DAYS)  # those before have not left
    late = world.assign(firm(world, key="k2", day=DAY + DAYS), "201")
    with pytest.raises(RoomOccupied):
        world.come(late)


def test_checking_out_leaves_a_dirty_empty_room_and_frees_the_nights_that_remain(world: MemoryWorld) -> None:
    stay = arrive(world, nights=3)
    assert world.left(day=DAY + 2 * DAYS) == 2
    world.now = INN.departure(DAY + DAYS)
    gone: Stay = world.go(stay)
    assert (gone.state, gone.depart, gone.nightly, gone.rooms) == (
        StayState.DEPARTED,
        DAY + DAYS,
        (30000,),
        ("201",),
    )
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(3)] == [2, 3, 3]
    freed = world.said_of("lodging.availability.changed")[-2:]
    assert [(said["date"], said["free"]) for said in freed] == [
        ((DAY + ahead * DAYS).isoformat(), 3) for ahead in (1, 2)
    ]
    status = world.memory.board["201"]
    assert (status.state, status.occupant) == (Cleanliness.DIRTY, "")
    assert world.assign(firm(world, key="k2", day=DAY + DAYS, nights=2), "201").room == "201"


def test_an_extension_is_priced_anew_and_claims_its_nights_and_its_room(world: MemoryWorld) -> None:
    stay = firm(world)
    world.price("twin", 35000)
    world.rule("twin", DAY, max_arrival=1)
    world.assign(stay, "201")
    world.now = INN.arrival(DAY)
    world.come(stay)
    offer = length.extension(stay, DAY + 2 * DAYS, hotel=world.hotel(world.work()))
    assert offer.total.amount == 35000
    with pytest.raises(PriceChanged):
        world.do(lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=30000, hotel=hotel))
    after = world.do(lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=35000, hotel=hotel))
    assert (after.nightly, after.rooms_on(DAY + DAYS)) == ((30000, 35000), ("201",))
    assert world.left(day=DAY + DAYS) == 2
    back = world.do(lambda hotel: length.shorten(stay.id, depart=DAY + DAYS, hotel=hotel))
    assert (back.nightly, back.holds, world.left(day=DAY + DAYS)) == ((30000,), (), 3)


def test_an_extension_into_a_taken_room_goes_on_in_another(world: MemoryWorld) -> None:
    stay = arrive(world)
    world.assign(firm(world, key="k2", day=DAY + DAYS), "201")
    with pytest.raises(RoomNotFree):
        world.do(lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, hotel=hotel))
    assert world.left(day=DAY + DAYS) == 2
    after = world.do(
        lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, room="202", hotel=hotel)
    )
    assert (after.rooms_on(DAY), after.rooms_on(DAY + DAYS), after.has) == (("201",), ("202",), ("201",))


def test_nobody_extends_into_a_sold_night(world: MemoryWorld) -> None:
    stay = arrive(world)
    firm(world, key="k2", day=DAY + DAYS, count=3)
    with pytest.raises(SoldOut):
        world.do(lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, hotel=hotel))
    with pytest.raises(NoNights):
        world.do(lambda hotel: length.extend(stay.id, depart=DAY, agreed=None, hotel=hotel))


def test_guests_move_while_they_stay(world: MemoryWorld) -> None:
    stay = arrive(world, nights=3)
    world.now += DAYS
    after = world.assign(stay, "203")
    assert (after.has, after.rooms_on(DAY), after.rooms_on(DAY + DAYS)) == (("203",), ("201",), ("203",))
    assert (world.memory.board["201"].state, world.memory.board["203"].occupant) == ("dirty", stay.id)
    undone = world.do(lambda hotel: placing.undo(stay.id, version=after.version, hotel=hotel))
    assert (undone.has, undone.rooms_on(DAY + DAYS)) == (("201",), ("201",))
    world.now += DAYS
    with pytest.raises(NoUndo):
        world.do(lambda hotel: placing.undo(stay.id, version=undone.version, hotel=hotel))


def test_a_whole_house_takes_its_rooms_and_keeps_them(world: MemoryWorld) -> None:
    world.house_("301", "302")
    stay = firm(world, type="villa", nights=2)
    with pytest.raises(RoomsFixed):
        world.assign(stay, "201")
    assert world.assign(stay, None).room == "301·302"
    world.now = INN.arrival(DAY)
    assert world.come(stay).has == ("301", "302")
    world.now = INN.departure(DAY + DAYS)
    world.go(stay)
    assert [world.left(type, DAY + DAYS) for type in ("king", "villa")] == [2, 1]

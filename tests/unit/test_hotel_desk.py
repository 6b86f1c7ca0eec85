"""The desk's day with fakes: walk-ins, who did not come, who leaves late, repairs, lists, the room plan."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commerce.orders.domain import Fulfilment
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.payments.desk import taken
from tenants.hotel.domain.guest import GuestIncomplete
from tenants.hotel.domain.stay import NoNights, Stay, StayState, StillExpected, TooLate
from tenants.hotel.domain.units import NoRoomFree, RoomNotFree
from tenants.hotel.usecases import desk, fitting, front, length, repairs, walk_in
from tenants.hotel.usecases.basket import Booking, Rooms
from tenants.hotel.usecases.registration import Entry
from tenants.hotel.usecases.walk_in import WalkIn
from tests.hotel_world import CONTACT, DAY, INN, MemoryWorld, adult

DAYS = timedelta(days=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def firm(world: MemoryWorld, *, key: str = "k1", **wanted: Any) -> Stay:
    return world.stays(world.guarantee(world.hold(key=key, **wanted)))[0]


def walk(world: MemoryWorld, *, key: str = "w", plan: str = "bar", **more: Any) -> Stay:
    booking = Booking(
        arrive=DAY,
        depart=DAY + 2 * DAYS,
        rooms=(Rooms(type="twin", plan=plan, adults=2),),
        contact=CONTACT,
        channel="desk",
    )
    asked = WalkIn(booking=booking, **{"guests": (Entry(values=adult()),), **more})

    def receipt(order: str, amount: Any) -> Any:
        return taken(order=order, amount=amount, now=world.now)

    return walk_in.walk_in(asked, mark=Mark(command=key, digest="d"), receipt=receipt, unit=world.unit)


def test_a_walk_in_is_one_flow_and_sending_it_again_goes_on_where_it_broke(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.now = INN.arrival(DAY)

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    for place in ("booking.guarantee", "registration.save_all", "placing.assign", "desk.check_in"):
        with monkeypatch.context() as patched:
            patched.setattr(f"tenants.hotel.usecases.{place}", broken)
            with pytest.raises(RuntimeError):
                walk(world)
    stay = walk(world)
    assert (stay.state, stay.has, world.left()) == (StayState.IN_HOUSE, ("201",), 2)
    assert walk(world) == stay
    assert len(world.memory.orders) == len(world.memory.stays) == len(world.memory.guests) == 1


def test_a_walk_in_sells_nothing_to_whom_it_cannot_register(world: MemoryWorld) -> None:
    world.now = INN.arrival(DAY)
    with pytest.raises(GuestIncomplete):
        walk(world, guests=(Entry(values={"name": "示例乙"}),))
    assert world.memory.orders == {}


def test_a_walk_in_pays_where_the_plan_wants_money_first(world: MemoryWorld) -> None:
    world.now = INN.arrival(DAY)
    stay = walk(world, plan="fixed", room="203")
    order = world.hotel(world.work()).orders.get(stay.order)
    assert (order.receipt is not None and order.receipt.amount, stay.room) == (order.total, "203")


def test_the_best_room_is_ready_and_leaves_long_stretches_whole(world: MemoryWorld) -> None:
    world.assign(firm(world, key="a", day=DAY + DAYS, nights=2), "202")
    stay = firm(world, key="b")
    assert fitting.free_rooms(stay, hotel=world.hotel(world.work())) == ["202", "201", "203"]
    world.now = INN.arrival(DAY)
    here = world.come(world.assign(stay, "201"))
    world.now = INN.departure(DAY + DAYS)
    world.go(here)  # 201 is dirty
    other = firm(world, key="c", day=DAY + DAYS)
    assert fitting.free_rooms(other, hotel=world.hotel(world.work())) == ["203", "201"]


def test_no_room_may_be_free_for_all_of_a_stay_although_its_nights_were_sold(world: MemoryWorld) -> None:
    for number, room in enumerate(("201", "202", "203")):
        world.assign(firm(world, key=f"a{number}", day=DAY + number * DAYS), room)
    stay = firm(world, nights=3)
    with pytest.raises(NoRoomFree):
        fitting.best_room(stay, hotel=world.hotel(world.work()))


def test_a_room_is_out_of_order_or_somebodys(world: MemoryWorld) -> None:
    def out(room: str) -> Any:
        return world.do(
            lambda hotel: repairs.take_out(
                room, property=None, first=DAY, last=DAY + 2 * DAYS, reason="", hotel=hotel
            )
        )

    stay = world.assign(firm(world), "201")
    with pytest.raises(RoomNotFree):
        out("201")
    block = out("202")
    with pytest.raises(RoomNotFree):
        world.assign(stay, "202")
    world.do(lambda hotel: repairs.put_back(block.id, property=None, hotel=hotel))
    assert world.assign(stay, "202").room == "202"


def test_a_repair_that_somebody_was_quicker_than_gives_its_places_back_at_once(world: MemoryWorld) -> None:
    stay = firm(world)
    work = world.work()
    last = DAY + 2 * DAYS
    repairs.take_out("201", property=None, first=DAY, last=last, reason="", hotel=world.hotel(work))
    world.assign(stay, "201")
    with pytest.raises(RoomNotFree):
        work.commit()
    assert [world.left(day=day) for day in (DAY, DAY + DAYS)] == [2, 3]


def test_an_extension_that_is_refused_gives_its_places_back_at_once(world: MemoryWorld) -> None:
    stay = world.assign(firm(world), "201")
    work = world.work()
    length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, hotel=world.hotel(work))
    world.assign(firm(world, key="other", day=DAY + DAYS), "201")
    with pytest.raises(RoomNotFree):
        work.commit()
    assert world.left(day=DAY + DAYS) == 2


def test_who_does_not_come_gives_back_all_but_the_first_night(world: MemoryWorld) -> None:
    stay = world.assign(firm(world, nights=3), "201")
    with pytest.raises(StillExpected):
        world.do(lambda hotel: desk.no_show(stay.id, hotel=hotel))
    world.now = INN.arrival(DAY) + timedelta(hours=10)
    gone = world.do(lambda hotel: desk.no_show(stay.id, hotel=hotel))
    assert (gone.state, gone.depart, gone.segments) == (StayState.NO_SHOW, DAY + DAYS, ())
    assert [world.left(day=DAY + ahead * DAYS) for ahead in range(3)] == [2, 3, 3]
    assert world.memory.units == {}
    back = world.do(lambda hotel: desk.expect_again(stay.id, hotel=hotel))
    world.do(lambda hotel: length.extend(stay.id, depart=DAY + 3 * DAYS, agreed=None, hotel=hotel))
    assert back.state is StayState.EXPECTED
    gone = world.do(lambda hotel: desk.no_show(stay.id, hotel=hotel))
    world.now += 2 * DAYS
    with pytest.raises(NoNights):
        world.do(lambda hotel: desk.expect_again(stay.id, hotel=hotel))


def test_whoever_comes_after_all_pays_the_nights_and_not_the_fee_for_staying_away(world: MemoryWorld) -> None:
    stay = world.assign(firm(world), "201")
    world.now = INN.arrival(DAY) + timedelta(hours=10)
    world.do(lambda hotel: desk.no_show(stay.id, hotel=hotel))
    bills = world.hotel(world.work()).accounts.folios.windows(stay.id)
    assert [one.charged for one in bills] == [30000]
    world.do(lambda hotel: desk.expect_again(stay.id, hotel=hotel))
    world.come(world.assign(stay, "201"))
    bills = world.hotel(world.work()).accounts.folios.windows(stay.id)
    assert [(one.charged, one.balance, one.room) for one in bills] == [(0, 0, "201")]
    world.now = INN.departure(stay.depart)
    world.go(stay)
    bills = world.hotel(world.work()).accounts.folios.windows(stay.id)
    assert [one.charged for one in bills] == [30000]


def test_a_late_check_out_ends_when_others_may_come(world: MemoryWorld) -> None:
    stay = world.assign(firm(world), "201")
    last = INN.arrival(stay.depart)
    until = last + timedelta(minutes=1)
    with pytest.raises(TooLate):
        world.do(lambda hotel: desk.stay_later(stay.id, until=until, hotel=hotel))
    after = world.do(lambda hotel: desk.stay_later(stay.id, until=last, hotel=hotel))
    longer = world.do(lambda hotel: length.extend(stay.id, depart=DAY + 2 * DAYS, agreed=None, hotel=hotel))
    assert (after.late, longer.late) == (last, None)


def test_a_booking_is_used_when_its_last_guests_have_left(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold(count=2))
    one, other = world.stays(order)
    world.now = INN.arrival(DAY)
    world.go(world.come(world.assign(one, "201")))
    assert not world.do(lambda hotel: desk.finish(order.id, hotel=hotel))
    world.now += timedelta(hours=11)
    world.do(lambda hotel: desk.no_show(other.id, hotel=hotel))
    assert world.do(lambda hotel: desk.finish(order.id, hotel=hotel))
    assert world.order(order).fulfilment is Fulfilment.USED
    assert not world.do(lambda hotel: desk.finish(order.id, hotel=hotel))


def test_the_lists_of_a_day(world: MemoryWorld) -> None:
    late = firm(world, key="late", day=DAY - DAYS, nights=3)
    here = world.assign(firm(world, key="here", day=DAY - DAYS, nights=1), "201")
    due = firm(world, key="due")
    world.now = INN.arrival(DAY - DAYS)
    world.come(here)
    world.now = INN.departure(DAY)
    found = front.today(property=None, day=None, hotel=world.hotel(world.work()))
    assert [one.stay.id for one in found.arriving] == [late.id, due.id]
    assert [one.stay.id for one in found.leaving] == [one.stay.id for one in found.in_house] == [here.id]
    assert found.arriving[0].name == CONTACT["name"]
    assert found.in_house[0].fits("201")
    assert found.in_house[0].fits("13800000000")
    assert not found.in_house[0].fits("nobody")
    world.go(here)
    found = front.today(property=None, day=None, hotel=world.hotel(world.work()))
    assert ([one.stay.id for one in found.left], found.in_house) == ([here.id], ())


def test_the_room_plan_shows_bars_the_lane_and_the_houses_position(world: MemoryWorld) -> None:
    here = world.assign(firm(world, key="here", day=DAY - DAYS, nights=3), "201")
    split = world.assign(firm(world, key="split", nights=2), "202")
    split = world.assign(split, "203", since=DAY + DAYS)
    lane = firm(world, key="lane", day=DAY + DAYS, nights=2)
    world.do(
        lambda hotel: repairs.take_out(
            "301", property=None, first=DAY, last=DAY + DAYS, reason="", hotel=hotel
        )
    )
    world.now = INN.arrival(DAY - DAYS)
    world.come(here)
    world.now = INN.departure(DAY + DAYS)
    world.go(here)  # two nights of it are over, and still seen
    plan = front.room_plan(property=None, first=DAY, days=3, hotel=world.hotel(world.work()))
    assert [(bar.room, bar.first) for bar in plan.bars if bar.shown and bar.shown.stay.id == split.id] == [
        ("202", DAY),
        ("203", DAY + DAYS),
    ]
    assert [bar.last for bar in plan.bars if bar.shown and bar.shown.stay.id == here.id] == [DAY + DAYS]
    assert [bar.room for bar in plan.bars if bar.block is not None] == ["301"]
    assert [one.stay.id for one in plan.lane] == [lane.id]
    first = plan.position[0]
    assert (first.rooms, first.broken, first.sold, first.free, first.arriving) == (5, 1, 2, 2, 1)
    assert replace(plan.position[1], day=DAY) == replace(
        first, broken=0, sold=2, free=3, arriving=1, leaving=1
    )

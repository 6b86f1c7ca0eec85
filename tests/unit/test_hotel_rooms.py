"""What is sold with fakes: pools, whole houses, hours, repairs; no night twice, whatever happens."""

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.commerce.orders.domain import State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import Missing, Refusal
from tenants.hotel.domain.nights import HoursClosed, TooMuchAtOnce
from tenants.hotel.domain.offer import StayInvalid
from tenants.hotel.domain.plan import Derived, RatePlan
from tenants.hotel.domain.refusals import AllowanceFixed, SetupInvalid
from tenants.hotel.domain.rooms import Hourly
from tenants.hotel.usecases import booking, repairs, setting
from tenants.hotel.usecases.basket import Booking, Hours
from tenants.hotel.usecases.setting import PlanInUse, RoomTaken
from tests.hotel_world import CONTACT, DAY, MemoryWorld, kind, rooms

DAYS = timedelta(days=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def hours(world: MemoryWorld, start: int, *, key: str = "h1", day: Any = DAY) -> Any:
    asked = Booking(hours=(Hours(type="twin", day=day, start=start),), contact=CONTACT)
    mark = Mark(command=key, digest=f"{asked}")
    return world.do(lambda hotel: booking.hold(asked, mark=mark, hotel=hotel))


def block(world: MemoryWorld, room: str, *, nights: int = 1) -> Any:
    def act(hotel: Any) -> Any:
        last = DAY + nights * DAYS
        return repairs.take_out(room, property=None, first=DAY, last=last, reason="leak", hotel=hotel)

    return world.do(act)


def test_rooms_added_later_are_a_pool_of_their_own(world: MemoryWorld) -> None:
    world.hold(count=3)
    world.type_(kind("twin"), rooms("twin", 5, floor=2))
    assert world.left() == 2
    order = world.hold(count=2, key="k2")
    assert {hold.resource for hold in order.holds} == {"type:twin:2"}
    with pytest.raises(SoldOut) as refused:
        world.hold(key="k3")
    assert refused.value.facts == {"left": 0, "wanted": 1}
    again = world.hold(count=2, key="k2")
    assert again.holds == order.holds


def test_rooms_are_sold_one_by_one_to_the_last_of_every_pool(world: MemoryWorld) -> None:
    world.type_(kind("twin"), rooms("twin", 40, floor=2), over=2)
    for number in range(42):
        world.hold(key=f"k{number}", nights=2)
    assert world.left() == 0
    for number in range(3):
        with pytest.raises(SoldOut) as refused:
            world.hold(key=f"late{number}", nights=2)
        assert refused.value.facts == {"left": 0, "wanted": 1}
    world.cancel(world.hold(key="k20", nights=2))
    world.hold(key="again", nights=2)


def test_a_group_is_spread_over_the_pools(world: MemoryWorld) -> None:
    world.type_(kind("twin"), rooms("twin", 5, floor=2), over=2)
    order = world.hold(count=7)
    assert sorted((hold.resource, hold.count) for hold in order.holds) == [
        ("type:twin", 3),
        ("type:twin:2", 2),
        ("type:twin:over", 2),
    ]
    world.pay(world.guarantee(order))
    assert world.said_of("lodging.availability.changed")[-1]["free"] == 0
    assert world.cancel(order).holds == ()
    assert world.left() == 7


def test_the_allowance_is_sold_last_and_goes_back_by_its_own_sums(world: MemoryWorld) -> None:
    world.type_(kind("twin"), over=2)
    world.type_(kind("twin"), over=5)
    assert world.memory.types["twin"].allowance == 5
    with pytest.raises(AllowanceFixed):
        world.type_(kind("twin"), over=3)
    world.hold(count=8)
    world.type_(kind("twin"), over=0)
    assert world.left() == 0
    with pytest.raises(SoldOut):
        world.hold(key="k2")
    world.type_(kind("twin"), over=2)
    assert world.memory.types["twin"].allowance == 2
    with pytest.raises(SoldOut):  # two of the allowance, and they are sold
        world.hold(key="k3")


def test_a_whole_house_and_its_rooms_exclude_each_other(world: MemoryWorld) -> None:
    world.house_("301", "302")
    assert world.memory.types["villa"].parts == {"king": 2}
    one = world.hold("king", key="room")
    assert world.left("villa") == 0
    with pytest.raises(SoldOut):
        world.hold("villa", key="house")
    world.cancel(one)
    house = world.hold("villa", key="house", nights=2)
    assert len(house.holds) == 4
    with pytest.raises(SoldOut):
        world.hold("king", key="room2", day=DAY + DAYS)
    world.guarantee(house)
    assert {said["roomType"] for said in world.said_of("lodging.availability.changed")} == {"king"}


def test_a_whole_house_is_never_made_of_an_allowance(world: MemoryWorld) -> None:
    world.type_(kind("king"), over=5)
    world.house_("301", "302")
    world.hold("king", count=1, key="room")
    with pytest.raises(SoldOut):
        world.hold("villa", key="house")
    with pytest.raises(SetupInvalid):
        world.type_(kind("villa"), members=("301", "302"), over=1)
    with pytest.raises(SetupInvalid):
        world.type_(kind("villa"), members=("301",))
    with pytest.raises(Missing):
        world.type_(kind("castle"), members=("999",))


def test_a_room_out_of_order_withdraws_places(world: MemoryWorld) -> None:
    world.house_("301", "302")
    out = block(world, "301", nights=2)
    assert (world.left("king"), world.left("villa")) == (1, 0)
    assert world.said_of("lodging.availability.changed")[-1] == {
        "roomType": "king",
        "date": (DAY + DAYS).isoformat(),
        "free": 1,
        "outOfOrder": 1,
    }
    world.now += timedelta(hours=2)
    world.hold("king", nights=2)
    with pytest.raises(SoldOut):
        block(world, "302")
    assert world.do(lambda hotel: repairs.out_of_order(property=None, hotel=hotel)) == [out]
    world.do(lambda hotel: repairs.put_back(out.id, property=None, hotel=hotel))
    assert world.left("king") == 1
    assert world.said_of("lodging.availability.changed")[-1]["outOfOrder"] == 0
    with pytest.raises(Missing):
        world.do(lambda hotel: repairs.put_back(out.id, property=None, hotel=hotel))
    with pytest.raises(StayInvalid):
        block(world, "301", nights=61)


def test_hours_are_slots_and_take_the_nights_they_reach_into(world: MemoryWorld) -> None:
    by_hour = Hourly(rooms=2, opens=time(8), closes=time(20), hours=2, price=9900)
    world.type_(kind("twin", hourly=by_hour))
    midday = hours(world, 12)
    assert [hold.slot for hold in midday.holds] == [f"{DAY}T12", f"{DAY}T13"]
    assert world.left() == 3
    evening = hours(world, 17, key="h2")
    assert world.left() == 2
    assert evening.total.amount == 9900
    hours(world, 13, key="h3")
    with pytest.raises(SoldOut):
        hours(world, 12, key="h4")
    hours(world, 10, key="h5")
    assert world.left(day=DAY - DAYS) == 2
    for start in (7, 19):
        with pytest.raises(HoursClosed):
            hours(world, start, key="h6")
    assert world.pay(evening).state is State.CONFIRMED
    assert world.quote(evening).back.amount == 9900
    world.cancel(evening)
    assert world.left() == 2  # from one o'clock for two hours: past check-in
    with pytest.raises(SetupInvalid):
        world.type_(kind("twin", hourly=Hourly(rooms=1, opens=time(8), closes=time(20), hours=2, price=1)))
    world.type_(kind("twin"))
    with pytest.raises(Refusal):
        hours(world, 12, key="h7")


def test_a_booking_too_large_for_one_transaction_is_refused(world: MemoryWorld) -> None:
    world.house_("301", "302")
    with pytest.raises(TooMuchAtOnce):
        world.hold("villa", nights=41)


def test_set_up_keeps_what_was_sold(world: MemoryWorld) -> None:
    with pytest.raises(RoomTaken):
        world.type_(kind("king"), rooms("king", 1, floor=2))
    with pytest.raises(SetupInvalid):
        world.type_(kind("twin"), members=("301",))
    single = RatePlan(id="single", names={"zh": "x"})
    derived = RatePlan(id="bar", names={"zh": "x"}, derived=Derived(plan="single"))
    strange = RatePlan(id="s", names={"zh": "x"}, types=frozenset({"none"}))
    world.do(lambda hotel: setting.set_plan(single, hotel=hotel))
    with pytest.raises(PlanInUse):
        world.do(lambda hotel: setting.set_plan(derived, hotel=hotel))
    with pytest.raises(SetupInvalid):
        world.do(lambda hotel: setting.set_plan(strange, hotel=hotel))
    with pytest.raises(Missing):
        world.hold("none")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "hold", "hold", "guarantee", "cancel", "wait", "block", "unblock"]),
        st.sampled_from(["twin", "king", "villa"]),
        st.integers(0, 3),
        st.integers(1, 3),
        st.integers(1, 3),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(steps=STEPS)
def test_no_night_is_sold_twice_whatever_happens(steps: list[tuple[str, str, int, int, int]]) -> None:
    world = MemoryWorld()
    world.set_up(over=1)
    world.house_("301", "302")
    made: list[Any] = []
    blocks: list[Any] = []
    for number, (what, type, ahead, nights, count) in enumerate(steps):
        try:
            match what:
                case "hold":
                    day = DAY + ahead * DAYS
                    made.append(world.hold(type, key=f"k{number}", day=day, nights=nights, count=count))
                case "guarantee" if made:
                    world.guarantee(made[ahead % len(made)])
                case "cancel" if made:
                    world.cancel(made[ahead % len(made)])
                case "wait":
                    world.now += timedelta(minutes=9)
                case "block":
                    blocks.append(block(world, f"30{1 + ahead % 2}", nights=nights))
                case "unblock" if blocks:
                    id = blocks.pop().id
                    world.do(lambda hotel, id=id: repairs.put_back(id, property=None, hotel=hotel))
        except Refusal:
            pass
        _balanced(world, made, blocks)


def _balanced(world: MemoryWorld, made: list[Any], blocks: list[Any]) -> None:
    """Rooms in use on each night: never more than there are, and the counters say what the bookings say."""
    living = [world.order(order) for order in made]
    living = [order for order in living if order.state != State.CANCELLED and not order.over(now=world.now)]
    for ahead in range(7):
        day = DAY + ahead * DAYS
        used = {"twin": 0, "king": 0, "villa": 0}
        for order in living:
            for hold in order.holds:
                if hold.slot == day.isoformat():
                    used[hold.resource.split(":")[1]] += hold.count
        broken = sum(1 for one in blocks if one.first <= day < one.last)
        assert used["twin"] <= 3 + 1
        assert used["king"] + broken <= 2
        assert used["villa"] <= 1
        assert world.left("twin", day) == 4 - used["twin"]
        assert world.left("king", day) == 2 - used["king"] - broken

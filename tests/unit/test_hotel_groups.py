"""Groups and the waitlist with fakes: held, picked up, released; offered when a night is freed."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commerce.orders.domain import State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import Missing
from tenants.hotel.domain.group import Group, GroupClosed, GroupDates, GroupShort, GroupState
from tenants.hotel.domain.waitlist import WaitState
from tenants.hotel.usecases import groups, waiting
from tests.hotel_world import CONTACT, DAY, INN, MemoryWorld

DAYS = timedelta(days=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up(twins=5)
    return made


def hold(world: MemoryWorld, **more: Any) -> Group:
    asked = groups.Asked(
        **{
            "name": "示例旅行团",
            "contact": CONTACT,
            "arrive": DAY,
            "depart": DAY + 2 * DAYS,
            "rooms": {"twin": 4},
            "plan": "bar",
            "release": DAY - DAYS,
            "rates": {"twin": 25000},
            **more,
        }
    )
    made: Group = world.do(lambda hotel: groups.hold_group(asked, hotel=hotel))
    return made


def pick(world: MemoryWorld, group: Group, *, key: str = "p", **more: Any) -> Any:
    asked = groups.Pick(
        **{"type": "twin", "arrive": DAY, "depart": DAY + 2 * DAYS, "contact": CONTACT, **more}
    )
    mark = Mark(command=key, digest="d")
    return groups.pick_up(group.id, asked, mark=mark, property=None, unit=world.unit)


def group_of(world: MemoryWorld, group: Group) -> Group:
    found: Group = world.memory.house.groups[group.id]
    return found


def test_a_group_holds_its_rooms_and_its_bookings_take_them_over(world: MemoryWorld) -> None:
    group = hold(world)
    assert (world.left(), world.left(day=DAY + DAYS)) == (1, 1)
    order = pick(world, group, count=2, names=("示例甲", "示例乙"))
    assert (order.state, order.total.amount) == (State.CONFIRMED, 2 * 2 * 25000)
    assert world.left() == 1
    hotel = world.hotel(world.work())
    names = [hotel.vault.unseal(stay.party)["name"] for stay in world.stays(order)]
    assert names == ["示例甲", "示例乙"]
    assert world.said_of("commerce.order.placed")[-1]["amount"] == 100000
    assert pick(world, group, count=2, names=("示例甲", "示例乙")).id == order.id
    assert group_of(world, group).left("twin", [DAY]) == 2
    part = pick(world, group, key="q", arrive=DAY + DAYS)
    assert len(world.stays(part)[0].nights) == 1
    with pytest.raises(GroupShort) as refused:
        pick(world, group, key="r", count=2)
    assert refused.value.facts == {"left": 1, "wanted": 2}
    with pytest.raises(GroupDates):
        pick(world, group, key="s", depart=DAY + 3 * DAYS)


def test_what_nobody_picked_up_returns_on_the_release_date(world: MemoryWorld) -> None:
    group = hold(world)
    order = pick(world, group)
    assert groups.release_due(INN.id, unit=world.unit, now=world.now) == 0
    world.now = INN.arrival(DAY - DAYS) + timedelta(hours=5)
    assert groups.release_due(INN.id, unit=world.unit, now=world.now) == 1
    assert group_of(world, group).state is GroupState.RELEASED
    assert world.left() == 4
    assert world.said_of("lodging.availability.changed")[-1]["free"] == 4
    with pytest.raises(GroupClosed):
        pick(world, group, key="late")
    world.cancel(order)
    assert world.left() == 5


def test_a_group_needs_rooms_that_are_there(world: MemoryWorld) -> None:
    with pytest.raises(SoldOut):
        hold(world, rooms={"twin": 6})
    assert world.left() == 5
    with pytest.raises(GroupDates):
        hold(world, release=DAY + DAYS)
    with pytest.raises(Missing):
        hold(world, rooms={"nothing": 1})


def test_a_group_without_a_rate_pays_the_plans_price(world: MemoryWorld) -> None:
    order = pick(world, hold(world, rates={}))
    assert order.total.amount == 60000


def wait(world: MemoryWorld, **more: Any) -> Any:
    wanted = waiting.Wanted(
        **{
            "type": "twin",
            "plan": "bar",
            "arrive": DAY,
            "depart": DAY + DAYS,
            "contact": CONTACT,
            **more,
        }
    )
    return world.do(lambda hotel: waiting.wait_for(wanted, hotel=hotel))


def look(world: MemoryWorld) -> list[tuple[str, WaitState]]:
    return [(one.id, one.state) for one in waiting.look_through(INN.id, unit=world.unit)]


def test_who_waits_is_offered_what_comes_free_first_come_first_served(world: MemoryWorld) -> None:
    full = world.guarantee(world.hold(count=5))
    first = wait(world)
    world.now += timedelta(seconds=1)
    second = wait(world)
    assert look(world) == []
    world.cancel(full)
    world.guarantee(world.hold(key="k2", count=4))
    assert look(world) == [(first.id, WaitState.OFFERED)]
    assert world.left() == 0
    (entry, _) = waiting.waiting(property=None, hotel=world.hotel(world.work()))
    assert (entry.name, entry.wait.until) == (CONTACT["name"], world.now + timedelta(hours=2))
    world.now += timedelta(hours=1)
    assert look(world) == []
    world.now += timedelta(hours=2)
    assert look(world) == [(first.id, WaitState.LAPSED), (second.id, WaitState.OFFERED)]
    entry = waiting.waiting(property=None, hotel=world.hotel(world.work()))[0]
    world.guarantee(world.hotel(world.work()).orders.get(entry.wait.order))
    assert look(world) == [(second.id, WaitState.TAKEN)]


def test_who_wants_no_room_any_more_lets_go_of_it(world: MemoryWorld) -> None:
    entry = wait(world)
    look(world)
    assert world.left() == 4
    world.do(lambda hotel: waiting.withdraw(entry.id, property=None, hotel=hotel))
    assert (world.left(), look(world)) == (5, [])


def test_waiting_ends_when_its_day_has_come(world: MemoryWorld) -> None:
    world.guarantee(world.hold(count=5))
    entry = wait(world)
    world.now = INN.arrival(DAY + DAYS)
    assert look(world) == [(entry.id, WaitState.LAPSED)]


def test_an_offer_that_broke_off_is_made_again(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = wait(world)
    with monkeypatch.context() as patched:
        patched.setattr("tests.fakes.FakeOrders.extend", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            look(world)
    assert look(world) == [(entry.id, WaitState.OFFERED)]
    assert world.left() == 4

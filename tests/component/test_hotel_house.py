"""House-keeping, groups, the waitlist and the back office on the engine: kept as meant, at a known cost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock.domain import count_of, holder
from chalicelib.commerce.stock.shelves import shelf_between
from chalicelib.kernel.errors import Missing
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel import inbox
from tenants.hotel.domain.cleaning import Step
from tenants.hotel.domain.group import GroupState
from tenants.hotel.domain.housekeeping import Found
from tenants.hotel.domain.office import FindState
from tenants.hotel.domain.waitlist import WaitState
from tenants.hotel.store.groups import GroupOverRow
from tenants.hotel.usecases import groups, housekeeping, office, waiting
from tests.hotel_world import CONTACT, DAY, INN, EngineWorld, context

pytestmark = pytest.mark.component
DAYS = timedelta(days=1)


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        made = EngineWorld()
        made.set_up(twins=4)
        yield made


def held(world: EngineWorld) -> dict[str, int]:
    """Places of the night of DAY by holder; counted, and what is left fits."""
    found: dict[str, int] = {}
    for (_, resource, _), bucket in shelf_between(f"{INN.id}#203510", f"{DAY}", f"{DAY}").items():
        if resource == "type:twin":
            found |= {name: count_of(word) for name, word in bucket.holds.items()}
            assert bucket.left == 4 - sum(found.values())
    return found


def test_a_groups_places_change_hands_without_being_free(world: EngineWorld) -> None:
    asked = groups.Asked(
        name="示例旅行团",
        contact=CONTACT,
        arrive=DAY,
        depart=DAY + 2 * DAYS,
        rooms={"twin": 3},
        plan="bar",
        release=DAY - DAYS,
        rates={"twin": 25000},
    )
    group = world.do(lambda hotel: groups.hold_group(asked, hotel=hotel))
    store = world.hotel(world.work()).groups
    assert (store.get(INN.id, group.id), store.open(INN.id)) == (group, [group])
    assert held(world) == {holder(group.id): 3}
    pick = groups.Pick(type="twin", arrive=DAY, depart=DAY + 2 * DAYS, contact=CONTACT, count=2)
    with metered() as meter:
        mark = Mark(command="p", digest="d")
        order = groups.pick_up(group.id, pick, mark=mark, property=None, unit=world.unit)
    assert meter.calls <= 9, meter.operations
    assert held(world) == {holder(group.id): 1, holder(order.id): 2}
    assert len(world.stays(order)) == 2
    world.now = INN.arrival(DAY - DAYS) + timedelta(hours=5)
    inbox.look_through_waitlists(world.now)
    assert held(world) == {holder(order.id): 2}
    (over,) = store.closed(INN.id, "203510")
    assert (over.state, over.picked, over.holds) == (GroupState.RELEASED, (order.id,), ())
    assert (over.given, store.get(INN.id, group.id)) == (2, over)
    GroupOverRow(tenant_key("GROUPSOVER", INN.id), group.id).delete()  # as of one released before it was kept
    with pytest.raises(Missing):
        store.get(INN.id, group.id)
    assert store.get(INN.id, group.id, month="203510") == over
    assert CONTACT["phone"] not in f"{list(Row._get_connection().scan()['Items'])}"


def test_the_waitlist_offers_and_closes(world: EngineWorld) -> None:
    full = world.guarantee(world.hold(count=4))
    wanted = waiting.Wanted(type="twin", plan="bar", arrive=DAY, depart=DAY + DAYS, contact=CONTACT)
    wait = world.do(lambda hotel: waiting.wait_for(wanted, hotel=hotel))
    inbox.look_through_waitlists(world.now)
    world.cancel(full)
    inbox.look_through_waitlists(world.now)
    (entry,) = world.hotel(world.work()).waits.open(INN.id)
    assert (entry.id, entry.state) == (wait.id, WaitState.OFFERED)
    order = world.hotel(world.work()).orders.get(entry.order)
    assert order.until == world.now + timedelta(hours=2)
    world.do(lambda hotel: waiting.withdraw(wait.id, property=None, hotel=hotel))
    assert (world.hotel(world.work()).waits.open(INN.id), held(world)) == ([], {})


def test_tasks_and_what_was_seen_are_kept(world: EngineWorld) -> None:
    stay = world.assign(world.stays(world.guarantee(world.hold(nights=3)))[0], "201")
    world.now = INN.arrival(DAY)
    world.come(stay)
    world.now = INN.departure(DAY + DAYS)
    inbox.plan_cleaning(world.now)
    with metered() as meter:
        inbox.plan_cleaning(world.now)
    assert meter.calls <= 2, meter.operations
    world.do(lambda hotel: housekeeping.assign(["201"], "王姐", property=None, hotel=hotel))
    world.do(lambda hotel: housekeeping.step("201", Step.DONE, property=None, note="好", hotel=hotel))
    world.do(lambda hotel: housekeeping.report("201", Found.VACANT, property=None, hotel=hotel))
    with metered() as meter:
        _, rooms = housekeeping.board(property=None, who="王姐", hotel=world.hotel(world.work()))
    assert meter.calls <= 6, meter.operations
    (room,) = rooms
    assert room.task is not None
    assert (room.task.kind, room.task.state, room.task.note, room.task.at) == (
        "stayover",
        "done",
        "好",
        world.now,
    )
    assert (room.status.state, room.status.disagrees, room.status.seen) == ("cleaned", True, world.now)


def test_what_the_office_writes_down_is_kept(world: EngineWorld) -> None:
    thing = office.FoundThing(what="雨伞", place="201", kept_at="前台柜", finder="王姐")
    find = world.do(lambda hotel: office.keep(thing, property=None, hotel=hotel))
    assert office.finds(property=None, hotel=world.hotel(world.work())) == [find]
    world.do(
        lambda hotel: office.close(
            find.id, FindState.RETURNED, owner=CONTACT, note="", property=None, hotel=hotel
        )
    )
    kept = world.hotel(world.work()).office
    assert (kept.finds(INN.id), kept.find(INN.id, find.id).state) == ([], FindState.RETURNED)
    assert [one.id for one in kept.closed(INN.id, "203510")] == [find.id]
    for text, wanted in (("夜审已过", False), ("302 客人要叫早", True)):
        world.do(
            lambda hotel, text=text, wanted=wanted: office.write(
                text, wanted=wanted, by="甲", property=None, hotel=hotel
            )
        )
    first, second = office.notes(property=None, hotel=world.hotel(world.work()))
    assert (first.text, second.text) == ("302 客人要叫早", "夜审已过")
    world.do(lambda hotel: office.take_over(first.note.id, by="乙", property=None, hotel=hotel))
    assert kept.note(INN.id, first.note.id).seen_by == "乙"
    assert "叫早" not in f"{list(Row._get_connection().scan()['Items'])}"

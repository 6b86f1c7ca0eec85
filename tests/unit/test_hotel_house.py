"""House-keeping, lost property and shift notes with fakes."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Missing
from tenants.hotel.domain.cleaning import Step, TaskIs, TaskKind, TaskState
from tenants.hotel.domain.housekeeping import Cleanliness, Found, RoomNotReady
from tenants.hotel.domain.office import FindGone, FindKept, FindState, NoteGone
from tenants.hotel.domain.stay import Stay
from tenants.hotel.usecases import desk, housekeeping, office
from tests.hotel_world import DAY, INN, MemoryWorld

DAYS = timedelta(days=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def here(world: MemoryWorld, room: str, *, nights: int = 1, key: str = "k") -> Stay:
    """Guests in a room since DAY."""
    stay = world.assign(world.stays(world.guarantee(world.hold(key=key, nights=nights)))[0], room)
    world.now = INN.arrival(DAY)
    return world.come(stay)


def rooms(world: MemoryWorld, **asked: Any) -> dict[str, housekeeping.RoomToday]:
    _, found = housekeeping.board(property=None, hotel=world.hotel(world.work()), **asked)
    return {one.room.number: one for one in found}


def step(world: MemoryWorld, room: str, what: Step, **more: Any) -> Any:
    return world.do(lambda hotel: housekeeping.step(room, what, property=None, hotel=hotel, **more))


def test_a_departure_is_cleaned_and_inspected(world: MemoryWorld) -> None:
    stay = here(world, "201")
    world.now = INN.departure(DAY + DAYS)
    assert rooms(world)["201"].leaving
    world.go(stay)
    found = rooms(world)["201"]
    assert found.task is not None
    assert (found.task.kind, found.task.state, found.status.state) == (
        TaskKind.DEPARTURE,
        TaskState.OPEN,
        Cleanliness.DIRTY,
    )
    world.do(lambda hotel: housekeeping.assign(["201", "203"], "王姐", property=None, hotel=hotel))
    assert sorted(rooms(world, who="王姐")) == ["201", "203"]
    step(world, "201", Step.START)
    assert step(world, "201", Step.DONE).state is TaskState.DONE
    again = step(world, "201", Step.AGAIN, note="浴室")
    assert (again.state, again.note, rooms(world)["201"].status.state) == ("open", "浴室", "dirty")
    step(world, "201", Step.DONE)
    step(world, "201", Step.PASS)
    assert rooms(world)["201"].status.state is Cleanliness.INSPECTED
    with pytest.raises(TaskIs):
        step(world, "201", Step.PASS)
    with pytest.raises(Missing):
        step(world, "999", Step.START)


def test_nobody_is_given_a_dirty_room_unless_they_want_it(world: MemoryWorld) -> None:
    world.do(lambda hotel: housekeeping.ask("201", property=None, note="", hotel=hotel))
    with pytest.raises(RoomNotReady):
        here(world, "201")
    (stay,) = world.memory.stays.values()
    came = world.do(lambda hotel: desk.check_in(stay.id, dirty=True, hotel=hotel))
    world.do(lambda hotel: housekeeping.ask("202", property=None, note="", hotel=hotel))
    with pytest.raises(RoomNotReady):
        world.assign(came, "202")
    assert world.assign(came, "202", dirty=True).has == ("202",)


def test_in_the_morning_the_rooms_of_all_who_stay_on_are_to_be_cleaned_once(world: MemoryWorld) -> None:
    here(world, "201", nights=3)
    world.now = INN.departure(DAY + DAYS)
    unit = world.unit
    assert housekeeping.plan_day(INN.id, unit=unit) == 1
    step(world, "201", Step.DONE)
    assert housekeeping.plan_day(INN.id, unit=unit) == 0
    found = rooms(world)["201"]
    assert found.task is not None
    assert (found.task.kind, found.staying, found.status.state) == (TaskKind.STAYOVER, True, "cleaned")


def test_a_planning_that_broke_off_is_finished(world: MemoryWorld) -> None:
    here(world, "201", nights=3)
    here(world, "202", nights=3, key="other")
    world.now = INN.departure(DAY + DAYS)
    world.do(lambda hotel: housekeeping.ask("201", property=None, note="", hotel=hotel))  # one has a task
    assert housekeeping.plan_day(INN.id, unit=world.unit) == 1
    assert rooms(world)["202"].status.state is Cleanliness.DIRTY


def test_a_room_that_is_not_as_the_desk_believes_is_a_discrepancy(world: MemoryWorld) -> None:
    stay = here(world, "201")

    def see(room: str, found: Found) -> None:
        world.do(lambda hotel: housekeeping.report(room, found, property=None, hotel=hotel))

    def wrong() -> list[str]:
        return [one.room for one in world.memory.board.values() if one.disagrees]

    see("201", Found.OCCUPIED)
    assert wrong() == []
    see("201", Found.VACANT)
    see("202", Found.OCCUPIED)
    assert wrong() == ["201", "202"]
    world.do(lambda hotel: housekeeping.settle("202", property=None, hotel=hotel))
    world.now = INN.departure(DAY + DAYS)
    world.go(stay)
    assert wrong() == []


def test_what_was_found_is_kept_three_months_for_its_owner(world: MemoryWorld) -> None:
    thing = office.FoundThing(what="雨伞", place="201", kept_at="前台柜", finder="王姐")
    find = world.do(lambda hotel: office.keep(thing, property=None, hotel=hotel))
    other = world.do(lambda hotel: office.keep(thing, property=None, hotel=hotel))
    assert (find.until - INN.today(world.now)).days == 90
    hotel = world.hotel(world.work())
    assert len(office.finds(property=None, text="伞", hotel=hotel)) == 2
    assert office.finds(property=None, text="手机", hotel=hotel) == []

    def close(id: str, state: FindState) -> Any:
        owner = {"name": "示例甲"}
        return world.do(
            lambda hotel: office.close(id, state, owner=owner, note="", property=None, hotel=hotel)
        )

    with pytest.raises(FindKept):
        close(find.id, FindState.POLICE)
    assert "示例甲" not in f"{close(find.id, FindState.RETURNED)}"
    with pytest.raises(FindGone):
        close(find.id, FindState.RETURNED)
    world.now += 91 * DAYS
    assert close(other.id, FindState.POLICE).state is FindState.POLICE


def test_a_note_is_taken_over_by_the_next_shift_once(world: MemoryWorld) -> None:
    def write(text: str, *, wanted: bool) -> Any:
        return world.do(lambda hotel: office.write(text, wanted=wanted, by="甲", property=None, hotel=hotel))

    first = write("205 空调报修", wanted=True)
    write("早班已交备用金", wanted=False)
    hotel = world.hotel(world.work())
    assert [one.text for one in office.notes(property=None, hotel=hotel)] == [
        "205 空调报修",
        "早班已交备用金",
    ]
    seen = world.do(lambda hotel: office.take_over(first.id, by="乙", property=None, hotel=hotel))
    assert (seen.seen_by, seen.seen) == ("乙", world.now)
    with pytest.raises(NoteGone):
        world.do(lambda hotel: office.take_over(first.id, by="丙", property=None, hotel=hotel))

"""The demo can be made, and made again: a hotel with a day that runs, and nights that are over."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.messaging.schemas import problems
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.doors.house import House
from infra.local.fixture import Stack
from infra.local.seed import _running
from infra.local.seed_hotel import seed_doors, seed_hotel
from infra.local.seed_inn import INN
from tenants.hotel.domain.cleaning import TaskKind
from tenants.hotel.store import HotelStore
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases import front, keys, search
from tests.hotel_world import NOW, EngineWorld, context, tenant

pytestmark = pytest.mark.component
ONE = timedelta(days=1)


def test_the_demo_hotel_is_made_once(engine: Stack) -> None:
    with bind(context()):
        world, made = EngineWorld(), []
        for _ in range(2):
            with metered() as meter:
                seed_hotel(now=NOW)
            forget_hotel()
            asked = search.Asked(arrive=NOW.date(), depart=NOW.date() + ONE, property=INN)
            found = search.availability(asked, hotel=HotelStore(world.work()))
            assert all(one.offers or one.forbidden for one in found.found)
            said = Counter(one["type"] for one in world.said())
            made.append(({one.kind.id: one.left for one in found.found}, said, meter.calls))
        assert made[0][:2] == made[1][:2]
        assert made[0][0] == {"courtyard": 1, "family": 3, "king": 3, "suite": 1, "twin": 4, "yard": 3}
        assert made[0][2] <= 750  # a few milliseconds each: the first start waits for them
        house = HotelStore(world.work()).setup.house()
        assert sum(kind.capacity for kind in house.types.values() if not kind.house) == 24


def test_the_demo_hotel_has_a_day_to_work_on(engine: Stack) -> None:
    with bind(context()):
        world = EngineWorld()
        seed_hotel(now=NOW)
        hotel = HotelStore(world.work())
        today = front.today(property=None, day=None, hotel=hotel)
        assert len(today.arriving) == 7
        assert len(today.in_house) == 9
        assert {one.name for one in today.leaving} > {one.name for one in front.overdue(today)}
        assert [one.name for one in front.overdue(today)] == ["示例冯先生"]
        tasks = hotel.tasks.of_day(INN, today.day)
        assert Counter(task.kind for task in tasks.values()) == {TaskKind.STAYOVER: 3, TaskKind.EXTRA: 1}
        assert (
            len(hotel.groups.open(INN)) == len(hotel.office.finds(INN)) == len(hotel.office.notes(INN)) == 1
        )
        audits = {one["data"]["date"]: one["data"] for one in world.said() if "nightaudit" in one["type"]}
        assert [audits[f"{NOW.date() - ago * ONE}"]["roomsSold"] for ago in (2, 1)] == [3, 8]
        assert all(problems(one, tenant=tenant(), now=NOW) == [] for one in world.said())


def test_a_demo_guest_s_code_opens_the_demo_door(engine: Stack, tmp_path: Path) -> None:
    with bind(context()):
        world = EngineWorld()
        seed_hotel(now=NOW)
        made = seed_doors(now=NOW)
        hotel = HotelStore(world.work())
        here = hotel.stays.in_house(INN)
        codes = {stay.room: [code for _, code in keys.shown(stay, hotel=hotel).values()] for stay in here}
        assert len(codes) == 9
        doors = {door.place: door for door in House(tmp_path / "doors.json", devices=made).doors.values()}
        for room, given in codes.items():
            assert [doors[room].try_code(code, now=NOW)[0] for code in given] == [True]


@pytest.mark.parametrize(
    ("now", "day", "start"),
    [
        (datetime(2035, 10, 2, 1, 30, tzinfo=UTC), "2035-10-02", "08:00"),
        (datetime(2035, 10, 2, 15, 58, 59, tzinfo=UTC), "2035-10-02", "17:00"),
        (datetime(2035, 10, 2, 15, 59, 30, tzinfo=UTC), "2035-10-03", "00:00"),
        (datetime(2035, 10, 2, 16, 0, 0, tzinfo=UTC), "2035-10-03", "00:00"),
    ],
)
def test_the_first_tickets_are_sold_even_in_the_last_minute_of_a_day(
    now: datetime, day: str, start: str
) -> None:
    found = _running(now)
    assert (found[0].isoformat(), f"{found[1]:%H:%M}") == (day, start)


@pytest.mark.parametrize("hour", [15, 21])
def test_the_demo_hotel_can_be_made_at_any_hour(engine: Stack, hour: int) -> None:
    """``hour`` of UTC: half an hour before midnight there, and half past five, when the night is not over."""
    with bind(context()):
        world = EngineWorld()
        world.now = NOW.replace(hour=hour, minute=30)
        seed_hotel(now=world.now)
        today = front.today(property=None, day=None, hotel=HotelStore(world.work()))
        assert len(today.in_house) == 9
        assert [one.name for one in front.overdue(today) if one in today.leaving]

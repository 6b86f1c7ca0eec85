"""Keys: given with the room, taken back with it; locks that open alone, queues for those that are told."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.hotel.domain.device import Condition, Device, DeviceIs, DeviceKind
from tenants.hotel.domain.key import (
    LEASE,
    TRIES,
    Command,
    CommandState,
    KeyTooLong,
    Op,
    Window,
    offline_code,
    offline_hours,
    offline_spans,
    offline_window,
    window_of,
)
from tenants.hotel.domain.stay import Stay, StayIs
from tenants.hotel.usecases import devices, keys, length, placing
from tenants.hotel.usecases.devices import Told
from tenants.hotel.usecases.key_ports import Entry
from tenants.hotel.usecases.placing import Wish
from tests.hotel_world import DAY, INN, NOW, MemoryWorld

SEED, ZONE = bytes(range(20)), "Asia/Shanghai"
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    for id, place in (("dv_201", "201"), ("dv_202", "202")):
        lock = Device(id=id, site=INN.id, kind=DeviceKind.LOCK, name=f"{place} 门锁", place=place)
        made.do(lambda hotel, lock=lock: devices.register(lock, property=INN, offline=True, hotel=hotel))
    lift = Device(id="dv_lift", site=INN.id, kind=DeviceKind.LIFT, name="电梯", place="A", floors=("1", "2"))
    made.do(lambda hotel: devices.register(lift, property=INN, offline=False, hotel=hotel))
    return made


def arrive(world: MemoryWorld, *, nights: int = 2) -> Stay:
    order = world.guarantee(world.hold(nights=nights))
    stay = world.hotel(world.work()).stays.of_order(world.order(order))[0]
    world.do(lambda hotel: placing.assign(stay.id, Wish(room="201"), hotel=hotel))
    world.now = INN.arrival(DAY) + HOUR
    came: Stay = world.come(stay)
    return came


def code(world: MemoryWorld, stay: Stay) -> str:
    (found,) = keys.shown(stay, hotel=world.hotel(world.work())).values()
    return found[1]


def opens(world: MemoryWorld, device: str, code: str, *, now: datetime) -> bool:
    """What the lock itself says, without a network."""
    hotel = world.hotel(world.work())
    seed = bytes.fromhex(hotel.vault.unseal(hotel.devices.find(INN.id, device).seed))
    return window_of(code, seed=seed, zone=ZONE, now=now) is not None


def exchange(world: MemoryWorld, device: str, **told: Any) -> Sequence[Command]:
    given_: Sequence[Command] = world.do(
        lambda hotel: devices.exchange({device: Told(**told)}, property=INN, hotel=hotel)
    )
    return given_


def test_check_in_gives_a_key_that_opens_the_room_without_a_network(world: MemoryWorld) -> None:
    stay = arrive(world)
    pin = code(world, stay)
    assert opens(world, "dv_201", pin, now=world.now)
    assert not opens(world, "dv_202", pin, now=world.now)
    assert opens(world, "dv_201", pin, now=INN.departure(stay.depart))
    assert not opens(world, "dv_201", pin, now=INN.departure(stay.depart) + HOUR)


def test_check_out_takes_every_key_back_and_tells_the_locks(world: MemoryWorld) -> None:
    stay = arrive(world)
    assert [one.op for one in exchange(world, "dv_201")] == [Op.ISSUE]
    world.go(stay)
    assert keys.shown(stay, hotel=world.hotel(world.work())) == {}
    assert Op.REVOKE in [one.op for one in exchange(world, "dv_201")]
    assert Op.REVOKE in [one.op for one in exchange(world, "dv_lift")]


def test_a_move_takes_the_old_key_back_and_gives_one_for_the_new_room(world: MemoryWorld) -> None:
    stay = arrive(world)
    old = code(world, stay)
    world.do(lambda hotel: placing.assign(stay.id, Wish(room="202"), hotel=hotel))
    new = code(world, stay)
    assert new != old
    assert opens(world, "dv_202", new, now=world.now)
    assert [one.op for one in exchange(world, "dv_201")] == [Op.ISSUE, Op.REVOKE]
    assert [one.op for one in exchange(world, "dv_202")] == [Op.ISSUE]


def test_another_end_of_the_stay_is_another_key(world: MemoryWorld) -> None:
    stay = arrive(world)
    late = INN.departure(stay.depart + timedelta(days=1))
    assert not opens(world, "dv_201", code(world, stay), now=late)
    world.do(
        lambda hotel: length.extend(stay.id, depart=stay.depart + timedelta(days=1), agreed=None, hotel=hotel)
    )
    assert opens(world, "dv_201", code(world, stay), now=late)


def test_a_house_without_locks_gives_no_keys() -> None:
    world = MemoryWorld()
    world.set_up()
    stay = arrive(world)
    assert keys.shown(stay, hotel=world.hotel(world.work())) == {}


def test_what_a_device_does_not_answer_for_comes_again_until_it_does(world: MemoryWorld) -> None:
    arrive(world)
    (first,) = exchange(world, "dv_201")
    assert exchange(world, "dv_201") == []
    world.now += LEASE
    (again,) = exchange(world, "dv_201")
    assert (again.id, again.tries) == (first.id, 2)
    assert exchange(world, "dv_201", results={first.id: ""}) == []
    assert world.memory.keys.over[first.id].state is CommandState.DONE
    exchange(world, "dv_201", results={first.id: ""})  # said twice
    assert world.memory.keys.queue.keys() & {first.id} == set()


def test_a_device_that_was_away_for_an_hour_gets_everything_in_order(world: MemoryWorld) -> None:
    stay = arrive(world)
    world.do(lambda hotel: placing.assign(stay.id, Wish(room="202"), hotel=hotel))
    world.now += HOUR
    assert [one.op for one in exchange(world, "dv_201")] == [Op.ISSUE, Op.REVOKE]
    assert world.memory.keys.devices["dv_201"].condition(now=world.now) is Condition.FINE
    world.now += HOUR
    assert world.memory.keys.devices["dv_201"].condition(now=world.now) is Condition.QUIET


def test_a_command_that_keeps_failing_ends_and_one_whose_time_is_over_expires(world: MemoryWorld) -> None:
    arrive(world)
    for _ in range(TRIES):
        (command,) = exchange(world, "dv_201")
        exchange(world, "dv_201", results={command.id: "jammed"})
        world.now += LEASE
    assert world.memory.keys.over[command.id].state is CommandState.FAILED
    world.now += timedelta(days=5)
    assert exchange(world, "dv_lift") == []
    assert [one.state for one in world.memory.keys.over.values()][-1] is CommandState.EXPIRED


def test_a_log_that_is_sent_twice_is_kept_once(world: MemoryWorld) -> None:
    entry = Entry(device="dv_201", at=NOW, grant="", outcome="refused")
    for _ in range(2):
        exchange(world, "dv_201", entries=[entry])
    assert world.hotel(world.work()).devices.log("dv_201", date(2035, 10, 2)) == [entry]


def test_the_lift_is_called_to_a_floor_it_has_with_a_key_that_holds(world: MemoryWorld) -> None:
    stay = arrive(world)
    hotel = world.hotel(world.work())
    ((grant, _),) = keys.shown(stay, hotel=hotel).values()
    lift = hotel.devices.find(INN.id, "dv_lift")
    assert grant.floors == ("2",)
    world.do(lambda hotel: keys.call_lift(grant, lift=lift, floor="2", hotel=hotel))
    assert [(one.op, one.floor) for one in exchange(world, "dv_lift")] == [(Op.ISSUE, ""), (Op.CALL, "2")]
    with pytest.raises(DeviceIs):
        keys.call_lift(grant, lift=lift, floor="9", hotel=hotel)


@settings(max_examples=150, deadline=None)
@given(
    since=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda one: one.replace(tzinfo=UTC)),
    minutes=st.integers(30, 50 * 24 * 60),
    at=st.floats(0, 1, exclude_max=True),
)
def test_an_offline_code_opens_for_all_of_its_window(since: datetime, minutes: int, at: float) -> None:
    window = Window(since, since + timedelta(minutes=minutes))
    first, hours = offline_hours(window, zone=ZONE)
    made = offline_code(SEED, first=first, hours=hours)
    moment = since + at * timedelta(minutes=minutes)
    proved = window_of(made, seed=SEED, zone=ZONE, now=moment)
    assert proved is not None
    assert proved.since <= window.since
    assert window.until <= proved.until < window.until + HOUR
    assert window_of(made, seed=SEED[::-1], zone=ZONE, now=moment) is None
    assert window_of(made, seed=SEED, zone=ZONE, now=proved.until) is None


def test_codes_that_nobody_gave_open_nothing() -> None:
    window = offline_window(DAY, hours=24, zone=ZONE)
    right = offline_code(SEED, first=DAY, hours=24)
    wrong = [
        f"{right[:4]}{(int(right[4:]) + 1) % 10**6:06d}",
        f"0025{right[4:]}",
        right[:9],
        "",
        "x" * 10,
        "0" * 10,
    ]
    for guess in [*wrong, "9999123456"]:
        assert window_of(guess, seed=SEED, zone=ZONE, now=window.since) is None
    with pytest.raises(KeyTooLong):
        offline_code(SEED, first=DAY, hours=60 * 24 + 1)


def test_the_guide_for_gateways_says_a_value_that_holds() -> None:
    guide = (Path(__file__).parents[2] / "tenants/hotel/DEVICES.md").read_text("utf-8")
    said = re.search(r"seed `(\w+)`, `d` (\S+), `h` (\d+) gives `(\d{10})`", guide)
    assert said is not None
    seed, first, hours, code = said.groups()
    assert offline_code(bytes.fromhex(seed), first=date.fromisoformat(first), hours=int(hours)) == code


def test_a_new_code_for_guests_in_the_house_ends_the_old_one(world: MemoryWorld) -> None:
    stay = arrive(world)
    codes = {code(world, stay)}
    for _ in range(5):
        world.do(lambda hotel: keys.reissued(stay, property=INN, hotel=hotel))
        fresh = code(world, stay)  # there is one key, the last one
        assert fresh not in codes  # a lock refuses every code that was taken back
        assert opens(world, "dv_201", fresh, now=world.now)
        assert not opens(world, "dv_201", fresh, now=keys.until(stay, property=INN) + HOUR)
        codes.add(fresh)


def test_no_new_code_for_who_is_not_in_the_house(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold())
    stay = world.hotel(world.work()).stays.of_order(world.order(order))[0]
    with pytest.raises(StayIs):
        world.do(lambda hotel: keys.reissued(stay, property=INN, hotel=hotel))


def test_whose_room_it_was_cannot_know_the_next_code() -> None:
    window = Window(NOW, NOW + timedelta(days=2))
    spans = offline_spans(window, zone=ZONE)
    assert len({offline_code(SEED, first=first, hours=hours) for first, hours in spans}) == len(spans) == 31
    ends = {offline_window(first, hours=hours, zone=ZONE).until for first, hours in spans}
    assert len(ends) == 1  # they begin on different days and end together

"""Keys and devices on the engine: the queue is what waits, the log is what was; the desk's work is one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.period import business_day
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.device import Condition, Device, DeviceKind
from tenants.hotel.domain.key import CommandState, Op
from tenants.hotel.store.devices import CommandRow
from tenants.hotel.usecases import devices, keys, placing
from tenants.hotel.usecases.devices import DeviceTwice, Told
from tenants.hotel.usecases.key_ports import Entry
from tenants.hotel.usecases.placing import Wish
from tests.hotel_world import DAY, INN, EngineWorld, context

pytestmark = pytest.mark.component
LOCK = "dv_01kq0000000000000000000001"


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context("k")):
        made = EngineWorld()
        made.set_up()
        lock = Device(id=LOCK, site=INN.id, kind=DeviceKind.LOCK, name="201 门锁", place="201")
        made.do(lambda hotel: devices.register(lock, property=INN, offline=True, hotel=hotel))
        yield made


def test_two_who_register_the_same_device_at_once_make_one(world: EngineWorld) -> None:
    def register(id: str, work: Any) -> None:
        lift = Device(id=id, site=INN.id, kind=DeviceKind.LIFT, name="客梯", place="A", floors=("1",))
        devices.register(lift, property=INN, offline=False, hotel=world.hotel(work))

    first, second = world.work(), world.work()
    register("dv_1", first)
    register("dv_2", second)
    second.commit()
    with pytest.raises(Clash):
        first.commit()
    with pytest.raises(DeviceTwice):  # tried again
        register("dv_1", world.work())
    assert [one.id for one in world.hotel(world.work()).devices.all(INN.id)] == [LOCK, "dv_2"]


def exchange(world: EngineWorld, **told: Any) -> Any:
    return world.do(lambda hotel: devices.exchange({LOCK: Told(**told)}, property=INN, hotel=hotel))


def test_a_guest_gets_a_key_and_the_lock_learns_of_it_until_they_leave(world: EngineWorld) -> None:
    order = world.guarantee(world.hold(nights=2))
    stay = world.hotel(world.work()).stays.of_order(world.order(order))[0]
    world.do(lambda hotel: placing.assign(stay.id, Wish(room="201"), hotel=hotel))
    world.now = INN.arrival(DAY)
    world.come(stay)

    ((grant, code),) = keys.shown(stay, hotel=world.hotel(world.work())).values()
    (issue,) = exchange(world, battery=90)
    assert (issue.op, issue.grant, issue.tries) == (Op.ISSUE, grant.id, 1)
    assert world.hotel(world.work()).vault.unseal(issue.secret) == code
    assert code.encode() not in grant.code
    device = world.hotel(world.work()).devices.find(INN.id, LOCK)
    assert (device.condition(now=world.now), device.battery) == (Condition.FINE, 90)

    opened = Entry(device=LOCK, at=world.now, grant=grant.id, outcome="opened")
    assert list(exchange(world, results={issue.id: ""}, entries=[opened])) == []
    hotel = world.hotel(world.work())
    assert hotel.devices.log(LOCK, business_day(world.now)) == [opened]
    assert hotel.devices.queued(INN.id) == []

    world.go(stay)
    (revoke,) = exchange(world)
    assert (revoke.op, revoke.grant) == (Op.REVOKE, grant.id)
    assert keys.shown(stay, hotel=world.hotel(world.work())) == {}


def test_what_is_over_costs_a_heartbeat_nothing(world: EngineWorld) -> None:
    exchange(world)
    with metered() as meter:
        exchange(world)
    assert (meter.calls, meter.writes) == (2, 0)  # the devices and their queue; nothing is written


def test_two_gateways_that_answer_for_one_command_move_it_once(world: EngineWorld) -> None:
    stay = world.guarantee(world.hold())
    grant, _ = world.do(
        lambda hotel: keys.issue(
            keys.Wanted(
                owner=stay.id,
                holder=keys.Holder.STAFF,
                rooms=("201",),
                window=keys.Window(world.now, world.now + timedelta(hours=4)),
            ),
            property=INN,
            hotel=hotel,
        )
    )
    exchange(world)
    (kept,) = world.hotel(world.work()).devices.queued(INN.id)
    done = kept.answered(ok=True)
    world.do(lambda hotel: hotel.devices.update(done, before=kept))
    with pytest.raises(Clash):
        world.do(lambda hotel: hotel.devices.update(done, before=kept))
    assert done.state is CommandState.DONE
    assert CommandRow.find(f"T#{context('k').tenant.id}#QUEUE#{INN.id}", f"{LOCK}#{kept.id}") is None
    assert grant.live(now=world.now)


def test_a_new_key_is_told_to_the_lock_with_the_end_of_the_old_one(world: EngineWorld) -> None:
    order = world.guarantee(world.hold(nights=2))
    stay = world.hotel(world.work()).stays.of_order(world.order(order))[0]
    world.do(lambda hotel: placing.assign(stay.id, Wish(room="201"), hotel=hotel))
    world.now = INN.arrival(DAY)
    came = world.come(stay)
    ((old, _),) = keys.shown(stay, hotel=world.hotel(world.work())).values()
    exchange(world)
    world.do(lambda hotel: keys.reissued(came, property=INN, hotel=hotel))
    ((new, _),) = keys.shown(stay, hotel=world.hotel(world.work())).values()
    told = {(one.op, one.grant) for one in exchange(world)}
    assert told == {(Op.REVOKE, old.id), (Op.ISSUE, new.id)}

"""Rolling the key that signs tickets, rehearsed on the engine: nobody who has a ticket notices."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.period import local
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.scenic.domain.ticket import CodeInvalid, key_of, unbase45
from tenants.scenic.store import ticket_keys
from tenants.scenic.store.ticket_keys import LIVES, forget_ticket_keys, living, read_code, roll
from tenants.scenic.usecases import gate
from tests.scenic_world import DAY, NOON, EngineWorld, area, context, person

SOON = timedelta(seconds=10)


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        yield EngineWorld(area())


def sold(world: EngineWorld, serial: int) -> str:
    """A ticket's code."""
    order = world.pay(world.hold(person(serial), key=f"k{serial}"))
    shop = world.shop(world.work())
    return str(shop.tickets.code(shop.tickets.one(order.id, 1).pass_()))


def rolled(world: EngineWorld) -> int:
    """The key is rolled by another process, which this one learns of in time."""
    work = world.work(action="scenic.roll-ticket-key")
    number = roll(work)
    work.commit()
    forget_ticket_keys()
    return number


def enters(world: EngineWorld, code: str, nonce: str) -> bool:
    shop = world.shop(world.work())
    gate.admit(area_id="main", gate="south", code=code, nonce=nonce, shop=shop, unit=world.unit)
    return True


def key(code: str) -> int:
    return key_of(unbase45(code.removeprefix("SY:")))


def test_old_tickets_still_admit_and_new_ones_are_signed_by_the_new_key(world: EngineWorld) -> None:
    before = sold(world, 1)
    assert rolled(world) == 2
    after = sold(world, 2)
    assert (key(before), key(after)) == (0, 1)
    world.now = local(DAY, NOON)
    assert enters(world, before, "n1")
    assert enters(world, after, "n2")
    one, two = living(now=world.now)
    assert (one.number, two.number, two.until) == (1, 2, None)
    assert one.public != two.public
    assert one.until is not None
    for code in (before, after):
        assert read_code(code, publics={1: one.public, 2: two.public}).number == 1
    for code, wrong in ((before, {1: two.public}), (after, {1: one.public}), (after, {2: one.public})):
        with pytest.raises(CodeInvalid):
            read_code(code, publics=wrong)


def test_a_gate_that_knows_only_the_former_key_reads_the_new_one_when_it_meets_it(world: EngineWorld) -> None:
    sold(world, 3)
    known = dict(ticket_keys._rings)
    rolled(world)
    code = sold(world, 4)
    ticket_keys._rings.update(known)  # the gate's process, which was asked nothing meanwhile
    world.now += SOON
    assert key(sold(world, 5)) == 0, "it goes on signing with what it has"
    assert world.shop(world.work()).tickets.read(code).number == 1
    assert key(sold(world, 6)) == 1


def test_a_former_key_ends_when_its_last_ticket_is_over(world: EngineWorld) -> None:
    code = sold(world, 7)
    rolled(world)
    world.now += LIVES - SOON
    assert world.shop(world.work()).tickets.read(code).number == 1
    world.now += 2 * SOON
    forget_ticket_keys()
    with pytest.raises(CodeInvalid):
        world.shop(world.work()).tickets.read(code)
    assert [one.number for one in living(now=world.now)] == [2]


def test_two_who_roll_at_once_make_one_key(world: EngineWorld) -> None:
    living(now=world.now)
    works = [world.work(action="scenic.roll-ticket-key") for _ in range(2)]
    assert [roll(work) for work in works] == [2, 2]
    works[0].commit()
    with pytest.raises(Clash):
        works[1].commit()

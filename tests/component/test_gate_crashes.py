"""A gate's process dies at every single call to the table, and nobody ever sends the scan again.

What the gauge counts is then what the tickets say, as soon as the duty has looked after it.
"""

import itertools
from collections.abc import Iterator
from contextlib import suppress

import pytest

from chalicelib.kernel.period import local
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.scenic.domain.passing import GRACE
from tenants.scenic.domain.ticket import State, TicketUsed
from tenants.scenic.store.passings import forget_passings
from tenants.scenic.usecases import gate
from tests.reaper import Died, reaping
from tests.scenic_world import DAY, NOON, EngineWorld, area, context, person

VISITORS = 3
SERIALS = itertools.count(1)


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        yield EngineWorld(area(places=900))


def shop_of(world: EngineWorld) -> gate.Shop:
    found: gate.Shop = world.shop(world.work())
    return found


def visitors(world: EngineWorld, count: int, *, key: str) -> tuple[str, list[str]]:
    """So many who have paid and stand at the gate: their order and their codes."""
    people = [person(next(SERIALS)) for _ in range(count)]
    world.now = local(DAY, NOON)
    order = world.pay(world.hold(*people, key=key))
    shop = shop_of(world)
    return order.id, [shop.tickets.code(ticket.pass_()) for ticket in shop.tickets.of(order.id)]


def scan(world: EngineWorld, code: str, nonce: str) -> None:
    gate.admit(
        area_id="main",
        gate="south",
        code=code,
        nonce=nonce,
        shop=shop_of(world),
        unit=world.unit,
    )


def served(world: EngineWorld, codes: list[str], key: str) -> None:
    """Two are let in, the first is sent once more and shows the ticket once more."""
    scan(world, codes[0], f"{key}-1")
    scan(world, codes[0], f"{key}-1")
    with pytest.raises(TicketUsed):
        scan(world, codes[0], f"{key}-9")
    scan(world, codes[1], f"{key}-2")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_gauge_counts_what_the_tickets_say_wherever_a_scan_broke_off(
    world: EngineWorld, moment: str
) -> None:
    used, cuts = 0, 0
    for at in itertools.count(1):
        key = f"{moment}-{at}"
        order, codes = visitors(world, VISITORS, key=key)
        forget_passings()
        with reaping() as reaper:
            reaper.arm(at=at, moment=moment)
            with suppress(Died):
                served(world, codes, key)
            survived = at > reaper.calls
        forget_passings()  # whoever serves the next scan is another process
        scan(world, codes[2], f"{key}-3")
        used += sum(ticket.state is State.USED for ticket in shop_of(world).tickets.of(order))
        cuts += world.gauge().inside != used
        world.now += GRACE
        gate.settle_passings(day=DAY, shop=shop_of(world), unit=world.unit)
        assert (world.gauge().inside, world.gauge().entered) == (used, used)
        assert shop_of(world).flow.passings("main", DAY) == []
        if survived:
            break
    assert at > 8
    assert cuts >= 2  # there was something to settle


def test_a_scan_costs_two_write_units_also_beside_those_of_other_processes(world: EngineWorld) -> None:
    _, codes = visitors(world, 6, key="units")
    for number, code in enumerate(codes):
        forget_passings()  # each by a process of its own: five passings lie on the gauge at the last one
        with metered() as meter:
            scan(world, code, f"n{number}")
        assert (meter.writes, meter.operations) == (2, ["UpdateItem", "UpdateItem"])
    assert len(shop_of(world).flow.passings("main", DAY)) == 6


def test_a_process_takes_its_own_passings_off_as_it_goes(world: EngineWorld) -> None:
    _, codes = visitors(world, 5, key="own")
    forget_passings()
    for number, code in enumerate(codes):
        scan(world, code, f"n{number}")
        assert len(shop_of(world).flow.passings("main", DAY)) == 1


def out(world: EngineWorld, nonce: str) -> None:
    shop = shop_of(world)
    gate.leave(area_id="main", gate="south", count=1, nonce=nonce, shop=shop, unit=world.unit)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_people_are_counted_out_once_wherever_a_count_broke_off(world: EngineWorld, moment: str) -> None:
    """Sent again at once, after another count at the same gate, and after the duty."""
    _, codes = visitors(world, 8, key=f"out-{moment}")
    for number, code in enumerate(codes):
        scan(world, code, f"n{number}")
    for at in itertools.count(1):
        inside = world.gauge().inside
        forget_passings()
        with reaping() as reaper:
            reaper.arm(at=at, moment=moment)
            with suppress(Died):
                out(world, f"{at}-1")
            survived = at > reaper.calls
        forget_passings()
        out(world, f"{at}-2")
        out(world, f"{at}-1")
        world.now += GRACE
        gate.settle_passings(day=DAY, shop=shop_of(world), unit=world.unit)
        out(world, f"{at}-1")
        assert (world.gauge().inside, world.gauge().exited) == (inside - 2, 2 * at)
        assert shop_of(world).flow.leavings("main", DAY) == []
        if survived:
            break
    assert at > 3


def test_a_count_out_costs_two_write_units_and_sent_again_none(world: EngineWorld) -> None:
    _, codes = visitors(world, 5, key="count-out")
    for number, code in enumerate(codes):
        scan(world, code, f"n{number}")
    forget_passings()
    for number in range(4):
        with metered() as meter:
            out(world, f"x{number}")
        assert (meter.writes, meter.operations) == (2, ["GetItem", "UpdateItem", "PutItem"])
        assert len(shop_of(world).flow.leavings("main", DAY)) == 1, "the one before came off with it"
    with metered() as meter:
        out(world, "x0")
    assert meter.writes == 0

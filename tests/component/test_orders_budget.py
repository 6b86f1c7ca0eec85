"""What an order costs: the write units of DESIGN §4, counted by the engine."""

import pytest

from chalicelib.commerce.orders import usecases
from chalicelib.commerce.stock import SoldOut
from chalicelib.telemetry import Meter, metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tests.scenic_world import DAY, NIGHT, EngineWorld, area, context, passing, person


def warmed(places: int = 50) -> EngineWorld:
    """Keys and catalogue are read, as in a process that has served a request."""
    world = EngineWorld(area(places=places))
    world.pay(world.hold(person(900), key="warm"))
    return world


def hold(world: EngineWorld, serial: int) -> Meter:
    with metered() as meter:
        world.hold(person(serial), key=f"k{serial}")
    return meter


def test_a_hold_of_one_ticket_writes_four_units(engine: Stack) -> None:
    with bind(context()):
        assert hold(warmed(), 1).writes <= 4


def test_a_hold_costs_the_same_whatever_was_sold_before(engine: Stack) -> None:
    with bind(context()):
        world = warmed()
        assert {hold(world, serial).writes for serial in range(1, 25)} == {4.0}


def test_who_asks_after_it_was_found_sold_out_writes_nothing(engine: Stack) -> None:
    with bind(context()):
        world = warmed(places=1)
        with pytest.raises(SoldOut):
            world.hold(person(1), key="k1")
        with metered() as meter, pytest.raises(SoldOut):
            world.hold(person(2), key="k2")
        assert meter.writes == 0
        assert world.hold(person(2), key="k2", start=NIGHT, day=DAY).state == "held"


def test_a_message_of_money_that_is_known_only_reads_the_order(engine: Stack) -> None:
    with bind(context()):
        world = warmed()
        held = world.hold(person(1), key="k1")
        with metered() as first:
            world.receive(held)
        with metered() as again:
            world.receive(held)
        assert first.operations == ["GetItem", "TransactWriteItems"]
        assert again.operations == ["GetItem"]


def test_a_request_reads_the_gauge_once_until_it_changes_it(engine: Stack) -> None:
    with bind(context()):
        world = warmed()
        flow = world.shop(world.work()).flow
        with metered() as meter:
            assert [flow.gauge("main", DAY).inside for _ in range(3)] == [0, 0, 0]
            flow.enter("main", DAY, passing=passing("s", count=2), capacity=area().capacity)
            assert flow.gauge("main", DAY, exact=True).inside == 2
            assert flow.gauge("main", DAY).inside == 2
        assert meter.operations == ["GetItem", "UpdateItem", "GetItem"]


def test_a_hold_lives_fifteen_minutes() -> None:
    assert usecases.HOLD_FOR.total_seconds() == 900

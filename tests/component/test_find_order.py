"""An order is found by its short number on the engine: ids are read, never orders."""

import pytest

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.commerce.orders.store import OrderStore, ending
from chalicelib.tenancy.context import bind
from chalicelib.web.orders.links import find
from infra.local.fixture import Stack
from tenants.scenic.usecases.proving import knows_a_document
from tests.scenic_world import DAY, NOW, EngineWorld, context, person

pytestmark = pytest.mark.component


def test_an_order_is_found_by_its_number_and_proven_by_a_document(engine: Stack) -> None:
    with bind(context()):
        world = EngineWorld()
        orders = [world.hold(person(number), key=f"k{number}") for number in range(1, 7)]
        work = world.work()
        for order in orders:
            found = find(short_number(order.id).lower(), now=NOW, orders=OrderStore(work))
            assert found is not None
            assert found.id == order.id
        vault = world.shop(work).vault
        assert knows_a_document(orders[0], person(1).document.number, vault=vault)
        assert not knows_a_document(orders[0], person(2).document.number, vault=vault)
        assert not knows_a_document(orders[0], "", vault=vault)
        assert ending(day=DAY, tail="zzzzzz") is None


def test_another_tenants_number_is_nobodys(engine: Stack) -> None:
    with bind(context("a")):
        order = EngineWorld().hold()
    with bind(context("b")):
        assert ending(day=DAY, tail=order.id[-6:]) is None

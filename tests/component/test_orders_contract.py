"""The orders' contract over the real store, on the engine."""

from collections.abc import Iterator

import pytest

from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tests.order_contract import OrdersContract
from tests.order_money_contract import OrdersMoneyContract
from tests.scenic_world import EngineWorld, area, context


class TestOrdersOnTheEngine(OrdersContract, OrdersMoneyContract):
    @pytest.fixture
    def world(self, engine: Stack) -> Iterator[EngineWorld]:
        with bind(context()):
            yield EngineWorld(area(places=3))

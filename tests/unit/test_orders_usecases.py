"""The orders' contract over the fakes: the use cases, without a table."""

import pytest

from tests.order_contract import OrdersContract
from tests.order_money_contract import OrdersMoneyContract
from tests.scenic_world import MemoryWorld, area


class TestOrdersInMemory(OrdersContract, OrdersMoneyContract):
    @pytest.fixture
    def world(self) -> MemoryWorld:
        return MemoryWorld(area(places=3))

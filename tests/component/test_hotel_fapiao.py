"""Invoices on the engine."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.fapiao import Fapiao
from tenants.hotel.store import tax_simulator
from tenants.hotel.store.tax_simulator import TaxSimulator
from tests.accounts_world import EngineMoney
from tests.fapiao_contract import FapiaoContract, seller
from tests.hotel_world import context

pytestmark = pytest.mark.component


class TaxedEngine(EngineMoney):
    """A hotel with a platform whose operator is logged in."""

    def tax(self, now: datetime) -> TaxSimulator:
        return TaxSimulator(now)

    def log_in(self) -> None:
        TaxSimulator(self.now).log_in()

    def log_out(self) -> None:
        tax_simulator._write("OPERATOR", {**TaxSimulator(self.now).operator(), "until": ""})

    def confirm(self, fapiao: Fapiao) -> None:
        assert fapiao.red is not None
        TaxSimulator(self.now).confirm(fapiao.red)


class TestFapiaosOnTheEngine(FapiaoContract):
    @pytest.fixture
    def world(self, engine: Stack) -> Iterator[TaxedEngine]:
        with bind(context()):
            world = TaxedEngine()
            world.inn()
            seller(world)
            world.log_in()
            yield world

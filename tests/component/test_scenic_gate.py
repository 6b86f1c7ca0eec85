"""The gate's contract over the real stores, on the engine."""

from collections.abc import Iterator

import pytest

from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tests.gate_broken_off import BrokenOffContract
from tests.gate_contract import GateContract
from tests.scenic_world import EngineWorld, area, context


class TestGateOnTheEngine(GateContract, BrokenOffContract):
    @pytest.fixture
    def world(self, engine: Stack) -> Iterator[EngineWorld]:
        with bind(context()):
            yield EngineWorld(area(places=60, instant=20, day=180))

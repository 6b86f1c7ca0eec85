"""The gate's contract over the fakes."""

import pytest

from tests.gate_broken_off import BrokenOffContract
from tests.gate_contract import GateContract
from tests.scenic_world import MemoryWorld, area


class TestGateInMemory(GateContract, BrokenOffContract):
    @pytest.fixture
    def world(self) -> MemoryWorld:
        return MemoryWorld(area(places=60, instant=20, day=180))

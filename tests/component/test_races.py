"""The races, a few rounds each (``make races`` runs a hundred): never over, and never under."""

import math
from collections.abc import Callable

import pytest

from infra import races
from infra.local.fixture import Stack

ROUNDS = 3


@pytest.mark.parametrize("race", races.RACES, ids=lambda race: race.__name__)
def test_race(engine: Stack, race: Callable[[], list[str]]) -> None:
    rounds, wrong, _ = races.run(race, rounds=ROUNDS, stack=engine, until=math.inf)
    assert wrong == []
    assert rounds == ROUNDS


def test_a_race_that_goes_wrong_is_told(engine: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    rounds, wrong, _ = races.run(lambda: ["two sold"], rounds=2, stack=engine, until=math.inf)
    assert (rounds, wrong) == (2, ["round 1: two sold", "round 2: two sold"])
    assert races.run(lambda: [], rounds=2, stack=engine, until=0.0)[0] == 0

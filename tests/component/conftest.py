"""Fixtures that files of the component tests share."""

import pytest

from infra.local.fixture import Stack
from tests.feed_world import forget, settle


@pytest.fixture
def city(engine: Stack) -> Stack:
    """The engine with the city's directory in it, and nothing remembered of the test before."""
    forget()
    settle()
    return engine

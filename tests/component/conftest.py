"""Fixtures that files of the component tests share."""

from collections.abc import Iterator

import pytest

from infra.local.fixture import Stack
from tests.feed_world import forget, settle
from tests.hotel_desk import Desk, furnish, opened_desk


@pytest.fixture
def city(engine: Stack) -> Stack:
    """The engine with the city's directory in it, and nothing remembered of the test before."""
    forget()
    settle()
    return engine


@pytest.fixture
def desk(engine: Stack) -> Iterator[Desk]:
    """A furnished hotel and the key of its desk."""
    with opened_desk() as made:
        furnish(made)
        yield made

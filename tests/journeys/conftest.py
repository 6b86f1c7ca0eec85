"""The running product, once for all journeys; crash journeys start one of their own."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.kernel.period import SHANGHAI
from infra.local.fixture import Stack
from tests.journeys.town import VARIABLES, Town, settle


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """Engine, stand-in for Stripe, site and pumps, with the demo tenants and one more."""
    _day_lasts()
    before = dict(os.environ)
    with Stack(variables=dict(VARIABLES)) as stack:
        # Other tests of this process keep the environment they know; the children have their own.
        os.environ.clear()
        os.environ.update(before)
        yield settle(stack)


@pytest.fixture(scope="module")
def unchanged(town: Town) -> Iterator[None]:
    """What all requests of a module together leave of the app table: all of it."""
    before = town.rows()
    yield
    assert town.rows() == before


def _day_lasts() -> None:
    """Figures are a day's: a run over midnight would look for today's orders in yesterday."""
    local = datetime.now(UTC).astimezone(SHANGHAI)
    if (local.hour, local.minute) >= (23, 48):
        pytest.skip("the business day in Zhengzhou ends within minutes: run the journeys after midnight")

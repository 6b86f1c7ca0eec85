"""The running product, once for all journeys; crash journeys start one of their own."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.kernel.period import SHANGHAI
from infra.local.fixture import Stack
from tests.artefact import Artefact, artefact
from tests.journeys.artefact_town import Tenants, settled
from tests.journeys.artefact_world import World, deployed
from tests.journeys.inns import Inn, rival_inn
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


@pytest.fixture(scope="session")
def rival(town: Town) -> Inn:
    """A second hotel, for whoever leaves things as no other journey wants to find them."""
    return rival_inn(town)


@pytest.fixture(scope="session")
def shipped_artefact() -> Artefact:
    """The artefact with all its packages."""
    return artefact(whole=True)


@pytest.fixture(scope="session")
def shipped(shipped_artefact: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The artefact, deployed: once for all journeys that use it."""
    _day_lasts()
    with deployed(shipped_artefact, folder=tmp_path_factory.mktemp("artefact")) as there:
        yield there


@pytest.fixture(scope="session")
def shipped_tenants(shipped: World) -> Tenants:
    """Its first tenants."""
    return settled(shipped)


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

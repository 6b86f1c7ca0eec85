"""After a deployment: ``pytest -m cloud``, with the variables of ``deployment.py``. Only when asked for."""

from collections.abc import Callable

import pytest

from tests.cloud.checks import CHECKS
from tests.cloud.deployment import Deployment

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def there() -> Deployment:
    return Deployment.from_environment()


@pytest.mark.parametrize("holds", CHECKS, ids=lambda check: check.__name__.replace("_", " "))
def test_of_the_deployed_installation(there: Deployment, holds: Callable[[Deployment], None]) -> None:
    holds(there)

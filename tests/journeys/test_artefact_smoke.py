"""The smoke test of a deployment, tried on the engine as far as the engine goes."""

import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from infra.access import concrete
from infra.access.evaluation import Request, allowed
from infra.package.staging import ROOT
from tests.artefact import STAGE
from tests.cloud.checks import CHECKS
from tests.cloud.deployment import VARIABLES, Deployment, Said
from tests.journeys.artefact_names import names_of, policy_of
from tests.journeys.artefact_town import Tenants
from tests.journeys.artefact_world import World

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

#: What only AWS can answer; the checks leave it out where ``real`` is false.
NOT_TRIED = {
    "IAM's own evaluator": "ours judges the policies of the same template",
    "who may become a tenant": "the engine lets anybody",
    "TLS": "the engine speaks plain HTTP",
    "alarms in OK": "they are kept and never look",
    "recovery and encryption of tables": "the engine's CloudFormation leaves both off",
}


@pytest.fixture(scope="module")
def there(shipped: World, shipped_tenants: Tenants) -> Deployment:
    """The deployed artefact as the smoke test sees it."""
    names = names_of(shipped)

    def ask(method: str, path: str, key: str, body: Any) -> Said:
        caller = shipped.caller(key=key)
        given = caller.ask(method, path) if body is None else caller.send(method, path, body)
        return Said(status=given.status, headers=given.headers, body=given.body)

    def verdict(role: str, action: str, resource: str, context: Mapping[str, Sequence[str]]) -> bool:
        kind = role.rpartition("tenant-")[2]
        policy = concrete(
            policy_of(shipped.template["Resources"], f"{kind.capitalize()}TenantRole"), names=names
        )
        told = {name: values[0] if "PrincipalTag" in name else values for name, values in context.items()}
        return allowed(policy, Request(action=action, resource=resource, context=told))

    return Deployment(
        stage=STAGE,
        outputs=shipped.outputs,
        tenant=shipped_tenants.scenic.id,
        slug=shipped_tenants.scenic.slug,
        key=shipped_tenants.scenic.caller.key,
        bureau_key=shipped_tenants.bureau.caller.key,
        ask=ask,
        verdict=verdict,
        client=shipped.client,
        real=False,
    )


@pytest.mark.parametrize("holds", CHECKS, ids=lambda check: check.__name__.replace("_", " "))
def test_what_is_asked_of_a_deployment_holds_here(
    there: Deployment, holds: Callable[[Deployment], None]
) -> None:
    holds(there)
    assert len(NOT_TRIED) == 5


def test_it_is_not_run_unless_it_is_asked_for_and_then_says_what_it_needs() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert "-m 'not cloud'" in options["addopts"]
    run = [sys.executable, "-m", "pytest", "tests/cloud", "-m", "cloud", "-p", "no:cacheprovider"]
    asked = subprocess.run(run, capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    for name in list(VARIABLES)[:4]:
        assert name in asked.stdout

"""Upgrade and the two ways back, as ``infra/README.md`` says them, tried on the deployed artefact.

The engine has no CodeDeploy: an alias moves at once here, where AWS gives a new version a tenth of the
requests first. What is tried is what all of it stands on: another code is another version, the alias points
at it, the one before stays and can be pointed at again, and nobody's data notice.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from infra.package.build import template_of
from infra.package.lambdas import Code
from tests.artefact import STAGE, Artefact
from tests.journeys.artefact_town import Tenants
from tests.journeys.artefact_world import BUCKET, World, applied, fitted

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def next_code(shipped: World, shipped_artefact: Artefact, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The next release's archive in the bucket, under the name of its content; its hash."""
    archive = tmp_path_factory.mktemp("next") / "next.zip"
    archive.write_bytes(shipped_artefact.made.archive.read_bytes())
    with zipfile.ZipFile(archive, "a") as packed:
        packed.comment = b"the next release"
    body = archive.read_bytes()
    code = hashlib.sha256(body).hexdigest()
    shipped.client("s3").put_object(Bucket=BUCKET, Key=f"songyun/{code}.zip", Body=body)
    return code


def released(artefact: Artefact, *, code: str) -> dict[str, Any]:
    """The template that ``make package`` writes of this tree when its archive is ``code``."""
    codes = {one.group: Code(sha=one.code, runtime=one.runtime) for one in artefact.made.packages}
    codes[""] = Code(sha=code, runtime=codes[""].runtime)
    handlers = {one.handler for one in artefact.functions}
    chalice = {
        "Resources": {
            "RestAPI": {
                "Type": "AWS::Serverless::Api",
                "Properties": {"DefinitionBody": artefact.template["Resources"]["Api"]["Properties"]["Body"]},
            },
            **{
                handler: {"Type": "AWS::Serverless::Function", "Properties": {"Handler": handler}}
                for handler in handlers
            },
        }
    }
    return template_of(stage=STAGE, chalice=chalice, codes=codes)


def live(world: World, function: str) -> tuple[str, str]:
    """The version that a function's alias points at, and the first letters of that version's code."""
    client, name = world.client("lambda"), f"songyun-{STAGE}-{function}"
    version = client.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    about = client.get_function_configuration(FunctionName=name, Qualifier=version)
    return version, about["Environment"]["Variables"]["SONGYUN_CODE"]


@pytest.fixture
def as_before(shipped: World, shipped_artefact: Artefact) -> Iterator[None]:
    """Whatever happens, the release that the other journeys know stands at the end."""
    yield
    if live(shipped, "core")[1] != shipped_artefact.made.code[:12]:
        applied(shipped, fitted(shipped_artefact.template, doors=shipped.doors))


@pytest.mark.usefixtures("as_before")
def test_a_new_release_takes_over_and_both_ways_lead_back(
    shipped: World, shipped_artefact: Artefact, shipped_tenants: Tenants, next_code: str
) -> None:
    area, first = shipped_tenants.scenic, shipped_artefact.made.code[:12]
    plain = [one for one in shipped_artefact.functions if not one.needs]
    before = {one.name: live(shipped, one.name) for one in plain}
    assert {code for _, code in before.values()} == {first}
    held = area.hold()

    assert released(shipped_artefact, code=shipped_artefact.made.code) == shipped_artefact.template
    applied(shipped, fitted(released(shipped_artefact, code=next_code), doors=shipped.doors))
    after = {one.name: live(shipped, one.name) for one in plain}
    assert {code for _, code in after.values()} == {next_code[:12]}
    assert all(after[name][0] != before[name][0] for name in before)
    paid = area.pay(held.json)  # begun under one release, finished under the next
    assert paid.status == 200, paid.text

    # In a hurry: the alias of one function points at the version that stayed.
    shipped.client("lambda").update_alias(
        FunctionName=f"songyun-{STAGE}-scenic", Name="live", FunctionVersion=before["scenic"][0]
    )
    assert live(shipped, "scenic") == before["scenic"]
    assert area.caller.get("/api/v1/scenic/orders").status == 200

    # The orderly way: the template of the release before.
    applied(shipped, fitted(shipped_artefact.template, doors=shipped.doors))
    assert {code for _, code in (live(shipped, one.name) for one in plain)} == {first}
    (ticket,) = paid.json["tickets"]
    assert area.admit(ticket["code"], key="after-going-back").json["admitted"] is True

"""What is shipped: the archive's contents, the same bytes twice, and the laws of the final template."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.access import concrete
from infra.package import archive
from infra.package.figures import cold_import
from infra.package.functions import functions
from infra.package.staging import ROOT, runtime_requirements
from infra.package.template import MOST_BYTES
from infra.package.watching import Alarm
from tenants import modules
from tests.artefact import STAGE, Artefact, again, artefact, sources

pytestmark = [pytest.mark.rules, pytest.mark.timeout(600)]

#: Where AWS itself demands a wildcard: (statement, what). Nothing else may have one.
_DEMANDED = {
    ("Traces", "*"),  # X-Ray has no resources
    ("AccountDecidesByIam", "kms:*"),  # a key policy that hands the key to the account's IAM …
    ("AccountDecidesByIam", "*"),  # … where the star means the key itself
    ("OwnFiles", "${FilesBucket.Arn}/${!aws:PrincipalTag/tenant}/*"),  # all below the tenant's own id …
    ("SealsStay", "${FilesBucket.Arn}/${!aws:PrincipalTag/tenant}/sealed/*"),  # … but what is sealed stays
}
_MANAGED = {"AmazonAPIGatewayPushToCloudWatchLogs", "AWSCodeDeployRoleForLambdaLimited"}


@pytest.fixture(scope="module")
def made() -> Artefact:
    return artefact()


@pytest.fixture(scope="module")
def template(made: Artefact) -> dict[str, Any]:
    return made.template


@pytest.fixture(scope="module")
def unpacked(made: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(made.made.archive) as packed:
        packed.extractall(folder)
    return folder


def test_the_archive_has_what_runs_and_nothing_else(made: Artefact) -> None:
    with zipfile.ZipFile(made.made.archive) as packed:
        names = set(packed.namelist())
    keys = [module.key for module in modules()]
    assert archive.faults(archive=made.made.archive, here=ROOT, modules=keys) == []
    for path in (ROOT / "chalicelib").rglob("*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*.html")}
    assert pages - names == {"templates/styleguide.html"}
    kept = [name for name in names if not name.startswith("licences/")]
    assert not [name for name in kept if name.endswith((".po", ".md"))]
    assert not [name for name in names if name.startswith(("infra/", "tests/", "build/", "chalice/cli"))]
    assert made.made.archive.stat().st_size < 35 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("tests/test_x.py", b"", "has no place"),
        (".chalice/deployments/prod.json", b"{}", "has no place"),
        ("moto/__init__.py", b"", "has no place"),
        ("chalicelib/.env", b"", "has no place"),
        ("chalicelib/new.py", b"", "is not compiled"),
        ("chalicelib/notes.txt", b"AKIA" + b"Q" * 16, "a secret"),
        ("chalicelib/trace.txt", f"{ROOT}/app.py".encode(), "names a folder"),
    ],
)
def test_the_check_finds_what_it_is_for(
    made: Artefact, tmp_path: Path, name: str, body: bytes, fault: str
) -> None:
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(made.made.archive.read_bytes())
    with zipfile.ZipFile(spoilt, "a") as packed:
        packed.writestr(name, body)
    found = archive.faults(archive=spoilt, here=ROOT, modules=["scenic"])
    assert any(name in one and fault in one for one in found), found


def test_two_builds_are_the_same_to_the_byte(made: Artefact, tmp_path: Path) -> None:
    second = again(tmp_path)
    if sources() != made.sources:
        pytest.skip("the tree was edited between the two builds")
    assert _differing(made.made.archive, second.archive) == []
    assert second.code == made.made.code
    assert second.template.read_bytes() == made.made.template.read_bytes()


def test_every_function_is_imported_from_the_archive_alone(made: Artefact, unpacked: Path) -> None:
    for function in made.functions:
        assert cold_import(function, folder=unpacked, interpreter=sys.executable)["ms"] > 0


def test_clients_pages_dates_and_seals_work_without_what_was_stripped(unpacked: Path) -> None:
    probe = """
import sys; sys.path.insert(0, sys.argv[1])
from datetime import date
from botocore.session import get_session
keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
for service in ("dynamodb", "events", "kms", "s3", "sqs", "sts", "xray"):
    for region in ("cn-north-1", "eu-west-1"):
        get_session().create_client(service, region_name=region, **keys)
from chalicelib.web import formats, pages, i18n
for locale in i18n.LOCALES:
    for style in formats.DATE_STYLES:
        assert formats.day(date(2026, 11, 22), locale=locale, style=style)
    assert i18n.translator(locale)("没有这个地址。")
assert i18n.translator("en")("没有这个地址。") != "没有这个地址。"
import argon2, cryptography.hazmat.primitives.ciphers.aead, segno, stripe, aws_xray_sdk.core, fastjsonschema
from chalicelib.messaging.schemas import contracts
assert any(name.startswith("tourism.scenic") for name in contracts())
assert all(contract.check for contract in contracts().values())
for template in pages.environment().list_templates(extensions=["html"]):
    pages.environment().get_template(template)
from chalicelib.web import places
assert places.asset("site.css") != "/assets/site.css", "the assets' manifest is not found"
assert places.read_asset(places.asset("site.css").rpartition("/")[2]).lasting
print("fine")
"""
    command = [sys.executable, "-I", "-S", "-c", probe, str(unpacked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=unpacked)
    assert done.stdout.strip() == "fine", done.stderr


def test_the_requirements_are_the_pinned_ones_with_their_hashes() -> None:
    found = runtime_requirements()
    assert all("==" in line and "--hash=sha256:" in line for line in found)
    names = {line.partition("==")[0] for line in found}
    assert {"botocore", "pynamodb", "pydantic", "jinja2", "stripe"} <= names
    assert names.isdisjoint({"pip", "setuptools", "chalice", "boto3", "pytest", "ministack"})


def test_the_template_has_head_room_and_names_no_account(made: Artefact) -> None:
    text = made.made.template.read_text("utf-8")
    assert len(text.encode()) < MOST_BYTES / 2
    assert len(made.template["Resources"]) < 400
    assert "arn:aws" not in text
    assert not re.search(r"\b\d{12}\b", text)
    assert "placeholder" not in text


def test_the_template_is_clean_to_the_linter(made: Artefact) -> None:
    linter = Path(sys.executable).parent / "cfn-lint"
    command = [str(linter), "--format", "parseable", "--", str(made.made.template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_wildcard_slips_in(template: dict[str, Any]) -> None:
    found = set()
    for resource, statement in _statements(template):
        names = [*_texts(statement["Action"]), *map(_words, _listed(statement.get("Resource", [])))]
        for name in names:
            if "*" in name:
                found.add((statement.get("Sid", resource), name))
        if statement["Effect"] == "Allow":
            assert "NotAction" not in statement
            assert "NotResource" not in statement
            principal = statement.get("Principal", {})
            assert principal != "*"
            assert "*" not in _texts(principal.get("AWS", []) if isinstance(principal, dict) else [])
    assert found <= _DEMANDED, found - _DEMANDED
    managed = {
        _words(arn).rpartition("/")[2]
        for resource in template["Resources"].values()
        for arn in resource["Properties"].get("ManagedPolicyArns", [])
    }
    assert managed <= _MANAGED


def test_each_function_has_a_role_of_its_own_that_reaches_no_tenants_data(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    roles = [
        one["Properties"]["Role"]["Fn::GetAtt"][0]
        for one in resources.values()
        if one["Type"] == "AWS::Lambda::Function"
    ]
    assert len(roles) == len(set(roles)) == len(functions(modules=modules(), stage=STAGE))
    for role in roles:
        for policy in resources[role]["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                for resource in map(_words, _listed(statement["Resource"])):
                    assert "LedgerTable" not in resource
                    assert resource != "AppTable.Arn"
                    if resource == "AppTable.StreamArn":
                        assert role == "RelayFunctionRole"


def test_a_module_becomes_tenants_of_its_own_kind_only(template: dict[str, Any]) -> None:
    for module in modules():
        trust = template["Resources"][f"{module.key.capitalize()}TenantRole"]["Properties"]
        callers = trust["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["ArnEquals"][
            "aws:PrincipalArn"
        ]
        names = {_words(caller).rpartition(f"songyun-{STAGE}-")[2] for caller in callers}
        others = {other.key for other in modules()} - {module.key}
        assert {module.key, f"{module.key}-inbox", "relay", "sweep"} <= names
        assert not [name for name in names if name.partition("-")[0] in others]
        assert "core" not in names


def test_every_route_goes_to_the_function_of_its_module(template: dict[str, Any]) -> None:
    body = template["Resources"]["Api"]["Properties"]["Body"]
    served = {
        (method.upper(), path): re.findall(
            r"\{(\w+)FunctionLive\}", _words(operation["x-amazon-apigateway-integration"]["uri"])
        )
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
    }
    from app import app

    assert {(route.method, route.path) for route in app.guarded()} == set(served)
    assert served["POST", "/api/v1/scenic/orders"] == ["Scenic"]
    assert served["GET", "/bureau/wall"] == ["Bureau"]
    assert served["POST", "/login"] == ["Core"]
    assert served["GET", "/openapi.json"] == ["Whole"]
    assert all(
        owner in (["Whole"], ["Core"]) for (_, path), owner in served.items() if path.startswith("/hooks")
    )
    for function in functions(modules=modules(), stage=STAGE):
        if function.trigger == "http":
            assert f"{function.logical}Permission" in template["Resources"]
    answers = body["x-amazon-apigateway-gateway-responses"]
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == 404
    for answer in answers.values():
        assert json.loads(answer["responseTemplates"]["application/json"])["code"].startswith("core.")


def test_feeds_report_single_failures_and_never_lose_a_record(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    feeds = {
        one["Properties"]["FunctionName"]["Ref"]: one["Properties"]
        for one in resources.values()
        if one["Type"] == "AWS::Lambda::EventSourceMapping"
    }
    for function in functions(modules=modules(), stage=STAGE):
        if function.trigger in ("stream", "queue"):
            assert feeds[function.alias]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if function.trigger == "stream":
            feed = feeds[function.alias]
            assert feed["BisectBatchOnFunctionError"] is True
            assert feed["DestinationConfig"]["OnFailure"]["Destination"] == {
                "Fn::GetAtt": ["RelayDead", "Arn"]
            }
            kept = [json.loads(one["Pattern"]) for one in feed["FilterCriteria"]["Filters"]]
            assert kept[0]["dynamodb"]["NewImage"]["kind"] == {"S": ["outbox"]}
            assert "out" in kept[1]["dynamodb"]["NewImage"]
        if function.trigger == "queue":
            queue = resources[f"{function.queue.capitalize()}Inbox"]["Properties"]
            assert queue["VisibilityTimeout"] >= 6 * resources[function.logical]["Properties"]["Timeout"]
            assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
        if function.trigger == "schedule":
            rule = resources[f"{function.logical}Time"]["Properties"]
            assert rule["Targets"][0]["Arn"] == {"Ref": function.alias}


def test_requests_shift_to_a_new_version_slowly_and_turn_back_by_themselves(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    for function in functions(modules=modules(), stage=STAGE):
        alias = resources[function.alias]
        version = alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
        assert resources[version]["DeletionPolicy"] == "Retain"
        if function.trigger == "http":
            group = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]
            release = resources[group]["Properties"]
            assert release["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
            assert release["AutoRollbackConfiguration"]["Enabled"]
            (alarm,) = release["AlarmConfiguration"]["Alarms"]
            assert alarm["Name"]["Ref"] in resources


def test_each_alarm_leads_to_its_paragraph_in_the_runbook(template: dict[str, Any]) -> None:
    text = (ROOT / "infra" / "README.md").read_text("utf-8")
    headings = {line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("###")}
    alarms = [one for one in template["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) > 20
    for alarm in alarms:
        assert alarm["Properties"]["AlarmDescription"].partition("#")[2] in headings
        assert alarm["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}]
    watched = {json.dumps(one["Properties"]["Dimensions"]) for one in alarms}
    dead = [one for one in template["Resources"].values() if one["Type"] == "AWS::SQS::Queue"]
    for queue in dead:
        name = queue["Properties"]["QueueName"]
        if name.endswith("-dead"):
            assert json.dumps([{"Name": "QueueName", "Value": name}]) in watched
    assert Alarm(logical="x", runbook="y", space="z", metric="m").limit == 1


def test_every_reference_of_every_policy_can_be_read(template: dict[str, Any]) -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    for _, statement in _statements(template):
        assert "Fn::" not in json.dumps(concrete(statement, names=Anything()))


def _statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    def walk(name: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(value, dict):
            if "Effect" in value and "Action" in value:
                yield name, value
            for part in value.values():
                yield from walk(name, part)
        elif isinstance(value, list):
            for part in value:
                yield from walk(name, part)

    for name, resource in template["Resources"].items():
        yield from walk(name, resource)


def _words(value: Any) -> str:
    match value:
        case {"Fn::GetAtt": [logical, attribute]}:
            return f"{logical}.{attribute}"
        case {"Fn::Sub": str(text)} | {"Ref": str(text)}:
            return text
        case _:
            return str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [_words(one) for one in _listed(value)]


def _differing(one: Path, other: Path) -> list[str]:
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        ours = {entry.filename: entry.CRC for entry in first.infolist()}
        theirs = {entry.filename: entry.CRC for entry in second.infolist()}
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))

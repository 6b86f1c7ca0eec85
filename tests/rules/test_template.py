"""The laws of the final template."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.config import settings
from chalicelib.telemetry import line_of
from infra.package.alarms import Alarm
from infra.package.build import UNBUILT
from infra.package.edge import _CACHING_DISABLED
from infra.package.functions import PRINT, functions, groups
from infra.package.staging import ROOT
from infra.package.template import MOST_BYTES
from tenants import modules
from tests.artefact import STAGE, Artefact, artefact
from tests.rules.template_reading import referenced, words

pytestmark = [pytest.mark.rules, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return artefact().template


@pytest.fixture(scope="module")
def made() -> Artefact:
    return artefact()


def test_the_template_has_head_room_and_names_no_account(made: Artefact) -> None:
    text = made.made.template.read_text("utf-8")
    assert len(text.encode()) < MOST_BYTES / 2
    assert "arn:aws" not in text
    parts = {package.code[:12] for package in made.made.packages}  # a digest may have digits alone
    assert set(re.findall(r"\b\d{12}\b", text)) <= parts
    assert "placeholder" not in text


def test_one_more_module_of_the_largest_size_has_room(template: dict[str, Any]) -> None:
    """CloudFormation takes 500 resources; ours are fewer than 400, and the next leaves 50 free."""
    names = list(template["Resources"])
    largest = max(sum(name.startswith(one.key.capitalize()) for name in names) for one in modules())
    assert len(names) < 400
    assert len(names) + largest <= 450, (len(names), largest)


@pytest.mark.parametrize(("front", "region"), [("template", "us-east-1"), ("gateway", "cn-north-1")])
def test_the_template_is_clean_to_the_linter(made: Artefact, front: str, region: str) -> None:
    linter = Path(sys.executable).parent / "cfn-lint"
    command = [
        str(linter),
        "--regions",
        region,
        "--format",
        "parseable",
        "--",
        str(getattr(made.made, front)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_where_aws_has_no_tracing_none_is_asked_for(template: dict[str, Any]) -> None:
    assert template["Conditions"]["Traced"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]}]
    }
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Lambda::Function":
            mode = properties["TracingConfig"]["Mode"]
            assert mode == {"Fn::If": ["Traced", "Active", "PassThrough"]}
        if resource["Type"] == "AWS::ApiGateway::Stage":
            assert properties["TracingEnabled"] == {"Fn::If": ["Traced", True, False]}


def test_every_bucket_is_private_encrypted_kept_and_asked_over_tls_only(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    buckets = {name for name, one in resources.items() if one["Type"] == "AWS::S3::Bucket"}
    assert {"FilesBucket", "AssetsBucket"} <= buckets
    for name in buckets:
        properties = resources[name]["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert resources[name]["DeletionPolicy"] == "Retain"
        policy = resources[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
        (tls,) = (one for one in policy if one["Sid"] == "OnlyEncrypted")
        assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_content_network_keeps_assets_for_ever_and_pages_never(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    config = resources["Edge"]["Properties"]["DistributionConfig"]
    (assets,) = config["CacheBehaviors"]
    assert assets["PathPattern"] == "/assets/*"
    headers = resources["EdgeAssetHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    (kept,) = headers["CustomHeadersConfig"]["Items"]
    assert kept["Value"] == "public, max-age=31536000, immutable"
    pages = config["DefaultCacheBehavior"]
    assert pages["CachePolicyId"] == _CACHING_DISABLED
    assert {"GET", "POST"} <= set(pages["AllowedMethods"])
    api, bucket = config["Origins"]
    assert api["OriginCustomHeaders"] == [{"HeaderName": "x-edge-token", "HeaderValue": {"Ref": "EdgeToken"}}]
    assert bucket["OriginAccessControlId"]
    (group,) = config["OriginGroups"]["Items"]  # what is not uploaded yet comes from the functions
    assert [one["OriginId"] for one in group["Members"]["Items"]] == ["bucket", "api"]
    names = json.loads((ROOT / "build" / "assets" / "manifest.json").read_text("utf-8"))
    assert all(re.search(r"-[A-Za-z0-9_-]{6,}\.\w+$", name) for name in names.values()), names


def test_the_template_needs_neither_a_domain_nor_a_content_network(template: dict[str, Any]) -> None:
    """Whatever is named by a condition is only asked for where that condition holds."""
    wanted = {name for name, one in template["Parameters"].items() if "Default" not in one}
    assert wanted == {"CodeBucket", "AlarmEmail"}
    resources = template["Resources"]
    conditional = {name: one["Condition"] for name, one in resources.items() if "Condition" in one}
    assert {conditional[name] for name in ("Domain", "DomainMapping")} == {"ByGatewayName"}
    assert {conditional[name] for name in ("ShopsDomain", "ShopsDomainMapping")} == {"ByGatewayShops"}
    assert {name for name, condition in conditional.items() if condition == "ByEdge"} >= {
        "Edge",
        "AssetsBucket",
    }
    assert set(conditional.values()) <= set(template["Conditions"])
    for name, resource in resources.items():
        for other in referenced(resource) & set(conditional):
            assert conditional[other] == conditional.get(name) or "Fn::If" in json.dumps(resource), (
                name,
                other,
            )
    assert set(template["Rules"]) == {"EdgeIsKnown", "GatewayHasAName"}


def test_every_route_goes_to_the_function_of_its_module(template: dict[str, Any]) -> None:
    body = template["Resources"]["Api"]["Properties"]["Body"]
    served = {
        (method.upper(), path): re.findall(
            r"\{(\w+)FunctionLive\}", words(operation["x-amazon-apigateway-integration"]["uri"])
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
    assert served["GET", "/console/returns/{id}/file"] == ["Print"]
    assert served["GET", "/console/returns/{id}"] == ["Desk"]
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


def test_every_schedule_has_a_rule_that_wakes_its_modules_function_and_says_which(
    template: dict[str, Any],
) -> None:
    resources = template["Resources"]
    woken = {}
    for function in functions(modules=modules(), stage=STAGE):
        assert bool(function.times) == (function.trigger == "schedule")
        for time in function.times:
            rule = resources[time.logical]["Properties"]
            (target,) = rule["Targets"]
            assert target["Arn"] == {"Ref": function.alias}
            allowed = resources[f"{time.logical}Permission"]["Properties"]
            assert allowed["SourceArn"] == {"Fn::GetAtt": [time.logical, "Arn"]}
            assert allowed["FunctionName"] == target["Arn"]
            said = json.loads(target.get("Input", "{}"))
            woken[said.get("module"), said.get("schedule")] = (rule["ScheduleExpression"], function.needs)
    assert woken.pop((None, None)) == ("rate(15 minutes)", "")  # the sweep
    assert woken == {
        (module.key, one.name): (f"rate({one.minutes} minute{'s' * (one.minutes > 1)})", one.needs)
        for module in modules()
        for one in module.schedules
    }


def test_throttles_are_watched_of_every_function_and_table(template: dict[str, Any]) -> None:
    resources = template["Resources"].values()
    alarms = [one["Properties"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    watched = set()
    for alarm in (one for one in alarms if "Metrics" in one):
        *parts, total = alarm["Metrics"]
        assert total["Expression"] == " + ".join(f"FILL({part['Id']}, 0)" for part in parts)
        assert [part["ReturnData"] for part in alarm["Metrics"]] == [*([False] * len(parts)), True]
        assert len(parts) <= 10
        assert alarm["EvaluationPeriods"] > 1  # the last minute may still be empty
        for part in parts:
            metric = part["MetricStat"]["Metric"]
            watched.add((metric["MetricName"], metric["Dimensions"][0]["Value"]))
    names = {one.physical(stage=STAGE) for one in functions(modules=modules(), stage=STAGE)}
    tables = {f"songyun-{STAGE}-{table}" for table in ("app", "control", "ledger")}
    assert watched == {("Throttles", name) for name in names} | {
        (f"{way}ThrottleEvents", table) for way in ("Read", "Write") for table in tables
    }


def test_what_needs_a_group_runs_from_the_groups_archive_and_no_other_function_does(
    template: dict[str, Any], made: Artefact
) -> None:
    planned = functions(modules=modules(), stage=STAGE)
    assert set(groups(planned)) == {"lake", "seal"}
    packages = {one.group: one.code for one in made.made.packages}
    for function in planned:
        properties = template["Resources"][function.logical]["Properties"]
        code = packages.get(function.needs, UNBUILT)
        # Written out: a parameter would keep its old value when the stack is updated.
        assert properties["Code"] == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": f"songyun/{code}.zip"}
        assert not function.needs or function.trigger == "schedule" or function.name == PRINT
        assert ("SONGYUN_FONTS" in properties["Environment"]["Variables"]) == (function.needs == "seal")


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


def test_a_parameter_that_a_function_reads_makes_another_version_when_it_changes(
    template: dict[str, Any],
) -> None:
    """A version keeps the settings that it was made with; the alias would go on serving the old ones."""
    resources, parameters = template["Resources"], template["Parameters"]
    for function in functions(modules=modules(), stage=STAGE):
        version = resources[function.alias]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
        told = referenced(resources[version]["Properties"]["Description"])
        read = referenced(resources[function.logical]["Properties"]["Environment"]) & set(parameters)
        # What must not be shown is changed together with another word in Settings.
        assert read - {"EdgeToken"} == told
        assert sum(parameters[name]["MaxLength"] + 1 for name in told) < 256  # Lambda's most
        assert "Settings" in told
        assert "EdgeToken" in read


def test_what_the_bureau_counts_is_what_its_alarms_watch(
    template: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGYUN_STAGE", STAGE)
    settings.cache_clear()
    said = json.loads(line_of("bureau.overdue", {"gaps": 0}, metrics={"gaps": "Count"}))
    settings.cache_clear()
    (told,) = said["_aws"]["CloudWatchMetrics"]
    for logical, metric in (
        ("ReportersSilent", "silent"),
        ("ReportersUnclosed", "unclosed"),
        ("ReconciliationGaps", "gaps"),
    ):
        watched = template["Resources"][logical]["Properties"]
        assert (watched["Namespace"], watched["MetricName"]) == (told["Namespace"], metric)
        assert watched["Dimensions"] == [{"Name": "module", "Value": said["module"]}]
    shown = json.dumps(template["Resources"]["Dashboard"])
    assert all(name in shown for name in ("silent", "unclosed", "gaps", "Swept"))


def test_each_alarm_leads_to_its_paragraph_in_the_runbook_and_each_paragraph_has_an_alarm(
    template: dict[str, Any],
) -> None:
    text = (ROOT / "infra" / "README.md").read_text("utf-8")
    runbook = text.partition("\n## Runbook\n")[2].partition("\n## ")[0]
    paragraphs = dict(re.findall(r"^### (\S+)\n(.+)", runbook, re.M))
    alarms = [one for one in template["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) > 20
    led = {alarm["Properties"]["AlarmDescription"].partition("#")[2] for alarm in alarms}
    assert led == set(paragraphs)
    for alarm in alarms:
        assert alarm["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}]
    watched = {json.dumps(one["Properties"].get("Dimensions")) for one in alarms}
    dead = [one for one in template["Resources"].values() if one["Type"] == "AWS::SQS::Queue"]
    for queue in dead:
        name = queue["Properties"]["QueueName"]
        if name.endswith("-dead"):
            assert json.dumps([{"Name": "QueueName", "Value": name}]) in watched
    assert Alarm(logical="x", runbook="y", space="z", metric="m").limit == 1

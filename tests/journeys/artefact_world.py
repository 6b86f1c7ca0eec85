"""A deployed artefact: the final template applied to an engine of its own, and those who ask it."""

import base64
import copy
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.stack import client
from infra.package.build import Made
from tests.artefact import STAGE, Artefact
from tests.journeys.artefact_engine import ACCOUNT, REGION, Seen, engine, listening
from tests.journeys.callers import Answer, Caller, hang_up

BUCKET, STACK = "artefacts", "songyun"

#: Resources of the final template that the engine's CloudFormation does not know. Nothing else of it
#: is left out: tables, bus, queues, roles, functions, versions, aliases, mappings, rules, the API
#: with its stage and domain, alarms and dashboard are made from the template as it is shipped.
NOT_HERE = {
    "AWS::Budgets::Budget": "made on AWS only, and only where MonthlyBudget is set",
    "AWS::CodeDeploy::Application": "the shift of requests to a new version: here the alias moves at once",
    "AWS::CodeDeploy::DeploymentGroup": "the same",
    "AWS::Events::Archive": "the bus keeps nothing for replay",
}

#: Types that are made where ``Front`` is ``gateway``; here it is ``edge``.
NOT_ASKED = {"AWS::ApiGateway::DomainName", "AWS::ApiGateway::BasePathMapping"}

EDGE_TOKEN = "a-token-that-only-the-edge-has-0123456789"
#: What whoever deploys says.
_SAID = {
    "CodeBucket": BUCKET,
    "EdgeToken": EDGE_TOKEN,
    "DomainName": "songyun.example",
    "ShopDomain": "shop.songyun.example",
    "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
    "AlarmEmail": "duty@songyun.example",
}


@dataclass(frozen=True, kw_only=True)
class Visitor(Caller):
    """Someone before the engine's API Gateway."""

    api: str = ""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        hang_up()  # the engine closes what is idle, and a cold function may take that long
        # By its host, as on AWS: a path that goes through the engine's front door is judged there first.
        host = f"{self.api}.execute-api.127.0.0.1"
        return super().ask(method, f"/live{path}", body, {**(headers or {}), "Host": host})


@dataclass
class World:
    """The deployed stack."""

    endpoint: str
    template: dict[str, Any]
    outputs: Mapping[str, str]
    doors: Mapping[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """For this process, as one of the stack's own (seeding)."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local-only",
            "SONGYUN_STAGE": STAGE,
            # Said, not left to the defaults: another stack of this session may have said its own.
            **{f"SONGYUN_{name.upper()}_TABLE": f"songyun-{STAGE}-{name}" for name in _TABLES},
            "SONGYUN_BUS": f"songyun-{STAGE}-tourism",
            "SONGYUN_DATA_KEY": f"alias/songyun-{STAGE}",
            "SONGYUN_BASE_URL": "https://songyun.example",
            "SONGYUN_TENANT_ROLE_PREFIX": self.outputs["ScenicTenantRole"].removesuffix("scenic"),
        }

    def caller(self, *, key: str = "") -> Visitor:
        return Visitor(base_url=self.endpoint, key=key, api=self.outputs["RestApi"])

    def client(self, service: str) -> Any:
        return client(service, endpoint=self.endpoint)


@contextmanager
def deployed(artefact: Artefact, *, folder: Path) -> Iterator[World]:
    """The artefact on an engine of its own, until the block ends."""
    bare = folder / "bare"
    subprocess.run([artefact.interpreter, "-m", "venv", "--without-pip", str(bare)], check=True)
    names = [function.physical(stage=STAGE) for function in artefact.functions]
    with (
        engine(bare=bare / "bin" / "python", folder=folder) as endpoint,
        listening(endpoint, names=names) as (doors, seen),
    ):
        for_engine = fitted(artefact.template, doors=doors)
        outputs = _apply(for_engine, endpoint=endpoint, made=artefact.made)
        template = artefact.template
        yield World(endpoint=endpoint, template=template, outputs=outputs, doors=doors, seen=seen)


def fitted(template: dict[str, Any], *, doors: Mapping[str, str]) -> dict[str, Any]:
    """The final template without what the engine does not know; each function's calls go to its door."""
    fit = copy.deepcopy(template)
    resources = {name: one for name, one in fit["Resources"].items() if name not in summed(template)}
    resources = {name: one for name, one in resources.items() if one["Type"] not in NOT_HERE}
    fit["Resources"] = resources | _answers(resources["Api"]["Properties"]["Body"])
    (deployment,) = (one for name, one in resources.items() if name.startswith("ApiDeployment"))
    deployment["DependsOn"] = [name for name in fit["Resources"] if name.startswith("Answer")]
    for resource in resources.values():
        resource.pop("UpdatePolicy", None)
        if resource["Type"] == "AWS::Lambda::Function":
            properties = resource["Properties"]
            variables = properties["Environment"]["Variables"]
            variables["AWS_ENDPOINT_URL"] = doors[properties["FunctionName"]]
    return fit


def summed(template: dict[str, Any]) -> set[str]:
    """Alarms on the sum of several metrics: of alarms the engine's CloudFormation knows those on one."""
    return {name for name, one in template["Resources"].items() if "Metrics" in one["Properties"]}


def _answers(body: dict[str, Any]) -> dict[str, Any]:
    """The gateway's own answers as resources: the engine does not read them out of a description."""
    return {
        f"Answer{number}": {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ResponseType": word,
                **({"StatusCode": str(said["statusCode"])} if "statusCode" in said else {}),
                "ResponseParameters": said["responseParameters"],
                "ResponseTemplates": said["responseTemplates"],
            },
        }
        for number, (word, said) in enumerate(body["x-amazon-apigateway-gateway-responses"].items())
    }


def _apply(template: dict[str, Any], *, endpoint: str, made: Made) -> dict[str, str]:
    s3, cloudformation = client("s3", endpoint=endpoint), client("cloudformation", endpoint=endpoint)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for package in made.packages:
        s3.put_object(Bucket=BUCKET, Key=f"songyun/{package.code}.zip", Body=package.archive.read_bytes())
    s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template).encode())
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{endpoint}/{BUCKET}/template.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in _SAID.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return _outcome(cloudformation, wanted="CREATE_COMPLETE")


def applied(world: World, template: dict[str, Any]) -> None:
    """Update the stack to ``template``; parameters keep their values."""
    s3, cloudformation = world.client("s3"), world.client("cloudformation")
    s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template).encode())
    cloudformation.update_stack(
        StackName=STACK,
        TemplateURL=f"{world.endpoint}/{BUCKET}/template.json",
        Parameters=[{"ParameterKey": key, "UsePreviousValue": True} for key in _SAID],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    _outcome(cloudformation, wanted="UPDATE_COMPLETE")


def _outcome(cloudformation: Any, *, wanted: str) -> dict[str, str]:
    """The stack's outputs, once it is ``wanted``; anything else it ends in fails with the reasons."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if stack["StackStatus"] == wanted:
            return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            reasons = [
                f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
                for event in events
                if event["ResourceStatus"].endswith("FAILED")
            ]
            raise AssertionError(f"{stack['StackStatus']}: {reasons or stack.get('StackStatusReason')}")
        time.sleep(0.1)
    raise AssertionError(f"the stack did not become {wanted}")


_TABLES = ("app", "control", "ledger")


def invoked(world: World, function: str, event: Any) -> Any:
    """What a function answers when it is called by its alias; a crash fails with its log."""
    answer = world.client("lambda").invoke(
        FunctionName=f"songyun-{STAGE}-{function}",
        Qualifier="live",
        Payload=json.dumps(event).encode(),
        LogType="Tail",
    )
    said = base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace")
    assert "FunctionError" not in answer, said
    answered = json.loads(answer["Payload"].read() or b"null")
    # A schedule's duty that fails for one tenant is counted, and its log says why.
    assert not (isinstance(answered, dict) and answered.get("failed")), said
    return answered


def woken(world: World, schedule: str) -> Any:
    """What the function answers that the rule ``schedule`` (``hotel-close-day``) wakes, told what it says."""
    rules = world.client("events")
    (target,) = rules.list_targets_by_rule(Rule=f"songyun-{STAGE}-{schedule}")["Targets"]
    *_, function, alias = target["Arn"].split(":")
    assert alias == "live"
    moment = {"source": "aws.events", "time": "2026-11-22T00:00:00Z", "detail-type": "Scheduled Event"}
    about = {"id": "1", "account": ACCOUNT, "region": REGION, "resources": [], "detail": {}, "version": "0"}
    event = json.loads(target["Input"]) if "Input" in target else {**moment, **about}
    return invoked(world, function.removeprefix(f"songyun-{STAGE}-"), event)

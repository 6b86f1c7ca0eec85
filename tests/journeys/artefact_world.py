"""A deployed artefact: an engine of its own, the final template applied to it, and a listener on every call.

The engine's functions run under an interpreter that has no packages, so what they import comes from
the archive. Each function speaks to AWS through the listener, which knows whose call it is and what
it asked: what IAM would have said is tried afterwards.
"""

import base64
import copy
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from infra.access import Call
from infra.local.process import free_port
from infra.local.stack import client
from tests.artefact import STAGE, Artefact
from tests.journeys.callers import Answer, Caller

REGION, ACCOUNT = "cn-north-1", "000000000000"
BUCKET, KEY, STACK = "artefacts", "songyun.zip", "songyun"

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

_ENGINE = "import sys; sys.executable = sys.argv.pop(1); from ministack.app import main; main()"
_SERVICES = {
    "DynamoDB_20120810": "dynamodb",
    "TrentService": "kms",
    "AWSEvents": "events",
    "AmazonSQS": "sqs",
}


#: By access key: the role that was assumed, and for which tenant.
_Sessions = dict[str, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One call that a function made. ``become``: (role, tenant) it had assumed; none: as itself."""

    function: str
    become: tuple[str, str] | None
    call: Call


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
        # By its host, as on AWS: a path that goes through the engine's front door is judged there first.
        host = f"{self.api}.execute-api.127.0.0.1"
        return super().ask(method, f"/live{path}", body, {**(headers or {}), "Host": host})


@dataclass
class World:
    """The deployed stack."""

    endpoint: str
    template: dict[str, Any]
    outputs: Mapping[str, str]
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
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    names = [function.physical(stage=STAGE) for function in artefact.functions]
    with (
        _engine(bare=bare / "bin" / "python", folder=folder) as endpoint,
        _listening(endpoint, names=names) as (doors, seen),
    ):
        for_engine = fitted(artefact.template, doors=doors)
        outputs = _apply(for_engine, endpoint=endpoint, archive=artefact.made.archive)
        yield World(endpoint=endpoint, template=artefact.template, outputs=outputs, seen=seen)


def fitted(template: dict[str, Any], *, doors: Mapping[str, str]) -> dict[str, Any]:
    """The final template without what the engine does not know; each function's calls go to its door."""
    fit = copy.deepcopy(template)
    resources = {name: one for name, one in fit["Resources"].items() if one["Type"] not in NOT_HERE}
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


def _apply(template: dict[str, Any], *, endpoint: str, archive: Path) -> dict[str, str]:
    s3, cloudformation = client("s3", endpoint=endpoint), client("cloudformation", endpoint=endpoint)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=archive.read_bytes())
    s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template).encode())
    values = {
        "CodeBucket": BUCKET,
        "CodeKey": KEY,
        "EdgeToken": EDGE_TOKEN,
        "DomainName": "songyun.example",
        "ShopDomain": "shop.songyun.example",
        "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
        "AlarmEmail": "duty@songyun.example",
    }
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{endpoint}/{BUCKET}/template.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
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
    raise AssertionError("the stack did not become complete")


_TABLES = ("app", "control", "ledger")


@contextmanager
def _engine(*, bare: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    temporary = folder / "tmp"
    temporary.mkdir()
    environment = {
        **kept,
        "TMPDIR": str(temporary),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
    }
    log = (folder / "engine.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", _ENGINE, str(bare)], env=environment, stdout=log, stderr=log, cwd=folder
    )
    try:
        _await(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the engine ended"
        try:
            asked = HTTPConnection("127.0.0.1", port, timeout=2)
            asked.request("GET", "/_ministack/health")
            if asked.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the engine did not answer")


class _Ear(ThreadingHTTPServer):
    """The door to AWS of one function."""

    daemon_threads = True

    def __init__(self, *, function: str, engine_port: int, seen: list[Seen], sessions: _Sessions) -> None:
        self.function, self.engine_port, self.seen, self.sessions = function, engine_port, seen, sessions
        super().__init__(("127.0.0.1", 0), _Heard)


class _Heard(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        onward = HTTPConnection("127.0.0.1", self.server.engine_port, timeout=60)
        onward.request("POST", self.path, body=body, headers=dict(self.headers.items()))
        reply = onward.getresponse()
        answer = reply.read()
        onward.close()
        sessions = self.server.sessions
        one = _understood(self.server.function, dict(self.headers.items()), body, sessions)
        self.server.seen.append(one)
        if one.call.operation == "AssumeRole":
            found = re.search(rb"<AccessKeyId>(\w+)</AccessKeyId>", answer)
            if found is not None:
                tags = {tag["Key"]: tag["Value"] for tag in one.call.parameters["Tags"]}
                sessions[found[1].decode()] = (one.call.place, tags["tenant"])
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def _listening(endpoint: str, *, names: Iterable[str]) -> Iterator[tuple[dict[str, str], list[Seen]]]:
    """Where each function finds AWS, and what is heard there."""
    seen: list[Seen] = []
    sessions: _Sessions = {}
    engine_port = int(endpoint.rpartition(":")[2])
    ears = [_Ear(function=name, engine_port=engine_port, seen=seen, sessions=sessions) for name in names]
    for ear in ears:
        threading.Thread(target=ear.serve_forever, daemon=True).start()
    try:
        yield {ear.function: f"http://127.0.0.1:{ear.server_address[1]}" for ear in ears}, seen
    finally:
        for ear in ears:
            ear.shutdown()
            ear.server_close()


def _understood(
    function: str, headers: Mapping[str, str], body: bytes, sessions: Mapping[str, tuple[str, str]]
) -> Seen:
    lowered = {name.lower(): value for name, value in headers.items()}
    signed = re.search(r"Credential=([^/]+)/", lowered.get("authorization", ""))
    become = sessions.get(signed[1]) if signed else None
    prefix, _, operation = lowered.get("x-amz-target", "").partition(".")
    if prefix:
        return Seen(function=function, become=become, call=_json_call(_SERVICES[prefix], operation, body))
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    tags = [
        {"Key": form[f"Tags.member.{index}.Key"], "Value": form[f"Tags.member.{index}.Value"]}
        for index in range(1, 51)
        if f"Tags.member.{index}.Key" in form
    ]
    call = Call(
        service="sts", operation=form["Action"], parameters={"Tags": tags}, place=form.get("RoleArn", "")
    )
    return Seen(function=function, become=become, call=call)


def _json_call(service: str, operation: str, body: bytes) -> Call:
    begin = f"arn:aws:{service}:{REGION}:{ACCOUNT}:"
    call = Call(service=service, operation=operation, parameters=json.loads(body or b"{}"), place=begin)
    match service:
        case "dynamodb":
            return replace(call, place=f"{begin}table/")
        case "events":
            return replace(call, place=f"{begin}event-bus/{call.parameters['Entries'][0]['EventBusName']}")
        case _:
            return call


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
    return json.loads(answer["Payload"].read() or b"null")

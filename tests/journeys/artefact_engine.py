"""An engine whose functions have no packages but their archive's, and a listener on every call they make.

Each function speaks to AWS through the listener, which knows whose call it is and what it asked: what IAM
would have said is tried afterwards.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from infra.access import Call
from infra.local.process import free_port
from infra.package.staging import ROOT

REGION, ACCOUNT = "cn-north-1", "000000000000"

#: Functions run with the interpreter that is named first; this tree is on the engine's own path only.
_ENGINE = """
import sys
from pathlib import Path
sys.executable, tree, folder = (sys.argv.pop(1) for _ in range(3))
sys.path.insert(0, tree)
from tests.journeys.artefact_unpacking import share_archives
share_archives(Path(folder))
sys.path.pop(0)
from ministack.app import main
main()
"""
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


@contextmanager
def engine(*, bare: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    temporary, shared = folder / "tmp", folder / "shared"
    temporary.mkdir()
    shared.mkdir()
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
        [sys.executable, "-c", _ENGINE, str(bare), str(ROOT), str(shared)],
        env=environment,
        stdout=log,
        stderr=log,
        cwd=folder,
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

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        onward = HTTPConnection("127.0.0.1", self.server.engine_port, timeout=60)
        onward.request(self.command, self.path, body=body, headers=dict(self.headers.items()))
        reply = onward.getresponse()
        answer = reply.read()
        onward.close()
        sessions = self.server.sessions
        asked = _Asked(self.command, self.path, dict(self.headers.items()), body)
        one = _understood(self.server.function, asked, sessions)
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

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = _hand_on  # noqa: N815 - the names that are looked for

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def listening(endpoint: str, *, names: Iterable[str]) -> Iterator[tuple[dict[str, str], list[Seen]]]:
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


@dataclass(frozen=True)
class _Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def _understood(function: str, asked: _Asked, sessions: Mapping[str, tuple[str, str]]) -> Seen:
    lowered = {name.lower(): value for name, value in asked.headers.items()}
    signed = re.search(r"Credential=([^/]+)/", lowered.get("authorization", ""))
    become = sessions.get(signed[1]) if signed else None
    prefix, _, operation = lowered.get("x-amz-target", "").partition(".")
    if prefix:
        call = _json_call(_SERVICES[prefix], operation, asked.body)
        return Seen(function=function, become=become, call=call)
    if "/s3/aws4_request" in lowered.get("authorization", ""):
        return Seen(function=function, become=become, call=_file_call(asked))
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
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


def _file_call(asked: _Asked) -> Call:
    """A call to S3: a bucket's listing names a prefix, everything else an object."""
    split = urlsplit(asked.path)
    place, query = unquote(split.path.strip("/")), parse_qs(split.query)
    if "/" not in place:
        prefix = query.get("prefix", [""])[0]
        return Call(
            service="s3", operation="ListBucket", parameters={"Prefix": prefix}, place=f"arn:aws:s3:::{place}"
        )
    operation = {"PUT": "PutObject", "DELETE": "DeleteObject"}.get(asked.method, "GetObject")
    return Call(service="s3", operation=operation, parameters={}, place=f"arn:aws:s3:::{place}")

"""Our clients of AWS ask, sign and send as botocore does; errors and retries are botocore's."""

import base64
import io
import json
import socket
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.config import settings
from chalicelib.tenancy import credentials
from chalicelib.tenancy.client import Client
from chalicelib.tenancy.context import NoTenant
from chalicelib.tenancy.dynamodb import DynamoDB
from chalicelib.tenancy.services import Bus, DataKeys, Tokens
from chalicelib.tenancy.signing import Keys, signed
from chalicelib.tenancy.wire import Reply, Wire

pytestmark = pytest.mark.unit
STAMP = "20261122T093000Z"
ROLE = "arn:aws-cn:iam::000000000000:role/songyun-tenant-scenic"


@given(
    body=st.binary(max_size=300),
    token=st.one_of(st.none(), st.text("abcDEF/+=0123", min_size=1, max_size=40)),
    secret=st.text("abcXYZ/+0123", min_size=1, max_size=40),
    region=st.sampled_from(["cn-north-1", "eu-west-1"]),
    service=st.sampled_from(["dynamodb", "kms", "events", "sts"]),
)
def test_a_request_is_signed_as_botocore_signs_it(
    body: bytes, token: str | None, secret: str, region: str, service: str
) -> None:
    keys = Keys("AKIDEXAMPLE", secret, token)
    headers = {"content-type": "application/x-amz-json-1.0"}
    if service != "sts":
        headers["x-amz-target"] = "DynamoDB_20120810.PutItem"
    ours = signed(
        service=service,
        host="aws.example:8443",
        headers=headers,
        body=body,
        region=region,
        keys=keys,
        stamp=STAMP,
    )
    request = AWSRequest(method="POST", url="https://aws.example:8443/", data=body, headers=headers)
    theirs = SigV4Auth(Credentials(*keys), service, region)
    request.context["timestamp"] = STAMP
    request.headers["X-Amz-Date"] = STAMP
    if token:
        request.headers["X-Amz-Security-Token"] = token
    signature = theirs.signature(theirs.string_to_sign(request, theirs.canonical_request(request)), request)
    assert ours["authorization"].endswith(f"Signature={signature}")
    assert f"SignedHeaders={theirs.signed_headers(theirs.headers_to_sign(request))}," in ours["authorization"]


@pytest.mark.parametrize("region", ["cn-north-1", "cn-northwest-1", "eu-west-1"])
def test_a_service_is_where_botocore_finds_it(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    settings.cache_clear()
    try:
        for service, ours in settings().endpoints.items():
            assert ours == _theirs(service, region).meta.endpoint_url
    finally:
        monkeypatch.undo()
        settings.cache_clear()


ASKED: dict[str, tuple[type[Client], dict[str, Any], dict[str, Any]]] = {
    "AssumeRole": (
        Tokens,
        {"role": ROLE, "name": "tn_1", "seconds": 900, "tags": {"tenant": "tn_1", "b": "ä &"}},
        {
            "RoleArn": ROLE,
            "RoleSessionName": "tn_1",
            "DurationSeconds": 900,
            "Tags": [{"Key": "tenant", "Value": "tn_1"}, {"Key": "b", "Value": "ä &"}],
        },
    ),
    "GenerateDataKey": (
        DataKeys,
        {"key": "alias/x", "context": {"tenant": "tn_1"}},
        {"KeyId": "alias/x", "KeySpec": "AES_256", "EncryptionContext": {"tenant": "tn_1"}},
    ),
    "Decrypt": (
        DataKeys,
        {"wrapped": b"\x00\xff", "context": {"tenant": "tn_1"}},
        {"CiphertextBlob": b"\x00\xff", "EncryptionContext": {"tenant": "tn_1"}},
    ),
    "PutEvents": (
        Bus,
        {"entries": [{"Source": "tourism.up", "DetailType": "x", "Detail": "{}", "EventBusName": "b"}]},
        {"Entries": [{"Source": "tourism.up", "DetailType": "x", "Detail": "{}", "EventBusName": "b"}]},
    ),
}
METHODS = {
    "AssumeRole": ("assume_role", "assume_role"),
    "GenerateDataKey": ("generate", "generate_data_key"),
    "Decrypt": ("decrypt", "decrypt"),
    "PutEvents": ("put", "put_events"),
}


@pytest.mark.parametrize("operation", ASKED)
def test_a_call_says_what_botocores_says_and_reads_what_botocores_reads(operation: str) -> None:
    kind, ours, theirs = ASKED[operation]
    sent: dict[str, tuple[str, str, Any]] = {}
    answer = _answers()[operation]

    def hear_ours(_operation: str, headers: dict[str, str], body: bytes) -> Reply:
        sent["ours"] = _said(headers, body)
        return Reply(200, {}, answer)

    def hear_theirs(request: Any, **_: Any) -> Any:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        sent["theirs"] = _said(headers, request.body)
        return AWSResponse(request.url, 200, {}, _Raw(answer))

    client = kind(endpoint="http://127.0.0.1:9", region="cn-north-1", keys=lambda: Keys("A", "b"))
    client.before.append(hear_ours)
    native = _theirs(kind.service, "cn-north-1")
    native.meta.events.register("before-send", hear_theirs)
    mine, other = METHODS[operation]
    got = getattr(client, mine)(*ours.pop("wrapped", ()) and [b"\x00\xff"], **ours)
    assert _plain(got) == _plain(getattr(native, other)(**theirs))
    assert sent["ours"] == sent["theirs"]


def _answers() -> dict[str, bytes]:
    text = base64.b64encode(b"plain").decode()
    return {
        "AssumeRole": b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>
          <SecretAccessKey>s/+&amp;x</SecretAccessKey><SessionToken>t==</SessionToken>
          <Expiration>2026-11-22T10:00:00Z</Expiration></Credentials></AssumeRoleResult>
          <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>""",
        "GenerateDataKey": json.dumps({"Plaintext": text, "CiphertextBlob": "AP8=", "KeyId": "k"}).encode(),
        "Decrypt": json.dumps({"Plaintext": text, "KeyId": "k"}).encode(),
        "PutEvents": b'{"FailedEntryCount":1,"Entries":[{"ErrorCode":"Slow","ErrorMessage":"later"}]}',
    }


def _plain(got: Any) -> Any:
    """What an answer comes to, ours and botocore's alike."""
    if isinstance(got, dict):
        if "Credentials" in got:
            kept = got["Credentials"]
            return (kept["AccessKeyId"], kept["SecretAccessKey"], kept["SessionToken"])
        if "Plaintext" in got:
            both = (got["Plaintext"], got.get("CiphertextBlob"))
            return both if both[1] is not None else both[0]
        return {name: value for name, value in got.items() if name != "ResponseMetadata"}
    return tuple(got) if isinstance(got, Keys) else got


def _said(headers: dict[str, str], body: bytes) -> tuple[str, str, Any]:
    kind, text = headers["content-type"], _text(body)
    said = parse_qs(text) if kind.startswith("application/x-www") else json.loads(text)
    return kind, headers.get("x-amz-target", ""), said


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class _Raw(io.BytesIO):
    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.getvalue()


def _theirs(service: str, region: str) -> Any:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return get_session().create_client(service, region_name=region, **keys)  # type: ignore[call-overload]


def client(keys: Any = None) -> DynamoDB:
    return DynamoDB(
        endpoint="http://127.0.0.1:9", region="cn-north-1", keys=keys or (lambda: Keys("AKID", "secret"))
    )


class Answers:
    """Answers in the network's place, one by one, and keeps what was sent."""

    def __init__(self, made: Client, *answers: tuple[int, Any]) -> None:
        self.sent: list[dict[str, Any]] = []
        self._answers = list(answers)
        made.before.append(self)

    def __call__(self, _operation: str, _headers: dict[str, str], body: bytes) -> Reply:
        self.sent.append(json.loads(body))
        status, answer = self._answers.pop(0)
        return Reply(status, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())


def test_bytes_travel_as_base64_both_ways() -> None:
    made = client()
    wire = Answers(made, (200, {"Item": {"b": {"B": "AP8="}, "s": {"BS": ["AQ=="]}, "B": {"S": "plain"}}}))
    found = made.get_item(TableName="t", Key={"pk": {"B": b"\x00\xff"}})
    assert wire.sent[0]["Key"] == {"pk": {"B": "AP8="}}
    assert found["Item"] == {"b": {"B": b"\x00\xff"}, "s": {"BS": [b"\x01"]}, "B": {"S": "plain"}}


def test_a_failed_condition_is_the_error_that_botocore_raises() -> None:
    made = client()
    code = "ConditionalCheckFailedException"
    Answers(made, (400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}))
    with pytest.raises(ClientError) as caught:
        made.update_item(TableName="t")
    assert caught.value.response["Error"] == {"Code": "ConditionalCheckFailedException", "Message": "no"}


def test_a_cancelled_transaction_keeps_its_reasons() -> None:
    made = client()
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"x": {"B": "AQ=="}}}]
    Answers(made, (400, {"__type": "x#TransactionCanceledException", "CancellationReasons": reasons}))
    with pytest.raises(ClientError) as caught:
        made.transact_write_items(TransactItems=[])
    told: Any = caught.value.response
    assert told["CancellationReasons"][1]["Item"] == {"x": {"B": b"\x01"}}


def test_a_throttled_call_comes_again_and_then_gives_up() -> None:
    made = client()
    slow = (400, {"__type": "x#ThrottlingException"})
    Answers(made, slow, slow, (200, {"ok": {"S": "1"}}))
    assert made.query(TableName="t") == {"ok": {"S": "1"}}
    other = client()
    wire = Answers(other, *[slow] * 4)
    with pytest.raises(ClientError):
        other.query(TableName="t")
    assert len(wire.sent) == 4


def test_a_single_write_that_meets_a_transaction_waits_for_it() -> None:
    made = client()
    wire = Answers(made, *[(400, {"__type": "x#TransactionConflictException"})] * 5, (200, {}))
    made.update_item(TableName="t")
    assert len(wire.sent) == 6


def test_an_error_in_no_language_of_the_services_is_known_by_its_status() -> None:
    made = client()
    wire = Answers(made, *[(502, b"<html>bad gateway</html>")] * 4)
    with pytest.raises(ClientError) as caught:
        made.query(TableName="t")
    assert caught.value.response["Error"]["Code"] == "502"
    assert len(wire.sent) == 4


def test_a_refused_role_says_why() -> None:
    made = Tokens(endpoint="http://127.0.0.1:9", region="cn-north-1", keys=lambda: Keys("A", "b"))
    said = (
        b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not yours</Message></Error></ErrorResponse>"
    )
    made.before.append(lambda *_: Reply(403, {}, said))
    with pytest.raises(ClientError) as caught:
        made.assume_role(role=ROLE, name="x", seconds=900, tags={})
    assert caught.value.response["Error"] == {"Code": "AccessDenied", "Message": "not yours"}


def test_nobody_listening_is_a_connection_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(EndpointConnectionError):
        client().get_item(TableName="t")


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
            b"hello",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", None),
        (b"SSH-2.0\r\n", None),
        (b"", None),
    ],
)
def test_an_answer_is_read_whole_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, content: bytes | None
) -> None:
    here, there = socket.socketpair()
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: here)
    monkeypatch.setattr(socket.socket, "setsockopt", lambda *_: None)
    there.sendall(answer)
    there.shutdown(socket.SHUT_WR)
    wire = Wire("http://127.0.0.1:9")
    if content is None:
        with pytest.raises(OSError):
            wire.post({}, b"?")
    else:
        assert wire.post({}, b"?").content == content
    there.close()


def test_without_a_tenant_nothing_is_sent() -> None:
    made = client(credentials.tenant_keys)
    wire = Answers(made)
    with pytest.raises(NoTenant):
        made.get_item(TableName="t")
    assert wire.sent == []


def test_keys_do_not_show_their_secret() -> None:
    keys = Keys("AKID", "the-secret", "the-token")
    for shown in (repr(keys), str(keys), f"{keys}", repr([keys])):
        assert "the-" not in shown


def test_a_timeout_and_a_reset_come_again_on_a_fresh_connection() -> None:
    made = client()
    tries: list[int] = []

    def drop(*_: Any) -> Reply:
        tries.append(1)
        raise ConnectionResetError

    made.before.append(drop)
    with pytest.raises(ConnectionClosedError):
        made.get_item(TableName="t")
    assert len(tries) == 4

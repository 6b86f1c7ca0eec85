"""Our DynamoDB client: signed as botocore signs; bytes, errors and retries as botocore has them."""

import json
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tenancy.context import NoTenant
from chalicelib.tenancy.credentials import TenantCredentials
from chalicelib.tenancy.dynamodb import DynamoDB, signed

pytestmark = pytest.mark.unit
STAMP = "20261122T093000Z"


@given(
    body=st.binary(max_size=300),
    token=st.one_of(st.none(), st.text("abcDEF/+=0123", min_size=1, max_size=40)),
    secret=st.text("abcXYZ/+0123", min_size=1, max_size=40),
    region=st.sampled_from(["cn-north-1", "eu-west-1"]),
)
def test_a_request_is_signed_as_botocore_signs_it(
    body: bytes, token: str | None, secret: str, region: str
) -> None:
    credentials = ReadOnlyCredentials("AKIDEXAMPLE", secret, token)
    ours = signed(
        host="dynamodb.example:8443",
        target="DynamoDB_20120810.PutItem",
        body=body,
        region=region,
        credentials=credentials,
        stamp=STAMP,
    )
    request = AWSRequest(
        method="POST",
        url="https://dynamodb.example:8443/",
        data=body,
        headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.PutItem"},
    )
    theirs = SigV4Auth(Credentials(*credentials), "dynamodb", region)
    request.context["timestamp"] = STAMP
    request.headers["X-Amz-Date"] = STAMP
    if token:
        request.headers["X-Amz-Security-Token"] = token
    signature = theirs.signature(theirs.string_to_sign(request, theirs.canonical_request(request)), request)
    assert ours["Authorization"].endswith(f"Signature={signature}")
    assert f"SignedHeaders={theirs.signed_headers(theirs.headers_to_sign(request))}," in ours["Authorization"]


def client(credentials: Any = None) -> DynamoDB:
    return DynamoDB(
        endpoint="http://127.0.0.1:9",
        region="cn-north-1",
        credentials=credentials or Credentials("AKID", "secret"),
    )


class Wire:
    """Answers in the network's place, one by one, and keeps what was sent."""

    def __init__(self, made: DynamoDB, *answers: tuple[int, dict[str, Any]]) -> None:
        self.sent: list[dict[str, Any]] = []
        self._answers = list(answers)
        made.meta.events.register("before-send.dynamodb", self)

    def __call__(self, request: Any, **_: Any) -> Any:
        self.sent.append(json.loads(request.body))
        status, answer = self._answers.pop(0)
        return SimpleNamespace(status_code=status, headers={}, content=json.dumps(answer).encode())


def test_bytes_travel_as_base64_both_ways() -> None:
    made = client()
    wire = Wire(made, (200, {"Item": {"b": {"B": "AP8="}, "s": {"BS": ["AQ=="]}, "B": {"S": "plain"}}}))
    found = made.get_item(TableName="t", Key={"pk": {"B": b"\x00\xff"}})
    assert wire.sent[0]["Key"] == {"pk": {"B": "AP8="}}
    assert found["Item"] == {"b": {"B": b"\x00\xff"}, "s": {"BS": [b"\x01"]}, "B": {"S": "plain"}}


def test_a_failed_condition_is_the_error_that_botocore_raises() -> None:
    made = client()
    Wire(
        made,
        (
            400,
            {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"},
        ),
    )
    with pytest.raises(ClientError) as caught:
        made.update_item(TableName="t")
    assert caught.value.response["Error"] == {"Code": "ConditionalCheckFailedException", "Message": "no"}


def test_a_cancelled_transaction_keeps_its_reasons() -> None:
    made = client()
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"x": {"B": "AQ=="}}}]
    Wire(made, (400, {"__type": "x#TransactionCanceledException", "CancellationReasons": reasons}))
    with pytest.raises(ClientError) as caught:
        made.transact_write_items(TransactItems=[])
    told: Any = caught.value.response
    assert told["CancellationReasons"][1]["Item"] == {"x": {"B": b"\x01"}}


def test_a_throttled_call_comes_again_and_then_gives_up() -> None:
    made = client()
    slow = (400, {"__type": "x#ThrottlingException"})
    Wire(made, slow, slow, (200, {"ok": {"S": "1"}}))
    assert made.query(TableName="t") == {"ok": {"S": "1"}}
    other = client()
    wire = Wire(other, *[slow] * 4)
    with pytest.raises(ClientError):
        other.query(TableName="t")
    assert len(wire.sent) == 4


def test_a_single_write_that_meets_a_transaction_waits_for_it() -> None:
    made = client()
    wire = Wire(made, *[(400, {"__type": "x#TransactionConflictException"})] * 5, (200, {}))
    made.update_item(TableName="t")
    assert len(wire.sent) == 6


def test_nobody_listening_is_a_connection_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(EndpointConnectionError):
        client().get_item(TableName="t")


def test_without_a_tenant_nothing_is_sent() -> None:
    made = client(TenantCredentials())
    wire = Wire(made)
    with pytest.raises(NoTenant):
        made.get_item(TableName="t")
    assert wire.sent == []

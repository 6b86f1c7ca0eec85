"""What the product needs of bus, queues, keys and roles, kept before every bump of the engine."""

import http.client
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.fixture import Stack
from tests.engine_world import APP, db, key, read, running, stack

pytestmark = pytest.mark.component

__all__ = ["db", "running", "stack"]


# -- bus and queues -----------------------------------------------------------------------------


def received(stack: Stack, module: str) -> list[str]:
    queue = stack.client("sqs")
    url = queue.get_queue_url(QueueName=f"songyun-local-{module}-inbox")["QueueUrl"]
    found: list[str] = []
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get(
        "Messages"
    ):
        found += [json.loads(message["Body"])["detail-type"] for message in messages]
    return sorted(found)


def test_a_rule_delivers_exact_types_prefixes_and_lanes(stack: Stack) -> None:
    sent = [
        ("tourism.up", "tourism.order.placed.v1"),
        ("tourism.up", "tourism.city.alert.issued.v1"),
        ("tourism.up", "tourism.city.alert.issued.v2"),
        ("tourism.inside", "tourism.order.placed.v2"),
        ("tourism.up", "other.thing.v1"),
    ]
    answer = stack.client("events").put_events(
        Entries=[
            {
                "EventBusName": stack.outputs["Bus"],
                "Source": lane,
                "DetailType": name,
                "Detail": "{}",
            }
            for lane, name in sent
        ]
    )
    assert answer["FailedEntryCount"] == 0
    names = [name for _, name in sent]
    assert received(stack, "bureau") == sorted(names[:3])
    assert received(stack, "scenic") == sorted([*names[:2], names[3]])


def test_a_message_that_keeps_failing_goes_to_the_dead_letter_queue(stack: Stack) -> None:
    queue = stack.client("sqs")
    url = queue.get_queue_url(QueueName="songyun-local-bureau-inbox")["QueueUrl"]
    dead = queue.get_queue_url(QueueName="songyun-local-bureau-inbox-dead")["QueueUrl"]
    queue.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(5):
        assert queue.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    assert not queue.receive_message(QueueUrl=url).get("Messages")
    assert queue.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "poison"


# -- keys and roles -----------------------------------------------------------------------------


def test_a_data_key_opens_only_in_the_context_it_was_sealed_in(stack: Stack) -> None:
    kms = stack.client("kms")
    made = kms.generate_data_key(
        KeyId="alias/songyun-local", KeySpec="AES_256", EncryptionContext={"tenant": "tn_a"}
    )
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"tenant": "tn_a"})
    assert opened["Plaintext"] == made["Plaintext"]
    assert len(opened["Plaintext"]) == 32
    with pytest.raises(ClientError):
        kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"tenant": "tn_b"})


def test_a_tenant_role_is_assumed_with_a_session_tag(stack: Stack) -> None:
    prefix = stack.environment["SONGYUN_TENANT_ROLE_PREFIX"]
    assert stack.outputs["HotelTenantRole"] == f"{prefix}hotel"
    session = stack.client("sts").assume_role(
        RoleArn=f"{prefix}hotel",
        RoleSessionName="tn_a",
        Tags=[{"Key": "tenant", "Value": "tn_a"}],
        DurationSeconds=900,
    )
    assert session["Credentials"]["SessionToken"]
    assert session["AssumedRoleUser"]["Arn"].endswith("assumed-role/songyun-local-tenant-hotel/tn_a")


# -- the door -----------------------------------------------------------------------------------


def test_applying_the_template_again_changes_nothing(stack: Stack, db: Any) -> None:
    db.put_item(TableName=APP, Item=key("kept"))
    before = stack.outputs
    stack.apply()
    assert stack.outputs == before
    assert read(db, "kept")


def test_a_page_of_another_site_cannot_reach_the_engine(stack: Stack) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=5)
    connection.request("POST", "/_songyun/empty", body="{}", headers={"Origin": "http://evil.example"})
    assert connection.getresponse().status == 403
    connection.close()

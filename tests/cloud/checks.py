"""What must hold of a deployed installation. Nothing here leaves figures behind: what is told is a test."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import pytest

from chalicelib.kernel.period import business_day, local, rfc3339
from tenants import modules
from tests.cloud.deployment import Deployment

_FOREIGN = "tn_" + "0" * 26
_FRESH = timedelta(minutes=30)
_CLOSES = time_of_day(0, 10)


def the_site_answers(there: Deployment) -> None:
    """Health, an unknown path as a problem with a code, every module's routes, and TLS for good."""
    health = there.ask("GET", "/health", "", None)
    assert (health.status, health.json["status"]) == (200, "ok")
    lost = there.ask("GET", "/nowhere/at/all", "", None)
    assert (lost.status, lost.json["code"]) == (404, "core.path.unknown")
    paths = there.ask("GET", "/openapi.json", "", None).json["paths"]
    for module in modules():
        if module.routes is not None:
            assert any(path.startswith(f"/api/v1/{module.key}") for path in paths), module.key
    if there.real:
        assert "max-age" in health.headers["strict-transport-security"]


def a_foreign_tenants_rows_are_denied(there: Deployment) -> None:
    """By IAM: with the synthetic tenant's tag nothing but its own partitions can be touched, by any call."""
    table = f"{_arn(there, 'dynamodb')}table/{there.name('app')}"
    tag = {"aws:PrincipalTag/tenant": [there.tenant]}
    own, foreign = ({"dynamodb:LeadingKeys": [f"T#{who}#PROBE"]} for who in (there.tenant, _FOREIGN))
    role = there.outputs["ScenicTenantRole"]
    for action in ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchGetItem"):
        assert there.verdict(role, f"dynamodb:{action}", table, {**tag, **own}), action
        assert not there.verdict(role, f"dynamodb:{action}", table, {**tag, **foreign}), action
        assert not there.verdict(role, f"dynamodb:{action}", table, tag), f"{action} without keys"
        assert not there.verdict(role, f"dynamodb:{action}", table, own), f"{action} without a tag"
    assert not there.verdict(role, "dynamodb:Scan", table, tag)
    ledger = f"{_arn(there, 'dynamodb')}table/{there.name('ledger')}"
    assert not there.verdict(role, "dynamodb:GetItem", ledger, {**tag, **own})
    if there.real:
        _nobody_else_becomes_a_tenant(there, role)


def a_foreign_key_opens_nothing(there: Deployment) -> None:
    """By the doors: an enterprise's key is no officer's, and another's order does not exist for it."""
    assert there.ask("GET", "/api/v1/bureau/wall", there.key, None).status == 403
    order = "or_" + "0" * 26
    assert there.ask("GET", f"/api/v1/scenic/orders/{order}", there.key, None).status == 404
    assert there.ask("GET", "/api/v1/scenic/availability?product=x", "sk_" + "0" * 43, None).status == 401


def what_is_told_reaches_the_ledger(there: Deployment, *, seconds: float = 120) -> None:
    """Through door, relay, bus, queue and inbox; marked as a test, it is kept and never counted."""
    now = datetime.now(UTC)
    event = {
        "specversion": "1.0",
        "id": f"smoke-{uuid.uuid4().hex}",
        "source": f"/tenants/{there.slug}/scenic",
        "type": "tourism.scenic.entry.counted.v1",
        "time": rfc3339(now),
        "status": "test",
        "data": {
            "area": "smoke",
            "gate": "smoke",
            "minute": f"{now:%Y-%m-%dT%H:%M:00Z}",
            "admitted": 1,
            "refused": {},
        },
    }
    told = there.ask("POST", "/api/v1/feed/events", there.key, event)
    assert told.status == 200, told.body
    assert told.json["accepted"] == 1, told.json
    path = f"/api/v1/bureau/events?sender={there.tenant}&type={event['type']}&limit=50"

    def found() -> list[Any]:
        filed = there.ask("GET", path, there.bureau_key, None).json["events"]
        return [one for one in filed if one["envelope"]["id"] == event["id"]]

    (filed,) = _until(found, seconds=seconds, what="the bureau has the event")
    assert filed["envelope"]["status"] == "test"
    assert filed["counts"] is False


def the_synthetic_day_closes(there: Deployment, *, seconds: float = 180) -> None:
    """The duty is woken by hand: yesterday is closed, and what the close names is what arrived.

    Not before ten past midnight: until then it is still open.
    """
    now = datetime.now(UTC)
    assert there.perform("scenic", "close_day")["failed"] == 0
    day = business_day(now) - timedelta(days=1)
    due = now >= local(business_day(now), _CLOSES)

    def own() -> list[Any]:
        path = f"/api/v1/bureau/reconciliation?day={day}"
        senders = there.ask("GET", path, there.bureau_key, None).json["senders"]
        return [one for one in senders if one["sender"] == there.tenant]

    def closed() -> list[Any]:
        return [one for one in own() if one["state"] == ("equal" if due else "open")]

    _until(closed, seconds=seconds, what=f"{day} is closed and reconciled: {own()}")


def no_alarm_is_raised(there: Deployment) -> None:
    """All in OK; those made within the last half hour may not have looked yet."""
    found = [
        alarm
        for page in there.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=there.name(""))
        for alarm in page["MetricAlarms"]
    ]
    assert len(found) > 20
    raised = [one["AlarmName"] for one in found if one["StateValue"] == "ALARM"]
    assert raised == []
    before = datetime.now(UTC) - _FRESH
    blind = [
        one["AlarmName"]
        for one in found
        if one["StateValue"] != "OK" and one["StateUpdatedTimestamp"].astimezone(UTC) < before
    ]
    assert blind == []


def no_letter_is_dead(there: Deployment) -> None:
    """The dead-letter queues are there and empty."""
    sqs = there.client("sqs")
    names = [there.name("relay-dead")]
    names += [there.name(f"{one.key}-inbox-dead") for one in modules() if one.inbox is not None]
    for name in names:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        said = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        assert int(said["Attributes"]["ApproximateNumberOfMessages"]) == 0, name


def tables_can_be_restored(there: Deployment) -> None:
    """Point-in-time recovery is on, and rows are encrypted with our key."""
    dynamodb = there.client("dynamodb")
    for table in ("app", "control", "ledger"):
        name = there.name(table)
        backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        assert recovery == "ENABLED" or not there.real, name
        about = dynamodb.describe_table(TableName=name)["Table"]
        assert about["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert about.get("SSEDescription", {}).get("SSEType") == "KMS" or not there.real, name


CHECKS: tuple[Callable[[Deployment], None], ...] = (
    the_site_answers,
    a_foreign_tenants_rows_are_denied,
    a_foreign_key_opens_nothing,
    what_is_told_reaches_the_ledger,
    the_synthetic_day_closes,
    no_letter_is_dead,
    no_alarm_is_raised,
    tables_can_be_restored,
)


def _nobody_else_becomes_a_tenant(there: Deployment, role: str) -> None:
    """Who runs this is no function: the tenant's role refuses even its operator."""
    from botocore.exceptions import ClientError

    with pytest.raises(ClientError) as refused:
        there.client("sts").assume_role(
            RoleArn=role, RoleSessionName="smoke", Tags=[{"Key": "tenant", "Value": there.tenant}]
        )
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def _arn(there: Deployment, service: str) -> str:
    _, partition, _, _, account, _ = there.outputs["ScenicTenantRole"].split(":")
    region = there.outputs["DataKey"].split(":")[3]
    return f"arn:{partition}:{service}:{region}:{account}:"


def _until(look: Callable[[], list[Any]], *, seconds: float, what: str) -> list[Any]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(1)
    raise AssertionError(f"after {seconds:.0f} s it is not so: {what}")

"""The very artefact: deployed onto the engine it sells a ticket, admits it, and tells the city."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.control import usecases as control
from chalicelib.control.store import ControlStore
from chalicelib.persistence import directory
from chalicelib.tenancy.context import bind, duty
from infra.access import authorised, concrete
from infra.package.functions import functions
from tenants import modules
from tests.artefact import STAGE, Artefact, artefact
from tests.journeys.artefact_world import (
    ACCOUNT,
    EDGE_TOKEN,
    NOT_ASKED,
    NOT_HERE,
    REGION,
    Seen,
    World,
    deployed,
    invoked,
)
from tests.journeys.callers import Caller, eventually
from tests.journeys.town import PRICE, Enterprise, _open_all_day, csrf_of, inside

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

#: What the engine makes and does not do. IAM is the one that matters: see the last test.
NOT_DONE = {
    "IAM": "any call is allowed; what IAM would have said is tried with our own evaluator",
    "TTL": "CloudFormation leaves it off; rows are compared with the clock when they are read",
    "stream mapping": "a batch is repeated whole: no bisection, no single failures, no destination by count",
    "alarms": "kept, never raised",
    "X-Ray": "no segments",
    "KMS": "any session may use the key",
    "API description": "the gateway's own answers are not read from it: the test gives them as resources",
}


@pytest.fixture(scope="module")
def made() -> Artefact:
    return artefact()


@pytest.fixture(scope="module")
def world(made: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with deployed(made, folder=tmp_path_factory.mktemp("artefact")) as there:
        yield there


@pytest.fixture(scope="module")
def scenic(world: World) -> tuple[Enterprise, Enterprise]:
    """A new area and the bureau, made with the operator's rights, as an installation's first ones are."""
    before = dict(os.environ)
    now = datetime.now(UTC)
    with inside(world):  # type: ignore[arg-type]  # it only reads the environment
        pair = (_tenant("scenic", world, now), _tenant("bureau", world, now))
        tenant = directory.by_slug(pair[0].slug)
        assert tenant is not None
        with bind(duty(tenant, "journeys")):
            _open_all_day(now)
    assert dict(os.environ) == before
    return pair


def test_the_whole_final_template_becomes_resources_but_for_the_listed(made: Artefact, world: World) -> None:
    from ministack.services.cloudformation import provisioners

    resources = made.template["Resources"].values()
    types = {one["Type"] for one in resources}
    unknown = {kind for kind in types if kind not in provisioners._RESOURCE_HANDLERS}
    assert unknown == set(NOT_HERE)
    made_here = {
        one["ResourceType"]
        for page in world.client("cloudformation")
        .get_paginator("list_stack_resources")
        .paginate(StackName="songyun")
        for one in page["StackResourceSummaries"]
        if one["ResourceStatus"] == "CREATE_COMPLETE"
    }
    assert types - set(NOT_HERE) - NOT_ASKED - made_here == set()
    assert made_here & NOT_ASKED == set()
    assert len(NOT_DONE) == 7


def test_each_function_answers_under_its_alias_from_the_archive_alone(made: Artefact, world: World) -> None:
    for function in made.functions:
        about = world.client("lambda").get_function(
            FunctionName=function.physical(stage=STAGE), Qualifier="live"
        )["Configuration"]
        assert about["Handler"] == function.handler
        assert about["Runtime"] == made.made.runtime
        assert about["Role"].endswith(f"role/{function.physical(stage=STAGE)}")
        assert about["Environment"]["Variables"].get("SONGYUN_MODULES", "") == function.modules
    health = world.caller().get("/health")
    assert (health.status, health.json["status"]) == (200, "ok")
    document = world.caller().get("/openapi.json").json
    assert "/api/v1/scenic/orders" in document["paths"]
    assert "/api/v1/bureau/wall" in document["paths"]


def test_a_shop_answers_under_a_host_of_its_own_when_the_content_network_vouches_for_it(
    world: World, scenic: tuple[Enterprise, Enterprise]
) -> None:
    area, _ = scenic
    own = {"X-Edge-Token": EDGE_TOKEN, "X-Forwarded-Host": f"{area.slug}.shop.songyun.example"}
    other = {**own, "X-Forwarded-Host": "another.shop.songyun.example"}
    assert world.caller().ask("GET", f"/s/{area.slug}", headers=own).status == 200
    assert world.caller().ask("GET", f"/s/{area.slug}", headers=other).status == 404
    assert (
        world.caller().ask("GET", f"/s/{area.slug}", headers={**other, "X-Edge-Token": "guessed"}).status
        == 200
    )


def test_an_unknown_path_is_a_404_that_the_gateway_answers(world: World) -> None:
    lost = world.caller().get("/nowhere/at/all")
    assert lost.status == 404
    assert lost.json["code"] == "core.path.unknown"


def test_a_ticket_is_sold_admitted_and_counted_by_the_city(
    world: World, scenic: tuple[Enterprise, Enterprise]
) -> None:
    area, bureau = scenic
    held = area.hold()
    assert held.status == 201, held.text
    paid = area.pay(held.json)
    assert paid.status == 200, paid.text
    (ticket,) = paid.json["tickets"]
    first = area.admit(ticket["code"], key="first-scan")
    assert (first.status, first.json["admitted"]) == (200, True)
    assert area.admit(ticket["code"], gate="west").problem()["code"] == "scenic.ticket.used"

    def line() -> dict[str, Any]:
        wall = bureau.caller.get("/api/v1/bureau/wall").json
        return next((one for one in wall["senders"] if one["sender"] == area.id), {})

    eventually(
        lambda: (line().get("sold"), line().get("admitted"), line().get("refused")) == (1, 1, 1),
        what=f"the city knows of one ticket, one entry and one refusal: {line()}",
        seconds=90,
    )
    told = line()
    assert told["paid"]["amount"] == PRICE
    behind = bureau.caller.get(told["events"]["sold"]).json["events"]
    assert [event["envelope"]["data"]["quantity"] for event in behind] == [1]
    assert behind[0]["envelope"]["subject"]
    for module in modules():
        if module.inbox is not None:
            assert _waiting(world, f"songyun-{STAGE}-{module.key}-inbox-dead") == 0
    assert _waiting(world, f"songyun-{STAGE}-relay-dead") == 0


def test_pages_and_a_login_come_from_the_archive(world: World, scenic: tuple[Enterprise, Enterprise]) -> None:
    area, _ = scenic
    shop = world.caller().get(f"/s/{area.slug}", lang="en")
    assert shop.status == 200, shop.text
    assert "Valley stroll" in shop.text
    style = next(
        part for part in shop.text.split('"') if part.startswith("/assets/site-") and part.endswith(".css")
    )
    assert world.caller().get(style).kind == "text/css"
    console = _logged_in(world, area).get("/console")
    assert console.status == 200, console.text


NEEDS_COLUMNS = {"bureau-land"}
"""What needs pyarrow, which has no archive of its own yet: these do not run on AWS (infra/README.md)."""


def test_every_schedule_runs_from_the_archive(
    world: World, made: Artefact, scenic: tuple[Enterprise, Enterprise]
) -> None:
    moment = {"source": "aws.events", "time": "2026-11-22T00:00:00Z", "detail-type": "Scheduled Event"}
    about = {"id": "1", "account": ACCOUNT, "region": REGION, "resources": [], "detail": {}, "version": "0"}
    for function in made.functions:
        if function.trigger == "schedule":
            totals = invoked(world, function.name, {**moment, **about})
            if function.name in NEEDS_COLUMNS:
                assert totals["failed"] == 1, f"{function.name} runs now: take it off the list"
                continue
            assert totals["failed"] == 0, function.name
            here = function.tenants in (("scenic",), ("bureau",))
            assert totals.get("done", 0) == here, (function.name, totals)


def test_iam_would_have_allowed_every_call_and_each_tenants_data_was_touched_as_that_tenant(
    world: World, scenic: tuple[Enterprise, Enterprise]
) -> None:
    """Runs last: it looks at what all the others made the functions do."""
    assert len(world.seen) > 50, "the other tests of this file make the calls that are looked at"
    template, names = world.template["Resources"], _names(world)
    by_name = {one.physical(stage=STAGE): one for one in functions(modules=modules(), stage=STAGE)}
    refused, used = set(), set()
    for seen in world.seen:
        function = by_name[seen.function]
        own = concrete(_policy(template, f"{function.logical}Role"), names=names)
        if not _judged(seen, own=own, names=names, template=template):
            refused.add((seen.function, seen.become, f"{seen.call.service}:{seen.call.operation}"))
        used.add((seen.call.service, seen.call.operation, seen.become is not None))
    assert refused == set()
    # The calls were the telling ones, and those on data were made as a tenant.
    assert ("dynamodb", "TransactWriteItems", True) in used
    assert ("dynamodb", "BatchWriteItem", True) in used
    assert ("kms", "GenerateDataKey", True) in used or ("kms", "Decrypt", True) in used
    assert ("events", "PutEvents", False) in used
    for seen in world.seen:
        if seen.call.service == "dynamodb" and seen.become is None:
            assert _tables(seen) == {f"songyun-{STAGE}-control"}, seen


def _logged_in(world: World, area: Enterprise) -> Caller:
    """The owner's session. The engine takes any form that is posted for its Cognito's: the function is
    asked itself, with the event that the gateway would have made.
    """
    shown = world.caller().get("/login")
    email, password = area.logins["owner"]
    form = {"csrf": csrf_of(shown), "email": email, "password": password}
    event = {
        "httpMethod": "POST",
        "path": "/login",
        "headers": {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": shown.headers["set-cookie"],
        },
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": "/login",
            "identity": {"sourceIp": "203.0.113.9"},
        },
        "body": urlencode(form),
        "isBase64Encoded": False,
    }
    answer = invoked(world, "core", event)
    assert answer["statusCode"] == 303, answer
    given = answer["multiValueHeaders"]["Set-Cookie"]
    cookies = "; ".join(cookie.partition(";")[0] for cookie in given)
    return replace(world.caller(), cookies=f"{shown.headers['set-cookie']}; {cookies}")


def _judged(seen: Seen, *, own: list[Any], names: dict[str, str], template: dict[str, Any]) -> bool:
    call = seen.call
    if call.service == "kms":
        call = type(call)(
            service="kms",
            operation=call.operation,
            parameters=call.parameters,
            place=names["DataKey.Arn"],
        )
    if seen.become is not None:
        role, tenant = seen.become
        kind = role.rpartition("tenant-")[2]
        policy = concrete(_policy(template, f"{kind.capitalize()}TenantRole"), names=names)
        return authorised(policy, call, context={"aws:PrincipalTag/tenant": tenant})
    if call.service != "sts":
        return authorised(own, call, context={})
    kind = call.place.rpartition("tenant-")[2]
    trust = template[f"{kind.capitalize()}TenantRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    caller = f"arn:aws:iam::{ACCOUNT}:role/{seen.function}"
    return authorised(own, call, context={}) and authorised(
        concrete(trust, names=names), call, context={"aws:PrincipalArn": caller}
    )


def _policy(template: dict[str, Any], role: str) -> list[Any]:
    return [
        statement
        for policy in template[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def _names(world: World) -> dict[str, str]:
    tables = {
        f"{table.capitalize()}Table.Arn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/songyun-{STAGE}-{table}"
        for table in ("app", "control", "ledger")
    }
    queues = {
        f"{name}.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        for name in ("RelayDead", *(f"{module.key.capitalize()}Inbox" for module in modules()))
    }
    logs = {
        f"{one.logical}Log.Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{one.name}:*"
        for one in functions(modules=modules(), stage=STAGE)
    }
    return {
        **tables,
        **queues,
        **logs,
        "AppTable.StreamArn": f"{tables['AppTable.Arn']}/stream/1",
        "DataKey.Arn": world.outputs["DataKey"],
        "FilesBucket.Arn": f"arn:aws:s3:::{world.outputs['FilesBucket']}",
        "Bus.Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/songyun-{STAGE}-tourism",
        "AWS::Partition": "aws",
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": REGION,
        "AWS::URLSuffix": "amazonaws.com",
    }


def _tables(seen: Seen) -> set[str]:
    parameters = seen.call.parameters
    if "TransactItems" in parameters:
        return {part["TableName"] for item in parameters["TransactItems"] for part in item.values()}
    if "RequestItems" in parameters:
        return set(parameters["RequestItems"])
    return {parameters["TableName"]}


def _tenant(kind: str, world: World, now: datetime) -> Enterprise:
    registry = ControlStore()
    tenant = control.create_tenant(
        kind=kind,
        slug=f"shipped-{kind}",
        name=f"试运行{kind}",
        district="410185",
        entitlements=("scenic.tickets",) if kind == "scenic" else (),
        now=now,
        registry=registry,
    )
    directory.forget_directory()
    secret, _ = control.issue_key(
        tenant=tenant.id,
        label="journeys",
        roles=("owner",),
        actor="system:journeys",
        now=now,
        registry=registry,
    )
    email, password = f"owner@{kind}.example", "a password for the artefact"
    control.add_member(
        tenant=tenant,
        email=email,
        password=password,
        label="负责人",
        roles=("owner",),
        now=now,
        registry=registry,
    )
    return Enterprise(
        id=tenant.id,
        slug=tenant.slug,
        kind=kind,
        caller=world.caller(key=secret),
        logins={"owner": (email, password)},
    )


def _waiting(world: World, queue: str) -> int:
    sqs = world.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    said = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(said["Attributes"]["ApproximateNumberOfMessages"])

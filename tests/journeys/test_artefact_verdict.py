"""What IAM would have said of every call that the functions made while the other journeys ran."""

from typing import Any

import pytest

from infra.access import authorised, concrete
from infra.package.functions import functions
from tenants import modules
from tests.artefact import STAGE
from tests.journeys.artefact_engine import ACCOUNT, Seen
from tests.journeys.artefact_names import names_of, policy_of
from tests.journeys.artefact_town import Tenants
from tests.journeys.artefact_world import World
from tests.journeys.callers import eventually

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]


def test_iam_would_have_allowed_every_call_and_each_tenants_data_was_touched_as_that_tenant(
    shipped: World, shipped_tenants: Tenants
) -> None:
    """Runs after the other files of the artefact: it looks at what they made the functions do."""
    world = shipped
    if not any(one.call.service == "kms" for one in world.seen):  # alone: the least that tells something
        held = shipped_tenants.scenic.hold()
        shipped_tenants.scenic.pay(held.json)
        published = lambda: any(one.call.operation == "PutEvents" for one in world.seen)  # noqa: E731
        eventually(published, what="the relay has published", seconds=60)
    template, names = world.template["Resources"], names_of(world)
    by_name = {one.physical(stage=STAGE): one for one in functions(modules=modules(), stage=STAGE)}
    refused, used = set(), set()
    for seen in world.seen:
        function = by_name[seen.function]
        own = concrete(policy_of(template, f"{function.logical}Role"), names=names)
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
        policy = concrete(policy_of(template, f"{kind.capitalize()}TenantRole"), names=names)
        return authorised(policy, call, context={"aws:PrincipalTag/tenant": tenant})
    if call.service != "sts":
        return authorised(own, call, context={})
    kind = call.place.rpartition("tenant-")[2]
    trust = template[f"{kind.capitalize()}TenantRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    caller = f"arn:aws:iam::{ACCOUNT}:role/{seen.function}"
    return authorised(own, call, context={}) and authorised(
        concrete(trust, names=names), call, context={"aws:PrincipalArn": caller}
    )


def _tables(seen: Seen) -> set[str]:
    parameters = seen.call.parameters
    if "TransactItems" in parameters:
        return {part["TableName"] for item in parameters["TransactItems"] for part in item.values()}
    if "RequestItems" in parameters:
        return set(parameters["RequestItems"])
    return {parameters["TableName"]}

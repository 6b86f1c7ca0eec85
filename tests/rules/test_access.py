"""The policies, tried: what a tenant, a function and a stranger may do, and the holes others fell into."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.access import (
    Call,
    Duty,
    Request,
    allowed,
    authorised,
    concrete,
    execution_statements,
    tenant_statements,
    tenant_trust,
)

PLACE = "arn:aws:dynamodb:cn-north-1:111122223333:table/"
APP, CONTROL, LEDGER = (f"{PLACE}songyun-prod-{name}" for name in ("app", "control", "ledger"))
KEY = "arn:aws:kms:cn-north-1:111122223333:key/1"
NAMES = {
    "AppTable.Arn": APP,
    "ControlTable.Arn": CONTROL,
    "LedgerTable.Arn": LEDGER,
    "DataKey.Arn": KEY,
    "FilesBucket.Arn": "arn:aws:s3:::songyun-prod-files-111122223333",
    "Bus.Arn": "arn:aws:events:cn-north-1:111122223333:event-bus/songyun-prod-tourism",
    "Log.Arn": "arn:aws:logs:cn-north-1:111122223333:log-group:/aws/lambda/songyun-prod-scenic:*",
    "AWS::Partition": "aws",
    "AWS::AccountId": "111122223333",
    "AWS::Region": "cn-north-1",
    "AWS::URLSuffix": "amazonaws.com.cn",
}
OURS, OTHERS = "tn_" + "0" * 25 + "a", "tn_" + "0" * 25 + "b"
SCENIC_ROLE = "arn:aws:iam::111122223333:role/songyun-prod-tenant-scenic"


def _arn(logical: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [logical, "Arn"]}


TENANT = concrete(tenant_statements(app=_arn("AppTable"), key=_arn("DataKey")), names=NAMES)
BUREAU = concrete(
    tenant_statements(
        app=_arn("AppTable"),
        key=_arn("DataKey"),
        ledger=_arn("LedgerTable"),
        files=_arn("FilesBucket"),
    ),
    names=NAMES,
)
DUTY = Duty(
    log=_arn("Log"),
    control=_arn("ControlTable"),
    key=_arn("DataKey"),
    become=[{"Fn::Sub": SCENIC_ROLE.replace("aws:iam", "${AWS::Partition}:iam")}],
)
FUNCTION = concrete(execution_statements(DUTY), names=NAMES)


def _may(
    operation: str,
    *,
    policy: list[Any] = TENANT,
    tenant: str = OURS,
    table: str = "songyun-prod-app",
    **parameters: Any,
) -> bool:
    if "RequestItems" not in parameters and "TransactItems" not in parameters:
        parameters["TableName"] = table
    call = Call(service="dynamodb", operation=operation, parameters=parameters, place=PLACE)
    return authorised(policy, call, context={"aws:PrincipalTag/tenant": tenant})


def _key(tenant: str, *parts: str) -> dict[str, Any]:
    return {"pk": {"S": "#".join(("T", tenant, *parts))}, "sk": {"S": "-"}}


def _query(pk: str, **more: Any) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "#0 = :0",
        "ExpressionAttributeNames": {"#0": "pk"},
        "ExpressionAttributeValues": {":0": {"S": pk}},
        **more,
    }


def test_a_tenant_works_in_its_own_partitions() -> None:
    mine = _key(OURS, "ORDER", "2026-11-22", "3")
    assert _may("GetItem", Key=mine)
    assert _may("PutItem", Item=mine)
    assert _may("UpdateItem", Key=mine)
    assert _may("DeleteItem", Key=mine)
    assert _may("Query", **_query(f"T#{OURS}#ORDER#2026-11-22#3"))
    assert _may("BatchGetItem", RequestItems={"songyun-prod-app": {"Keys": [mine]}})
    delete = [{"DeleteRequest": {"Key": _key(OURS, "OUTBOX", "1")}}]
    assert _may("BatchWriteItem", RequestItems={"songyun-prod-app": delete})


@pytest.mark.parametrize("operation", ["GetItem", "PutItem", "UpdateItem", "DeleteItem"])
def test_a_tenant_cannot_touch_anothers_partition(operation: str) -> None:
    part = "Item" if operation == "PutItem" else "Key"
    assert not _may(operation, **{part: _key(OTHERS, "ORDER", "1")})


def test_a_scan_names_no_key_and_is_refused() -> None:
    assert not _may("Scan")
    assert not _may("Scan", IndexName="anything")


@pytest.mark.parametrize("action", sorted({"GetItem", "Query", "PutItem", "BatchGetItem", "BatchWriteItem"}))
def test_no_keys_at_all_satisfy_for_all_values_but_not_the_null_guard(action: str) -> None:
    asked = Request(action=f"dynamodb:{action}", resource=APP, context={"aws:PrincipalTag/tenant": OURS})
    assert not allowed(TENANT, asked)
    bare = [
        {
            **TENANT[0],
            "Condition": {"ForAllValues:StringLike": TENANT[0]["Condition"]["ForAllValues:StringLike"]},
        }
    ]
    assert allowed(bare, asked), "without the guard this hole is open: the guard is what closes it"


def test_partiql_is_refused() -> None:
    for action in ("PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"):
        assert not allowed(
            TENANT,
            Request(
                action=f"dynamodb:{action}",
                resource=APP,
                context={"aws:PrincipalTag/tenant": OURS, "dynamodb:LeadingKeys": [f"T#{OURS}#X"]},
            ),
        )


def test_an_id_that_begins_another_opens_nothing() -> None:
    assert _may("GetItem", tenant="tn_a", Key=_key("tn_a", "ORDER"))
    assert not _may("GetItem", tenant="tn_a", Key=_key("tn_ab", "ORDER"))
    assert not _may("GetItem", tenant="tn_ab", Key=_key("tn_a", "ORDER"))
    assert not _may("GetItem", tenant="tn_a", Key={"pk": {"S": "T#tn_a"}})
    assert not _may("GetItem", tenant="tn_a", Key={"pk": {"S": "X#T#tn_a#ORDER"}})


def test_one_foreign_key_in_a_batch_refuses_the_batch() -> None:
    mixed = [_key(OURS, "A"), _key(OTHERS, "A")]
    assert not _may("BatchGetItem", RequestItems={"songyun-prod-app": {"Keys": mixed}})
    writes = [{"PutRequest": {"Item": key}} for key in mixed]
    assert not _may("BatchWriteItem", RequestItems={"songyun-prod-app": writes})


def test_one_foreign_key_in_a_transaction_refuses_it() -> None:
    here = {"TableName": "songyun-prod-app"}
    own = {"Put": {**here, "Item": _key(OURS, "ORDER")}}
    assert _may("TransactWriteItems", TransactItems=[own, {"Update": {**here, "Key": _key(OURS, "S")}}])
    for kind in ("Put", "Update", "Delete", "ConditionCheck"):
        part = "Item" if kind == "Put" else "Key"
        foreign = {kind: {**here, part: _key(OTHERS, "ORDER")}}
        assert not _may("TransactWriteItems", TransactItems=[own, foreign]), kind
    reads = [{"Get": {**here, "Key": key}} for key in (_key(OURS, "A"), _key(OTHERS, "A"))]
    assert not _may("TransactGetItems", TransactItems=reads)


def test_an_index_is_another_resource_and_nobody_has_it() -> None:
    assert not _may("Query", IndexName="by-day", **_query(f"T#{OURS}#ORDER"))


def test_a_tenant_reaches_neither_the_directory_nor_the_ledger() -> None:
    for table in ("songyun-prod-control", "songyun-prod-ledger", "songyun-dev-app", "somebody-elses"):
        assert not _may("GetItem", table=table, Key=_key(OURS, "ORDER"))
        assert not _may(
            "TransactWriteItems", TransactItems=[{"Put": {"TableName": table, "Item": _key(OURS)}}]
        )
    assert not _may("Query", table="songyun-prod-control", **_query("REGISTER"))


def test_the_audit_is_written_and_never_rewritten() -> None:
    row = _key(OURS, "AUDIT", "2026-11-22", "3")
    here = {"TableName": "songyun-prod-app"}
    assert _may("PutItem", Item=row)
    assert _may("TransactWriteItems", TransactItems=[{"Put": {**here, "Item": row}}])
    assert _may("Query", **_query(row["pk"]["S"]))
    assert not _may("UpdateItem", Key=row)
    assert not _may("DeleteItem", Key=row)
    for kind in ("Update", "Delete"):
        assert not _may("TransactWriteItems", TransactItems=[{kind: {**here, "Key": row}}])
    for request in ({"DeleteRequest": {"Key": row}}, {"PutRequest": {"Item": row}}):
        assert not _may("BatchWriteItem", RequestItems={"songyun-prod-app": [request]})


def test_the_ledger_only_grows() -> None:
    ledger: dict[str, Any] = {"policy": BUREAU, "table": "songyun-prod-ledger"}
    row = _key(OURS, "FEED", OTHERS, "2026-11-22T09")
    assert _may("PutItem", Item=row, **ledger)
    assert _may("UpdateItem", Key=row, **ledger)
    assert not _may("DeleteItem", Key=row, **ledger)
    delete = [{"DeleteRequest": {"Key": row}}]
    assert not _may("BatchWriteItem", policy=BUREAU, RequestItems={"songyun-prod-ledger": delete})
    assert not _may("Scan", **ledger)
    assert not _may("PutItem", Item=_key(OTHERS, "FEED"), **ledger)


def test_files_lie_under_the_tenants_id_and_seals_stay() -> None:
    bucket = NAMES["FilesBucket.Arn"]

    def may(action: str, name: str, *, policy: list[Any] = BUREAU, **more: str) -> bool:
        context = {"aws:PrincipalTag/tenant": OURS, **more}
        return allowed(policy, Request(action=f"s3:{action}", resource=bucket + name, context=context))

    for action in ("GetObject", "PutObject", "DeleteObject"):
        assert may(action, f"/{OURS}/lake/a.parquet")
        assert not may(action, f"/{OTHERS}/lake/a.parquet")
        assert not may(action, f"/{OURS}/lake/a.parquet", policy=TENANT), "no other kind keeps files"
    assert may("PutObject", f"/{OURS}/sealed/a.json")
    assert not may("DeleteObject", f"/{OURS}/sealed/a.json")
    assert not may("DeleteObjectVersion", f"/{OURS}/sealed/a.json")
    assert may("ListBucket", "", **{"s3:prefix": f"{OURS}/lake/"})
    assert not may("ListBucket", "", **{"s3:prefix": f"{OTHERS}/"})
    assert not may("ListBucket", "")


def test_a_session_without_its_tag_may_do_nothing() -> None:
    call = Call(
        service="dynamodb",
        operation="GetItem",
        parameters={"TableName": "songyun-prod-app", "Key": _key(OURS, "ORDER")},
        place=PLACE,
    )
    assert not authorised(TENANT, call, context={})
    assert not authorised(TENANT, call, context={"aws:PrincipalTag/tenant": ""})


def test_sealed_data_opens_for_its_own_tenant_only() -> None:
    def opens(context: Mapping[str, str], *, operation: str = "Decrypt", policy: list[Any] = TENANT) -> bool:
        call = Call(
            service="kms", operation=operation, parameters={"EncryptionContext": dict(context)}, place=KEY
        )
        return authorised(policy, call, context={"aws:PrincipalTag/tenant": OURS})

    for operation in ("Decrypt", "GenerateDataKey"):
        assert opens({"tenant": OURS, "class": "visitor"}, operation=operation)
        assert not opens({"tenant": OTHERS, "class": "visitor"}, operation=operation)
        assert not opens({}, operation=operation)
        assert not opens({"tenant": OURS}, operation=operation, policy=FUNCTION)
    assert not opens({"tenant": OURS}, operation="ScheduleKeyDeletion")


def test_a_function_itself_has_no_rights_on_tenants_data() -> None:
    for operation in ("GetItem", "PutItem", "UpdateItem", "DeleteItem"):
        part = "Item" if operation == "PutItem" else "Key"
        for table in ("songyun-prod-app", "songyun-prod-ledger"):
            assert not _may(operation, policy=FUNCTION, table=table, **{part: _key(OURS, "ORDER")})
    assert not _may("Query", policy=FUNCTION, **_query(f"T#{OURS}#ORDER"))


def test_a_function_reads_the_directory_and_only_the_core_writes_sessions_and_names() -> None:
    session = {"pk": {"S": "CREDENTIAL#abc"}, "sk": {"S": "-"}}
    tenant = {"pk": {"S": f"TENANT#{OURS}"}, "sk": {"S": "-"}}
    control: dict[str, Any] = {"table": "songyun-prod-control"}
    assert _may("GetItem", policy=FUNCTION, Key=session, **control)
    assert _may("Query", policy=FUNCTION, **_query("REGISTER#scenic"), **control)
    assert not _may("Scan", policy=FUNCTION, **control)
    assert not _may("PutItem", policy=FUNCTION, Item=session, **control)
    core = concrete(
        execution_statements(
            Duty(log=_arn("Log"), control=_arn("ControlTable"), key=_arn("DataKey"), sessions=True)
        ),
        names=NAMES,
    )
    assert _may("PutItem", policy=core, Item=session, **control)
    assert _may("DeleteItem", policy=core, Key=session, **control)
    for kept in ("NAMES", f"NAMED#{OURS}"):  # what a tenant calls itself, and who said so
        assert _may("PutItem", policy=core, Item={"pk": {"S": kept}, "sk": {"S": OURS}}, **control)
    assert not _may("PutItem", policy=core, Item=tenant, **control)
    assert not _may("UpdateItem", policy=core, Key=session, **control)


def _become(policy: list[Any], *, role: str = SCENIC_ROLE, caller: str = "", **tags: str) -> bool:
    call = Call(
        service="sts",
        operation="AssumeRole",
        parameters={"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]},
        place=role,
    )
    return authorised(policy, call, context={"aws:PrincipalArn": caller} if caller else {})


def test_a_function_becomes_one_tenant_of_its_own_kind() -> None:
    assert _become(FUNCTION, tenant=OURS)
    assert not _become(FUNCTION)
    assert not _become(FUNCTION, tenant="tn_a")
    assert not _become(FUNCTION, role=SCENIC_ROLE.replace("scenic", "bureau"), tenant=OURS)


def test_the_role_trusts_its_functions_and_one_whole_tenant() -> None:
    caller = "arn:aws:iam::111122223333:role/songyun-prod-scenic"
    trust = concrete(tenant_trust(callers=[{"Fn::Sub": caller}]), names=NAMES)["Statement"]
    assert _become(trust, caller=caller, tenant=OURS)
    assert not _become(trust, caller=caller.replace("scenic", "bureau"), tenant=OURS)
    assert not _become(trust, tenant=OURS)
    assert not _become(trust, caller=caller)
    assert not _become(trust, caller=caller, tenant=OURS, plan="gold")
    for widened in ("tn_" + "*" * 26, "tn_" + "0" * 25 + "*", "tn_" + "0" * 25 + "?", "*", "tn_*", "tn_"):
        assert not _become(trust, caller=caller, tenant=widened), widened


def test_a_star_in_a_tag_would_open_everything_so_the_trust_is_what_keeps_it_out() -> None:
    assert _may("GetItem", tenant="tn_*", Key=_key(OTHERS, "ORDER"))


def test_what_the_evaluator_does_not_know_it_does_not_guess() -> None:
    asked = Request(action="s3:GetObject", resource="arn:aws:s3:::x/y")
    strange = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    with pytest.raises(NotImplementedError):
        allowed([{**strange, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}], asked)
    with pytest.raises(NotImplementedError):
        allowed([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], asked)
    with pytest.raises(KeyError):
        concrete({"Ref": "Nobody"}, names=NAMES)
    denied = {**strange, "Effect": "Deny", "Action": "s3:*"}
    assert allowed([strange], asked)
    assert not allowed([strange, denied], asked)

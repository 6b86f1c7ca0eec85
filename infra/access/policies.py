"""The policies of both kinds of role.

An execution role is what a function is: it may write its log, read the directory and become one
tenant of its module's kind, and nothing else. A tenant role is what a function becomes: it may touch
the partitions of the tenant in its session tag. The wall between tenants is the second one, and it
is the same for the site, the relay, the inboxes and the schedules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_READS = ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem")
_WRITES = ("PutItem", "UpdateItem")
_REMOVALS = ("DeleteItem", "BatchWriteItem")

#: Every action on the data of a table that a tenant's session may have. There is no Scan, and no
#: PartiQL: neither names its keys, so no condition on keys would hold them.
DATA_ACTIONS = tuple(f"dynamodb:{name}" for name in (*_READS, *_WRITES, *_REMOVALS))
#: The ledger only grows: what would take something out of it is not granted at all.
LEDGER_ACTIONS = tuple(f"dynamodb:{name}" for name in (*_READS, *_WRITES))

#: An id is ``tn_`` and 26 characters. The length is fixed here too, so that no id begins another.
_TENANT_ID = "tn_" + "?" * 26
_KEYS = "dynamodb:LeadingKeys"
_TAG = "${aws:PrincipalTag/tenant}"

#: What DynamoDB asks of the caller's rights on a customer's key, and only through DynamoDB.
_TABLE_KEY_USES = (
    *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"),
    *("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
    *("kms:ReEncryptFrom", "kms:ReEncryptTo"),
)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What one function needs, in the template's own words (``Ref``, ``Fn::GetAtt``, ``Fn::Sub``).

    log: its log group. become: the tenant roles it may assume. control: the control table.
    sessions: it opens and ends sessions in the directory, and keeps what tenants call themselves.
    bus, stream, queue, aside: what it publishes to, follows, empties, and where records go that
    it could not deal with.
    """

    log: Json
    control: Json
    key: Json
    become: Sequence[Json] = ()
    sessions: bool = False
    bus: Json | None = None
    stream: Json | None = None
    queue: Json | None = None
    aside: Json | None = None


def tenant_statements(
    *, app: Json, key: Json, ledger: Json | None = None, files: Json | None = None
) -> list[Json]:
    """What a tenant's session may do: its own partitions and files, and never rewrite its audit."""
    tables = [app] if ledger is None else [app, ledger]
    statements: list[Json] = [
        {
            "Sid": "OwnPartitions",
            "Effect": "Allow",
            "Action": list(DATA_ACTIONS),
            "Resource": app,
            "Condition": _own_keys(),
        },
        {
            "Sid": "AuditStays",
            "Effect": "Deny",
            "Action": ["dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"],
            "Resource": tables,
            "Condition": {"ForAnyValue:StringLike": {_KEYS: ["T#*#AUDIT#*"]}},
        },
        {
            "Sid": "OwnDataKeys",
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            "Resource": key,
            "Condition": {"StringEquals": {"kms:EncryptionContext:tenant": _TAG}},
        },
        _table_key(key),
    ]
    if ledger is not None:
        own_ledger = {
            "Sid": "OwnLedger",
            "Effect": "Allow",
            "Action": list(LEDGER_ACTIONS),
            "Resource": ledger,
            "Condition": _own_keys(),
        }
        statements.insert(1, own_ledger)
    if files is not None:
        statements += _own_files(files, key)
    return statements


def tenant_trust(*, callers: Sequence[Json] = ()) -> Json:
    """Who may become a tenant, and only as exactly one. ``callers``: roles; none: the account's own.

    A role is named by a condition and not as the principal: a principal that was deleted and made
    anew is another one to IAM, and the trust would be broken without a word.
    """
    condition: Json = {
        "StringLike": {"aws:RequestTag/tenant": _TENANT_ID},
        # ``?`` also stands for a star, and a star in a tag could widen the pattern it is put into.
        "StringNotLike": {"aws:RequestTag/tenant": ["*${*}*", "*${?}*"]},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["tenant"]},
    }
    if callers:
        condition["ArnEquals"] = {"aws:PrincipalArn": list(callers)}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OneTenantAtATime",
                "Effect": "Allow",
                "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": condition,
            }
        ],
    }


def execution_statements(duty: Duty) -> list[Json]:
    """What a function may do as itself."""
    statements: list[Json] = [
        _allow("OwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], duty.log),
        # X-Ray knows no resources: the star is AWS's own wish.
        _allow("Traces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
        _allow("ReadDirectory", ["dynamodb:GetItem", "dynamodb:Query"], duty.control),
        _table_key(duty.key),
    ]
    if duty.become:
        become = _allow("ActAsOneTenant", ["sts:AssumeRole", "sts:TagSession"], list(duty.become))
        become["Condition"] = {"StringLike": {"aws:RequestTag/tenant": _TENANT_ID}}
        statements.append(become)
    if duty.sessions:
        sessions = _allow("Sessions", ["dynamodb:PutItem", "dynamodb:DeleteItem"], duty.control)
        sessions["Condition"] = {
            "ForAllValues:StringLike": {_KEYS: ["CREDENTIAL#*", "NAMES", "NAMED#*"]},
            "Null": {_KEYS: "false"},
        }
        statements.append(sessions)
    if duty.bus is not None:
        statements.append(_allow("Publish", ["events:PutEvents"], duty.bus))
    if duty.stream is not None:
        follow = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
        statements.append(_allow("Follow", [f"dynamodb:{name}" for name in follow], duty.stream))
    if duty.queue is not None:
        empty = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
        statements.append(_allow("Empty", [f"sqs:{name}" for name in empty], duty.queue))
    if duty.aside is not None:
        statements.append(_allow("PutAside", ["sqs:SendMessage"], duty.aside))
    return statements


def _allow(sid: str, actions: list[str], resource: Any) -> Json:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _own_keys() -> Json:
    return {
        "ForAllValues:StringLike": {_KEYS: [f"T#{_TAG}#*"]},
        # ForAllValues holds for no keys at all, as in a Scan: ask for some.
        "Null": {_KEYS: "false"},
    }


def _own_files(bucket: Json, key: Json) -> list[Json]:
    """A tenant's own files; what is sealed may be written and read, and not taken away."""
    place = f"${{{'.'.join(bucket['Fn::GetAtt'])}}}/{_TAG.replace('${', '${!')}"
    listing = _allow("OwnFileNames", ["s3:ListBucket"], bucket)
    listing["Condition"] = {"StringLike": {"s3:prefix": [f"{_TAG}/*"]}}
    through = {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}
    opens = _allow("FilesKey", ["kms:Decrypt", "kms:GenerateDataKey"], key)
    opens["Condition"] = {"StringEquals": {"kms:ViaService": through}}
    return [
        _allow("OwnFiles", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], {"Fn::Sub": f"{place}/*"}),
        listing,
        {
            "Sid": "SealsStay",
            "Effect": "Deny",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": {"Fn::Sub": f"{place}/sealed/*"},
        },
        opens,
    ]


def _table_key(key: Json) -> Json:
    through = {"Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"}
    statement = _allow("TablesKey", list(_TABLE_KEY_USES), key)
    statement["Condition"] = {"StringEquals": {"kms:ViaService": through}}
    return statement

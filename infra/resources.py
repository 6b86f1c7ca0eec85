"""Songyun's resources as one CloudFormation template, for the embedded engine and for AWS alike.

Three tables, one for each circle of trust; one bucket; one bus; per consuming module one queue with its
dead-letter queue and one rule; per module one role that a tenant context assumes with its tenant
as a session tag. Functions and the API come from the packaging; nothing here names them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from typing import Any, Protocol

from infra.access import tenant_statements, tenant_trust
from infra.buckets import bucket, bucket_policy

#: Days the bus keeps every event for replay: a year and the month in which it is audited.
ARCHIVE_DAYS = 400
#: Receives after which a message goes to the dead-letter queue.
MAX_RECEIVES = 5
VISIBILITY_SECONDS = 60
_FOURTEEN_DAYS = 14 * 24 * 3600

#: The tables with their stream, where something follows their changes.
_TABLES: dict[str, bool] = {"app": True, "control": False, "ledger": True}
#: Modules with a table of their own besides the pooled one.
_OWN_TABLE = {"bureau": "ledger"}
#: Modules whose tenants keep files: the bureau's lake and sealed reports, the hotels' pictures.
_OWN_FILES = {"bureau", "hotel"}
#: Days after which a replaced version of a file goes.
_OLD_VERSIONS = 90

_Json = dict[str, Any]


class Consumer(Protocol):
    """What the template asks of a module's manifest."""

    @property
    def key(self) -> str:
        """The module's name, e.g. ``hotel``."""

    @property
    def consumes(self) -> tuple[str, ...]:
        """Event types it listens to; an entry ending in ``*`` stands for all that begin so."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Lanes of the bus it listens on; none means all."""


def table_name(*, stage: str, table: str) -> str:
    """Physical name of the table ``app``, ``control`` or ``ledger``."""
    return f"songyun-{stage}-{table}"


def inbox_name(*, stage: str, module: str) -> str:
    """Physical name of a module's queue."""
    return f"songyun-{stage}-{module}-inbox"


def tenant_role_name(*, stage: str, module: str) -> str:
    """Physical name of the role that a tenant of the module's kind is served with."""
    return f"songyun-{stage}-tenant-{module}"


def event_pattern(*, consumes: tuple[str, ...], sources: tuple[str, ...] = ()) -> _Json:
    """The EventBridge pattern for the event types and lanes of a module's manifest."""
    types = [{"prefix": entry[:-1]} if entry.endswith("*") else entry for entry in consumes]
    return {"detail-type": types, **({"source": list(sources)} if sources else {})}


def template(*, modules: Iterable[Consumer], stage: str, kinds: Iterable[str] = ()) -> _Json:
    """The CloudFormation template of ``stage`` for these modules, and for ``kinds`` that have none."""
    resources: _Json = {}
    outputs: _Json = {}
    _add_key(resources, outputs, stage=stage)
    for name, followed in _TABLES.items():
        _add_table(resources, outputs, stage=stage, table=name, followed=followed)
    _add_files(resources, outputs, stage=stage)
    _add_bus(resources, outputs, stage=stage)
    known = list(modules)
    for kind in sorted({module.key for module in known} | set(kinds)):
        _add_role(resources, outputs, stage=stage, module=kind)
    for module in known:
        if module.consumes:
            _add_inbox(resources, outputs, stage=stage, module=module)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Songyun, stage {stage}: tables, bus, queues, keys and tenant roles",
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }


def _add_key(resources: _Json, outputs: _Json, *, stage: str) -> None:
    resources["DataKey"] = {
        "Type": "AWS::KMS::Key",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            # The embedded engine finds its key again by this description: keep it unique.
            "Description": f"songyun-{stage}: tables and sealed personal data",
            "EnableKeyRotation": True,
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "AccountDecidesByIam",
                        "Effect": "Allow",
                        "Principal": {"AWS": _account_root()},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            },
        },
    }
    resources["DataKeyAlias"] = {
        "Type": "AWS::KMS::Alias",
        "Properties": {"AliasName": f"alias/songyun-{stage}", "TargetKeyId": {"Ref": "DataKey"}},
    }
    outputs["DataKey"] = _arn("DataKey")


def _add_table(resources: _Json, outputs: _Json, *, stage: str, table: str, followed: bool) -> None:
    logical = f"{table.capitalize()}Table"
    properties: _Json = {
        "TableName": table_name(stage=stage, table=table),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": {"Ref": "DataKey"},
        },
    }
    if followed:
        properties["StreamSpecification"] = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
        outputs[f"{logical}Stream"] = {"Fn::GetAtt": [logical, "StreamArn"]}
    resources[logical] = {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }
    outputs[logical] = {"Ref": logical}


def _add_files(resources: _Json, outputs: _Json, *, stage: str) -> None:
    """The bucket of tenants' files: each tenant's lie under its id. Nothing in it is public."""
    resources["FilesBucket"] = bucket(
        # Names of buckets are the world's: the account's number makes this one ours.
        BucketName={"Fn::Sub": f"songyun-{stage}-files-${{AWS::AccountId}}"},
        VersioningConfiguration={"Status": "Enabled"},
        encryption={
            "BucketKeyEnabled": True,
            "ServerSideEncryptionByDefault": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": _arn("DataKey"),
            },
        },
        LifecycleConfiguration={
            "Rules": [
                {
                    "Id": "old-versions",
                    "Status": "Enabled",
                    "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSIONS},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                }
            ]
        },
    )
    resources["FilesBucketPolicy"] = bucket_policy("FilesBucket")
    outputs["FilesBucket"] = {"Ref": "FilesBucket"}


def _add_bus(resources: _Json, outputs: _Json, *, stage: str) -> None:
    resources["Bus"] = {
        "Type": "AWS::Events::EventBus",
        "Properties": {"Name": f"songyun-{stage}-tourism"},
    }
    resources["BusArchive"] = {
        "Type": "AWS::Events::Archive",
        "Properties": {
            "ArchiveName": f"songyun-{stage}-tourism",
            "SourceArn": _arn("Bus"),
            "RetentionDays": ARCHIVE_DAYS,
        },
    }
    outputs["Bus"] = {"Ref": "Bus"}


def _add_inbox(resources: _Json, outputs: _Json, *, stage: str, module: Consumer) -> None:
    prefix = _logical(module.key)
    inbox, dead = f"{prefix}Inbox", f"{prefix}InboxDead"
    name = inbox_name(stage=stage, module=module.key)
    resources[dead] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": f"{name}-dead",
            "MessageRetentionPeriod": _FOURTEEN_DAYS,
            "SqsManagedSseEnabled": True,
        },
    }
    resources[inbox] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": name,
            "VisibilityTimeout": VISIBILITY_SECONDS,
            "MessageRetentionPeriod": _FOURTEEN_DAYS,
            "SqsManagedSseEnabled": True,
            "RedrivePolicy": {
                "deadLetterTargetArn": _arn(dead),
                "maxReceiveCount": MAX_RECEIVES,
            },
        },
    }
    rule = f"{prefix}Rule"
    resources[rule] = {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": f"songyun-{stage}-{module.key}",
            "EventBusName": {"Ref": "Bus"},
            "EventPattern": event_pattern(consumes=module.consumes, sources=module.sources),
            "State": "ENABLED",
            "Targets": [{"Id": "inbox", "Arn": _arn(inbox), "DeadLetterConfig": {"Arn": _arn(dead)}}],
        },
    }
    # The rule delivers to the inbox, and to the dead-letter queue what it cannot deliver.
    resources[f"{prefix}InboxPolicy"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{"Ref": inbox}, {"Ref": dead}],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": [_arn(inbox), _arn(dead)],
                        "Condition": {"ArnEquals": {"aws:SourceArn": _arn(rule)}},
                    }
                ],
            },
        },
    }
    outputs[inbox] = {"Fn::GetAtt": [inbox, "QueueName"]}


def _add_role(resources: _Json, outputs: _Json, *, stage: str, module: str) -> None:
    logical = f"{_logical(module)}TenantRole"
    ledger = _OWN_TABLE.get(module)
    statements = tenant_statements(
        app=_arn("AppTable"),
        key=_arn("DataKey"),
        ledger=_arn(f"{ledger.capitalize()}Table") if ledger else None,
        files=_arn("FilesBucket") if module in _OWN_FILES else None,
    )
    resources[logical] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": tenant_role_name(stage=stage, module=module),
            "MaxSessionDuration": 3600,
            # The packaging narrows this to the roles of the functions; here there are none.
            "AssumeRolePolicyDocument": tenant_trust(),
            "Policies": [
                {
                    "PolicyName": "one-tenant",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                }
            ],
        },
    }
    outputs[logical] = _arn(logical)


def _logical(key: str) -> str:
    """A module's key as the beginning of a logical id."""
    return "".join(part.capitalize() for part in key.replace("_", "-").split("-"))


def _arn(logical: str) -> _Json:
    return {"Fn::GetAtt": [logical, "Arn"]}


def _account_root() -> _Json:
    return {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}


def main() -> None:
    """Print the template of a stage, for cfn-lint and for packaging."""
    parser = argparse.ArgumentParser(prog="python -m infra.resources")
    parser.add_argument("--stage", required=True)
    arguments = parser.parse_args()
    from tenants import kinds, modules  # here: the local engine may apply other modules

    print(json.dumps(template(modules=modules(), stage=arguments.stage, kinds=kinds()), indent=2))


if __name__ == "__main__":
    main()

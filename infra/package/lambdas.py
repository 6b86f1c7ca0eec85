"""One function in the template: its log, its role, its settings, and what wakes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from infra.access import Duty, execution_statements
from infra.package.functions import Function, Time
from infra.package.releases import add_release
from infra.package.wheels import TASK_ROOT
from infra.resources import tenant_role_name

Json = dict[str, Any]

_QUEUE_BATCH, _QUEUE_CONCURRENCY = 10, 20
_STREAM_BATCH, _STREAM_RETRIES, _STREAM_AGE = 100, 10, 6 * 3600

#: An inserted outbox row, and any row that carries its own outbox: nothing else concerns the relay.
RELAYED = (
    '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["outbox"]}}}}',
    '{"dynamodb":{"NewImage":{"out":{"S":[{"exists":true}]}}}}',
)


@dataclass(frozen=True, kw_only=True)
class Code:
    """An archive: its SHA-256, and Lambda's word for the Python it is for."""

    sha: str
    runtime: str

    @property
    def key(self) -> str:
        """Where the archive lies in the bucket: a version in use never finds other code under its key.

        It stands in the template as it is. As a parameter it would keep its old value in an update:
        ``aws cloudformation deploy`` passes on what it is not told, whatever a new default says.
        """
        return f"songyun/{self.sha}.zip"


def add_function(resources: Json, function: Function, *, stage: str, code: Code) -> None:
    """Put ``function`` with everything that is its own into ``resources``."""
    role, log = f"{function.logical}Role", f"{function.logical}Log"
    name = function.physical(stage=stage)
    resources[log] = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": {"Ref": "LogDays"}},
    }
    statements = execution_statements(_duty(function, log=log, stage=stage))
    resources[role] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "AssumeRolePolicyDocument": service_trust("lambda"),
            "Policies": [
                {"PolicyName": "duty", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
            ],
        },
    }
    properties: Json = {
        "FunctionName": name,
        "Handler": function.handler,
        "Runtime": code.runtime,
        "Architectures": ["x86_64"],
        "Code": {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": code.key},
        "MemorySize": function.memory,
        "Timeout": function.timeout,
        "Role": _arn(role),
        "TracingConfig": {"Mode": {"Fn::If": ["Traced", "Active", "PassThrough"]}},
        "Environment": {"Variables": _variables(function, stage=stage, code=code.sha)},
        "Tags": [{"Key": "songyun:stage", "Value": stage}],
    }
    resources[function.logical] = {
        "Type": "AWS::Lambda::Function",
        "DependsOn": log,
        "Properties": properties,
    }
    add_release(resources, function, properties=properties, stage=stage)
    _wake(resources, function, stage=stage)


def service_trust(service: str) -> Json:
    """The trust of a role that an AWS service takes on."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def _duty(function: Function, *, log: str, stage: str) -> Duty:
    stream = function.trigger == "stream"
    return Duty(
        log=_arn(log),
        control=_arn("ControlTable"),
        key=_arn("DataKey"),
        become=[role_arn(tenant_role_name(stage=stage, module=kind)) for kind in function.tenants],
        sessions=function.sessions,
        bus=_arn("Bus") if function.publishes else None,
        stream={"Fn::GetAtt": ["AppTable", "StreamArn"]} if stream else None,
        queue=_arn(inbox_of(function.queue)) if function.queue else None,
        aside=_arn("RelayDead") if stream else None,
    )


def _variables(function: Function, *, stage: str, code: str) -> Json:
    return {
        "SONGYUN_STAGE": stage,
        "SONGYUN_CODE": code[:12],
        "SONGYUN_SETTINGS": {"Ref": "Settings"},
        "SONGYUN_BASE_URL": {"Fn::Sub": "https://${DomainName}"},
        "SONGYUN_SHOP_DOMAIN": {"Ref": "ShopDomain"},
        "SONGYUN_EDGE_TOKEN": {"Ref": "EdgeToken"},
        "SONGYUN_APP_TABLE": {"Ref": "AppTable"},
        "SONGYUN_CONTROL_TABLE": {"Ref": "ControlTable"},
        "SONGYUN_LEDGER_TABLE": {"Ref": "LedgerTable"},
        "SONGYUN_BUS": {"Ref": "Bus"},
        "SONGYUN_DATA_KEY": _arn("DataKey"),
        "SONGYUN_FILES": {"Fn::Sub": "s3://${FilesBucket}"},
        "SONGYUN_TENANT_ROLE_PREFIX": role_arn(tenant_role_name(stage=stage, module="")),
        # Lambda's own segments are enough to begin with: the SDK costs a cold start 0.3 s.
        "AWS_XRAY_SDK_ENABLED": "false",
        # There are none, and looking for them reads the metadata of every package.
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        **function.serves,
        **({"SONGYUN_FONTS": f"{TASK_ROOT}/fonts"} if function.needs == "seal" else {}),
        **({"STRIPE_SECRET_KEY": _secret("key")} if function.takes_money else {}),
        **({"STRIPE_WEBHOOK_SECRET": _secret("webhook")} if function.takes_money else {}),
    }


def _wake(resources: Json, function: Function, *, stage: str) -> None:
    match function.trigger:
        case "stream":
            resources[f"{function.logical}Changes"] = _mapping(
                function,
                EventSourceArn={"Fn::GetAtt": ["AppTable", "StreamArn"]},
                StartingPosition="TRIM_HORIZON",
                BatchSize=_STREAM_BATCH,
                BisectBatchOnFunctionError=True,
                MaximumRetryAttempts=_STREAM_RETRIES,
                MaximumRecordAgeInSeconds=_STREAM_AGE,
                FilterCriteria={"Filters": [{"Pattern": pattern} for pattern in RELAYED]},
                DestinationConfig={"OnFailure": {"Destination": _arn("RelayDead")}},
            )
        case "queue":
            resources[f"{function.logical}Inbox"] = _mapping(
                function,
                EventSourceArn=_arn(inbox_of(function.queue)),
                BatchSize=_QUEUE_BATCH,
                # A flood in one module's queue leaves the account's concurrency to the others.
                ScalingConfig={"MaximumConcurrency": _QUEUE_CONCURRENCY},
            )
        case "schedule":
            for time in function.times:
                _add_time(resources, function, time, stage=stage)
        case "http":
            pass  # the gateway's: infra/package/gateway.py


def _mapping(function: Function, **properties: Any) -> Json:
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": {"Ref": function.alias},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            **properties,
        },
    }


def _add_time(resources: Json, function: Function, time: Time, *, stage: str) -> None:
    """A rule of its own for each schedule: one can be switched off without the others."""
    unit = "minute" if time.minutes == 1 else "minutes"
    target: Json = {"Id": "function", "Arn": {"Ref": function.alias}}
    if time.says:
        target["Input"] = json.dumps(time.says)
    resources[time.logical] = {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": f"songyun-{stage}-{time.name}",
            "ScheduleExpression": f"rate({time.minutes} {unit})",
            "State": "ENABLED",
            "Targets": [target],
        },
    }
    resources[f"{time.logical}Permission"] = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": function.alias},
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
            "SourceArn": _arn(time.logical),
        },
    }


def inbox_of(module: str) -> str:
    """The logical id of a module's queue."""
    return f"{''.join(part.capitalize() for part in module.replace('_', '-').split('-'))}Inbox"


def role_arn(name: str) -> Json:
    """A role of this account by its name: naming it makes no dependency, and so no circle of them."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}"}


def _secret(part: str) -> Json:
    resolved = f"{{{{resolve:secretsmanager:${{StripeSecret}}:SecretString:{part}}}}}"
    return {"Fn::If": ["TakesCards", {"Fn::Sub": resolved}, ""]}


def _arn(logical: str) -> Json:
    return {"Fn::GetAtt": [logical, "Arn"]}

"""What calls a person: alarms (each has its paragraph in infra/README.md), one dashboard, one budget."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.kernel.module import Module
from infra.package.alarms import Alarm, resource
from infra.package.dashboard import dashboard
from infra.package.functions import Function
from infra.package.gateway import STAGE_NAME

Json = dict[str, Any]

_NAMESPACE = "songyun"
#: Metrics that one alarm may sum.
_SUMMED = 10


def add_watching(
    template: Json, *, functions: Sequence[Function], modules: Sequence[Module], stage: str
) -> None:
    """Put alarms, dashboard and budget into ``template``."""
    resources = template["Resources"]
    resources["Alarms"] = {
        "Type": "AWS::SNS::Topic",
        "Properties": {
            "TopicName": f"songyun-{stage}-alarms",
            "Subscription": [{"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}],
        },
    }
    for function in functions:
        resources[f"{function.logical}Cries"] = _cries(function, stage=stage)
    resources["SweepFinds"] = _sweep_finds(stage=stage)
    alarms = [
        *_api(stage=stage),
        *_functions(functions, stage=stage),
        *_feed(modules, functions, stage=stage),
        *_tables(stage=stage),
        *_reporting(stage=stage),
    ]
    for alarm in alarms:
        resources[alarm.logical] = resource(alarm, stage=stage)
    resources["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": f"songyun-{stage}",
            "DashboardBody": {"Fn::Sub": json.dumps(dashboard(functions, modules, stage=stage))},
        },
    }
    resources["Budget"] = _budget(stage=stage)


def _api(*, stage: str) -> Iterator[Alarm]:
    here: Json = {"ApiName": f"songyun-{stage}", "Stage": STAGE_NAME}
    space = "AWS/ApiGateway"
    yield Alarm(
        logical="ApiFails",
        runbook="api-fails",
        space=space,
        metric="5XXError",
        dimensions=here,
        times=2,
        of=3,
    )
    yield Alarm(
        logical="ApiSlow",
        runbook="api-slow",
        space=space,
        metric="Latency",
        dimensions=here,
        statistic="p99",
        limit=3_000,
        period=300,
        times=2,
        of=3,
    )


def _functions(functions: Sequence[Function], *, stage: str) -> Iterator[Alarm]:
    for function in functions:
        here = {"FunctionName": function.physical(stage=stage)}
        # An error rolls a new version back while it takes over (DeploymentPreference).
        yield Alarm(
            logical=f"{function.logical}Errors",
            runbook="function-errors",
            space="AWS/Lambda",
            metric="Errors",
            dimensions=here,
        )
    # Whose calls wait is the dashboard's to show: what is used up is shared.
    for begin in range(0, len(functions), _SUMMED):
        yield Alarm(
            logical=f"FunctionThrottles{begin // _SUMMED or ''}",
            runbook="function-throttles",
            space="AWS/Lambda",
            metric="Throttles",
            together=[
                {"FunctionName": function.physical(stage=stage)}
                for function in functions[begin : begin + _SUMMED]
            ],
            of=3,
        )
    yield Alarm(
        logical="SomethingCries",
        runbook="something-cries",
        space=f"{_NAMESPACE}/{stage}",
        metric="Cries",
    )


def _feed(modules: Sequence[Module], functions: Sequence[Function], *, stage: str) -> Iterator[Alarm]:
    relay = next(function for function in functions if function.trigger == "stream")
    yield Alarm(
        logical="RelayBehind",
        runbook="relay-behind",
        space="AWS/Lambda",
        metric="IteratorAge",
        dimensions={"FunctionName": relay.physical(stage=stage)},
        statistic="Maximum",
        limit=300_000,
        times=3,
        of=3,
    )
    yield _not_empty("RelayDead", f"songyun-{stage}-relay-dead", runbook="relay-dead")
    yield Alarm(
        logical="SweepFindsOften",
        runbook="sweep-finds",
        space=f"{_NAMESPACE}/{stage}",
        metric="Swept",
        period=900,
        times=2,
        of=2,
    )
    for module in modules:
        if module.inbox is None:
            continue
        name, prefix = f"songyun-{stage}-{module.key}-inbox", module.key.capitalize()
        yield _not_empty(f"{prefix}Inbox", f"{name}-dead", runbook="inbox-dead")
        yield Alarm(
            logical=f"{prefix}InboxBehind",
            runbook="inbox-behind",
            space="AWS/SQS",
            metric="ApproximateAgeOfOldestMessage",
            dimensions={"QueueName": name},
            statistic="Maximum",
            limit=900,
            times=3,
            of=3,
        )


def _not_empty(prefix: str, queue: str, *, runbook: str) -> Alarm:
    return Alarm(
        logical=f"{prefix}NotEmpty",
        runbook=runbook,
        space="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": queue},
        statistic="Maximum",
    )


def _tables(*, stage: str) -> Iterator[Alarm]:
    for table in ("app", "control", "ledger"):
        yield Alarm(
            logical=f"{table.capitalize()}TableThrottles",
            runbook="table-throttles",
            space="AWS/DynamoDB",
            metric="ReadThrottleEvents",
            also="WriteThrottleEvents",
            together=[{"TableName": f"songyun-{stage}-{table}"}],
            limit=10,
            times=2,
            of=3,
        )


def _reporting(*, stage: str) -> Iterator[Alarm]:
    """What the bureau counts every hour about the last closed day (``bureau.overdue``)."""
    for logical, metric, limit in (
        ("ReportersSilent", "silent", {"Ref": "SilentLimit"}),
        ("ReportersUnclosed", "unclosed", 1),
        ("ReconciliationGaps", "gaps", 1),
    ):
        yield Alarm(
            logical=logical,
            runbook="reporters-missing" if metric != "gaps" else "reconciliation-gaps",
            space=f"{_NAMESPACE}/{stage}",
            metric=metric,
            dimensions={"module": "bureau"},
            statistic="Maximum",
            limit=limit,
            # Twice: what was asked for again may be on its way.
            period=3_600,
            times=2,
            of=2,
        )


def _cries(function: Function, *, stage: str) -> Json:
    """``telemetry.alarm`` and every crash write a line of level ERROR: each is counted."""
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": f"{function.logical}Log"},
            "FilterPattern": "ERROR",
            "MetricTransformations": [
                {"MetricNamespace": f"{_NAMESPACE}/{stage}", "MetricName": "Cries", "MetricValue": "1"}
            ],
        },
    }


def _sweep_finds(*, stage: str) -> Json:
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": "SweepFunctionLog"},
            "FilterPattern": '{ $.usecase = "messaging.sweep" }',
            "MetricTransformations": [
                {"MetricNamespace": f"{_NAMESPACE}/{stage}", "MetricName": "Swept", "MetricValue": "$.rows"}
            ],
        },
    }


def _budget(*, stage: str) -> Json:
    reader = [{"SubscriptionType": "EMAIL", "Address": {"Ref": "AlarmEmail"}}]
    return {
        "Type": "AWS::Budgets::Budget",
        "Condition": "HasBudget",
        "Properties": {
            "Budget": {
                "BudgetName": f"songyun-{stage}",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": {"Ref": "MonthlyBudget"}, "Unit": "USD"},
                # What the functions and tables of this stage cost, by their tag.
                "CostFilters": {"TagKeyValue": [f"user:songyun:stage${stage}"]},
            },
            "NotificationsWithSubscribers": [
                {
                    "Notification": {
                        "NotificationType": kind,
                        "ComparisonOperator": "GREATER_THAN",
                        "Threshold": threshold,
                    },
                    "Subscribers": reader,
                }
                for kind, threshold in (("ACTUAL", 80), ("FORECASTED", 100))
            ],
        },
    }

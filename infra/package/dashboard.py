"""The dashboard: what one looks at first when an alarm has called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.kernel.module import Module
from infra.package.functions import Function
from infra.package.gateway import STAGE_NAME

Json = dict[str, Any]


def dashboard(functions: Sequence[Function], modules: Sequence[Module], *, stage: str) -> Json:
    """The body of the stage's one dashboard."""
    api = ["AWS/ApiGateway"]
    here = ["ApiName", f"songyun-{stage}", "Stage", STAGE_NAME]
    names = [function.physical(stage=stage) for function in functions]
    inboxes = [f"songyun-{stage}-{module.key}-inbox" for module in modules if module.inbox is not None]
    relay = f"songyun-{stage}-relay"
    tables = [f"songyun-{stage}-{table}" for table in ("app", "control", "ledger")]
    charts: list[tuple[str, str, list[list[Any]]]] = [
        ("Requests and failures", "Sum", [[*api, name, *here] for name in ("Count", "4XXError", "5XXError")]),
        (
            "Latency, ms",
            "p99",
            [[*api, name, *here] for name in ("Latency", "IntegrationLatency")],
        ),
        ("Errors by function", "Sum", [["AWS/Lambda", "Errors", "FunctionName", name] for name in names]),
        (
            "Throttles by function",
            "Sum",
            [["AWS/Lambda", "Throttles", "FunctionName", name] for name in names],
        ),
        (
            "Duration by function, ms",
            "p99",
            [["AWS/Lambda", "Duration", "FunctionName", name] for name in names],
        ),
        ("The relay's lag, ms", "Maximum", [["AWS/Lambda", "IteratorAge", "FunctionName", relay]]),
        (
            "Oldest message by inbox, s",
            "Maximum",
            [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name] for name in inboxes],
        ),
        (
            "Dead letters",
            "Maximum",
            [
                ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]
                for name in [*(f"{inbox}-dead" for inbox in inboxes), f"{relay}-dead"]
            ],
        ),
        (
            "Consumed units",
            "Sum",
            [
                ["AWS/DynamoDB", metric, "TableName", table]
                for table in tables
                for metric in ("ConsumedWriteCapacityUnits", "ConsumedReadCapacityUnits")
            ],
        ),
        (
            "Reporting of the last closed day",
            "Maximum",
            [[f"songyun/{stage}", name, "module", "bureau"] for name in ("silent", "unclosed", "gaps")],
        ),
        (
            "Swept and cried",
            "Sum",
            [[f"songyun/{stage}", name] for name in ("Swept", "Cries")],
        ),
        (
            "Use cases: time, ms",
            "p99",
            [[f"songyun/{stage}", "latency", "module", module.key] for module in modules],
        ),
    ]
    return {"widgets": [_widget(place, *chart) for place, chart in enumerate(charts)]}


def _widget(place: int, title: str, statistic: str, metrics: list[list[Any]]) -> Json:
    return {
        "type": "metric",
        "x": place % 3 * 8,
        "y": place // 3 * 6,
        "width": 8,
        "height": 6,
        "properties": {
            "title": title,
            "stat": statistic,
            "period": 60,
            "region": "${AWS::Region}",
            "metrics": metrics,
        },
    }

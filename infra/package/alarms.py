"""One alarm as CloudFormation has it: on one metric, or on the sum of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm: ``metric`` of ``space`` at or over ``limit``, ``times`` of ``of`` minutes-long looks.

    ``together``: the dimensions of the metrics whose sum is watched, in place of the one of ``dimensions``;
    ``also``: another metric that is summed with them. A sum wants ``of`` above one: the last minute may
    still be empty, and would never be looked at again.
    """

    logical: str
    runbook: str
    space: str
    metric: str
    dimensions: dict[str, Any] = field(default_factory=dict)
    together: Sequence[dict[str, Any]] = ()
    also: str = ""
    statistic: str = "Sum"
    limit: Any = 1
    period: int = 60
    times: int = 1
    of: int = 1


def resource(alarm: Alarm, *, stage: str) -> Json:
    """The alarm in the template; its description names its paragraph in the runbook."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": f"songyun-{stage}-{alarm.logical}",
            "AlarmDescription": f"infra/README.md#{alarm.runbook}",
            **(_sum_of(alarm) if alarm.together else _one_of(alarm)),
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": alarm.limit,
            "EvaluationPeriods": alarm.of,
            "DatapointsToAlarm": alarm.times,
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "Alarms"}],
        },
    }


def _one_of(alarm: Alarm) -> Json:
    percentile = alarm.statistic.startswith("p")
    return {
        "Namespace": alarm.space,
        "MetricName": alarm.metric,
        "Dimensions": _dimensions(alarm.dimensions),
        ("ExtendedStatistic" if percentile else "Statistic"): alarm.statistic,
        "Period": alarm.period,
    }


def _sum_of(alarm: Alarm) -> Json:
    """What has said nothing counts as nothing. Otherwise a gap in one metric would be a gap in the sum, and
    an alarm on a table would stay for ever: of DynamoDB's metrics CloudWatch ignores what is missing.
    """
    watched = [(metric, one) for one in alarm.together for metric in (alarm.metric, alarm.also) if metric]
    parts: list[Json] = [
        {
            "Id": f"m{number}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": alarm.space,
                    "MetricName": metric,
                    "Dimensions": _dimensions(dimensions),
                },
                "Stat": alarm.statistic,
                "Period": alarm.period,
            },
        }
        for number, (metric, dimensions) in enumerate(watched)
    ]
    total = " + ".join(f"FILL({part['Id']}, 0)" for part in parts)
    return {"Metrics": [*parts, {"Id": "total", "Expression": total, "ReturnData": True}]}


def _dimensions(named: dict[str, Any]) -> list[Json]:
    return [{"Name": name, "Value": value} for name, value in named.items()]


def metrics_watched(resources: Json) -> int:
    """How many metrics the alarms of ``resources`` look at: each is paid for by the month."""
    alarms = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    return sum(
        sum("MetricStat" in part for part in one["Metrics"]) if "Metrics" in one else 1 for one in alarms
    )

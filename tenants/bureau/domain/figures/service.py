"""What is said of service and safety: complaints, answers of visitors, incidents, inspections, receipts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Counters = dict[str, int]

QUICK = 86_400
"""Seconds within which a case closes quickly: the city's goal of 24 hours."""


def opened(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U20."""
    return {"cases": 1, f"cases.{data['channel']}": 1, f"severity.{data['severity']}": 1}


def progressed(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U21."""
    found = {f"steps.{data['step']}": 1}
    first = data.get("firstResponseSeconds")
    return found if first is None else {**found, "responses": 1, "response_s": int(first)}


def closed(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U22."""
    seconds, liked = int(data["seconds"]), data.get("satisfaction")
    return {
        "solved": 1,
        f"solved.{data['outcome']}": 1,
        "solved_s": seconds,
        "quick": int(seconds <= QUICK),
        "case_refund_fen": int(data["refund"]),
        **({} if liked is None else {"rated": 1, "rating": int(liked)}),
    }


def survey(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U23. ``score`` adds up every answer (0 to 10), ``scored`` says how many there were."""
    scores = [int(value) for value in data["scores"].values()]
    return {
        "surveys": 1,
        f"surveys.{data['language']}": 1,
        "score": sum(scores),
        "scored": len(scores),
        **{f"survey_fen.{element}": int(amount) for element, amount in data.get("spend", {}).items()},
    }


def incident(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U24: reports by stage; what an incident is now is a gauge, because a grade may rise."""
    return {f"incident_reports.{data['stage']}": 1}


def inspection(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U25."""
    return {
        "inspections": 1,
        f"inspections.{data['inspector']}": 1,
        "inspected": int(data["items"]),
        "failings": int(data["failed"]),
        "passed": int(data["failed"] == 0),
    }


def rectified(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U26."""
    return {"rectified": 1, "rectified_days": int(data["days"])}

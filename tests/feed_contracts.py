"""Contracts for tests of the feed: those of the tree, and the scenic types where their module has none yet."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.messaging import schemas
from chalicelib.messaging.schemas import Contract

_COUNT = {"type": "integer", "minimum": 0}
_NUMBER = {"type": "integer"}
_TEXT = {"type": "string", "maxLength": 64}
_TIME = {"type": "string", "format": "date-time"}


def _fields(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _counts() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _NUMBER}


_SCENIC: Mapping[str, tuple[str, dict[str, Any]]] = {
    "ticket.issued": (
        "p1",
        _fields(
            product=_TEXT,
            area=_TEXT,
            slotStart=_TIME,
            quantity=_NUMBER,
            price=_NUMBER,
            channel={"enum": ["online", "desk", "api"]},
            concession=_counts(),
            resident=_counts(),
        ),
    ),
    "entry.counted": (
        "p0",
        _fields(area=_TEXT, gate=_TEXT, minute=_TIME, admitted=_COUNT, refused=_counts()),
    ),
    "flow.observed": (
        "p0",
        _fields(
            windowStart=_TIME,
            windowSeconds={"enum": [60, 300, 3600]},
            entered=_COUNT,
            exited=_COUNT,
            inside=_COUNT,
            instantCapacity=_COUNT,
            dayCapacity=_COUNT,
            enteredToday=_COUNT,
            zone=_TEXT,
            quality=_TEXT,
        ),
    ),
    "capacity.crossed": (
        "p0",
        _fields(
            area=_TEXT,
            level={"enum": [80, 90, 100]},
            direction={"enum": ["up", "down"]},
            cap={"enum": ["instant", "day"]},
            count=_COUNT,
            limit=_COUNT,
        ),
    ),
    "status.changed": (
        "p0",
        _fields(area=_TEXT, status={"enum": ["open", "limited", "closed"]}, reason=_TEXT),
    ),
    "day.closed": ("p0", _fields(day=_TEXT, sent={"type": "object"}, previous=_TEXT)),
}


def contracts() -> Mapping[str, Contract]:
    """Every contract a test of the feed needs."""
    scenic = {
        (name := f"tourism.scenic.{stem}.v1"): Contract(
            type=name,
            owner="scenic",
            lane="tourism.up",
            piiclass=personal,
            due=timedelta(minutes=5),
            summary=stem,
            schema=schema,
        )
        for stem, (personal, schema) in _SCENIC.items()
    }
    return {**scenic, **_THE_TREES()}


_THE_TREES = schemas.contracts

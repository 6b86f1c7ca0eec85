"""Claims on a gauge's row: how they are written, and which of them this process knows to be confirmed.

Each is one attribute ``p-<scan>`` of some 60 bytes, taken off by the next scan that the same process counts:
so confirming costs no write, and a gauge carries about one passing for each process that serves its gates.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pynamodb.expressions.operand import Path

from tenants.scenic.domain.passing import Passing

MOST = 8
"""Confirmed passings that one write takes off; a duty takes the rest, and what an ended process left."""

_PREFIX = "p-"
_confirmed: dict[tuple[str, date], list[Passing]] = {}


def attribute(passing: Passing) -> Path:
    """Where the gauge's row carries a passing; one place for every sending of the same scan."""
    return Path([f"{_PREFIX}{passing.scan}"])


def packed(passing: Passing) -> str:
    """``turn|order-number|count|epoch seconds``."""
    return f"{passing.turn}|{passing.order}-{passing.number}|{passing.count}|{int(passing.at.timestamp())}"


def unpacked(scan: str, text: str) -> Passing:
    """The reverse of ``packed``."""
    turn, ticket, count, at = text.split("|")
    order, number = ticket.split("-")
    return Passing(
        scan=scan,
        turn=turn,
        order=order,
        number=int(number),
        count=int(count),
        at=datetime.fromtimestamp(int(at), UTC),
    )


def carried(item: Mapping[str, Any]) -> list[Passing]:
    """Every passing on a gauge's row, as DynamoDB answers it; the oldest first."""
    found = [
        unpacked(name.removeprefix(_PREFIX), value["S"])
        for name, value in item.items()
        if name.startswith(_PREFIX)
    ]
    return sorted(found, key=lambda passing: (passing.at, passing.scan))


def remember(pk: str, day: date, passings: Sequence[Passing]) -> None:
    """These are confirmed by their tickets: take them off with the next write of the gauge."""
    for stale in [key for key in list(_confirmed) if key[0] == pk and key[1] != day]:
        _confirmed.pop(stale, None)
    _confirmed.setdefault((pk, day), []).extend(passings)


def recall(pk: str, day: date) -> list[Passing]:
    """The confirmed ones to take off now; they are forgotten here. Those of other threads come later."""
    return _confirmed.pop((pk, day), [])[-MOST:]


def forget_passings() -> None:
    """What a new process knows (tests)."""
    _confirmed.clear()

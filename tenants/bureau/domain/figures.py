"""Figures: what one event adds to its sender's day, and what it says about the present moment.

Everything that counts is a named whole number that only ever gets added to, so order, delay and batching
cannot change a sum; what is true "now" (a gauge) is the word of the latest event. The live figures and
their recomputation from the ledger use these same functions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import SHANGHAI, business_day, parse_instant, rfc3339

Envelope = Mapping[str, Any]
Counters = dict[str, int]

TICKET = "tourism.scenic.ticket.issued.v1"
ENTRY = "tourism.scenic.entry.counted.v1"
FLOW = "tourism.scenic.flow.observed.v1"
CROSSED = "tourism.scenic.capacity.crossed.v1"
STATUS = "tourism.scenic.status.changed.v1"
ORDER = "tourism.commerce.order.placed.v1"
PAYMENT = "tourism.commerce.payment.settled.v1"
RECEIPT = "tourism.command.receipt.acknowledged.v1"
CLOSED_SUFFIX = ".day.closed.v1"

BEHIND: Mapping[str, str] = {
    "orders": ORDER,
    "order_fen": ORDER,
    "sold": TICKET,
    "sold_fen": TICKET,
    "refunds": PAYMENT,
    "refund_fen": PAYMENT,
    "paid_fen": PAYMENT,
    "admitted": ENTRY,
    "refused": ENTRY,
    "inside": FLOW,
    "level": CROSSED,
    "status": STATUS,
}
"""The type of event behind each figure: every number leads to its events."""


@dataclass(frozen=True, order=True)
class Gauge:
    """The latest word on something: by time of occurrence, then by id; order of arrival is nothing."""

    at: str
    id: str
    value: Any = None


def occurred(envelope: Envelope) -> datetime:
    """When it happened (UTC)."""
    return parse_instant(envelope["time"])


def day_of(envelope: Envelope) -> date:
    """The business day of the occurrence."""
    return business_day(occurred(envelope))


def hour_of(envelope: Envelope) -> int:
    """The local hour of the occurrence."""
    return occurred(envelope).astimezone(SHANGHAI).hour


def contribution(envelope: Envelope) -> Counters:
    """What this event adds to its sender's figures of its day. Exercises and tests add nothing."""
    rule = _RULES.get(envelope["type"])
    if rule is None or envelope["status"] != "actual":
        return {}
    return {name: amount for name, amount in rule(envelope["data"], hour_of(envelope)).items() if amount}


def receipt(envelope: Envelope, *, weight: int, late: bool, after: bool = False) -> Counters:
    """What the mere arrival adds, whatever the event says: the index of the ledger and the sender's
    punctuality.

    ``n:<type>`` and ``d:<type>`` are count and digest for the day's close; ``h:<hour>`` says which hours
    have events. ``l:<type>`` are late, ``a:<type>`` those of them that came after the books were closed.
    """
    tardy = {f"l:{envelope['type']}": 1} if late else {}
    if after:
        tardy |= {f"a:{envelope['type']}": 1, "after": 1}
    return {
        **tardy,
        "received": 1,
        "late": int(late),
        "apart": int(envelope["status"] != "actual"),
        f"n:{envelope['type']}": 1,
        f"d:{envelope['type']}": weight,
        f"h:{hour_of(envelope):02d}": 1,
    }


def gauges(envelope: Envelope) -> dict[str, Gauge]:
    """What this event says about the present, by gauge; with the day it belongs to see ``gauge_day``."""
    data, type = envelope["data"], envelope["type"]
    if type == RECEIPT:  # of a drill too: a receipt is no figure
        return {f"ack:{data['command']}": Gauge(rfc3339(occurred(envelope)), envelope["id"], dict(data))}
    if envelope["status"] != "actual":
        return {}
    if type == FLOW:
        name, value = f"flow:{data.get('zone', '')}", dict(data)
    elif type == CROSSED:
        name, value = f"level:{data['area']}:{data['cap']}", dict(data)
    elif type == STATUS:
        name, value = f"status:{data['area']}", dict(data)
    elif type.endswith(CLOSED_SUFFIX):
        name, value = "close", dict(data)
    else:
        return {}
    return {name: Gauge(rfc3339(occurred(envelope)), envelope["id"], value)}


def gauge_day(envelope: Envelope) -> date:
    """The day a gauge belongs to: its occurrence's; of a close, the day that it closes."""
    if envelope["type"].endswith(CLOSED_SUFFIX):
        return date.fromisoformat(envelope["data"]["day"])
    return day_of(envelope)


def added(parts: Iterable[Mapping[str, int]]) -> Counters:
    """The sum of contributions, zeros left out."""
    total: Counters = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = total.get(name, 0) + amount
    return {name: amount for name, amount in total.items() if amount}


def negated(counters: Mapping[str, int]) -> Counters:
    """What takes a contribution back."""
    return {name: -amount for name, amount in counters.items()}


def _ticket(data: Mapping[str, Any], hour: int) -> Counters:
    quantity = int(data["quantity"])
    return {
        "sold": quantity,
        "sold_fen": int(data["price"]),
        f"sold@{hour:02d}": quantity,
        f"sold.{data['channel']}": quantity,
        **{f"origin.{origin}": int(count) for origin, count in data.get("resident", {}).items()},
    }


def _entry(data: Mapping[str, Any], hour: int) -> Counters:
    refused = {reason: int(count) for reason, count in data["refused"].items()}
    return {
        "admitted": int(data["admitted"]),
        f"admitted@{hour:02d}": int(data["admitted"]),
        "refused": sum(refused.values()),
        **{f"refused.{reason}": count for reason, count in refused.items()},
    }


def _order(data: Mapping[str, Any], _hour: int) -> Counters:
    return {"orders": 1, "order_fen": int(data["amount"]), f"orders.{data['channel']}": 1}


def _payment(data: Mapping[str, Any], _hour: int) -> Counters:
    amount = int(data["amount"])
    if data["refund"]:
        return {"refunds": 1, "refund_fen": amount, f"refund_fen.{data['method']}": amount}
    return {"payments": 1, "paid_fen": amount, f"paid_fen.{data['method']}": amount}


def _crossed(data: Mapping[str, Any], _hour: int) -> Counters:
    return {f"crossed.{data['level']}": 1} if data["direction"] == "up" else {}


_RULES: Mapping[str, Callable[[Mapping[str, Any], int], Counters]] = {
    TICKET: _ticket,
    ENTRY: _entry,
    ORDER: _order,
    PAYMENT: _payment,
    CROSSED: _crossed,
}

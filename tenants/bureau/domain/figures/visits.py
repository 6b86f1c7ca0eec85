"""What scenic areas say: tickets, entries, the capacity ladder.

How long a rung was passed is a sum that knows no order: a crossing upwards takes its second of the day away,
one downwards adds it. What is still up (``up/…`` above zero) lasts until now, or until midnight; what was up
since yesterday began at second zero, which adds nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import SHANGHAI, parse_instant

Counters = dict[str, int]

AHEAD = ((0, "0"), (1, "1"), (3, "2-3"), (7, "4-7"), (30, "8-30"))
"""Days between a sale and its session, up to each bound; beyond the last: ``31+``."""


def ticket(data: Mapping[str, Any], at: datetime) -> Counters:
    """U08. A refund is an event of its own with a negative quantity: it shrinks what was sold on its day."""
    quantity = int(data["quantity"])
    return {
        "sold": quantity,
        "sold_fen": int(data["price"]),
        f"sold@{at:%H}": quantity,
        f"sold/{data['area']}": quantity,
        f"sold_fen/{data['area']}": int(data["price"]),
        f"sold.{data['channel']}": quantity,
        f"ahead.{_ahead(data['slotStart'], at.date())}": quantity,
        **{f"origin.{origin}": int(count) for origin, count in data.get("resident", {}).items()},
    }


def entry(data: Mapping[str, Any], at: datetime) -> Counters:
    """U09: a gate's minute."""
    admitted = int(data["admitted"])
    refused = {reason: int(count) for reason, count in data["refused"].items()}
    return {
        "admitted": admitted,
        f"admitted@{at:%H}": admitted,
        f"admitted/{data['area']}": admitted,
        f"admitted/{data['area']}@{at:%H}": admitted,
        "refused": sum(refused.values()),
        **{f"refused.{reason}": count for reason, count in refused.items()},
    }


def crossed(data: Mapping[str, Any], at: datetime) -> Counters:
    """U11. ``over/<area>.<cap>.<level>`` seconds, ``up/<area>.<cap>.<level>`` how often it is still up."""
    upwards = data["direction"] == "up"
    rung = f"{data['area']}.{data['cap']}.{data['level']}"
    second = (at.hour * 60 + at.minute) * 60 + at.second
    found = {f"over/{rung}": -second if upwards else second, f"up/{rung}": 1 if upwards else -1}
    return {**found, f"crossed.{data['level']}": 1} if upwards else found


def _ahead(slot: str, sold: date) -> str:
    try:
        days = (parse_instant(slot).astimezone(SHANGHAI).date() - sold).days
    except ValueError:  # the contract promises a date-time and cannot read one
        return "?"
    return next((name for most, name in AHEAD if days <= most), "31+")

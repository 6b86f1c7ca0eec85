"""Sent: how many events of each type left a tenant on a business day, as the bus took them.

Counted by the relay, one update a tenant and batch, so a page that shows a busy day reads one row. What is
published again after a lost receipt counts again: the day's close, which counts ids, is the exact word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path

from chalicelib.kernel.events import UP
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.messaging.bus import lane_of
from chalicelib.persistence.table import Row, tenant_key

_COUNT = "n:"


class SentRow(Row, discriminator="sent"):
    """pk ``SENT``, sk the day of occurrence; a counter a type, named by it."""

    last = UnicodeAttribute(null=True)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A day: how many of each type, and when the last of them left."""

    types: Mapping[str, int] = field(default_factory=dict)
    last: str = ""


def count_sent(envelopes: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Add events of the bound tenant that the bus has taken."""
    days: dict[date, dict[str, int]] = {}
    for envelope in envelopes:
        if lane_of(envelope) == UP:
            counts = days.setdefault(business_day(parse_instant(envelope["time"])), {})
            counts[envelope["type"]] = counts.get(envelope["type"], 0) + 1
    for day, counts in days.items():
        actions = [
            (path := Path([_COUNT + type])).set((path | 0) + amount)
            for type, amount in sorted(counts.items())
        ]
        SentRow._get_connection().update_item(
            tenant_key("SENT"),
            day.isoformat(),
            actions=[*actions, SentRow.last.set(rfc3339(now)), SentRow.kind.set(SentRow)],
            return_values="NONE",
        )


def sent_on(day: date) -> Sent:
    """What left the bound tenant about a day."""
    answer = SentRow._get_connection().get_item(tenant_key("SENT"), day.isoformat(), consistent_read=True)
    item: Mapping[str, Any] = answer.get("Item", {})
    return Sent(
        types={
            name.removeprefix(_COUNT): int(value["N"])
            for name, value in item.items()
            if name.startswith(_COUNT)
        },
        last=item["last"]["S"] if "last" in item else "",
    )

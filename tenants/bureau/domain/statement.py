"""Statements 对账单: what the city holds of a sender's day, told to that sender; and findings it disputes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant
from tenants.bureau.domain.deadlines import books_close
from tenants.bureau.domain.punctuality import Report, State

Dispute = Literal["none", "open", "accepted", "rejected"]
Decision = Literal["accepted", "rejected"]

GRACE = timedelta(minutes=10)
"""After a close: what was under way with it has arrived by then."""

MOST_TYPES = 60


class NotDisputed(Refusal):
    code = "bureau.dispute.none"
    detail = N_("这一天没有待处理的异议。")
    remedy = N_("请刷新页面。")


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a sender was last told of a day, what was asked again (once), and how its dispute was decided.

    ``dispute``: the id of the disputing event that ``decision`` is about.
    """

    sender: str
    digest: str = ""
    asked: tuple[str, ...] = ()
    dispute: str = ""
    decision: Decision | Literal[""] = ""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A sender's day as the city has it."""

    report: Report
    asked: Sequence[str]
    dispute: Dispute

    @property
    def data(self) -> dict[str, Any]:
        """As it goes down, without whom it is for and the day."""
        report, verdict = self.report, self.report.verdict
        known: dict[str, Any] = {
            "state": report.state,
            "received": report.total.received,
            "late": report.total.late,
            "afterClose": report.total.after,
            "missing": verdict.missing,
            "surplus": verdict.surplus,
            "refused": report.quarantined,
            "asked": list(self.asked)[:MOST_TYPES],
            "dispute": self.dispute,
            "types": [
                {"type": one.type, "said": one.said, "arrived": one.arrived, "state": one.state}
                for one in verdict.types[:MOST_TYPES]
            ],
        }
        return known | ({"closed": report.closed} if report.closed else {})

    @property
    def digest(self) -> str:
        """Tells one statement from the next. What still trickles in before a close changes nothing."""
        said = {name: value for name, value in self.data.items() if name != "received"}
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def due(report: Report, *, day: Any, now: datetime) -> bool:
    """Whether a sender is told about a day now: once it has closed it, or the books of the day are closed."""
    return bool(report.closed) or now > books_close(day)


def lacking(report: Report, stated: Stated, *, now: datetime) -> list[str]:
    """The types to ask for again: those a close names and the ledger lacks, once, a while after the close."""
    if stated.asked or not report.closed or now < parse_instant(report.closed) + GRACE:
        return []
    return report.verdict.lacking


def dispute_of(told: Mapping[str, Any] | None, id: str, stated: Stated) -> Dispute:
    """Where a dispute stands. ``told``: the last disputing event's data, ``id`` its id."""
    if told is None:
        return "none"
    return stated.decision if stated.decision and stated.dispute == id else "open"


__all__ = [
    "Decision",
    "Dispute",
    "NotDisputed",
    "State",
    "Stated",
    "Statement",
    "dispute_of",
    "due",
    "lacking",
]

"""Punctuality: whether a sender's day is complete, and if not, what it lacks. Silence is a finding."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant
from tenants.bureau.domain.close import Verdict, judge_close
from tenants.bureau.domain.deadlines import books_close
from tenants.bureau.domain.figures import CLOSED_SUFFIX, Gauge
from tenants.bureau.domain.wall import Day, Known

State = Literal["silent", "missing", "incomplete", "late", "open", "complete"]
"""silent: not a word. missing: no close, and it was due. incomplete: the close and what arrived disagree.
late: all is here, but the close came after its deadline. open: no close, and it is not due yet.
"""

STATES: tuple[State, ...] = ("silent", "missing", "incomplete", "late", "open", "complete")
"""The gravest first."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The events of one type (or of all): how many came in time, late, and after the books were closed."""

    type: str
    received: int
    late: int
    after: int

    @property
    def on_time(self) -> int:
        """Within their deadline, or of a type that has none."""
        return self.received - self.late - self.after


@dataclass(frozen=True, kw_only=True)
class Report:
    """One sender's day. ``closed``: when its close reached us; ``disputed``: the sender's word against it."""

    known: Known
    state: State
    heard: str
    closed: str
    verdict: Verdict
    total: Tally
    types: Sequence[Tally]
    quarantined: int
    disputed: Gauge | None = None


def report_of(known: Known, told: Day | None, *, day: date, closed: str, now: datetime) -> Report:
    """A sender's report. ``closed``: the receipt of its close (RFC 3339), empty when there is none."""
    heard = told or Day(sender=known.id)
    verdict = judge_close(heard.counters, heard.gauges.get("close"))
    types = tallies(heard.counters)
    return Report(
        known=known,
        state=_state(heard, verdict, day=day, closed=closed, now=now),
        heard=heard.heard,
        closed=closed,
        verdict=verdict,
        total=Tally(
            type="",
            received=sum(one.received for one in types),
            late=sum(one.late for one in types),
            after=sum(one.after for one in types),
        ),
        types=types,
        quarantined=heard.count("quarantined") + heard.count("parked"),
        disputed=heard.gauges.get("dispute"),
    )


def tallies(counters: Mapping[str, int]) -> list[Tally]:
    """The types of a day; what came after the books were closed is counted apart from what was just late.

    A close itself is left out: its own line says when it came.
    """
    return [
        Tally(
            type=name[2:],
            received=n,
            late=counters.get(f"l:{name[2:]}", 0) - counters.get(f"a:{name[2:]}", 0),
            after=counters.get(f"a:{name[2:]}", 0),
        )
        for name, n in sorted(counters.items())
        if name.startswith("n:") and n and not name.endswith(CLOSED_SUFFIX)
    ]


def _state(heard: Day, verdict: Verdict, *, day: date, closed: str, now: datetime) -> State:
    due = books_close(day)
    if verdict.state == "open":
        if not heard.own:
            return "silent"
        return "missing" if now > due else "open"
    if verdict.state != "equal":
        return "incomplete"
    return "late" if closed and parse_instant(closed) > due else "complete"

"""Stating: each sender is told what the city holds of its days; what is missing is asked for, once."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import DOWN, Event
from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.period import business_day
from chalicelib.telemetry import emit
from tenants.bureau.domain.entry import Aside
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.punctuality import Report
from tenants.bureau.domain.statement import (
    Decision,
    NotDisputed,
    Stated,
    Statement,
    dispute_of,
    due,
    lacking,
)
from tenants.bureau.usecases.asking import request
from tenants.bureau.usecases.ports import Ledger, Senders
from tenants.bureau.usecases.reporting import see_reporting

STATED = "tourism.report.statement.issued.v1"
REFUSED = "tourism.report.record.refused.v1"
DISPUTE = "dispute"
"""The gauge of a sender's day that a disputed finding sets."""

BACK = 3
"""Days whose statements are still kept true: what heals later than that is seen at the desk."""

TOGETHER = 20
_ALL = 1_000_000


class Statements(Protocol):
    """What senders were told; writers join the unit of work."""

    def of(self, day: date) -> Mapping[str, Stated]:
        """By sender."""

    def keep(self, day: date, stated: Stated, *, before: Stated | None) -> None:
        """As it is now, if nobody changed it in between."""

    def publish(self, *events: Event) -> None:
        """Say it, with the commit."""


class Desk(Protocol):
    """A fresh unit of work around the statements, committed when its block ends."""

    def __call__(self, action: str) -> AbstractContextManager[Statements]: ...


def state_days(*, now: datetime, ledger: Ledger, senders: Senders, desk: Desk) -> dict[str, int]:
    """The duty: tell every sender about its last days where something has changed: {stated, asked}.

    A repetition says nothing twice; what heals after it was asked for is stated anew.
    """
    totals = {"stated": 0, "asked": 0}
    today = business_day(now)
    for back in range(1, BACK + 1):
        day = today - timedelta(days=back)
        changed = _changed(day, now=now, ledger=ledger, senders=senders, desk=desk)
        for start in range(0, len(changed), TOGETHER):
            with desk("bureau.state-days") as statements:
                for statement, before, after in changed[start : start + TOGETHER]:
                    statements.keep(day, after, before=before)
                    statements.publish(*_said(statement, before, after, day=day, now=now, ledger=ledger))
        totals["stated"] += len(changed)
        totals["asked"] += sum(
            after.asked != (before.asked if before else ()) for _, before, after in changed
        )
    emit("bureau.statements", totals)
    return totals


def decide(
    *,
    sender: str,
    day: date,
    decision: Decision,
    ledger: Ledger,
    statements: Statements,
) -> None:
    """An officer decides a disputed finding; the sender is told with the next statement.

    Raises ``Missing`` for a sender outside the officer's reach, ``NotDisputed`` where nothing waits.
    """
    told = ledger.day(sender, day)
    if told is None:
        raise Missing
    gauge, before = told.gauges.get(DISPUTE), statements.of(day).get(sender)
    kept = before or Stated(sender=sender)
    if gauge is None or dispute_of(gauge.value, gauge.id, kept) != "open":
        raise NotDisputed
    statements.keep(day, replace(kept, dispute=gauge.id, decision=decision), before=before)


def refusals(asides: Sequence[Aside], *, now: datetime) -> list[Event]:
    """What tells senders which of their events were refused or parked on arrival, and why."""
    return [
        Event(
            type=REFUSED,
            subject=one.id,
            at=now,
            lane=DOWN,
            data={
                "to": [one.sender],
                "event": one.id.partition("~")[0] or "-",
                "type": one.type,
                "code": one.code,
                "at": one.at[:200],
                "sha256": one.sha,
                "parked": one.parked,
            },
        )
        for one in asides
        if one.sender != "-"
    ]


def _changed(
    day: date, *, now: datetime, ledger: Ledger, senders: Senders, desk: Desk
) -> list[tuple[Statement, Stated | None, Stated]]:
    with desk("bureau.read-statements") as statements:
        known = statements.of(day)
    found = see_reporting(day=day, now=now, ledger=ledger, senders=senders, limit=_ALL)
    disputes = {one.sender: one.gauges[DISPUTE] for one in ledger.days(day) if DISPUTE in one.gauges}
    changed = []
    for report in found.reports:
        sender = report.known.id
        if not report.known.kind or not due(report, day=day, now=now) or _newcomer(report, day):
            continue  # nobody knows it, it is not time yet, or it was not here yet
        before = known.get(sender)
        kept = before or Stated(sender=sender)
        asked = (*kept.asked, *lacking(report, kept, now=now))
        statement = Statement(report=report, asked=asked, dispute=_dispute(disputes.get(sender), kept))
        if statement.digest != kept.digest:
            changed.append((statement, before, replace(kept, digest=statement.digest, asked=asked)))
    return changed


def _newcomer(report: Report, day: date) -> bool:
    """Whether a sender that said nothing joined after that day: its id carries the moment."""
    if report.state != "silent":
        return False
    try:
        return business_day(moment_of(report.known.id)) > day
    except Missing:
        return False


def _dispute(gauge: Gauge | None, kept: Stated) -> Any:
    return dispute_of(gauge.value if gauge else None, gauge.id if gauge else "", kept)


def _said(
    statement: Statement,
    before: Stated | None,
    after: Stated,
    *,
    day: date,
    now: datetime,
    ledger: Ledger,
) -> list[Event]:
    sender = statement.report.known.id
    subject = f"{sender}/{day.isoformat()}"
    about = {"to": [sender], "day": day.isoformat()}
    events = [Event(type=STATED, subject=subject, at=now, lane=DOWN, data={**about, **statement.data})]
    if after.asked != (before.asked if before else ()):
        events.append(request(sender=sender, day=day, types=after.asked, now=now, ledger=ledger))
    return events

"""Overdue: how many have not told the city about a day whose books are closed. Somebody is called by it."""

from datetime import date, datetime, timedelta

from chalicelib.kernel.period import business_day
from chalicelib.telemetry import emit
from tenants.bureau.domain.deadlines import books_close
from tenants.bureau.usecases.ports import Ledger, Senders
from tenants.bureau.usecases.reporting import see_reporting

_ALL = 1_000_000


def closed_day(now: datetime) -> date:
    """The last business day whose books are closed."""
    yesterday = business_day(now) - timedelta(days=1)
    return yesterday if now > books_close(yesterday) else yesterday - timedelta(days=1)


def count_overdue(*, now: datetime, ledger: Ledger, senders: Senders) -> dict[str, int]:
    """The hourly duty: {silent, unclosed, gaps} of the last closed day, said as metrics.

    silent: enterprises without a word. unclosed: with words and without a close. gaps: events that closes
    name and that have not arrived. What comes late heals the next count.
    """
    day = closed_day(now)
    found = see_reporting(day=day, now=now, ledger=ledger, senders=senders, limit=_ALL)
    counted = {
        "silent": found.counts["silent"],
        "unclosed": found.counts["missing"],
        "gaps": sum(report.verdict.missing for report in found.reports),
    }
    emit("bureau.overdue", {"day": day, **counted}, metrics=dict.fromkeys(counted, "Count"))
    return counted

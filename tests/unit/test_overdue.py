"""Who has not reported a closed day, as numbers that call somebody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from chalicelib.kernel.period import rfc3339
from chalicelib.messaging.manifest import day_manifest
from tenants.bureau.domain.figures import Gauge, added
from tenants.bureau.domain.wall import Day, Known
from tenants.bureau.usecases import overdue
from tests.feed_world import DAY, HOTEL, SHAOLIN, SONGYANG, entry
from tests.unit.test_punctuality import filed

pytestmark = pytest.mark.unit

KNOWN = [
    Known(id=one.id, name=one.name, kind=one.kind, district=one.district)
    for one in (SHAOLIN, SONGYANG, HOTEL)
]
BOOKS = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # six o'clock of the 23rd in Zhengzhou


class Ledger:
    """The figures of days, and nothing behind them."""

    def __init__(self, *days: Day) -> None:
        self._days = days

    def days(self, day: date) -> list[Day]:
        return list(self._days) if day == DAY else []

    def day(self, *_: Any) -> None:
        return None

    def filed(self, **_: Any) -> list[Any]:
        return []


def told(sender: str, *envelopes: dict[str, Any], close: list[dict[str, Any]] | None = None) -> Day:
    events = [filed(envelope, received=BOOKS - timedelta(hours=9)) for envelope in envelopes]
    gauges = {}
    if close is not None:
        value = {"day": DAY.isoformat(), "sent": day_manifest(close), "previous": ""}
        gauges["close"] = Gauge(rfc3339(BOOKS - timedelta(hours=5)), "ev_close", value)
    return Day(sender=sender, counters=added([one.receipt for one in events]), gauges=gauges, heard="x")


def counted(*days: Day, now: datetime = BOOKS + timedelta(minutes=1)) -> tuple[dict[str, int], list[Any]]:
    lines: list[Any] = []
    ledger: Any = Ledger(*days)
    with patch.object(overdue, "emit", lambda *said, **more: lines.append((*said, more))):
        return overdue.count_overdue(now=now, ledger=ledger, senders=lambda: KNOWN), lines


def test_a_day_is_looked_at_once_its_books_are_closed() -> None:
    assert overdue.closed_day(BOOKS) == DAY - timedelta(days=1)
    assert overdue.closed_day(BOOKS + timedelta(seconds=1)) == DAY


def test_the_silent_the_unclosed_and_the_gaps_are_counted_apart() -> None:
    arrived, lost = entry(1), entry(2)
    found, _ = counted(told(SHAOLIN.id, arrived, close=[arrived, lost]), told(HOTEL.id, entry(1)))
    assert found == {"silent": 1, "unclosed": 1, "gaps": 1}


def test_a_city_that_has_told_everything_calls_nobody() -> None:
    event = entry(1)
    found, _ = counted(*(told(one.id, event, close=[event]) for one in (SHAOLIN, SONGYANG, HOTEL)))
    assert found == {"silent": 0, "unclosed": 0, "gaps": 0}


def test_the_counts_are_said_as_metrics_also_when_they_are_nothing() -> None:
    _, lines = counted()
    ((name, facts, more),) = lines
    assert name == "bureau.overdue"
    assert facts == {"day": DAY, "silent": 3, "unclosed": 0, "gaps": 0}
    assert more["metrics"] == {"silent": "Count", "unclosed": "Count", "gaps": "Count"}

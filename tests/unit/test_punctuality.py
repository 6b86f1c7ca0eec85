"""Deadlines as rows, and what a sender's day lacks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.period import SHANGHAI, rfc3339
from chalicelib.messaging.manifest import day_manifest, id_weight
from tenants.bureau.domain.deadlines import books_close, due_of
from tenants.bureau.domain.entry import Entry, entry_of
from tenants.bureau.domain.figures import Gauge, added
from tenants.bureau.domain.punctuality import report_of
from tenants.bureau.domain.wall import Day, Known
from tests.feed_world import DAY, HOTEL, NOW, SHAOLIN, entry, later, said

KNOWN = Known(id=SHAOLIN.id, name=SHAOLIN.name, kind="scenic", district="410185")
MORNING = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # six o'clock on the 23rd
FIVE = timedelta(minutes=5)


def room(at: datetime) -> dict[str, Any]:
    data = {"roomType": "twin", "date": "2026-12-24", "free": 1, "outOfOrder": 0}
    return said("tourism.lodging.availability.changed.v1", data, by=HOTEL, at=at)


def day(*events: Entry, close: list[dict[str, Any]] | None = None) -> Day:
    gauges = {}
    if close is not None:
        value = {"day": DAY.isoformat(), "sent": day_manifest(close), "previous": ""}
        gauges["close"] = Gauge(rfc3339(MORNING - timedelta(hours=5)), "ev_close", value)
    return Day(sender=SHAOLIN.id, counters=added([one.receipt for one in events]), gauges=gauges, heard="x")


def filed(envelope: dict[str, Any], *, received: datetime) -> Entry:
    return entry_of(envelope, received=received, weight=id_weight(envelope["id"]), due=FIVE)


def state(told: Day | None, *, now: datetime, closed: str = "") -> str:
    return report_of(KNOWN, told, day=DAY, closed=closed, now=now).state


def test_the_books_of_a_day_close_at_six_the_next_morning() -> None:
    assert books_close(DAY) == MORNING


def test_free_rooms_are_due_sooner_on_a_holiday() -> None:
    plain, feast = datetime(2026, 11, 22, 2, tzinfo=UTC), datetime(2026, 10, 2, 2, tzinfo=UTC)
    assert due_of(room(plain), at=plain, contract=FIVE) == plain + timedelta(minutes=60)
    assert due_of(room(feast), at=feast, contract=FIVE) == feast + timedelta(minutes=5)


def test_a_close_is_due_at_six_whenever_it_was_written() -> None:
    close = said("tourism.scenic.day.closed.v1", {"day": "2026-11-22", "sent": {}, "previous": ""})
    for at in (NOW, later(days=3)):
        assert due_of(close, at=at, contract=timedelta(hours=6)) == MORNING


def test_a_day_that_is_no_date_does_not_stop_the_intake() -> None:
    close = said("tourism.scenic.day.closed.v1", {"day": "2026-99-99", "sent": {}, "previous": ""})
    assert due_of(close, at=NOW, contract=None) == MORNING


def test_on_time_late_and_after_the_books_are_told_apart() -> None:
    events = [
        filed(entry(1), received=later(minutes=1)),
        filed(entry(1), received=later(hours=1)),
        filed(entry(1), received=MORNING),
        filed(entry(1), received=MORNING + timedelta(seconds=1)),
    ]
    total = report_of(KNOWN, day(*events), day=DAY, closed="", now=MORNING).total
    assert (total.received, total.on_time, total.late, total.after) == (4, 1, 2, 1)


def test_what_has_no_deadline_is_never_late() -> None:
    undated = entry_of(entry(1), received=later(days=40), weight=1, due=None)
    assert not undated.late
    assert not undated.after


@pytest.mark.parametrize(("now", "word"), [(MORNING, "open"), (MORNING + timedelta(seconds=1), "missing")])
def test_a_day_without_a_close_is_open_until_it_is_due(now: datetime, word: str) -> None:
    assert state(day(filed(entry(1), received=NOW)), now=now) == word


def test_who_said_nothing_is_silent_whatever_the_hour() -> None:
    assert state(None, now=NOW) == "silent"
    assert state(Day(sender=SHAOLIN.id, counters={"quarantined": 3}), now=MORNING) == "silent"


def test_a_close_with_nothing_in_it_is_complete() -> None:
    assert state(day(close=[]), now=MORNING, closed=rfc3339(NOW)) == "complete"


def test_complete_incomplete_and_closed_late() -> None:
    one, other = entry(1), entry(2)
    whole = day(filed(one, received=NOW), close=[one])
    assert state(whole, now=MORNING, closed=rfc3339(MORNING)) == "complete"
    assert state(whole, now=MORNING, closed=rfc3339(MORNING + FIVE)) == "late"
    assert state(day(filed(one, received=NOW), close=[one, other]), now=MORNING, closed="x") == "incomplete"
    assert state(day(filed(one, received=NOW), close=[]), now=MORNING, closed="x") == "incomplete"


def test_deadlines_are_rows_with_a_source() -> None:
    from tenants.bureau.domain.deadlines import BOOKS, DEADLINES

    assert all(one.source and one.since <= date(2026, 1, 1) for one in (*DEADLINES, *BOOKS))


def test_a_day_before_the_first_row_still_has_a_close() -> None:
    day = date(2000, 1, 1)
    assert books_close(day).astimezone(SHANGHAI).date() == date(2000, 1, 2)

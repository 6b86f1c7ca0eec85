"""The close of a day on the engine: each day once, missed days too, each naming the one before it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.kernel.period import business_day, local
from chalicelib.messaging.closing import close_days
from chalicelib.messaging.manifest import close_digest
from chalicelib.messaging.schemas import problems
from chalicelib.persistence.journal import audited, envelopes_of
from tenants.scenic import inbox
from tests.feed_world import SHAOLIN, acting_for
from tests.scenic_world import DAY, EngineWorld, area, person

CLOSED = "tourism.scenic.day.closed.v1"
AN_HOUR_AFTER_MIDNIGHT = time(1)


pytestmark = pytest.mark.usefixtures("city")


def after(day: date) -> datetime:
    """The night after ``day``."""
    return local(day + timedelta(days=1), AN_HOUR_AFTER_MIDNIGHT)


def closes(*, written: datetime) -> list[dict[str, Any]]:
    """The closes that were said in a night, in the order of their days."""
    rows = audited(day=business_day(written))
    found = [one for row in rows for one in envelopes_of(row) if one["type"] == CLOSED]
    return sorted(found, key=lambda close: str(close["data"]["day"]))


def test_a_day_is_closed_once_and_not_before_ten_past_midnight() -> None:
    with acting_for(SHAOLIN):
        inbox.close_days(local(DAY + timedelta(days=1), time(0, 9)))
        assert closes(written=after(DAY)) == []
        for minutes in (10, 25):
            inbox.close_days(local(DAY + timedelta(days=1), time(0, minutes)))
        (close,) = closes(written=after(DAY))
    assert (close["data"]["day"], close["data"]["sent"], close["data"]["previous"]) == (f"{DAY}", {}, "")
    assert problems(close, tenant=SHAOLIN, now=after(DAY)) == []


def test_a_close_counts_what_was_said_on_its_day() -> None:
    with acting_for(SHAOLIN):
        world = EngineWorld(area(places=5))
        world.pay(world.hold(person(1), person(2)))
        inbox.close_days(after(DAY))
        (close,) = closes(written=after(DAY))
    assert close["data"]["sent"]["tourism.scenic.ticket.issued.v1"]["count"] == 1


def test_days_that_were_missed_are_closed_too_and_each_names_the_one_before() -> None:
    settled: list[date] = []
    with acting_for(SHAOLIN):
        assert close_days(action="close", now=after(DAY))
        back = after(DAY + timedelta(days=3))
        assert close_days(action="close", now=back, settle=settled.append)
        assert not close_days(action="close", now=back, settle=settled.append)
        found = [one["data"] for one in (*closes(written=after(DAY)), *closes(written=back))]
    assert [one["day"] for one in found] == [f"{DAY + timedelta(days=ahead)}" for ahead in range(4)]
    assert settled == [DAY + timedelta(days=ahead) for ahead in (1, 2, 3)]
    assert [one["previous"] for one in found] == ["", *(close_digest(one) for one in found[:-1])]


def test_after_a_long_absence_a_week_is_closed() -> None:
    with acting_for(SHAOLIN):
        close_days(action="close", now=after(DAY))
        back = after(DAY + timedelta(days=30))
        close_days(action="close", now=back)
        assert len(closes(written=back)) == 8, "yesterday and a week before it"

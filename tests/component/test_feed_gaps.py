"""A gap in a day heals by its ranges: the city says what it holds of each hour, the sender sends the rest."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.events import Event
from chalicelib.messaging.manifest import hour_manifest, lacking
from chalicelib.messaging.schemas import problems
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.persistence.unit_of_work import UnitOfWork
from infra.local.fixture import Stack
from tenants.bureau.usecases import asking
from tests.component.test_feed_account import MORNING, _queued, close, go_down, state
from tests.feed_world import (
    BUREAU,
    DAY,
    NOW,
    SHAOLIN,
    acting_for,
    counters,
    differences,
    entry,
    later,
    take,
    ticket,
)

STATUS = "tourism.scenic.status.changed.v1"


pytestmark = pytest.mark.usefixtures("city")


def told() -> list[dict[str, Any]]:
    """A scenic area's day in its own audit rows: four hours, three changes of status in each."""
    with acting_for(SHAOLIN):
        for hours in range(4):
            work = UnitOfWork(action="test", now=NOW)
            for minutes in range(3):
                at = later(hours=-hours, minutes=-minutes)
                data = {"area": "main", "status": "open", "reason": ""}
                work.publish(Event(type=STATUS, subject="main", at=at, data=data))
            work.commit()
        return sorted(
            (one for row in audited(day=DAY) for one in envelopes_of(row)), key=lambda one: str(one["time"])
        )


def resent(city: Stack) -> list[dict[str, Any]]:
    go_down(city)
    return [json.loads(record["body"])["detail"] for record in _queued(city)]


def test_only_the_hours_that_are_not_whole_come_again(city: Stack) -> None:
    events = told()
    kept = [one for number, one in enumerate(events) if number not in {4, 9, 10, 11}]
    take(*kept, close(events), now=MORNING - timedelta(hours=6))
    assert state()["asked"] == 1
    again = resent(city)
    gone = {f"{events[number]['time'][:13]}" for number in (4, 9, 10, 11)}
    assert {one["time"][:13] for one in again} == gone
    assert len(again) == 6, "two hours of three, and not the day's twelve"
    take(*again, now=MORNING)
    assert counters()[f"n:{STATUS}"] == 12
    assert differences() == []
    assert state(now=MORNING + timedelta(hours=1))["asked"] == 0


def test_a_request_of_too_many_ranges_asks_for_the_types_whole(
    city: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = told()
    take(*events[1:], close(events), now=MORNING - timedelta(hours=6))
    monkeypatch.setattr(asking, "MOST_RANGES", 2)
    assert state()["asked"] == 1
    assert len(resent(city)) == 12


def test_the_request_keeps_its_contract(city: Stack) -> None:
    events = told()
    take(*events[:5], close(events), now=MORNING - timedelta(hours=6))
    assert state()["asked"] == 1
    (asked,) = [one for one in go_down(city) if one["type"] == asking.REQUESTED]
    assert problems(asked, tenant=BUREAU, now=MORNING) == []
    assert [one["count"] for one in asked["data"]["held"]] == [3, 2]


def test_ranges_are_compared_by_who_they_are_and_not_by_how_many() -> None:
    mine = [entry(1), entry(2), ticket(1)]
    held = hour_manifest((one["type"], 10, one["id"]) for one in (entry(3), entry(4), mine[2]))
    assert lacking(mine, held) == mine[:2], "as many, but others"
    assert lacking(mine, []) == mine
    assert lacking(mine, hour_manifest((one["type"], 10, one["id"]) for one in mine)) == []

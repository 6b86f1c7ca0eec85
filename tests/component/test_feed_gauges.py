"""Gauges on the engine: the latest word stands on the day it speaks of, in any order, however often."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from tenants.bureau.domain.figures import STANDING
from tenants.bureau.store import LedgerStore
from tenants.bureau.usecases import intake
from tests.feed_world import (
    DAY,
    HOTEL,
    counters,
    differences,
    entry,
    flow,
    gauge,
    later,
    said,
    take,
)

LAST_NIGHT = DAY - timedelta(days=1)


pytestmark = pytest.mark.usefixtures("city")


def audit(sold: int, *, night: date = LAST_NIGHT, **more: Any) -> dict[str, Any]:
    data = {
        "date": night.isoformat(),
        "rooms": 100,
        "outOfOrder": 4,
        "roomsAvailable": 96,
        "roomsSold": sold,
        "complimentary": 1,
        "dayUse": 0,
        "guests": 70,
        "roomRevenue": sold * 30_000,
        "otherRevenue": 0,
        "averagePrice": 30_000,
        "nightsByCountry": {"CN": 68, "JP": 2},
    }
    return said("tourism.lodging.nightaudit.closed.v1", data, by=HOTEL, **more)


def free(rooms: int, *, night: date, kind: str = "twin", **more: Any) -> dict[str, Any]:
    data = {"roomType": kind, "date": night.isoformat(), "free": rooms, "outOfOrder": 0}
    return said("tourism.lodging.availability.changed.v1", data, by=HOTEL, **more)


def incident(grade: str, *, stage: str = "update", learned: str, **more: Any) -> dict[str, Any]:
    data = {
        "incident": "in-1",
        "stage": stage,
        "kind": "fall",
        "grade": grade,
        "deaths": 0,
        "injuries": 1,
        "missing": 0,
        "stranded": 0,
        "learned": learned,
    }
    return said("tourism.safety.incident.reported.v1", data, by=HOTEL, **more)


def proven() -> bool:
    return all(differences(DAY + timedelta(days=back)) == [] for back in range(-2, 3))


def test_what_speaks_of_another_day_stands_on_that_day() -> None:
    soon = DAY + timedelta(days=1)
    events = [
        audit(60),
        free(9, night=soon, at=later(minutes=-9)),
        free(7, night=soon),
        free(3, night=DAY, kind="suite"),
        incident("general", learned="2026-11-20T17:00:00Z"),
    ]
    random.Random(2).shuffle(events)
    for one in (*events, *events):
        assert take(one) == set()
    assert gauge("audit", HOTEL, LAST_NIGHT)["roomsSold"] == 60
    assert gauge("free:twin", HOTEL, soon)["free"] == 7
    assert gauge("free:suite", HOTEL)["free"] == 3
    assert gauge("incident:in-1", HOTEL, LAST_NIGHT)["grade"] == "general"
    assert counters(HOTEL, soon) == {}, "a word about tomorrow is no figure of tomorrow"
    assert proven()


@pytest.mark.parametrize("first", ["original", "correction"])
def test_a_corrected_audit_gives_way_and_stays_provable(first: str) -> None:
    wrong = audit(60)
    right = audit(48, corrects=wrong["id"], at=later(minutes=3))
    for one in [wrong, right] if first == "original" else [right, wrong]:
        assert take(one) == set()
    assert gauge("audit", HOTEL, LAST_NIGHT)["roomsSold"] == 48
    assert proven()


def test_a_correction_that_moves_to_another_night_empties_the_first() -> None:
    wrong = audit(60)
    right = audit(60, night=LAST_NIGHT - timedelta(days=1), corrects=wrong["id"], at=later(minutes=3))
    assert take(wrong, right) == set()
    assert gauge("audit", HOTEL, LAST_NIGHT) is None
    assert gauge("audit", HOTEL, LAST_NIGHT - timedelta(days=1))["roomsSold"] == 60
    assert proven()


def test_the_people_inside_are_kept_for_every_hour() -> None:
    events = [flow(n, at=later(minutes=-7 * n)) for n in range(20)]
    random.Random(3).shuffle(events)
    for start in range(0, len(events), 6):
        assert take(*events[start : start + 6]) == set()
    assert gauge("flow:main")["inside"] == 0
    assert [gauge(f"seen:main@{hour:02d}") for hour in (8, 9, 10)] == [13, 5, 0]
    assert proven()


def test_an_older_word_never_rides_in_beside_a_newer_one() -> None:
    assert take(flow(50, at=later(minutes=-35))) == set()  # 9:55
    assert take(flow(40, at=later(minutes=-50)), flow(60)) == set()  # 9:40 late, and 10:30
    assert gauge("seen:main@09") == 50
    assert gauge("seen:main@10") == 60
    assert proven()


def test_a_crash_between_count_and_gauge_heals_when_the_events_come_again(monkeypatch: Any) -> None:
    wrong = flow(900)
    right = flow(200, at=later(minutes=-2), corrects=wrong["id"], now=later())
    assert take(wrong) == set()

    def crash(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_take_back", crash)
        assert take(right) == {0}
    assert gauge("flow:main")["inside"] == 900
    assert take(right) == set()
    assert gauge("flow:main")["inside"] == 200
    assert proven()


def test_a_day_that_does_not_exist_is_set_aside_and_holds_nobody_up() -> None:
    poison = audit(1)
    poison["data"]["date"] = "2026-02-31"
    assert take(entry(2), poison, flow(3)) == set()
    assert counters()["admitted"] == 2
    assert gauge("flow:main")["inside"] == 3
    assert counters(HOTEL)["quarantined"] == 1


def test_a_profile_holds_on_no_day_of_its_own() -> None:
    data = {"licence": "L-1", "level": "4s", "status": "open", "validFrom": "2026-01-01", "rooms": 80}
    assert take(said("tourism.operator.profile.changed.v1", data, by=HOTEL)) == set()
    assert gauge("profile", HOTEL, STANDING)["rooms"] == 80
    assert proven()


def test_an_event_is_found_wherever_it_is_filed() -> None:
    from tests.feed_world import BUREAU, acting_for

    one = audit(60)
    take(one)
    with acting_for(BUREAU):
        found = LedgerStore().entry(sender=HOTEL.id, id=one["id"])
        assert found is not None
        assert found.entry.envelope == one
        assert LedgerStore().entry(sender=HOTEL.id, id="ev_unknown") is None

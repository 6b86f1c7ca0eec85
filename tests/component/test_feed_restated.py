"""Figures as of any moment: what was known then stays known, whatever comes later."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib.kernel.period import rfc3339
from infra.local.fixture import Stack
from tenants.bureau.domain.day import Known
from tenants.bureau.store import LedgerStore
from tenants.bureau.usecases.restating import see_as_of, see_restated, see_wall_as_of
from tests.feed_office import Desk, desk
from tests.feed_world import (
    ALL,
    BUREAU,
    DAY,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    entry,
    flow,
    forget,
    later,
    payment,
    said,
    settle,
    take,
    ticket,
)


@pytest.fixture
def office(engine: Stack) -> Iterator[Desk]:
    with desk() as made:
        yield made


def known() -> list[Known]:
    return [Known(id=one.id, name=one.name, kind=one.kind, district=one.district) for one in ALL]


def as_of(moment: datetime, who: Any = SHAOLIN) -> Any:
    with acting_for(BUREAU):
        return see_as_of(sender=who.id, day=DAY, known=moment, ledger=LedgerStore(), senders=known)


def closing(night: str, sold: int, **more: Any) -> dict[str, Any]:
    data = {
        "date": night,
        "rooms": 10,
        "outOfOrder": 0,
        "roomsAvailable": 10,
        "roomsSold": sold,
        "complimentary": 0,
        "dayUse": 0,
        "guests": 1,
        "roomRevenue": 1,
        "otherRevenue": 0,
        "averagePrice": 1,
        "nightsByCountry": {},
    }
    return said("tourism.lodging.nightaudit.closed.v1", data, by=HOTEL, **more)


def test_late_data_restates_and_never_overwrites(office: Desk) -> None:
    wrong = entry(90)
    take(wrong, flow(500), now=later(minutes=1))
    take(entry(7, at=later(minutes=-3)), now=later(hours=30))
    take(entry(9, corrects=wrong["id"], at=later(minutes=2), now=later(hours=31)), now=later(hours=31))
    assert [as_of(later(**when)).then.count("admitted") for when in ({}, {"hours": 1}, {"hours": 30.5})] == [
        0,
        90,
        97,
    ]
    last = as_of(later(hours=32))
    assert last.then.count("admitted") == last.now.count("admitted") == 16
    assert last.changes == []
    evening = as_of(later(hours=12))
    assert {one.name: (one.then, one.now) for one in evening.changes}["admitted"] == (90, 16)
    assert evening.then.gauges["flow:main"].value["inside"] == 500


def test_an_audit_said_twice_is_known_by_each_moment(office: Desk) -> None:
    night = DAY.isoformat()
    take(closing(night, 4, at=later(hours=14)), now=later(hours=14))
    take(closing(night, 8, at=later(hours=15)), now=later(hours=15))
    assert "audit" not in as_of(later(hours=13), HOTEL).then.gauges
    assert as_of(later(hours=14.5), HOTEL).then.gauges["audit"].value["roomsSold"] == 4
    assert as_of(later(hours=15.5), HOTEL).then.gauges["audit"].value["roomsSold"] == 8


def test_only_who_was_heard_since_is_worked_out_again(office: Desk, monkeypatch: Any) -> None:
    take(*(entry(n, by=SONGYANG, at=later(minutes=-n)) for n in range(9)), now=later(minutes=1))
    take(entry(2), now=later(hours=30))
    looked: list[str] = []
    filed = LedgerStore.filed

    def counted(self: LedgerStore, **asked: Any) -> Any:
        looked.append(asked["sender"])
        return filed(self, **asked)

    monkeypatch.setattr(LedgerStore, "filed", counted)
    with acting_for(BUREAU):
        found = see_restated(day=DAY, known=later(hours=20), ledger=LedgerStore(), senders=known)
        wall = see_wall_as_of(day=DAY, known=later(hours=20), ledger=LedgerStore(), senders=known)
    assert [one.known.id for one in found] == [SHAOLIN.id]
    assert set(looked) == {SHAOLIN.id}
    assert wall.admitted == 36
    assert wall.silent == 3, "who spoke later was silent then"


def test_the_page_shows_both_numbers_and_leads_home(office: Desk) -> None:
    take(entry(3), now=later(minutes=1))
    assert "没有变化" in office.page(f"/bureau/restated?day={DAY}")
    take(entry(4, at=later(minutes=-1)), ticket(2, price=900, at=later(minutes=-1)), now=later(hours=40))
    found = office.json(f"/api/v1/bureau/restated?day={DAY}")
    figures = {one["name"]: one for one in found["senders"][0]["figures"]}
    assert (figures["admitted"]["then"], figures["admitted"]["now"]) == (3, 7)
    assert len(office.json(figures["admitted"]["events"])["events"]) == 2
    for lang in ("zh", "en", "ja", "ko"):
        text = office.page(f"/bureau/restated?day={DAY}&on=2026-11-23&at=06:00", lang=lang)
        assert SHAOLIN.name in text
    moment = rfc3339(later(minutes=2)).replace("+", "%2B")
    assert office.json(f"/api/v1/bureau/wall/known?day={DAY}&known={moment}")["admitted"] == 3
    told = office.json(f"/api/v1/bureau/figures/known?day={DAY}&sender={SHAOLIN.id}&known={moment}")
    assert told["counters"]["admitted"] == 3


@st.composite
def arrivals(draw: st.DrawFn) -> list[tuple[datetime, dict[str, Any]]]:
    """Events with the moment each arrives: shuffled, late, doubled, corrected."""
    said_so_far: list[dict[str, Any]] = []
    found: list[tuple[datetime, dict[str, Any]]] = []
    for _ in range(draw(st.integers(1, 10))):
        ids = [one["id"] for one in said_so_far]
        corrects = draw(st.none() | st.sampled_from(ids)) if ids else None
        make = draw(st.sampled_from([ticket, entry, flow, payment]))
        at = NOW - timedelta(minutes=draw(st.integers(0, 300)))
        one = make(draw(st.integers(1, 9)), at=at, corrects=corrects)  # type: ignore[operator]
        said_so_far.append(one)
        found.append((NOW + timedelta(minutes=draw(st.integers(1, 600))), one))
        if draw(st.booleans()):
            found.append((NOW + timedelta(minutes=draw(st.integers(1, 600))), one))
    return sorted(found, key=lambda pair: (pair[0], pair[1]["id"]))


class TestAnyArrivals:
    @settings(max_examples=10, derandomize=True, phases=[Phase.explicit, Phase.generate], deadline=None)
    @given(arrivals(), st.integers(0, 600))
    def test_what_was_seen_then_is_what_is_worked_out_now(
        self, engine: Stack, history: list[tuple[datetime, dict[str, Any]]], minute: int
    ) -> None:
        engine.reset()
        forget()
        settle()
        moment, seen = NOW + timedelta(minutes=minute), None
        for at, one in history:
            if seen is None and at > moment:
                seen = self.standing()
            assert take(one, now=at) == set()
        seen = self.standing() if seen is None else seen
        then = as_of(moment).then
        assert {name: n for name, n in then.counters.items() if n} == seen[0]
        assert dict(then.gauges) == seen[1]

    def standing(self) -> tuple[dict[str, int], dict[str, Any]]:
        with acting_for(BUREAU):
            told = LedgerStore().day(SHAOLIN.id, DAY)
        if told is None:
            return {}, {}
        return {name: n for name, n in told.counters.items() if n}, dict(told.gauges)


def test_a_shuffled_day_is_the_same_day(office: Desk) -> None:
    events = [entry(n, at=later(minutes=-n)) for n in range(12)]
    random.Random(5).shuffle(events)
    for index, one in enumerate(events):
        take(one, now=later(minutes=index + 1))
    assert as_of(later(minutes=6)).then.count("received") == 6

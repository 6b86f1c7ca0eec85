"""Figures, wall and close: pure rules."""

import random
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.messaging.manifest import day_manifest, id_weight
from tenants.bureau.domain.close import judge_close
from tenants.bureau.domain.entry import entry_of, slot_of
from tenants.bureau.domain.figures import (
    Gauge,
    added,
    contribution,
    day_of,
    gauge_day,
    gauges,
    negated,
    receipt,
)
from tenants.bureau.domain.line import nights_of
from tenants.bureau.domain.wall import Day, Known, level_of, status_of, wall_of
from tenants.bureau.routes.views import csv_of
from tests.feed_world import HOTEL, NOW, SHAOLIN, SONGYANG, entry, flow, later, payment, said, ticket

DAY = date(2026, 11, 22)
KNOWN = [Known(id=one.id, name=one.name, kind=one.kind, district=one.district) for one in (SHAOLIN, SONGYANG)]


def crossing(level: int, direction: str, count: int = 85, **more: Any) -> dict[str, Any]:
    data = {
        "area": "main",
        "level": level,
        "direction": direction,
        "cap": "instant",
        "count": count,
        "limit": 100,
    }
    return said("tourism.scenic.capacity.crossed.v1", data, **more)


def day(*envelopes: dict[str, Any], sender: Any = SHAOLIN) -> Day:
    latest: dict[str, Gauge] = {}
    for one in envelopes:
        for name, gauge in gauges(one).items():
            latest[name] = max(gauge, latest.get(name, gauge), key=lambda g: (g.at, g.id))
    parts = [contribution(one) for one in envelopes]
    parts += [receipt(one, weight=id_weight(one["id"]), late=False) for one in envelopes]
    return Day(sender=sender.id, counters=added(parts), gauges=latest, heard="2026-11-22T02:30:00.000Z")


def test_what_each_event_adds() -> None:
    assert contribution(ticket(3, price=9000)) == {
        "sold": 3,
        "sold_fen": 9000,
        "sold@10": 3,
        "sold/main": 3,
        "sold_fen/main": 9000,
        "sold.online": 3,
        "ahead.0": 3,
        "origin.other": 3,
    }
    assert contribution(entry(2, refused={"used": 1, "over": 2})) == {
        "admitted": 2,
        "admitted@10": 2,
        "admitted/main": 2,
        "admitted/main@10": 2,
        "refused": 3,
        "refused.used": 1,
        "refused.over": 2,
    }
    assert contribution(payment(100, refund=True)) == {
        "refunds": 1,
        "refund_fen": 100,
        "refund_fen.card": 100,
    }
    assert contribution(flow(5)) == {}
    assert contribution(entry(2, status="exercise")) == {}


def test_the_day_is_the_local_day_of_the_occurrence() -> None:
    assert day_of(entry(1, at=NOW.replace(hour=15, minute=59))) == DAY
    assert day_of(entry(1, at=NOW.replace(hour=16, minute=0))) == DAY + timedelta(days=1)
    assert slot_of(NOW, "t") == "2026-11-22T10#t"


@given(st.lists(st.integers(0, 9), max_size=20), st.randoms(use_true_random=False))
def test_a_sum_knows_no_order_and_a_correction_takes_back_exactly(
    amounts: list[int], dice: random.Random
) -> None:
    parts = [contribution(entry(n, refused={"used": n // 2})) for n in amounts]
    shuffled = parts[:]
    dice.shuffle(shuffled)
    assert added(parts) == added(shuffled)
    assert added([*parts, *map(negated, shuffled)]) == {}


def test_the_ladder_goes_up_and_down() -> None:
    assert level_of(day()) is None
    assert level_of(day(crossing(80, "up"))) == 80
    assert level_of(day(crossing(90, "up"), crossing(90, "down", at=later(minutes=1)))) == 80
    assert level_of(day(crossing(80, "up"), crossing(80, "down", at=later(minutes=1)))) == 0
    assert level_of(day(crossing(90, "down", count=3))) == 0, "one word said that it emptied at once"
    assert level_of(day(flow(1000))) == 100
    assert level_of(day(flow(10))) == 0


def test_of_crossing_and_flow_the_newer_word_counts() -> None:
    assert level_of(day(crossing(90, "up"), flow(10, at=later(minutes=9)))) == 0, "the way down was lost"
    assert level_of(day(flow(10), crossing(90, "up", at=later(minutes=1)))) == 90
    assert level_of(day(crossing(80, "down"), flow(1000, at=later(minutes=1)))) == 100, "the way up was lost"


def test_the_status_of_several_areas() -> None:
    def status(area: str, word: str) -> dict[str, Any]:
        return said("tourism.scenic.status.changed.v1", {"area": area, "status": word, "reason": ""})

    assert status_of(day()) is None
    assert status_of(day(status("a", "open"))) == "open"
    assert status_of(day(status("a", "open"), status("b", "closed"))) == "limited"
    assert status_of(day(status("a", "closed"), status("b", "closed"))) == "closed"


def test_silence_is_not_zero() -> None:
    wall = wall_of(day=DAY, days=[day(entry(0))], known=KNOWN, hour=10)
    spoke, silent = wall.lines
    assert (spoke.sender, spoke.reporting, spoke.admitted, spoke.inside) == (SHAOLIN.id, True, 0, None)
    assert (silent.sender, silent.reporting) == (SONGYANG.id, False)
    assert wall.silent == 1
    assert wall.inside is None
    assert wall.hours_admitted[10] == 0
    assert wall.hours_admitted[11] is None, "still to come"
    assert wall_of(day=DAY, days=[], known=KNOWN, hour=None).hours_sold == [None] * 24


def test_an_empty_close_is_not_silence() -> None:
    close = said("tourism.scenic.day.closed.v1", {"day": "2026-11-22", "sent": {}, "previous": ""})
    told = Day(sender=SHAOLIN.id, gauges=gauges(close))
    assert wall_of(day=DAY, days=[told], known=KNOWN, hour=None).silent == 1


def test_totals_add_up_over_areas_and_senders() -> None:
    days = [day(flow(100), entry(5), ticket(2)), day(flow(50), entry(7), sender=SONGYANG)]
    wall = wall_of(day=DAY, days=days, known=KNOWN, hour=None)
    assert (wall.inside, wall.instant, wall.admitted, wall.sold) == (150, 2000, 12, 2)


def test_how_full_it_is_follows_the_limit_that_is_nearer() -> None:
    def line(**more: int) -> tuple[float | None, bool]:
        value = {"inside": 300, "instantCapacity": 1000, "enteredToday": 850, "dayCapacity": 1000, **more}
        told = Day(
            sender=SHAOLIN.id, gauges={"flow:main": Gauge(at="2026-11-22T02:00:00Z", id="1", value=value)}
        )
        found = wall_of(day=DAY, days=[told], known=KNOWN[:1], hour=None).lines[0]
        return found.share, found.by_day

    assert line() == (0.85, True)
    assert line(inside=900) == (0.9, False)
    assert line(dayCapacity=0) == (0.3, False)
    assert line(dayCapacity=0, instantCapacity=0) == (None, False)


def test_the_latest_word_wins_whatever_the_order() -> None:
    early, late = flow(1, at=later(minutes=-1)), flow(2)
    for order in ([early, late], [late, early]):
        assert day(*order).latest("flow")[0]["inside"] == 2


def test_a_close_belongs_to_the_day_it_closes() -> None:
    close = said("tourism.scenic.day.closed.v1", {"day": "2026-11-21", "sent": {}, "previous": ""})
    assert gauge_day(close) == date(2026, 11, 21)


def test_the_close_is_compared_by_count_and_digest() -> None:
    events = [ticket(1), ticket(2), entry(1)]

    def verdict(arrived: list[Any], sent: list[Any]) -> Any:
        close = said(
            "tourism.scenic.day.closed.v1",
            {"day": DAY.isoformat(), "sent": day_manifest(sent), "previous": "abc"},
        )
        return judge_close(day(*arrived).counters, gauges(close)["close"])

    assert judge_close({}, None).state == "open"
    assert verdict(events, events).state == "equal"
    assert verdict([], []).state == "equal"
    assert verdict(events[:1], events).state == "missing"
    assert verdict(events[:1], events).missing == 2
    assert verdict(events, events[:2]).state == "surplus"
    assert verdict([ticket(1)], [ticket(1)]).state == "differs"
    assert verdict(events[1:], [events[0], events[2]]).lacking == ["tourism.scenic.ticket.issued.v1"]


def test_a_spreadsheet_runs_no_formula() -> None:
    envelope = {**ticket(1), "subject": "=1+1"}
    from tenants.bureau.domain.entry import Filed

    text = csv_of([Filed(entry=entry_of(envelope, received=NOW, weight=1, due=None))]).decode("utf-8-sig")
    assert ",'=1+1," in text


def test_lateness_follows_the_deadline_that_is_named_or_declared() -> None:
    def late(envelope: dict[str, Any], *, due: Any, after: float) -> bool:
        return entry_of(envelope, received=later(minutes=after), weight=1, due=due).late

    assert not late(entry(1), due=None, after=9999)
    assert late(entry(1), due=timedelta(minutes=5), after=6)
    assert not late(entry(1), due=timedelta(minutes=5), after=4)
    assert late(entry(1, due=later(minutes=60)), due=timedelta(minutes=5), after=30), "nobody grants himself"
    assert late(entry(1, due=later(minutes=2)), due=timedelta(minutes=5), after=3)
    assert not late(entry(1, due=later(minutes=60)), due=None, after=30)


def night(**more: Any) -> dict[str, Any]:
    data = {"date": "2026-11-21", "roomsAvailable": 10, "roomsSold": 4, "roomRevenue": 120_000, **more}
    return said("tourism.lodging.nightaudit.closed.v1", {"otherRevenue": 0, **data}, by=HOTEL)


def test_a_night_on_which_more_was_corrected_than_earned_is_below_nothing() -> None:
    (gauge,) = gauges(night(roomRevenue=0, roomShortfall=7_000, otherShortfall=1)).values()
    assert (gauge.value["roomRevenue"], gauge.value["otherRevenue"]) == (-7_000, -1)
    (plain,) = gauges(night()).values()
    assert plain.value["roomRevenue"] == 120_000


def test_the_houses_of_one_enterprise_stand_beside_one_another() -> None:
    told = Day(sender=HOTEL.id)
    for one in (
        night(property="inn"),
        night(property="villa", roomsSold=1, roomRevenue=0, roomShortfall=20_000),
    ):
        told.gauges.update(gauges(one))
    found = nights_of(told)
    assert found is not None
    assert (found.available, found.sold, found.revenue) == (20, 5, 100_000)

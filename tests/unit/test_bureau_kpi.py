"""KPIs: exact values, versions, parts, the difference between nothing said and nothing wrong."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.period import SHANGHAI, rfc3339
from tenants.bureau.domain.day import Day, Known, second_of
from tenants.bureau.domain.directive import Directive, Receipt
from tenants.bureau.domain.disclosure import LEAST, publishable
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.grades import ROWS, grade_of
from tenants.bureau.domain.indicators import KPIS
from tenants.bureau.domain.kpi import Definition, Reading, definition_on, read
from tenants.bureau.domain.measures import Subject
from tenants.bureau.domain.wall import wall_of
from tests.feed_world import DAY, NOW, later

HOTEL = Known(id="h", name="嵩山饭店", kind="hotel", district="410185")
SCENIC = Known(id="s", name="少林寺景区", kind="scenic", district="410185")
AGENCY = Known(id="a", name="旅行社", kind="agency", district="410105")
EVENING = later(hours=30)
DAY_BEGAN = datetime.combine(DAY, time(), SHANGHAI)


def subject(
    known: Known, counters: dict[str, int] | None = None, *, day: date = DAY, **gauges: Any
) -> Subject:
    told = Day(
        sender=known.id,
        counters={"received": 1, **counters} if counters is not None else {},
        gauges={name: Gauge(rfc3339(NOW), "ev_1", value) for name, value in gauges.items()},
    )
    return Subject(known=known, day=day, told=told, heard=counters is not None, now=EVENING)


def reading(code: str, *subjects: Subject, by: Any = None) -> Reading:
    definition = definition_on(KPIS, code=code, day=DAY)
    assert definition is not None
    return read(definition, subjects, first=DAY, last=DAY, by=by)


def test_the_published_hotel_figures_follow() -> None:
    """Q3 2018 in the national bulletin: 341.76 a night at 60.86 % is 208.0 per available room."""
    audit = {"roomsAvailable": 10_000, "roomsSold": 6_086, "roomRevenue": 6_086 * 34_176}
    night = subject(HOTEL, {}, audit=audit)
    assert reading("M11", night).whole.value == Fraction(6086, 100)
    assert reading("M12", night).whole.value == 34_176
    per_room = reading("M13", night).whole.value
    assert per_room is not None
    assert round(float(per_room) / 100, 1) == 208.0


@pytest.mark.parametrize(
    ("cases", "orders", "state"), [(1, 2000, "met"), (2, 3999, "missed"), (0, 50, "met")]
)
def test_half_a_permille_is_exact(cases: int, orders: int, state: str) -> None:
    found = reading(
        "K07", subject(SCENIC, {"cases": cases, "orders": orders, "n:tourism.complaint.case.opened.v1": 1})
    )
    assert found.state == state


def test_without_a_complaint_desk_there_is_no_complaint_rate() -> None:
    assert reading("K07", subject(SCENIC, {"orders": 5000})).state == "unmeasured"


def test_three_of_ten_online_by_count_and_by_value() -> None:
    counters = {"orders": 10, "orders.online": 3, "order_fen": 1000, "order_fen.online": 299}
    assert (
        reading("K14a", subject(SCENIC, counters)).whole.value,
        reading("K14a", subject(SCENIC, counters)).state,
    ) == (30, "met")
    assert reading("K14b", subject(SCENIC, counters)).state == "missed"


def test_silence_is_not_zero_and_few_answers_are_no_basis() -> None:
    assert reading("M01", subject(SCENIC)).state == "unmeasured"
    assert reading("M01", subject(SCENIC, {})).whole.value == 0
    few = {"score": 100, "scored": 29, "n:tourism.survey.response.submitted.v1": 3}
    assert reading("K12", subject(HOTEL, few)).state == "insufficient"
    assert reading("K12", subject(HOTEL, {**few, "scored": 30})).state == "plain"


def test_parts_add_up_to_the_whole() -> None:
    days = [subject(SCENIC, {"admitted": n}, day=DAY - timedelta(days=n)) for n in range(1, 4)]
    days += [subject(HOTEL, {"admitted": 99}), subject(AGENCY, {"admitted": 5})]
    found = reading("M01", *days, by="day")
    assert [cell.numerator for cell in found.parts] == [3, 2, 1]
    assert found.whole.numerator == 6, "of scenic areas alone"
    assert sum(cell.numerator for cell in found.parts) == found.whole.numerator


def test_a_new_version_holds_from_its_day_on() -> None:
    old = next(one for one in KPIS if one.code == "K14a")
    new = replace(old, version=2, since=DAY, threshold=Fraction(50))
    rows: list[Definition] = [replace(old, until=DAY), new]
    assert definition_on(rows, code="K14a", day=DAY - timedelta(days=1)) == rows[0]
    assert definition_on(rows, code="K14a", day=DAY) == new
    assert definition_on(rows, code="K99", day=DAY) is None


def test_every_row_is_complete_and_no_two_hold_at_once() -> None:
    for one in KPIS:
        assert one.owner
        assert one.source
        assert sum(other.code == one.code and other.holds(DAY) for other in KPIS) == 1
        measures = [part for part in (one.numerator, one.denominator) if part is not None]
        assert all(type.startswith("tourism.") for part in measures for type in part.types)


def test_active_use_is_asked_once_per_sender() -> None:
    quiet = subject(AGENCY, {"received": 1, "apart": 1}, day=DAY)
    found = reading(
        "K11", subject(SCENIC, {}), subject(SCENIC, {}, day=DAY - timedelta(days=1)), subject(HOTEL), quiet
    )
    assert (found.whole.numerator, found.whole.denominator) == (1, 3), "an exercise is no use"


def test_overload_lasts_until_now_where_it_is_still_up() -> None:
    up = 9 * 3600
    counters = {
        "over/a.instant.100": -up,
        "up/a.instant.100": 1,
        "over/b.instant.100": 120,
        "over/a.day.100": 7,
    }
    assert reading("M02", subject(SCENIC, counters)).whole.value == Fraction(86_400 - up + 120, 60)
    at_ten = replace(subject(SCENIC, counters), now=NOW)
    assert second_of(NOW, day=DAY) == 10.5 * 3600
    assert reading("M02", at_ten).whole.value == Fraction(int(1.5 * 3600) + 120, 60)


def test_who_fell_silent_over_its_limit_is_counted_to_its_last_word_and_shown_no_further() -> None:
    ten, counters = DAY_BEGAN + timedelta(hours=10), {"over/a.instant.100": -9 * 3600, "up/a.instant.100": 1}
    flow = Gauge(at=rfc3339(ten), id="e", value={"inside": 620, "instantCapacity": 600})
    seen = Gauge(at=rfc3339(ten), id="e", value=620)
    told = Day(
        sender=SCENIC.id,
        counters={**counters, "received": 2},
        gauges={"flow:a": flow, "seen:a@09": replace(seen, value=580), "seen:a@10": seen},
    )
    assert told.over(100, cap="instant") == {"a": 3600}
    board = wall_of(day=DAY, days=[told], known=[SCENIC], hour=None)
    assert board.overload == 3600
    assert board.hours_inside[9:12] == [580, 620, None], "silence is neither zero nor the last word for ever"


def test_receipts_count_when_they_are_due() -> None:
    directive = Directive(
        id="cm_1",
        kind="alert",
        to=("s", "h"),
        data={},
        issued=NOW,
        due=later(minutes=5),
        status="actual",
        by="",
    )
    receipts = [
        Receipt(known=SCENIC, state="acknowledged", delivered=1, read=300),
        Receipt(known=SCENIC, state="acknowledged", delivered=1, read=301),
        Receipt(known=SCENIC, state="waiting", overdue=60),
    ]
    owed = replace(subject(SCENIC, {}), owed=[(directive, one) for one in receipts])
    assert (reading("K06", owed).whole.numerator, reading("K06", owed).whole.denominator) == (1, 3)
    early = replace(owed, now=later(minutes=1), owed=[(directive, receipts[2])])
    assert reading("K06", early).state == "unmeasured"
    drill = replace(owed, owed=[(replace(directive, status="exercise"), receipts[0])])
    assert reading("K06", drill).whole.denominator == 0
    proposals = [replace(directive, stage=stage) for stage in ("pending", "declined")]
    unsent = replace(owed, owed=[(one, receipts[2]) for one in proposals])
    assert reading("K06", unsent).whole.denominator == 0, "what never went down is owed by nobody"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.grade)
def test_a_grade_begins_exactly_at_its_numbers(row: Any) -> None:
    for name in ("deaths", "injuries", "stranded"):
        limit = getattr(row, name)
        assert grade_of({name: limit, "grade": "none"}, day=DAY) == row.grade
        assert grade_of({name: limit - 1, "grade": "none"}, day=DAY) != row.grade
    assert grade_of({"deaths": row.deaths - 1, "missing": 1, "grade": "none"}, day=DAY) == row.grade


def test_a_declared_grade_is_never_lowered_and_ten_deaths_are_major() -> None:
    assert grade_of({"grade": "major", "deaths": 0}, day=DAY) == "major"
    nine = {"grade": "general", "deaths": 9}
    assert reading("K08", subject(SCENIC, {}, **{"incident:x": nine})).state == "met"
    assert reading("K08", subject(SCENIC, {}, **{"incident:x": {**nine, "deaths": 10}})).state == "missed"


class TestSmallNumbers:
    def test_a_small_cell_is_hidden_and_cannot_be_worked_out(self) -> None:
        assert publishable({"JP": 4, "KR": 40, "US": 300}) == {"JP": None, "KR": None, "US": 300}
        assert publishable({"JP": 4, "KR": 40}, total=False) == {"JP": None, "KR": 40}
        assert publishable({"JP": 0, "KR": 10}) == {"JP": 0, "KR": 10}

    @given(st.dictionaries(st.text(max_size=3), st.integers(0, 60), max_size=8))
    def test_nothing_small_is_published_and_nothing_small_follows(self, cells: dict[str, int]) -> None:
        shown = publishable(cells)
        hidden = [cells[key] for key, n in shown.items() if n is None]
        assert all(n is None or n == 0 or n >= LEAST for n in shown.values())
        rest = sum(cells.values()) - sum(n for n in shown.values() if n is not None)
        assert not 0 < rest < LEAST or len([n for n in cells.values() if n]) == len(hidden)
        assert len(hidden) != 1 or sum(1 for n in cells.values() if n) == 1

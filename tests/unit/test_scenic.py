"""The rules of a scenic area: codes, sessions, the ladder, concessions."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.documents import DocumentKind, age_on, document
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import local
from chalicelib.tenancy.context import bind
from tenants.scenic.domain.area import (
    Capacity,
    Gauge,
    Session,
    Timetable,
    ladder,
    level_after,
    on_sale,
)
from tenants.scenic.domain.product import (
    ClassUnfit,
    Concession,
    SamePerson,
    TooMany,
    Visitor,
    check_party,
)
from tenants.scenic.domain.ticket import (
    SIZE,
    CodeInvalid,
    Pass,
    TicketOver,
    TooEarly,
    base45,
    check_time,
    unbase45,
    unpack,
)
from tenants.scenic.store.catalogue import _area, area_row
from tests.scenic_world import DAY, MORNING, NOON, area, context, person, product

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
PASSES = st.builds(
    Pass,
    order=st.text(alphabet=CROCKFORD, min_size=16, max_size=16),
    number=st.integers(1, 255),
    day=st.dates(date(2020, 1, 1), date(2190, 1, 1)),
    start=st.integers(0, 1440),
    end=st.integers(0, 1440),
    area=st.integers(0, 65535),
    concession=st.integers(0, 65535),
    people=st.integers(1, 999),
)


@given(pass_=PASSES)
def test_a_pass_is_24_bytes_and_says_the_same_again(pass_: Pass) -> None:
    assert len(pass_.pack()) == SIZE == 24
    assert unpack(pass_.pack()) == pass_


def test_a_pass_of_another_version_is_not_read() -> None:
    with pytest.raises(CodeInvalid):
        unpack(b"\x02" + bytes(SIZE - 1))


@given(data=st.binary(max_size=200))
def test_base45_says_the_same_again(data: bytes) -> None:
    assert unbase45(base45(data)) == data


@pytest.mark.parametrize(
    ("plain", "coded"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")]
)
def test_base45_is_that_of_the_standard(plain: bytes, coded: str) -> None:
    assert base45(plain) == coded
    assert unbase45(coded) == plain


@pytest.mark.parametrize("text", ["A", "AAAA", "bb8", "B B8é", ":::", "GGW", "::", "A\n0"])
def test_what_is_not_base45_is_not_read(text: str) -> None:
    with pytest.raises(CodeInvalid):
        unbase45(text)


@given(text=st.text(max_size=60))
def test_no_text_whatever_makes_reading_crash(text: str) -> None:
    try:
        data = unbase45(text)
    except CodeInvalid:
        return
    assert base45(data) == text


@pytest.mark.parametrize(
    ("count", "said"),
    [(799, []), (800, [80]), (899, [80]), (900, [80, 90]), (999, [80, 90]), (1000, [80, 90, 100])],
)
def test_a_level_is_reached_to_the_head(count: int, said: list[int]) -> None:
    assert ladder(count=count, limit=1000, level=0) == [(level, "up") for level in said]


@pytest.mark.parametrize(
    ("count", "level", "said"),
    [
        (950, 100, []),
        (949, 100, [100]),
        (850, 90, []),
        (849, 90, [90]),
        (750, 80, []),
        (749, 80, [80]),
        (0, 100, [100, 90, 80]),
        (849, 100, [100, 90]),
    ],
)
def test_a_level_is_left_five_points_below_it(count: int, level: int, said: list[int]) -> None:
    assert ladder(count=count, limit=1000, level=level) == [(mark, "down") for mark in said]


@given(counts=st.lists(st.integers(0, 1100), max_size=60))
def test_the_ladder_says_each_step_once_and_in_order(counts: list[int]) -> None:
    level, marks = 0, [0, 80, 90, 100]
    for count in counts:
        for mark, direction in ladder(count=count, limit=1000, level=level):
            expected = marks[marks.index(level) + 1] if direction == "up" else level
            assert mark == expected
            level = level_after(level, [(mark, direction)])
        assert ladder(count=count, limit=1000, level=level) == []
        if level < 100:
            assert count < marks[marks.index(level) + 1] * 10
        assert count >= (level - 5) * 10 or level == 0


@given(centre=st.sampled_from([800, 900, 1000]), steps=st.lists(st.integers(-40, 0), max_size=30))
def test_a_count_that_trembles_below_a_level_rings_once(centre: int, steps: list[int]) -> None:
    level = level_after(0, ladder(count=centre, limit=1000, level=0))
    for step in steps:
        assert ladder(count=centre + step, limit=1000, level=level) == []


@pytest.mark.parametrize(
    ("gauge", "stops"),
    [
        (Gauge(inside=99), False),
        (Gauge(inside=100), True),
        (Gauge(inside=10, entered=400), True),
        (Gauge(inside=96, level_instant=100), True),
        (Gauge(inside=96, level_instant=90), False),
        (Gauge(inside=0, entered=390, level_day=100), True),
    ],
)
def test_sale_and_entry_stand_still_at_a_maximum_until_the_way_down_is_announced(
    gauge: Gauge, stops: bool
) -> None:
    capacity = Capacity(instant=100, day=400, approval="批复", approved_on=DAY)
    assert gauge.stops(capacity) is stops


BORN_ON_THE_DAY = date(DAY.year - 60, DAY.month, DAY.day)


@pytest.mark.parametrize(
    ("born", "code", "fits"),
    [
        (BORN_ON_THE_DAY, "senior", True),
        (BORN_ON_THE_DAY + timedelta(days=1), "senior", False),
        (date(DAY.year - 6, DAY.month, DAY.day), "youth", True),
        (date(DAY.year - 6, DAY.month, DAY.day) + timedelta(days=1), "youth", False),
        (date(DAY.year - 19, DAY.month, DAY.day) + timedelta(days=1), "youth", True),
        (date(DAY.year - 19, DAY.month, DAY.day), "youth", False),
        (date(1950, 1, 1), "adult", True),
    ],
)
def test_the_age_that_counts_is_that_of_the_visits_day(born: date, code: str, fits: bool) -> None:
    found = person(1, born=born, concession=code)
    row = product().concession(code, DAY)
    if fits:
        row.check(found.document, DAY)
    else:
        with pytest.raises(ClassUnfit) as refused:
            row.check(found.document, DAY)
        assert refused.value.facts["age"] == age_on(born, DAY)


def test_a_passport_tells_no_age_and_the_gate_asks() -> None:
    foreigner = document(DocumentKind.PASSPORT, "E12345678")
    for row in product().classes:
        row.check(foreigner, DAY)
    assert foreigner.born is None


def test_a_concession_is_in_force_from_its_first_day_to_its_last() -> None:
    row = Concession(code="x", titles={"zh": "x"}, price=1, valid_from=DAY, valid_to=DAY + timedelta(days=1))
    days = [DAY + timedelta(days=offset) for offset in (-1, 0, 1, 2)]
    assert [row.valid(day) for day in days] == [False, True, True, False]
    with pytest.raises(Missing):
        product().concession("nobody", DAY)


def test_a_party_is_one_to_nine_different_people() -> None:
    everybody = [person(number) for number in range(1, 11)]
    check_party(everybody[:1], product=product(), day=DAY)
    check_party(everybody[:9], product=product(), day=DAY)
    for wrong in ([], everybody):
        with pytest.raises(TooMany):
            check_party(wrong, product=product(), day=DAY)
    twice = Visitor(name="别名", document=everybody[0].document, concession="youth")
    with pytest.raises(SamePerson):
        check_party([everybody[0], twice], product=product(), day=DAY)


@pytest.mark.parametrize(
    ("wall", "refusal"),
    [
        (time(11, 29, 59), TooEarly),
        (time(11, 30), None),
        (time(17, 59, 59), None),
        (time(18, 0), TicketOver),
    ],
)
def test_a_ticket_admits_from_half_an_hour_before_its_session_to_its_end(
    wall: time, refusal: type[Exception] | None
) -> None:
    pass_ = Pass(order="0" * 16, number=1, day=DAY, start=720, end=1080, area=0, concession=0, people=1)
    if refusal is None:
        check_time(pass_, early=30, now=local(DAY, wall))
        refusal = TicketOver
        with pytest.raises(refusal):
            check_time(pass_, early=30, now=local(DAY + timedelta(days=1), wall))
    else:
        with pytest.raises(refusal):
            check_time(pass_, early=30, now=local(DAY, wall))


def test_a_session_is_sold_from_two_weeks_ahead_until_it_ends() -> None:
    session = Session(start=MORNING, end=NOON, capacity=1)
    noon = local(DAY, NOON)
    assert on_sale(session, DAY, now=noon - timedelta(seconds=1))
    assert not on_sale(session, DAY, now=noon)
    morning = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    assert on_sale(session, DAY + timedelta(days=14), now=morning)
    assert not on_sale(session, DAY + timedelta(days=15), now=morning)
    assert not on_sale(session, DAY - timedelta(days=1), now=morning)


def test_the_timetable_in_force_is_the_newest_that_has_begun() -> None:
    old = Timetable(
        valid_from=DAY - timedelta(days=9), sessions=(Session(start=MORNING, end=NOON, capacity=1),)
    )
    new = Timetable(valid_from=DAY, sessions=(Session(start=MORNING, end=NOON, capacity=2),))
    place = replace(area(), timetables=(new, old))
    assert [session.capacity for session in place.sessions(DAY)] == [2]
    assert [session.capacity for session in place.sessions(DAY - timedelta(days=1))] == [1]
    assert place.sessions(DAY - timedelta(days=10)) == ()
    with pytest.raises(Missing):
        place.slot(DAY, time(9, 0))


def test_sessions_beyond_the_approved_day_are_an_error_of_setting_up() -> None:
    area(places=10, day=30).check_timetable()
    with pytest.raises(ValueError, match="daily maximum"):
        area(places=10, day=29).check_timetable()


def test_a_gate_is_named_in_the_readers_language_or_the_nearest_that_was_written() -> None:
    place = replace(area(), gate_names={"south": {"en": "South Gate"}})
    assert [place.gate("south", locale) for locale in ("zh", "en", "ja")] == [
        "南门",
        "South Gate",
        "South Gate",
    ]
    assert place.gate("east", "en") == "东门"
    with bind(context()):
        row = area_row(place)
    assert _area(place.id, json.loads(row.body)) == place

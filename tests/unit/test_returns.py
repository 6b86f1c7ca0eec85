"""Statutory returns at the unit: what is known, written, signed, sent back and corrected; without a table."""

import re
from dataclasses import replace
from datetime import date

import pytest

from chalicelib.kernel.period import SHANGHAI
from chalicelib.messaging.returns.domain import (
    NotDeclaredYet,
    NotFilled,
    NotOpen,
    SamePerson,
    WhyMissing,
    declared_hash,
    due_at,
    working_days_left,
)
from chalicelib.messaging.returns.forms import FORMS, form_on, period_named
from chalicelib.messaging.returns.values import Given, ReasonMissing, ValueInvalid
from chalicelib.messaging.schemas import contracts
from chalicelib.web.return_words import read, shown
from tests.feed_world import HOTEL, SHAOLIN
from tests.returns_world import (
    LATER,
    NOW,
    PASSED,
    RETURNED,
    asked_of_us,
    signed,
    signing,
    writing,
)


def test_what_follows_from_other_fields_is_worked_out_from_what_is_declared() -> None:
    one = asked_of_us().written(writing(), by="m", now=NOW)
    values = one.values()
    assert (values["occupancy"], values["average_price"], values["revpar"]) == (6_000, 30_000, 18_000)
    assert values["income"] == 60_000_000
    assert one.differences() == []


@pytest.mark.parametrize(
    ("price", "occupancy", "expected"),
    [(34_176, 6_086, 20_800), (34_351, 5_559, 19_096), (37_855, 5_670, 21_464)],
)
def test_revpar_is_what_the_bulletins_print(price: int, occupancy: int, expected: int) -> None:
    """Published: 341.76 x 60.86 % = 208.00 and so on; publishers round their inputs, so two fen."""
    given = writing(
        available=Given(value=10_000, reason="mistake"),
        let=Given(value=occupancy, reason="mistake"),
        room_income=Given(value=price * occupancy, reason="mistake"),
    )
    revpar = asked_of_us().written(given, by="m", now=NOW).values()["revpar"]
    assert revpar is not None
    assert abs(revpar - expected) <= 2


def test_a_value_that_differs_needs_a_reason_and_other_needs_words() -> None:
    for reason in ("", "because", "other"):
        with pytest.raises(ReasonMissing) as refused:
            asked_of_us().written(writing(guests=Given(value=2600, reason=reason)), by="m", now=NOW)
        assert [fault["at"] for fault in refused.value.facts["errors"]] == ["/guests"]
    one = asked_of_us().written(writing(guests=Given(value=2600, reason="missing")), by="m", now=NOW)
    assert one.differences() == [{"field": "guests", "computed": 2500, "declared": 2600, "reason": "missing"}]


def test_the_own_books_fill_in_first_and_the_figures_are_what_it_is_held_against() -> None:
    one = replace(asked_of_us(inbound=None), booked={"available": 3100, "food_income": 1_000_000})
    assert one.values()["available"] == 3100
    assert (one.known["let"], one.known["food_income"]) == (1800, 1_000_000)
    with pytest.raises(ReasonMissing) as refused:
        one.written(writing(available=Given(value=3100)), by="m", now=NOW)
    assert [fault["at"] for fault in refused.value.facts["errors"]] == ["/available"]
    told = one.written(writing(available=Given(value=3100, reason="late")), by="m", now=NOW)
    assert [each["field"] for each in told.differences()] == ["available"]
    with pytest.raises(ReasonMissing):
        one.written(writing(food_income=Given(value=1)), by="m", now=NOW)


def test_a_part_is_never_more_than_its_whole() -> None:
    with pytest.raises(ValueInvalid) as refused:
        asked_of_us().written(writing(inbound=Given(value=2501, reason="late")), by="m", now=NOW)
    assert [fault["at"] for fault in refused.value.facts["errors"]] == ["/inbound"]


def test_two_people_fill_in_and_sign_where_there_are_two() -> None:
    filled = asked_of_us().written(writing(), by="m", now=NOW)
    with pytest.raises(SamePerson):
        signing(filled, by="m")
    assert signing(filled, by="m", alone=True)[0].state == "declared"
    assert signing(filled, by="n")[0].signer == "n"


def test_what_was_declared_is_corrected_by_a_new_version_that_names_it() -> None:
    with pytest.raises(NotDeclaredYet):
        asked_of_us().amended("漏报两天", by="m", now=NOW)
    first, said = signed(asked_of_us())
    for why in ("", "错", "请电 13800001234"):
        with pytest.raises(WhyMissing):
            first.amended(why, by="m", now=NOW)
    opened = first.amended("漏报两天", by="m", now=NOW)
    assert (opened.state, opened.hash, opened.late(NOW.replace(month=12))) == ("amending", first.hash, False)
    passed = opened.judged({"hash": first.hash, "level": "district"}, type=PASSED, at=LATER)
    assert passed.state == "amending", "the unit is at it; that the district passed the old one is kept"
    given_up = passed.dropped(said.data, by="m", now=NOW)
    assert (given_up.state, given_up.why, given_up.values()) == ("checked", "", first.values())
    again, event = signed(opened, staff=Given(value=99))
    contracts()[event.type].check(dict(event.data))
    assert (event.data["replaces"], event.data["why"], event.data["version"]) == (first.hash, "漏报两天", 2)
    assert (again.why, again.state) == ("", "declared")
    with pytest.raises(NotOpen):
        again.dropped(said.data, by="m", now=NOW)


@pytest.mark.parametrize("note", ["电话 13800001234", "410100199001011234", "138 0000 1234"])
def test_a_note_with_a_number_of_a_person_is_refused(note: str) -> None:
    with pytest.raises(ReasonMissing):
        asked_of_us().written(writing(guests=Given(value=2501, reason="other", note=note)), by="m", now=NOW)


def test_what_nobody_computed_may_be_anything_but_not_nothing() -> None:
    one = asked_of_us(inbound=None).written(writing(inbound=Given(value=7)), by="m", now=NOW)
    assert one.differences() == []
    empty = asked_of_us().written(writing(staff=Given()), by="m", now=NOW)
    with pytest.raises(NotFilled):
        signing(empty)
    with pytest.raises(NotFilled):
        signing(asked_of_us())
    with pytest.raises(ValueInvalid):
        asked_of_us().written(writing(staff=Given(value=-1)), by="m", now=NOW)


def test_signed_it_is_an_event_that_holds_to_its_contract_and_is_closed() -> None:
    one, event = signed(asked_of_us(), guests=Given(value=2509, reason="late", note="补录中"))
    contracts()[event.type].check(dict(event.data))
    assert event.data["hash"] == declared_hash(event.data, tenant=HOTEL.id) == one.hash
    assert declared_hash(event.data, tenant=SHAOLIN.id) != one.hash
    with pytest.raises(NotOpen):
        one.written(writing(), by="m", now=NOW)


def test_a_return_that_came_back_is_filled_again_and_an_old_judgement_says_nothing() -> None:
    one, _ = signed(asked_of_us())
    back = {"hash": one.hash, "level": "district", "reasons": "从业人数不对"}
    returned = one.judged(back, type=RETURNED, at=LATER)
    assert (returned.state, returned.reasons) == ("returned", "从业人数不对")
    again, event = signed(returned, staff=Given(value=86))
    assert event.data["version"] == 2
    assert again.judged(back, type=RETURNED, at=LATER) == again
    passed = {"hash": again.hash, "level": "district"}
    checked = again.judged(passed, type=PASSED, at=LATER)
    accepted = checked.judged({**passed, "level": "city"}, type=PASSED, at=LATER)
    assert [checked.state, accepted.state] == ["checked", "accepted"]
    assert [step.what for step in accepted.history][-4:] == ["filled", "declared", "checked", "accepted"]


@pytest.mark.parametrize(
    ("code", "period", "due"),
    [
        ("hotel-month", "2026-10", "2026-11-10"),
        ("hotel-month", "2026-09", "2026-10-10"),  # a Saturday that is worked
        ("agency-quarter", "2026Q3", "2026-10-15"),
        ("agency-quarter", "2026Q1", "2026-04-15"),
        ("agency-quarter", "2025Q3", "2025-10-15"),
        ("hotel-year", "2025", "2026-04-15"),
        ("scenic-month", "2026-04", "2026-05-11"),  # the tenth is a Sunday
    ],
)
def test_deadlines_move_to_a_working_day(code: str, period: str, due: str) -> None:
    found = period_named(period)
    assert found is not None
    of = form_on(code, found.last)
    assert of is not None
    assert due_at(of, found).astimezone(SHANGHAI).isoformat()[:16] == f"{due}T18:00"


def test_the_clock_counts_working_days() -> None:
    assert working_days_left(date(2026, 10, 10), date(2026, 9, 30)) == 3, "the holiday is not counted"
    assert working_days_left(date(2026, 10, 8), date(2026, 10, 8)) == 0
    assert working_days_left(date(2026, 9, 30), date(2026, 10, 9)) == -2


def test_every_form_is_whole() -> None:
    for one in FORMS:
        keys = [field.key for field in one.fields]
        assert len(keys) == len(set(keys)) <= 60
        for field in one.fields:
            assert not (field.figure and field.derived)
            for name in filter(None, [*field.derived.replace("+", "/").split("/"), field.within]):
                assert one.field(name) is not None, (one.code, field.key)
        assert one.source
        assert one.due.source
    for name in ("2026-13", "2026Q5", "x", "2026-1"):
        assert period_named(name) is None


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("1,234.50", "fen", 123_450), ("¥12", "fen", 1_200), (" 85 ", "count", 85), ("", "count", None)],
)
def test_numbers_are_read_as_people_write_them(text: str, unit: str, value: int | None) -> None:
    assert read(text, unit) == value
    if value is not None:
        assert read(shown(value, unit), unit) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [("1.234", "fen"), ("8.5", "count"), ("eight", "count"), ("1e999", "fen"), ("nan", "fen")],
)
def test_what_is_no_number_is_said_to_be_none(text: str, unit: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        read(text, unit)

"""People: what is personal stays closed; a document is checked, and says no more than it must."""

import copy
import json
import logging
import pickle
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.documents import (
    DocumentInvalid,
    DocumentKind,
    age_on,
    birth_date,
    check_digit,
    document,
)
from chalicelib.kernel.personal import Personal, masked_document, masked_name

SECRET = "张三丰410105199001011234"
BORN = st.dates(date(1900, 1, 1), date(2026, 1, 1))


@dataclass(frozen=True)
class Guest:
    name: Personal[str]


@pytest.mark.parametrize(
    "shown",
    [
        repr,
        str,
        lambda box: f"{box}",
        lambda box: f"{box!r:>40}",
        lambda box: f"{box:>40}",
        "{}".format,
        lambda box: "%s %r" % (box, box),  # noqa: UP031
        lambda box: repr([box, {box: box}]),
        lambda box: repr(Guest(name=box)),
        lambda box: json.dumps({"name": box}, default=str, ensure_ascii=False),
        lambda box: str(ValueError(box)),
    ],
)
def test_personal_data_prints_as_a_closed_box(shown: Any) -> None:
    text = shown(Personal(SECRET))
    assert "█" in text
    assert "张" not in text
    assert "4101" not in text


def test_personal_data_does_not_reach_a_log(caplog: pytest.LogCaptureFixture) -> None:
    box = Personal(SECRET)
    log = logging.getLogger("test")
    log.warning("guest %s %r", box, Guest(name=box))
    try:
        raise RuntimeError(box)
    except RuntimeError:
        log.exception("guest")
    assert "█" in caplog.text
    assert "张" not in caplog.text
    assert "4101" not in caplog.text


@pytest.mark.parametrize(
    "leave", [json.dumps, pickle.dumps, copy.copy, copy.deepcopy, iter, len, vars, dict, bytes]
)
def test_personal_data_is_not_taken_out_by_the_back_door(leave: Any) -> None:
    with pytest.raises(TypeError):
        leave(Personal(SECRET))


def test_opening_needs_a_reason() -> None:
    assert Personal(SECRET).reveal(reason="gate.check") == SECRET
    with pytest.raises(ValueError, match="reason"):
        Personal(SECRET).reveal(reason="")


def test_a_changed_value_stays_in_its_box() -> None:
    changed = Personal(SECRET).map(len)
    assert repr(changed) == "█"
    assert changed.reveal(reason="test") == len(SECRET)


def test_boxes_are_equal_by_what_is_in_them_and_unlike_what_is_not_boxed() -> None:
    assert Personal("a") == Personal("a")
    assert len({Personal("a"), Personal("a"), Personal("b")}) == 2
    assert Personal("a") != "a"


@given(name=st.text(min_size=2, max_size=40).map(str.strip).filter(lambda name: len(name) > 1))
def test_a_masked_name_shows_its_first_character_only(name: str) -> None:
    masked = masked_name(name)
    assert masked[0] == name[0]
    assert set(masked[1:]) == {"*"}
    assert len(masked) <= 4


@given(number=st.text(alphabet="0123456789X", min_size=2, max_size=30))
def test_a_masked_number_hides_its_middle(number: str) -> None:
    masked = masked_document(number)
    assert len(masked) == len(number)
    shown = sum(char != "*" for char in masked)
    assert shown <= 8
    assert shown < len(number) or len(number) == 2


VECTORS = ["11010519491231002X", "440524188001010014"]


@pytest.mark.parametrize("number", VECTORS)
def test_the_standards_own_numbers_pass(number: str) -> None:
    found = document(DocumentKind.RESIDENT, number.lower())
    assert found.number == number
    assert found.tail == number[-4:]
    assert found.born == date.fromisoformat(number[6:14])


@pytest.mark.parametrize("number", VECTORS)
@pytest.mark.parametrize("place", range(18))
def test_one_wrong_digit_fails(number: str, place: int) -> None:
    for wrong in "0123456789X":
        if wrong == number[place]:
            continue
        with pytest.raises(DocumentInvalid):
            document(DocumentKind.RESIDENT, number[:place] + wrong + number[place + 1 :])


@given(born=BORN, region=st.integers(110000, 659999), serial=st.integers(0, 999), place=st.integers(0, 16))
def test_two_neighbours_swapped_fail(born: date, region: int, serial: int, place: int) -> None:
    body = f"{region}{born:%Y%m%d}{serial:03d}"
    number = body + check_digit(body)
    assert document(DocumentKind.RESIDENT, number).born == born
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(DocumentInvalid):
            document(DocumentKind.RESIDENT, swapped)


@pytest.mark.parametrize(
    "typed",
    [
        "110105 19491231 002x",
        "110105-19491231-002X",
        "11010519491231002X",
        "\t11010519491231002X ",
    ],
)
def test_one_number_has_one_spelling_however_it_was_typed(typed: str) -> None:
    assert document(DocumentKind.RESIDENT, typed).number == "11010519491231002X"


@pytest.mark.parametrize("digit", "٠٥०௧")
def test_digits_of_other_scripts_make_no_second_spelling(digit: str) -> None:
    with pytest.raises(DocumentInvalid):
        document(DocumentKind.RESIDENT, VECTORS[0].replace("0", digit, 1))
    with pytest.raises(DocumentInvalid):
        document(DocumentKind.PASSPORT, f"E1234{digit}678")


@pytest.mark.parametrize(
    ("kind", "number", "passes"),
    [
        (DocumentKind.PASSPORT, "e1234 5678", True),
        (DocumentKind.PASSPORT, "护照12345", False),
        (DocumentKind.PASSPORT, "A1", False),
        (DocumentKind.HK_MACAU, "H12345678", True),
        (DocumentKind.HK_MACAU, "K12345678", False),
        (DocumentKind.TAIWAN, "12345678", True),
        (DocumentKind.TAIWAN, "1234567", False),
        (DocumentKind.FOREIGN_PERMANENT, "USA110192123456", True),
        (DocumentKind.FOREIGN_PERMANENT, "US110192123456", False),
        (DocumentKind.RESIDENCE_PERMIT, "81000019990101001" + check_digit("81000019990101001"), True),
        (DocumentKind.RESIDENCE_PERMIT, VECTORS[0], False),
        (DocumentKind.RESIDENT, "810000199901010013", False),
        (DocumentKind.RESIDENT, "110105194913310023", False),
    ],
)
def test_each_kind_has_its_own_shape(kind: DocumentKind, number: str, passes: bool) -> None:
    if passes:
        assert document(kind, number).number == number.replace(" ", "").upper()
    else:
        with pytest.raises(DocumentInvalid):
            document(kind, number)


def test_the_origin_follows_from_the_document() -> None:
    body = "41010019900101001"
    assert document(DocumentKind.RESIDENT, body + check_digit(body)).origin == "local"
    assert document(DocumentKind.RESIDENT, VECTORS[0]).origin == "other"
    assert document(DocumentKind.PASSPORT, "E12345678").origin == "inbound"
    assert document(DocumentKind.PASSPORT, "E12345678").born is None


@given(born=BORN, days=st.integers(0, 40000))
def test_a_year_of_life_is_added_on_the_birthday_and_on_no_other_day(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    step = age_on(born, day + timedelta(days=1)) - age_on(born, day)
    tomorrow = day + timedelta(days=1)
    birthday = (tomorrow.month, tomorrow.day) == (born.month, born.day)
    leap = (born.month, born.day) == (2, 29) and (tomorrow.month, tomorrow.day) == (3, 1)
    assert step in {0, 1}
    assert step == 0 or birthday or leap


def test_who_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_what_is_no_date_is_no_birth_date() -> None:
    assert birth_date("110105194902310023") is None
    assert birth_date("110105194902280023") == date(1949, 2, 28)

"""Who closed the page comes back by the order's number and what only its people know; a stranger does not."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.commerce.orders.numbers import short_number
from tests import hotel_pages, scenic_pages
from tests.scenic_pages import words
from tests.scenic_world import person
from tests.unit.test_hotel_shop import WHO, held

pytestmark = pytest.mark.unit

FIND = "/s/{slug}/find"


@pytest.fixture
def area() -> Iterator[scenic_pages.Place]:
    with scenic_pages.scenic_web() as made:
        yield made


@pytest.fixture
def inn() -> Iterator[hotel_pages.Place]:
    with hotel_pages.hotel_web() as made:
        yield made


def _ticket(area: scenic_pages.Place) -> tuple[str, str]:
    """A bought ticket: its number and its link."""
    link = scenic_pages.paid(area, 1)
    return short_number(re.findall(r"or_[0-9a-z]{26}", link)[0]), link


def _token(link: str) -> list[str]:
    return parse_qs(urlsplit(link).query)["t"]


def _search(place: Any, shop: str, number: str, proof: str) -> Any:
    return place.send(FIND, f"{shop}/find", number=number, proof=proof)


def test_a_visitor_finds_the_tickets_by_number_and_document(area: scenic_pages.Place) -> None:
    number, link = _ticket(area)
    document = person(1).document.number
    assert "找回订单" in words(area.look("/s/{slug}", scenic_pages.SHOP))
    typed = f" {document[:6]} {document[6:]} ".lower()
    found = _search(area, scenic_pages.SHOP, number.lower(), typed)
    assert found.status == 303
    assert _token(found.headers["Location"]) == _token(link)
    assert document not in found.headers["Location"]


def test_a_wrong_number_and_a_wrong_document_get_the_same_answer(area: scenic_pages.Place) -> None:
    number, _ = _ticket(area)
    other = person(2).document.number
    answers = [
        _search(area, scenic_pages.SHOP, number, other),
        _search(area, scenic_pages.SHOP, f"{number[:5]}ZZZZZZ", other),
        _search(area, scenic_pages.SHOP, number, person(1).document.number[-4:]),  # an end is not the whole
    ]
    assert {answer.status for answer in answers} == {404}
    said = {re.sub(r"1002-\w{6}", "", words(answer)) for answer in answers}
    assert len(said) == 1
    assert "没有找到符合的订单" in said.pop()
    assert other not in answers[0].text  # the proof is never shown again


def test_tries_run_dry_for_one_order_and_then_for_nobody_else(area: scenic_pages.Place) -> None:
    number, _ = _ticket(area)
    wrong = [_search(area, scenic_pages.SHOP, number, person(9).document.number).status for _ in range(7)]
    assert wrong == [404] * 6 + [429]
    assert _search(area, scenic_pages.SHOP, number, person(1).document.number).status == 429
    assert _search(area, scenic_pages.SHOP, f"{number[:5]}ZZZZZZ", "X1234567").status == 404


def test_what_is_empty_is_said_in_place(area: scenic_pages.Place) -> None:
    assert _search(area, scenic_pages.SHOP, "", "").status == 422


@pytest.mark.parametrize("typed", ["13800000000", "+86 138-0000-0000", "0086 13800000000"])
def test_a_guest_finds_the_booking_by_number_and_telephone(inn: hotel_pages.Place, typed: str) -> None:
    link = held(inn)
    number = short_number(re.findall(r"or_[0-9a-z]{26}", link)[0])
    found = _search(inn, hotel_pages.SHOP, number, typed)
    assert found.status == 303
    assert _token(found.headers["Location"]) == _token(link)


def test_another_telephone_finds_no_booking(inn: hotel_pages.Place) -> None:
    number = short_number(re.findall(r"or_[0-9a-z]{26}", held(inn))[0])
    for wrong in ("13800000001", WHO["phone"][-4:], "0", "+44 138 0000 0000"):
        assert _search(inn, hotel_pages.SHOP, number, wrong).status == 404

"""The book of stays: any day's stays are found by what a guest says, a bounded number at a time."""

from collections.abc import Iterator
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.persistence.vault import PersonalDataGone
from tenants.hotel.domain.stay import Stay
from tenants.hotel.usecases import stay_book
from tests.fake_shop import FakeVault
from tests.hotel_pages import Place, hotel_web, links, words
from tests.hotel_world import DAY, INN, resident

NIGHT = timedelta(days=1)
ADULT = resident(date(1990, 5, 20), 21)
BOOK = "/hotel/stay-book"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.roles = frozenset({"desk"})
        made.now = INN.arrival(DAY)
        yield made


def booked(place: Place, key: str, day: date) -> Stay:
    return place.stays(place.guarantee(place.hold(key=key, day=day)))[0]


def look(place: Place, query: str = "") -> str:
    return words(place.look(BOOK, f"{BOOK}?{query}" if query else BOOK, staff=True))


def test_a_stay_of_another_month_is_found_by_part_of_a_phone_and_by_its_booking_number(place: Place) -> None:
    stay = booked(place, "far", DAY + 40 * NIGHT)
    shown = look(place, "text=0000000")
    assert short_number(stay.order) in shown
    assert "待入住" in shown
    span = f"first={DAY}&last={DAY + 2 * NIGHT}"
    assert short_number(stay.order) not in look(place, span)
    assert "没有找到" in look(place, f"{span}&text=0000000")
    assert "完全相符" in look(place, f"{span}&text={stay.order}")


def test_a_registered_guest_is_found_whenever_it_was_and_only_by_all_of_the_name(place: Place) -> None:
    stay = booked(place, "gone", DAY)
    place.register(stay, name="示例同住", number=ADULT)
    place.now += 400 * NIGHT
    for text in ("示例同住", "示例 同住", ADULT):
        assert short_number(stay.order) in look(place, f"text={text}"), text
    assert "没有找到" in look(place, "text=示例同")


def test_a_stay_whose_names_are_forgotten_is_still_in_the_book(place: Place) -> None:
    stay = booked(place, "old", DAY)
    place.register(stay, name="示例旧客", number=ADULT)
    with patch.object(FakeVault, "unseal", side_effect=PersonalDataGone):
        shown = look(place)
        assert short_number(stay.order) in shown
        assert "示例" not in shown.partition("这段日期内")[2]
        assert "没有找到" in look(place, "text=示例旧客")


def test_the_state_is_a_filter_and_the_file_masks_the_telephone(place: Place) -> None:
    stay = booked(place, "one", DAY)
    assert short_number(stay.order) in look(place, "state=expected")
    assert short_number(stay.order) not in look(place, "state=departed")
    file = place.look(f"{BOOK}.csv", f"{BOOK}.csv?state=expected", staff=True)
    assert short_number(stay.order) in file.text
    assert "13800000000" not in file.text
    assert [action for action, _ in place.looks] == ["hotel.export-stay-book"]


def test_pages_follow_one_another_and_each_reads_a_bounded_number(place: Place) -> None:
    stays = [booked(place, f"k{number}", DAY + number * NIGHT) for number in range(3)]
    with patch.object(stay_book, "MOST_READ", 2):
        first = place.look(BOOK, staff=True)
        assert [short_number(one.order) in words(first) for one in stays] == [True, True, False]
        following = next(link for link in links(first) if "after=" in link)
        second = words(place.look(BOOK, following, staff=True))
        assert [short_number(one.order) in second for one in stays] == [False, False, True]
        none = place.look(BOOK, f"{BOOK}?text=nobody", staff=True)
        assert "继续找" in words(none)

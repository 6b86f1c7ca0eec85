"""A hold whose time is over: the guest goes on with one click, with dates, rooms, services and names kept."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.hotel_pages import SHOP, Place, hotel_web, links, words
from tests.unit.test_hotel_shop import GUESTS, ORDER, STAY, TWO_ROOMS, WHO, extras, held, order_of

pytestmark = pytest.mark.unit


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


def test_a_hold_that_is_over_is_asked_for_again_with_its_dates_services_and_names(place: Place) -> None:
    extras(place)
    link = held(place, f"{TWO_ROOMS}&x.morning=2", note="高层安静", guests__0__name="示例乙")
    again = link.replace("?", "/again?")
    assert place.look(f"{ORDER}/again", again).status == 303  # it is still held
    place.now += timedelta(minutes=16)
    page = place.look(ORDER, link)
    assert again in links(page)
    form = place.look(f"{ORDER}/again", again)
    assert all(f'value="{one}"' in form.text for one in ("示例甲", "13800000000", "示例乙"))
    assert "高层安静" in form.text
    assert f"{TWO_ROOMS}&x.morning=2" in "".join(links_of_forms(form))
    (action,) = links_of_forms(form)
    agreed = re.search(r'name="agreed" value="(\d+)"', form.text)
    assert agreed is not None
    anew = place.send(GUESTS, action, **WHO, agreed=agreed[1]).headers["Location"]
    assert order_of(place, anew).lines == order_of(place, link).lines
    place.now += timedelta(days=2)
    assert "示例甲" not in place.look(f"{ORDER}/again", again).text


def links_of_forms(answer: Any) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'<form method="post" action="([^"]+)"', answer.text)]


def test_what_was_sold_meanwhile_leads_to_the_choice_that_says_so(place: Place) -> None:
    link = held(place)
    place.now += timedelta(minutes=16)
    place.guarantee(place.hold("king", key="other", count=2))
    again = place.look(f"{ORDER}/again", link.replace("?", "/again?"))
    assert again.headers["Location"].startswith(f"{SHOP}/stay?{TWO_ROOMS}")
    assert "只剩 0 间" in words(place.look(STAY, again.headers["Location"]))

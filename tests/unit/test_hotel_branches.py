"""An owner of two houses: pages are about the one that was chosen, forms act where their page was."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hotel_pages import DESK_CSRF, SESSION, VISITOR, Place, hotel_web, links, words
from tests.hotel_world import INN
from tests.unit.web_world import Answer, ask

pytestmark = pytest.mark.unit

SETUP, PROPERTY, NEW = "/hotel/setup", "/hotel/setup/property", "/hotel/setup/property/new"
YARD = {
    "names__zh": "山下小院",
    "names__en": "Hill Yard",
    "district": "410185",
    "check_in": "15:00",
    "check_out": "12:00",
}


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


@pytest.fixture
def two(place: Place) -> Place:
    """Two houses, the second made from the page."""
    assert (
        place.send(NEW, staff=True, **YARD).headers["Location"]
        == "/hotel/setup?branch=hill-yard&done=property"
    )
    return place


def at(place: Place, path: str, *, branch: str = "", pattern: str = "", form: Any = None) -> Answer:
    """A browser that was last switched to ``branch``."""
    cookies = {"v": VISITOR, "lang": "zh", "songyun": SESSION} | ({"branch": branch} if branch else {})
    pattern = pattern or path.partition("?")[0]
    method = "POST" if form else "GET"
    return ask(place.app, method, pattern, path=path, bearer=None, key=None, cookies=cookies, form=form)


def test_a_second_house_is_made_from_the_page_and_shown_next(two: Place) -> None:
    assert two.memory.properties["hill-yard"].names["zh"] == "山下小院"
    assert two.memory.properties[INN.id] == INN
    shown = at(two, "/hotel/setup?branch=hill-yard")
    assert "开始卖房" in words(shown)  # it begins at its own first step
    assert any(cookie.startswith("branch=hill-yard;") for cookie in shown.cookies)


def test_every_page_of_a_place_offers_the_other_house(two: Place) -> None:
    for path in ("/hotel/today", "/hotel/plan", "/hotel/prices", "/hotel/setup", "/hotel/blocks"):
        shown = at(two, path, branch="hill-yard")
        assert f"{path}?branch={INN.id}" in links(shown), path
        current = re.search(r'branch=([\w-]+)" aria-current="true"', shown.text)
        assert current is not None
        assert current[1] == "hill-yard", path


def test_one_house_has_no_switch(place: Place) -> None:
    assert "branch=" not in at(place, "/hotel/today").text


def test_what_was_chosen_is_kept_and_what_is_unknown_is_the_first(two: Place) -> None:
    assert 'value="山下小院"' in at(two, PROPERTY, branch="hill-yard").text
    assert 'value="山下小院"' in at(two, f"{PROPERTY}?branch=hill-yard", branch=INN.id).text
    for unknown in ("elsewhere", "../x", ""):
        assert 'value="山下小院"' in at(two, PROPERTY, branch=unknown).text  # hill-yard comes first


def test_a_form_acts_where_its_page_was(two: Place) -> None:
    page = at(two, PROPERTY, branch=INN.id).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None
    assert csrf[1] == f"{DESK_CSRF}~{INN.id}"
    form = {name.replace("__", "."): value for name, value in YARD.items()}
    sent = {**form, "names.zh": "改名", "csrf": csrf[1], "key": "k-1"}
    assert at(two, PROPERTY, branch="hill-yard", form=sent).status == 303  # switched in another tab since
    assert two.memory.properties[INN.id].names["zh"] == "改名"
    assert two.memory.properties["hill-yard"].names["zh"] == "山下小院"


def test_a_place_in_a_ticket_forges_nothing(two: Place) -> None:
    form = {name.replace("__", "."): value for name, value in YARD.items()}
    assert at(two, PROPERTY, form={**form, "csrf": f"~{INN.id}", "key": "k-2"}).status == 403
    before = dict(two.memory.properties)
    odd = {**form, "csrf": f"{DESK_CSRF}~no-such-house", "key": "k-3"}
    assert at(two, PROPERTY, form=odd, branch=INN.id).status == 303  # none of theirs: the first house
    assert two.memory.properties[INN.id] == before[INN.id]


def test_types_rooms_and_prices_are_those_of_the_house(two: Place) -> None:
    type_ = {"names__zh": "大炕房", "names__en": "Kang room", "included": "2", "most": "4", "on": "true"}
    form = {name.replace("__", "."): value for name, value in type_.items()}
    sent = {**form, "csrf": f"{DESK_CSRF}~hill-yard", "key": "k-4"}
    at(two, "/hotel/setup/types/new", pattern="/hotel/setup/types/{type}", form=sent)
    assert two.memory.types["kang-room"].site == "hill-yard"
    assert "大炕房" in words(at(two, SETUP, branch="hill-yard"))
    assert "大炕房" not in words(at(two, SETUP, branch=INN.id))
    assert "大炕房" not in words(at(two, "/hotel/prices", branch=INN.id))


def test_each_house_has_its_own_link(two: Place) -> None:
    assert f"/s/inn-h?property={INN.id}" in links(at(two, SETUP, branch=INN.id))


def test_guests_see_the_house_that_has_rooms_until_both_have(two: Place) -> None:
    front = two.look("/s/{slug}", "/s/inn-h")
    assert "嵩云居" in words(front)  # hill-yard comes first and has no room yet
    assert "/s/inn-h?property=hill-yard" not in links(front)


def test_channels_are_those_of_the_house(two: Place) -> None:
    assert 'value="twin"' in at(two, "/hotel/channels", branch=INN.id).text
    assert 'value="twin"' not in at(two, "/hotel/channels", branch="hill-yard").text

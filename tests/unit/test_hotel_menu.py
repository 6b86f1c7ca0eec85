"""The menu of the hotel's console: every place is there, and shown to whom it opens."""

from itertools import groupby
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.web.registry import ROUTES
from tenants.hotel.routes import blueprint
from tenants.hotel.routes.frame import PLACES, Place, open_to
from tenants.hotel.routes.registered import HOUSE

blueprint()
PAGES = {one.path: one for one in ROUTES if one.method == "GET" and one.style == "page"}


def caller(*roles: str) -> Any:
    return SimpleNamespace(context=SimpleNamespace(roles=frozenset(roles)))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_place_of_the_menu_is_a_page_with_the_same_door(place: Place) -> None:
    assert PAGES[place.href].door == place.door


def test_no_place_stands_twice() -> None:
    assert len({place.name for place in PLACES}) == len(PLACES) == len({place.href for place in PLACES})


def test_a_title_stands_once_in_the_menu() -> None:
    titles = [title for title, _ in groupby(PLACES, key=lambda place: place.group)]
    assert len(set(titles)) == len(titles)


def test_who_works_at_the_desk_sees_the_desk_and_a_maid_only_the_rooms() -> None:
    assert {"today", "stays", "audit"} <= {one.name for one in open_to(caller("desk"))}
    assert all(one.door == HOUSE for one in open_to(caller("house")))
    assert open_to(caller("device")) == ()

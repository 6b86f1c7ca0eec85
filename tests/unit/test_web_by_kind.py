"""One public address, several kinds of tenants behind it."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.web.application import Application
from chalicelib.web.http import Blueprint, Call, Html, Member, Page, Public, page
from tests.unit.web_world import World, visitor, world_of_web

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def world() -> Iterator[World]:
    with world_of_web() as (_, made):
        yield made


def _declared(door: Any, *, name: str) -> Blueprint:
    blueprint = Blueprint(name)

    @page(blueprint, "GET", "/s/{slug}", use_case=f"{name}.front", door=door)
    def front(call: Call) -> Page:
        return Html("problem.html", problem={"status": 200, "title": name, "detail": name})

    return blueprint


def test_a_shared_address_answers_as_the_shops_kind_does() -> None:
    app = Application("shared")
    for kind in ("scenic", "hotel"):
        app.register_blueprint(_declared(Public(kind=kind), name=kind))
    assert "scenic" in visitor(app, "GET", "/s/{slug}", path="/s/songshan").text
    assert "hotel" in visitor(app, "GET", "/s/{slug}", path="/s/hotel").text
    assert visitor(app, "GET", "/s/{slug}", path="/s/nobody").status == 404
    assert visitor(app, "GET", "/s/{slug}", path="/s/%ff").status == 400
    assert [route.use_case for route in app.guarded()] == ["scenic.front", "hotel.front"]


@pytest.mark.parametrize("door", [Public(kind="scenic"), Public(), Member(kind="scenic")])
def test_an_address_is_not_declared_twice_for_the_same_people(door: Any) -> None:
    app = Application("twice")
    app.register_blueprint(_declared(door, name="one"))
    with pytest.raises(TypeError):
        app.register_blueprint(_declared(door, name="two"))

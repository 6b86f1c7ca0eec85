"""The owner names an area and its gates; visitors read them in their own language."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from tenants.scenic.domain.area import Area, Gate, GateTwice, NoGate
from tenants.scenic.routes import console_names
from tests.scenic_pages import SHOP, SHOP_FRONT, Place, paid, scenic_web, words
from tests.scenic_world import area

pytestmark = pytest.mark.unit

NAMES, PATH = "/console/areas/{area}/names", "/console/areas/main/names"


class _Areas:
    """The ``Areas`` port on the test's memory."""

    world: Place

    def __init__(self, work: Any) -> None:
        self._work = work

    def get(self, id: str) -> Area:
        return next(each for each in self.world.memory.areas if each.id == id)

    def keep(self, area: Area) -> None:
        def write() -> None:
            self.world.memory.areas = [area]

        self._work.join(lambda: True, write)


@pytest.fixture
def place() -> Iterator[Place]:
    with scenic_web() as made, patch.object(console_names, "AreaStore", _Areas):
        _Areas.world = made
        made.roles = frozenset({"owner"})
        yield made


def _set(place: Place, **form: str) -> Any:
    known = {
        "names__zh": "主景区",
        "gates__0__id": "south",
        "gates__0__names__zh": "南门",
        "gates__0__used": "true",
    }
    return place.send(NAMES, PATH, staff=True, **{**known, **form})


def test_gates_named_in_four_languages_stand_in_the_shop(place: Place) -> None:
    assert _set(place, gates__0__names__en="South Gate", gates__0__names__ko="남문").status == 303
    for language, name in (("en", "South Gate"), ("ko", "남문"), ("ja", "South Gate"), ("zh", "南门")):
        assert name in words(place.look(SHOP_FRONT, SHOP, language=language))


def test_a_new_gate_gets_a_short_name_that_no_gate_ever_had(place: Place) -> None:
    _set(
        place,
        gates__1__names__zh="西门",
        gates__1__names__en="East",  # somebody's slip: the east gate is there already
        gates__1__used="true",
    )
    (changed,) = place.memory.areas
    assert dict(changed.gates) == {"south": "南门", "east-2": "西门"}


def test_a_gate_out_of_use_keeps_its_name_on_tickets_scanned_there(place: Place) -> None:
    _set(place, gates__1__id="east", gates__1__names__zh="东门", gates__1__names__en="East Gate")
    (changed,) = place.memory.areas
    assert "east" not in changed.gates
    assert changed.gate("east", "en") == "East Gate"
    assert changed.gate("never-there", "en") == "never-there"
    shown = place.look(NAMES, PATH, staff=True)
    assert 'value="东门"' in shown.text  # it can be taken into use again


def test_what_is_wrong_is_said_and_nothing_is_lost(place: Place) -> None:
    none = _set(place, gates__0__used="")
    assert none.status == 422
    assert "至少要有一个检票口在用" in words(none)
    twice = _set(place, gates__1__names__zh="南门", gates__1__names__ja="南口", gates__1__used="true")
    assert twice.status == 422
    assert 'value="南口"' in twice.text  # what was typed is still there
    unnamed = _set(place, names__zh="")
    assert unnamed.status == 422
    assert dict(place.memory.areas[0].gates) == {"south": "南门", "east": "东门"}


def test_only_the_owner_names(place: Place) -> None:
    place.roles = frozenset({"desk"})
    assert place.look(NAMES, PATH, staff=True).status == 403
    assert _set(place).status == 403


def test_a_shop_is_called_by_its_name_abroad(place: Place) -> None:
    place.called = {"en": "Songlu Scenic Area"}
    link = paid(place, 1)
    assert "Songlu Scenic Area" in words(place.look(SHOP_FRONT, SHOP, language="en"))
    assert "Songlu Scenic Area" in words(place.look("/s/{slug}/orders/{order}", link, language="ja"))
    assert "Songlu Scenic Area" not in words(place.look(SHOP_FRONT, SHOP))


def test_an_area_refuses_gates_that_nobody_could_tell_apart() -> None:
    south = Gate(id="south", names={"zh": "南门"})
    named = {"names": {"zh": "景区"}, "notice": {}}
    with pytest.raises(GateTwice):
        area().named(**named, gates=[south, replace(south, id="east")])
    with pytest.raises(NoGate):
        area().named(**named, gates=[replace(south, used=False)])

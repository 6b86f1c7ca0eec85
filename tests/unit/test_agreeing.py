"""Words that follow a number: "1 room", "2 rooms", in sentences and beside a figure."""

import pytest

from chalicelib.web.i18n import agreeing, fill, speaking, translator
from chalicelib.web.pages import environment


@pytest.mark.parametrize(("adults", "said"), [(1, "1 adult, 2 children"), (3, "3 adults, 2 children")])
def test_each_word_of_a_sentence_follows_its_own_number(adults: int, said: str) -> None:
    text = "%(adults)s {adults:adult|adults}, %(children)s {children:child|children}"
    assert fill(text, {"adults": adults, "children": 2}) == said
    assert translator("en")("%(adults)s 位成人、%(children)s 位儿童", adults=adults, children=2) == said


def test_braces_that_say_no_forms_stay_and_a_number_that_is_written_counts() -> None:
    assert agreeing("Room {room}", {"room": 1}) == "Room {room}"
    assert agreeing("{n:room|rooms}", {"n": "1"}) == "room"
    assert agreeing("{n:room|rooms}", {}) == "rooms"


@pytest.mark.parametrize(("value", "unit"), [("1", "room"), ("2", "rooms"), ("—", "rooms")])
def test_a_unit_beside_a_figure_is_for_one_where_it_is_one(value: str, unit: str) -> None:
    source = '{% import "components/ui.html" as ui %}{{ ui.stat("x", value, unit=_("间")) }}|{{ _("间") }}'
    with speaking("en"):
        shown = environment().from_string(source).render(value=value)
    assert f">{unit}</span>" in shown
    assert shown.endswith("|rooms")

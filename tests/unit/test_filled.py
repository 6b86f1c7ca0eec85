"""A form comes again with what was typed and what was wrong, each beside its box."""

from typing import Any

import pytest

from chalicelib.web.filled import EMPTY, Filled
from chalicelib.web.pages import environment

pytestmark = pytest.mark.unit

TYPED = {
    "what": "伞",
    "contact": {"name": "李雷"},
    "fees": [{"hours": "24"}, {"hours": ""}],
    "to": ["a", "b"],
}
AGAIN = Filled(TYPED, {"contact.name": "太长。", "fees.1.hours": "请填数字。"})


def drawn(macro: str, *said: Any, of: Filled | None = None, **more: Any) -> str:
    ui = environment().get_template("components/ui.html").make_module({"locale": "zh"})
    return str(getattr(ui, macro)(*said, of=of, **more))


def test_a_box_shows_what_was_typed_else_what_the_page_says() -> None:
    assert AGAIN.box("what", "包", None) == ("what", "伞", None)
    assert EMPTY.box("what", "包", None) == ("what", "包", None)
    assert AGAIN.value("contact.name") == "李雷"


def test_a_part_of_a_form_gives_its_boxes_their_full_names() -> None:
    first, second = AGAIN.rows("fees")
    assert first.box("hours", "", None) == ("fees.0.hours", "24", None)
    assert second.box("hours", "48", None) == ("fees.1.hours", "", "请填数字。")
    assert AGAIN.at("contact").error("name") == "太长。"
    assert second.wrong("hours", "share")
    assert not first.wrong("hours")


def test_a_box_never_shows_a_list_or_a_mapping_that_somebody_sent_under_its_name() -> None:
    assert AGAIN.box("to", "", None)[1] == "" == AGAIN.box("contact", "", None)[1]
    assert AGAIN.rows("what") == [] == AGAIN.rows("contact")
    assert AGAIN.value("fees.9.hours") is None is AGAIN.value("fees.x.hours")


def test_a_tick_box_is_ticked_alone_or_as_one_of_several() -> None:
    assert AGAIN.has("to", "b")
    assert not AGAIN.has("to", "c")
    assert AGAIN.has("what", "伞")
    assert not EMPTY.has("what", "伞")


def test_a_wrong_box_says_so_to_every_reader() -> None:
    shown = drawn("field", "name", "联系人", of=AGAIN.at("contact"))
    for part in (
        'id="f-contact.name" name="contact.name"',
        'value="李雷"',
        'aria-invalid="true"',
        'aria-describedby="f-contact.name-error"',
        '<p class="field__error" id="f-contact.name-error"><span class="sr">错误：</span>太长。</p>',
    ):
        assert part in shown, part


def test_an_error_of_the_page_comes_before_the_one_of_the_form() -> None:
    assert AGAIN.box("contact.name", "", "没有这个人。")[2] == "没有这个人。"


@pytest.mark.parametrize("macro", ["field", "area", "counter"])
def test_without_a_form_a_box_is_what_the_page_says(macro: str) -> None:
    assert drawn(macro, "what", "什么", value="3") == drawn(macro, "what", "什么", value="3", of=EMPTY)


def test_a_choice_typed_is_the_choice_shown() -> None:
    options = [("包", "包"), ("伞", "伞")]
    assert '<option value="伞" selected>' in drawn("select", "what", "什么", options, of=AGAIN)
    cards = [{"value": "包", "title": "包"}, {"value": "伞", "title": "伞"}]
    assert 'value="伞" checked' in drawn("choices", "what", "什么", cards, of=AGAIN)
    assert " checked" in drawn("check", "to", "给", value="a", of=AGAIN)


def test_several_answers_of_one_question_are_ticked_and_told_wrong_together() -> None:
    form = Filled({"days": ["1"], "one": "2"}, {"days": "请选两天。"})
    shown = drawn("checks", "days", "星期", [(1, "周一"), (2, "周二")], of=form)
    assert 'id="f-days" aria-describedby="f-days-error"' in shown
    assert 'id="f-days-1" name="days" value="1" checked' in shown
    assert 'id="f-days-2" name="days" value="2">' in shown
    assert shown.count("请选两天。") == 1
    assert " checked" in drawn("checks", "one", "星期", [(2, "周二")], of=form)

"""What the rooms show is set at the desk, without an interface for machines; a wrong box keeps the others."""

from typing import Any

import pytest

from tests.component.test_hotel_money_pages import Clerk, clerk, desk, open_desk, said

pytestmark = pytest.mark.component
__all__ = ["Clerk", "clerk", "desk", "open_desk"]
GUIDE = "/hotel/setup/guide"


def test_an_owner_writes_what_the_rooms_show_and_takes_a_film_off(clerk: Any) -> None:
    film = {"films.0.titles.zh": "嵩山四季", "films.0.minutes": "12"}
    wrong = clerk.send(GUIDE, network="inn", **{**film, "films.0.minutes": "0", "films.0.path": "http://x"})
    assert wrong.status == 422
    assert wrong.text.count("field__error") == 2
    assert 'value="嵩山四季"' in wrong.text
    form = {"network": "inn", "password": "heron", "breakfast": "07:00", "notes.zh": "安静", **film}
    assert clerk.did(GUIDE, **form).endswith("done=guide")
    page = clerk.open(GUIDE)
    assert "嵩山四季" in said(page)
    assert 'value="heron"' in page.text
    assert clerk.did(GUIDE, network="inn", **{"films.0.titles.zh": "", "films.0.minutes": "12"})
    assert "嵩山四季" not in clerk.open(GUIDE).text


def test_a_form_without_a_page_of_its_own_lists_what_was_wrong(clerk: Any) -> None:
    wrong = clerk.send("/hotel/audit/rules", at="02:00", no_show="guess", house="UPPER CASE")
    assert wrong.status == 422
    assert "不是可选的值" in said(wrong)
    assert "格式不正确" in said(wrong)

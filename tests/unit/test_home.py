"""The front page: every open shop by its name, and boxes to find one among many."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from chalicelib.control import routes as home
from chalicelib.kernel.ids import TenantId
from chalicelib.persistence import directory
from chalicelib.tenancy.context import Tenant
from chalicelib.web.application import Application
from tests.scenic_pages import words
from tests.unit.web_world import World, visitor, world_of_web

pytestmark = pytest.mark.unit


def _shop(number: int, kind: str = "hotel", district: str = "410185") -> Tenant:
    return Tenant(
        id=TenantId(f"tn_{number}"),
        kind=kind,
        slug=f"shop-{number}",
        name=f"示例{number}号店",
        district=district,
        entitlements=frozenset({home.SHOP}),
    )


@pytest.fixture
def web() -> Iterator[tuple[Application, World]]:
    with world_of_web() as made:
        made[0].register_blueprint(home.blueprint)
        with patch.object(home, "_kept", (0.0, [])):
            yield made


def _look(web: tuple[Application, World], shops: list[Tenant], query: str = "", lang: str = "zh") -> Any:
    names = {"tn_1": {"en": "Example Inn"}}
    with (
        patch.object(directory, "tenants", lambda: iter(shops)),
        patch.object(directory, "all_names", lambda: names),
    ):
        return visitor(web[0], "GET", "/", path=f"/{query}", cookies={"lang": lang})


def test_a_few_shops_stand_there_without_boxes_each_in_the_readers_language(
    web: tuple[Application, World],
) -> None:
    shown = _look(web, [_shop(1), _shop(2, kind="scenic")], lang="en")
    assert "Example Inn" in words(shown)
    assert "示例2号店" in words(shown)  # nobody gave it another name
    assert 'name="q"' not in shown.text
    assert "Dengfeng" in words(shown)
    assert "덩펑시" in words(_look(web, [_shop(1)], lang="ko"))
    assert "登封市" in words(_look(web, [_shop(1)], lang="ja"))


def test_among_many_one_is_found_by_name_kind_and_district(web: tuple[Application, World]) -> None:
    many = [_shop(number, kind="scenic" if number == 3 else "hotel") for number in range(1, 9)]
    many[7] = replace(many[7], district="410105")
    assert 'name="q"' in _look(web, many).text
    by_name = words(_look(web, many, "?q=example+inn"))
    assert "示例1号店" in by_name  # typed in English, found, and shown to a reader of Chinese
    assert "示例2号店" not in by_name
    assert _look(web, many, "?kind=scenic").text.count('class="card card--link"') == 1
    assert "示例8号店" in words(_look(web, many, "?district=410105"))
    nothing = words(_look(web, many, "?q=nowhere"))
    assert "没有符合条件的商家" in nothing
    assert "看全部商家" in nothing


def test_more_shops_than_a_page_holds_are_counted_not_lost(web: tuple[Application, World]) -> None:
    shown = _look(web, [_shop(number) for number in range(100)])
    assert shown.text.count('class="card card--link"') == 60
    assert "还有 40 家没有显示" in words(shown)


def test_a_suspended_shop_and_one_that_sells_nothing_are_not_shown(web: tuple[Application, World]) -> None:
    shops = [replace(_shop(1), status="suspended"), replace(_shop(2), entitlements=frozenset())]
    assert "还没有开放的商家" in words(_look(web, shops))

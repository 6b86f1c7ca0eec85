"""Personal data whose key was destroyed: its row says so in the reader's language, the others stay."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.kernel.personal import ERASED, masked_document, masked_name
from chalicelib.web.i18n import speaking
from chalicelib.web.pages import environment
from tests.fake_shop import GONE
from tests.hotel_pages import Place, hotel_web, words
from tests.hotel_world import DAY, INN

SAID = {
    "zh": "个人信息已删除",
    "en": "Personal data deleted",
    "ja": "個人情報は削除済み",
    "ko": "개인정보 삭제됨",
}


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.roles = frozenset({"desk"})
        yield made


def test_it_stands_for_every_field_of_what_was_there() -> None:
    assert ERASED["contact"]["name"] == ERASED.get("phone", "") == masked_name(ERASED) == ERASED
    assert masked_document(ERASED) is ERASED


@pytest.mark.parametrize("language", sorted(SAID))
def test_a_page_says_it_in_its_reader_s_language_alone_and_beside_other_words(language: str) -> None:
    template = environment().from_string("{{ name }}|{{ name ~ ' · 201' }}")
    with speaking(language):
        assert template.render(name=ERASED) == f"{SAID[language]}|{SAID[language]} · 201"


@pytest.mark.parametrize("language", sorted(SAID))
def test_a_list_shows_the_others_and_the_stay_itself_opens(place: Place, language: str) -> None:
    one, _ = place.stays(place.guarantee(place.hold(count=2, nights=2)))
    place.memory.stays[one.id] = replace(one, party=GONE)
    place.now = INN.arrival(DAY)
    lists = words(place.look("/hotel/stays", "/hotel/stays?list=arriving", staff=True, language=language))
    assert SAID[language] in lists
    assert "示例甲" in lists
    page = place.look("/hotel/stays/{stay}", f"/hotel/stays/{one.id}", staff=True, language=language)
    assert page.status == 200
    assert SAID[language] in words(page)
    assert place.look("/hotel/plan", staff=True).status == 200
    file = place.look("/hotel/stays.csv", "/hotel/stays.csv?list=arriving", staff=True, language=language)
    assert f"{SAID[language]},{SAID[language]}," in file.text

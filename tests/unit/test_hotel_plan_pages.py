"""The room plan over HTTP without scripts: what it shows, what its links and forms do, what is refused."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tenants.hotel.domain.stay import Stay
from tenants.hotel.usecases import repairs
from tests.hotel_pages import Place, hotel_web, links, words
from tests.hotel_world import DAY, INN
from tests.unit.web_world import Answer

DAYS = timedelta(days=1)
PLAN = f"/hotel/plan?first={DAY}"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


def firm(place: Place, *, key: str = "k1", **wanted: Any) -> Stay:
    return place.stays(place.guarantee(place.hold(key=key, **wanted)))[0]


def plan(place: Place, path: str = PLAN, **more: Any) -> Answer:
    answer = place.look("/hotel/plan", path, staff=True, **more)
    assert answer.status == 200, words(answer)
    return answer


def send(place: Place, stay: Stay, what: str, **form: str) -> Answer:
    path = "/hotel/plan/stays/{stay}/" + what
    return place.send(path, path.format(stay=stay.id), staff=True, first=str(DAY), **form)


def follow(place: Place, answer: Answer) -> str:
    assert answer.status == 303, words(answer)
    return words(plan(place, answer.headers["Location"]))


def row(answer: Answer, room: str) -> str:
    found = re.search(rf'<tr data-room="{room}">.*?</tr>', answer.text, re.DOTALL)
    assert found is not None
    return found[0]


def test_every_stay_leads_to_its_page_and_every_free_cell_to_what_can_be_done_with_it(place: Place) -> None:
    stay = place.assign(firm(place, nights=3), "201")
    page = plan(place)
    drawn = row(page, "201")
    assert 'colspan="3"' in drawn
    assert f"/hotel/stays/{stay.id}" in drawn
    assert drawn.count("/hotel/plan/rooms/201?day=") == 14 - 3
    assert "已预订" in drawn
    assert "干净" in drawn


def test_a_free_cell_shows_who_could_have_it_and_gives_it_by_one_press(place: Place) -> None:
    twin, king = firm(place), firm(place, key="other", type="king")
    path = f"/hotel/plan/rooms/202?day={DAY}"
    page = place.look("/hotel/plan/rooms/{room}", path, staff=True)
    assert f"/hotel/plan/stays/{king.id}?room=202" in links(page)
    assert "房型不同" in words(page)
    told = follow(place, send(place, twin, "room", room="202"))
    assert "已排到 202 房" in told
    assert place.memory.stays[twin.id].rooms == ("202",)


def test_the_tray_holds_who_has_no_room_and_leads_through_the_grid_to_one(place: Place) -> None:
    stay = firm(place, nights=2)
    page = plan(place)
    pick = f"/hotel/plan?first={DAY}&stay={stay.id}"
    assert pick in links(page)
    choosing = plan(place, pick)
    assert f"/hotel/plan/stays/{stay.id}?room=203&first={DAY}" in links(choosing)
    ask = place.look(
        "/hotel/plan/stays/{stay}", f"/hotel/plan/stays/{stay.id}?room=203&first={DAY}", staff=True
    )
    assert "排到 203 房?" in words(ask)
    assert "已排到 203 房" in follow(place, send(place, stay, "room", room="203", confirm="yes"))
    assert "data-tray" not in plan(place).text


def test_the_last_change_of_rooms_is_undone_from_the_plan_until_something_else_changes(place: Place) -> None:
    stay = place.assign(firm(place, nights=2), "201")
    done = send(place, stay, "room", room="202")
    page = plan(place, done.headers["Location"])
    version = re.search(r'name="version" value="(\d+)"', page.text)
    assert version is not None
    assert "现在是 201 房" in follow(place, send(place, stay, "undo", version=version[1]))
    again = send(place, stay, "undo", version=version[1])
    assert again.status == 409
    assert place.memory.stays[stay.id].rooms == ("201",)


def test_a_room_that_is_somebodys_is_refused_in_words_and_the_plan_stays(place: Place) -> None:
    place.assign(firm(place), "201")
    stay = place.assign(firm(place, key="other"), "202")
    refused = send(place, stay, "room", room="201")
    assert refused.status == 409
    assert "201 房在所选日期已排给别的客人或正在维修" in words(refused)
    assert stay.id in row(refused, "202")


def test_a_room_of_another_type_is_asked_for_before_it_is_given(place: Place) -> None:
    stay = place.assign(firm(place), "201")
    asked = send(place, stay, "room", room="301")
    assert asked.status == 409
    assert "房价不变" in words(asked)
    assert 'name="other" value="yes"' in asked.text
    assert "已排到 301 房" in follow(place, send(place, stay, "room", room="301", other="yes"))


def test_further_nights_are_priced_before_they_are_taken_and_can_be_given_back(place: Place) -> None:
    stay = place.assign(firm(place), "201")
    later = str(DAY + 3 * DAYS)
    ask = place.look("/hotel/plan/stays/{stay}", f"/hotel/plan/stays/{stay.id}?depart={later}", staff=True)
    assert "¥600.00" in words(ask)
    wrong = send(place, stay, "dates", depart=later, price="100")
    assert wrong.status == 409
    answer = send(place, stay, "dates", depart=later, price="60000")
    told = plan(place, answer.headers["Location"])
    assert "已延住到" in words(told)
    back = next(link for link in links(told) if link.startswith(f"/hotel/plan/stays/{stay.id}"))
    fewer = place.look("/hotel/plan/stays/{stay}", back, staff=True)
    assert "少住 2 晚" in words(fewer)
    assert "空出的房晚可以再卖" in follow(place, send(place, stay, "dates", depart=str(stay.depart)))
    assert place.left(day=DAY + DAYS) == 3


def test_nights_before_the_first_or_beyond_prices_are_refused_in_words(place: Place) -> None:
    stay = firm(place)
    for depart in (DAY, DAY + 120 * DAYS):
        asked = place.look(
            "/hotel/plan/stays/{stay}", f"/hotel/plan/stays/{stay.id}?depart={depart}", staff=True
        )
        assert asked.status == 422
        assert "离店日期应在" in words(asked)


def test_guests_in_the_house_are_told_that_the_key_changes_at_once(place: Place) -> None:
    place.now = INN.arrival(DAY)
    stay = place.come(place.assign(firm(place, nights=2), "201"))
    ask = place.look("/hotel/plan/stays/{stay}", f"/hotel/plan/stays/{stay.id}?room=202", staff=True)
    assert "钥匙马上换成新房间的" in words(ask)
    follow(place, send(place, stay, "room", room="202"))
    assert place.memory.stays[stay.id].has == ("202",)
    page = plan(place)
    assert "待打扫" in row(page, "201")
    assert "在住" in row(page, "202")


def test_the_plan_is_narrowed_by_floor_type_name_and_state(place: Place) -> None:
    def out(hotel: Any) -> Any:
        return repairs.take_out("302", property=None, first=DAY, last=DAY + DAYS, reason="漏水", hotel=hotel)

    place.do(out)
    place.assign(firm(place, type="king"), "301")
    every = {"201", "202", "203", "301", "302"}
    for query, rooms in (
        ("", every),
        ("&floor=3", {"301", "302"}),
        ("&type=twin", {"201", "202", "203"}),
        ("&text=示例", {"301"}),
        ("&text=30", {"301", "302"}),
        ("&show=broken", {"302"}),
        ("&show=dirty", set()),
        ("&show=free&days=7", every),
    ):
        page = plan(place, PLAN + query)
        assert set(re.findall(r'<tr data-room="(\w+)"', page.text)) == rooms, query
    assert "漏水" in row(plan(place), "302")
    assert "没有符合条件的房间" in words(plan(place, PLAN + "&show=dirty"))


def test_a_large_house_is_shown_in_parts_and_the_page_stays_small(place: Place) -> None:
    place.set_up(twins=60, kings=60)
    page = plan(place, PLAN + "&days=28")
    assert len(re.findall("<tr data-room", page.text)) == 1000 // 28
    assert len(page.text.encode()) < 150_000
    assert len(plan(place).text.encode()) < 150_000
    last = max((link for link in links(page) if "part=" in link), key=lambda link: link.rpartition("=")[2])
    assert "360" in plan(place, last).text


@pytest.mark.parametrize(("language", "word"), [("en", "Room plan"), ("ja", "客室表"), ("ko", "객실 현황판")])
def test_the_plan_speaks_the_readers_language(place: Place, language: str, word: str) -> None:
    place.assign(firm(place), "201")
    page = plan(place, language=language)
    assert word in words(page)
    assert "已预订" not in words(page)


def test_whoever_cleans_may_not_open_the_plan(place: Place) -> None:
    place.roles = frozenset({"house"})
    assert place.look("/hotel/plan", staff=True).status == 403


def test_a_taken_room_of_another_type_is_refused_at_once_and_nothing_is_asked(place: Place) -> None:
    place.assign(firm(place, key="other", type="king"), "301")
    stay = place.assign(firm(place), "201")
    for answer in (
        send(place, stay, "room", room="301"),
        place.look("/hotel/plan/stays/{stay}", f"/hotel/plan/stays/{stay.id}?room=301", staff=True),
    ):
        assert answer.status == 409
        assert "301 房在所选日期已排给别的客人或正在维修" in words(answer)
        assert 'name="other"' not in answer.text


def test_who_should_have_left_is_still_drawn_in_the_room(place: Place) -> None:
    place.now = INN.arrival(DAY)
    place.come(place.assign(firm(place), "201"))
    place.now = INN.departure(DAY + 6 * DAYS)
    page = plan(place, f"/hotel/plan?first={DAY + 5 * DAYS}&days=7")
    assert "超期" in row(page, "201")
    assert row(page, "201").count("空") == 6

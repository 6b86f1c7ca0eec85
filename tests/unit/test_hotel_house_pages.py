"""The house's pages over HTTP without scripts: house-keeping, repairs, lost property, shift notes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tenants.hotel.domain.housekeeping import Cleanliness, Found
from tests.hotel_pages import Place, hotel_web, links, words
from tests.hotel_world import DAY, INN
from tests.unit.web_world import Answer

DAYS = timedelta(days=1)
BOARD = "/hotel/housekeeping"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.now = INN.arrival(DAY)
        yield made


def look(place: Place, pattern: str, path: str = "", **more: Any) -> Answer:
    answer = place.look(pattern, path, staff=True, **more)
    assert answer.status == 200, words(answer)
    return answer


def did(desk: Place, pattern: str, path: str = "", /, **form: str) -> str:
    """Sends a form that must succeed; what is read where it leads."""
    answer = desk.send(pattern, path, staff=True, **form)
    assert answer.status == 303, words(answer)
    desk.led = answer.headers["Location"]  # type: ignore[attr-defined]
    return words(look(desk, _pattern(desk.led), desk.led))  # type: ignore[attr-defined]


def _pattern(path: str) -> str:
    bare = path.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]
    for prefix, name in (("grp-", "{group}"), ("lp_", "{find}")):
        bare = re.sub(rf"/{prefix}[^/]+", f"/{name}", bare)
    return bare


def step(place: Place, room: str, what: str, **form: str) -> str:
    return did(place, f"{BOARD}/rooms/{{room}}/task", f"{BOARD}/rooms/{room}/task", step=what, **form)


def dirty(place: Place, *rooms: str) -> None:
    for room in rooms:
        place.do(lambda hotel, room=room: hotel.board.mark(INN.id, room, Cleanliness.DIRTY))


def card(answer: Answer, room: str) -> str:
    found = re.search(
        rf'<li class="room card" id="room-{room}">.*?</details>\s*</li>', answer.text, re.DOTALL
    )
    assert found is not None
    return found[0]


def test_a_maid_takes_a_room_through_its_day_by_one_press_each(place: Place) -> None:
    dirty(place, "201")
    place.roles = frozenset({"house"})
    did(place, f"{BOARD}/rooms/{{room}}/cleaning", f"{BOARD}/rooms/201/cleaning", note="换枕套")
    board = look(place, BOARD)
    assert "换枕套" in card(board, "201")
    assert "201 · 已开始打扫" in step(place, "201", "start", show="todo")
    assert place.led.endswith("#room-201")  # type: ignore[attr-defined]
    assert "show=todo" in place.led  # type: ignore[attr-defined]
    assert "等查房" in step(place, "201", "done")
    assert "查房通过" in step(place, "201", "pass")
    assert place.memory.board["201"].state is Cleanliness.INSPECTED
    again = place.send(f"{BOARD}/rooms/{{room}}/task", f"{BOARD}/rooms/201/task", staff=True, step="pass")
    assert again.status == 409
    assert "现在不能这样标记" in words(again)


def test_whoever_cleans_sees_the_rooms_and_nothing_else_of_the_console(place: Place) -> None:
    place.roles = frozenset({"house"})
    board = look(place, BOARD)
    menu = [link for link in links(board) if link.startswith("/hotel/") and "finds" not in link]
    assert {link.split("?")[0].split(".")[0] for link in menu} == {BOARD, f"{BOARD}/give", "/hotel/requests"}
    for path in ("/hotel/plan", "/hotel/blocks", "/hotel/notes", "/hotel/finds", "/hotel/groups"):
        assert place.look(path, staff=True).status == 403


def test_rooms_are_given_to_somebody_and_the_board_is_narrowed_to_them(place: Place) -> None:
    dirty(place, "201", "202", "301")
    page = look(place, f"{BOARD}/give")
    assert page.text.count('name="rooms"') == 3
    told = did(place, f"{BOARD}/give", rooms="201", name="小王")
    assert "已分派" in told
    hers = look(place, BOARD, f"{BOARD}?who=小王")
    assert re.findall(r'id="room-(\w+)"', hers.text) == ["201"]
    nothing = place.send(f"{BOARD}/give", staff=True, name="小王")
    assert nothing.status == 422
    assert "请勾选" in words(nothing)


def test_a_room_that_is_not_as_the_desk_believes_is_reported_and_settled(place: Place) -> None:
    place.roles = frozenset({"house"})
    did(place, f"{BOARD}/rooms/{{room}}/seen", f"{BOARD}/rooms/203/seen", found="occupied")
    board = look(place, BOARD, f"{BOARD}?show=differs")
    assert "前台以为没有客人" in words(board)
    assert "已核对" not in words(board)  # that is for the desk to say
    place.roles = frozenset({"desk"})
    assert place.memory.board["203"].found is Found.OCCUPIED
    did(place, f"{BOARD}/rooms/{{room}}/seen", f"{BOARD}/rooms/203/seen")
    assert not any(one.disagrees for one in place.memory.board.values())
    assert "这里没有房间" in words(look(place, BOARD, f"{BOARD}?show=differs"))


def test_the_board_goes_out_as_a_file(place: Place) -> None:
    dirty(place, "201")
    file = place.look(f"{BOARD}.csv", f"{BOARD}.csv?show=todo", staff=True)
    assert [line.split(",")[0] for line in file.text.splitlines()] == ["\ufeff房间", "201"]


def test_a_room_is_taken_out_of_order_refused_where_it_is_somebodys_and_put_back(place: Place) -> None:
    place.assign(place.stays(place.guarantee(place.hold()))[0], "201")
    given = {"first": str(DAY), "last": str(DAY + DAYS), "reason": "漏水"}
    refused = place.send("/hotel/blocks", staff=True, room="201", **given)
    assert refused.status == 409
    assert "201 房在所选日期已排给别的客人" in words(refused)
    assert 'value="漏水"' in refused.text
    assert place.left() == 2
    assert "已设为维修房" in did(place, "/hotel/blocks", room="202", **given)
    assert "维修中" in card(look(place, BOARD), "202")
    assert "202" not in re.findall(r'id="room-(\w+)"', look(place, BOARD, f"{BOARD}?show=ready").text)
    assert "漏水" in words(look(place, "/hotel/blocks", "/hotel/blocks?text=202"))
    assert "没有找到" in words(look(place, "/hotel/blocks", "/hotel/blocks?text=999"))
    assert "202,twin" in place.look("/hotel/blocks.csv", staff=True).text
    block = next(iter(place.memory.blocks))
    ask = look(place, "/hotel/blocks/{block}", f"/hotel/blocks/{block}")
    assert "恢复出售" in words(ask)
    assert "没有维修房" in did(
        place, "/hotel/blocks/{block}/end", f"/hotel/blocks/{block}/end", confirm="yes"
    )
    assert place.left() == 2


def test_a_form_for_a_repair_says_what_is_wrong_and_keeps_what_was_typed(place: Place) -> None:
    answer = place.send("/hotel/blocks", staff=True, room="202", first=str(DAY), reason="漏水")
    assert answer.status == 422
    assert 'href="#f-last"' in answer.text
    assert 'value="漏水"' in answer.text


def test_a_find_is_entered_labelled_returned_or_kept_for_its_time(place: Place) -> None:
    thing = {"what": "蓝色雨伞", "place": "208 房", "kept_at": "前台柜 3 号", "finder": "小王"}
    told = did(place, "/hotel/finds", **thing)
    assert "请打印标签" in told
    find = place.led.split("/")[-1].split("?")[0]  # type: ignore[attr-defined]
    page = look(place, "/hotel/finds/{find}", f"/hotel/finds/{find}")
    assert "<svg" in page.text
    assert "前只能归还失主" in words(page)
    end = ("/hotel/finds/{find}/end", f"/hotel/finds/{find}/end")
    early = place.send(*end, staff=True, state="police")
    assert early.status == 409
    assert "失物须保管到" in words(early)
    assert "蓝色雨伞" in words(look(place, "/hotel/finds", "/hotel/finds?text=雨伞"))
    assert "已归还失主" in did(place, *end, state="returned", owner_name="失主甲", owner_phone="13900000000")
    assert "没有失物" in words(look(place, "/hotel/finds"))
    gone = look(place, "/hotel/finds", "/hotel/finds?list=gone")
    assert "蓝色雨伞" in words(gone)
    file = place.look("/hotel/finds.csv", "/hotel/finds.csv?list=gone", staff=True)
    assert "蓝色雨伞" in file.text
    assert "失主甲" not in file.text + gone.text


def test_whoever_cleans_may_enter_a_find_and_goes_back_to_the_rooms(place: Place) -> None:
    place.roles = frozenset({"house"})
    assert "谁拾到的" in words(look(place, "/hotel/finds/new"))
    told = did(place, "/hotel/finds", what="手表", place="301 房", kept_at="房务柜", finder="小王")
    assert "失物已登记" in told
    missing = place.send("/hotel/finds", staff=True, what="手表")
    assert missing.status == 422
    assert 'value="手表"' in missing.text


def test_a_find_whose_time_is_over_goes_to_the_police(place: Place) -> None:
    did(place, "/hotel/finds", what="手机", place="大堂", kept_at="前台", finder="小李")
    find = place.led.split("/")[-1].split("?")[0]  # type: ignore[attr-defined]
    place.now += 91 * DAYS
    assert "期满待送公安" in words(look(place, "/hotel/finds"))
    end = ("/hotel/finds/{find}/end", f"/hotel/finds/{find}/end")
    assert "已记送交公安机关" in did(place, *end, state="police")


def test_a_note_waits_on_top_until_the_next_shift_takes_it_over(place: Place) -> None:
    did(place, "/hotel/notes", text="301 客人 22 点后到,钥匙在前台", wanted="yes")
    did(place, "/hotel/notes", text="电梯已修好")
    page = look(place, "/hotel/notes")
    read = words(page)
    assert read.index("301 客人") < read.index("电梯已修好")
    note = re.search(r"/hotel/notes/(nt_\w+)/confirmation", page.text)
    assert note is not None
    confirm = ("/hotel/notes/{note}/confirmation", f"/hotel/notes/{note[1]}/confirmation")
    assert "接收" in did(place, *confirm, confirm="yes")
    again = place.send(*confirm, staff=True, confirm="yes")
    assert again.status == 409
    assert "已有人接收" in words(again)
    assert "没有找到" in words(look(place, "/hotel/notes", "/hotel/notes?text=无此事"))
    empty = place.send("/hotel/notes", staff=True, text=" ")
    assert empty.status == 422


@pytest.mark.parametrize(
    "path", [BOARD, f"{BOARD}/give", "/hotel/blocks", "/hotel/finds", "/hotel/finds/new", "/hotel/notes"]
)
@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_the_pages_speak_the_readers_language(place: Place, path: str, language: str) -> None:
    dirty(place, "201")
    page = words(look(place, path, language=language))
    left = re.sub(r"[嵩云居店长登封中文日本語]", "", page)
    if language != "ja":
        assert not re.findall(r"[\u4e00-\u9fff]+", left), page

"""Groups and the waitlist over HTTP without scripts: held, picked up by names, let go; waiting, offered."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tenants.hotel.domain.waitlist import WaitState
from tests.hotel_pages import Place, hotel_web, words
from tests.hotel_world import CONTACT, DAY, INN
from tests.unit.web_world import Answer

DAYS = timedelta(days=1)
WHO = {"contact__name": "领队甲", "contact__phone": "13800000009"}
GROUP = {
    "name": "研学一团",
    "company": "示例旅行社",
    "arrive": str(DAY),
    "depart": str(DAY + 2 * DAYS),
    "release": str(DAY),
    "plan": "bar",
    **WHO,
}
G = "/hotel/groups/{group}"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


def look(place: Place, pattern: str, path: str = "", **more: Any) -> Answer:
    answer = place.look(pattern, path, staff=True, **more)
    assert answer.status == 200, words(answer)
    return answer


def held(place: Place, **more: str) -> str:
    """A group of two twins; its path."""
    answer = place.send("/hotel/groups", staff=True, **{**GROUP, "rooms__twin": "2", **more})
    assert answer.status == 303, words(answer)
    return answer.headers["Location"].split("?")[0]


def test_rooms_are_held_for_a_group_at_the_agreed_price_and_listed(place: Place) -> None:
    assert "没有在留房的团队" in words(look(place, "/hotel/groups"))
    path = held(place, rates__twin="268.50")
    page = words(look(place, G, path))
    assert "¥268.50" in page
    assert place.left() == 1
    assert "研学一团" in words(look(place, "/hotel/groups", "/hotel/groups?text=研学"))
    assert "没有找到" in words(look(place, "/hotel/groups", "/hotel/groups?text=无此团"))
    assert "研学一团,示例旅行社" in place.look("/hotel/groups.csv", staff=True).text


def test_what_cannot_be_held_is_said_on_the_form_and_nothing_is(place: Place) -> None:
    for wrong, told in (
        ({"rooms__twin": "9"}, "还剩 3 份"),
        ({"rooms__twin": "0"}, "至少要一间房"),
        ({"rooms__twin": "1", "release": str(DAY + DAYS)}, "释放日不能晚于入住日"),
        ({"rooms__twin": "1", "rates__twin": "一百"}, "请填金额"),
        ({"rooms__twin": "1", "contact__phone": "x"}, ""),
    ):
        answer = place.send("/hotel/groups", staff=True, **{**GROUP, **wrong})
        assert answer.status in {409, 422}, wrong
        assert told in words(answer), wrong
        assert 'value="研学一团"' in answer.text
    assert place.left() == 3


def test_a_list_longer_than_its_rooms_is_refused_with_every_name_kept(place: Place) -> None:
    path = held(place)
    form = {"type": "twin", "arrive": str(DAY), "depart": str(DAY + DAYS), "rooms": "1", **WHO}
    refused = place.send(f"{G}/bookings", f"{path}/bookings", staff=True, names="示例乙\n示例丙", **form)
    assert refused.status == 422
    assert "名单上有 2 人,只分 1 间" in words(refused)
    assert "示例乙\n示例丙</textarea>" in refused.text.replace("\r", "")


def test_names_become_bookings_everybody_gets_a_room_and_the_list_goes_out(place: Place) -> None:
    path = held(place)
    pick = {"type": "twin", "arrive": GROUP["arrive"], "depart": GROUP["depart"], **WHO}
    done = place.send(
        f"{G}/bookings", f"{path}/bookings", staff=True, rooms="2", names="示例乙\n示例丙", key="once", **pick
    )
    assert done.status == 303, words(done)
    place.send(
        f"{G}/bookings", f"{path}/bookings", staff=True, rooms="2", names="示例乙\n示例丙", key="once", **pick
    )
    assert len(place.memory.orders) == 1
    page = words(look(place, G, path))
    assert "示例乙" in page
    assert "给 2 位自动排房" in page
    assert place.send(f"{G}/rooms", f"{path}/rooms", staff=True, confirm="yes").status == 303
    assert sorted(stay.rooms for stay in place.memory.stays.values()) == [("201",), ("202",)]
    file = place.look(f"{G}/rooming.csv", f"{path}/rooming.csv", staff=True)
    assert "示例丙" in file.text
    assert ("hotel.export-rooming-list", f"rooming/{path.split('/')[-1]}") in place.looks
    short = place.send(f"{G}/bookings", f"{path}/bookings", staff=True, rooms="1", **pick)
    assert short.status == 409
    assert "团队还剩 0 间可用" in words(short)


def test_a_group_is_let_go_after_the_page_has_said_what_that_means(place: Place) -> None:
    path = held(place)
    ask = look(place, f"{G}/end", f"{path}/end")
    assert "还没分的 2 间房马上可以再卖" in words(ask)
    assert place.send(f"{G}/end", f"{path}/end", staff=True, state="released").status == 303
    assert place.left() == 3
    over = look(place, "/hotel/groups", f"/hotel/groups?month={DAY:%Y-%m}")
    assert "已释放" in words(over)
    again = place.send(f"{G}/end", f"{path}/end", staff=True, state="released")
    assert (again.status, "已释放或取消" in words(again)) == (409, True)


def test_a_group_that_was_released_keeps_its_rooming_list(place: Place) -> None:
    path = held(place)
    pick = {"type": "twin", "arrive": str(DAY), "depart": str(DAY + 2 * DAYS), **WHO}
    bookings = f"{G}/bookings", f"{path}/bookings"
    place.send(*bookings, staff=True, rooms="2", names="示例乙\n示例丙", **pick)
    assert "已分的 2 间不会跟着取消" in words(look(place, f"{G}/end", f"{path}/end"))
    done = place.send(f"{G}/end", f"{path}/end", staff=True, state="released")
    page = words(look(place, G, done.headers["Location"]))
    assert all(said in page for said in ("已释放", "已分 2 间", "示例丙", "给 2 位自动排房"))
    assert place.send(f"{G}/rooms", f"{path}/rooms", staff=True, confirm="yes").status == 303
    assert "自动排房" not in words(look(place, G, path))
    listed = look(place, "/hotel/groups", f"/hotel/groups?month={DAY:%Y-%m}").text
    assert f'href="{path}?month={DAY:%Y-%m}"' in listed
    assert "示例丙" in look(place, f"{G}/rooming.csv", f"{path}/rooming.csv?month={DAY:%Y-%m}").text
    late = place.send(*bookings, staff=True, rooms="1", **pick)
    assert (late.status, "已释放或取消" in words(late)) == (409, True)


def wait(place: Place, **more: str) -> Answer:
    given = {"type": "twin", "plan": "bar", "arrive": str(DAY), "depart": str(DAY + DAYS), "rooms": "1"}
    who = {"contact__name": CONTACT["name"], "contact__phone": CONTACT["phone"]}
    return place.send("/hotel/waiting", staff=True, **{**given, **who, **more})


def test_who_is_written_down_for_days_that_have_room_is_said_to_have_it(place: Place) -> None:
    answer = wait(place)
    assert answer.headers["Location"].endswith("done=free")
    assert "现在就有房" in words(look(place, "/hotel/waiting", answer.headers["Location"]))


def test_who_waits_is_offered_what_comes_free_and_may_want_it_no_more(place: Place) -> None:
    full = place.guarantee(place.hold(count=3))
    assert wait(place).status == 303
    page = look(place, "/hotel/waiting")
    assert CONTACT["phone"] in page.text
    assert ("hotel.show-waiting", "waiting/1") in place.looks
    nothing = place.send("/hotel/waiting/offers", staff=True, confirm="yes")
    assert nothing.headers["Location"].endswith("none")
    place.cancel(full)
    offered = place.send("/hotel/waiting/offers", staff=True, confirm="yes")
    assert offered.headers["Location"].endswith("offered")
    held_for = words(look(place, "/hotel/waiting", "/hotel/waiting?done=offered"))
    assert "已留房" in held_for
    assert "请马上联系" in held_for
    assert "订单号 or_" not in held_for
    assert place.left() == 2
    one = next(iter(place.memory.house.waits.values()))
    ask = look(place, "/hotel/waiting/{wait}", f"/hotel/waiting/{one.id}")
    assert "马上放回" in words(ask)
    path = "/hotel/waiting/{wait}/withdrawal"
    assert place.send(path, path.format(wait=one.id), staff=True, confirm="yes").status == 303
    assert place.memory.house.waits[one.id].state is WaitState.WITHDRAWN
    assert place.left() == 3
    assert "没有人在候补" in words(look(place, "/hotel/waiting"))


@pytest.mark.parametrize(("plan", "money"), [("bar", "不用先付"), ("fixed", "¥255.00")])
def test_who_takes_what_was_held_has_a_firm_booking(place: Place, plan: str, money: str) -> None:
    full = place.guarantee(place.hold(count=3))
    wait(place, plan=plan, adults="2")
    one = next(iter(place.memory.house.waits.values()))
    path = f"/hotel/waiting/{one.id}/acceptance"
    accept = "/hotel/waiting/{wait}/acceptance"
    assert place.look(accept, path, staff=True).status == 409  # nothing is held for them yet
    place.cancel(full)
    place.send("/hotel/waiting/offers", staff=True, confirm="yes")
    assert money in words(look(place, accept, path))
    done = place.send(accept, path, staff=True, confirm="yes")
    assert "已订好" in words(look(place, "/hotel/stays/{stay}", done.headers["Location"]))
    assert len(place.memory.stays) == 3 + 1
    assert place.memory.house.waits[one.id].state is WaitState.TAKEN
    assert place.send(accept, path, staff=True, confirm="yes").status in {404, 409}


def test_a_wish_that_cannot_be_is_said_on_the_form(place: Place) -> None:
    past = wait(place, arrive=str(INN.night_of(place.now) - DAYS))
    assert past.status == 422
    assert CONTACT["name"] in past.text
    unnamed = wait(place, contact__name="")
    assert unnamed.status == 422
    assert 'href="#f-contact.name"' in unnamed.text


@pytest.mark.parametrize(
    "path", ["/hotel/groups", "/hotel/groups/new", "/hotel/waiting", "/hotel/waiting/new"]
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_pages_speak_the_readers_language(place: Place, path: str, language: str) -> None:
    page = words(look(place, path, language=language))
    left = re.sub(r"[嵩云居店长登封中文日本語标准价含早不可退订金]", "", page)
    assert not re.findall(r"[\u4e00-\u9fff]+", left), left

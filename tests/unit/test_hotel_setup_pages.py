"""The set-up at the desk: a small inn from nothing to its first night on sale, and what wrong boxes say."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tenants.hotel.domain.plan import Secured
from tenants.hotel.routes.setup.rooms import NumbersUnread, floor_of, numbers_of
from tests.fake_hotel import HotelMemory
from tests.hotel_pages import SHOP, Place, hotel_web, links, words
from tests.hotel_world import DAY

pytestmark = pytest.mark.unit

SETUP, PROPERTY, ROOMS = "/hotel/setup", "/hotel/setup/property", "/hotel/setup/rooms"
TYPE, PLAN, CHANGE = "/hotel/setup/types/{type}", "/hotel/setup/plans/{plan}", "/hotel/prices/change"
HOTEL = {
    "names__zh": "山下小院",
    "district": "410185",
    "check_in": "14:00",
    "check_out": "12:00",
    "address__zh": "登封市示例路 9 号",
}
TWIN = {"names__zh": "双床房", "names__en": "Twin room", "included": "2", "most": "3", "on": "true"}
STANDARD = {
    "names__zh": "标准价",
    "names__en": "Standard",
    "secured": "guarantee",
    "fees__0__hours": "24",
    "on": "true",
}


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


@pytest.fixture
def nothing(place: Place) -> Place:
    """A hotel that has just signed up."""
    place.memory.__dict__.update(HotelMemory().__dict__)
    return place


def test_a_new_inn_is_led_to_its_first_night_on_sale(nothing: Place) -> None:
    place = nothing
    assert "下一步:登记酒店" in words(place.look(SETUP, staff=True))
    assert "先登记酒店、房型和客房" in words(place.look("/hotel/prices", staff=True))
    vat = {"taxes__0__names__zh": "增值税", "taxes__0__percent": "6", "taxes__0__included": "true"}
    assert place.send(PROPERTY, staff=True, **HOTEL, **vat).status == 303
    assert "下一步:添加房型" in words(place.look(SETUP, staff=True))
    to_rooms = place.send(
        TYPE, "/hotel/setup/types/new", staff=True, **TWIN, beds__single="2", amenities="wifi"
    )
    assert to_rooms.headers["Location"] == "/hotel/setup/rooms?type=twin-room"
    assert "下一步:登记客房" in words(place.look(SETUP, staff=True))
    assert "去定价" not in words(place.look(ROOMS, staff=True))
    place.send(ROOMS, staff=True, type="twin-room", numbers="201-203, 305")
    assert "下一步:定价格计划" in words(place.look(ROOMS, staff=True))
    for path in ("/hotel/prices", "/hotel/prices/change"):
        assert "/hotel/setup/plans/new" in links(place.look(path, staff=True))
    assert "下一步:定价格计划" in words(place.look(SETUP, staff=True))
    place.send(PLAN, "/hotel/setup/plans/new", staff=True, **STANDARD)
    assert "下一步:填房价" in words(place.look(SETUP, staff=True))
    form = {"types": "twin-room", "first": f"{DAY}", "last": f"{DAY}", "how": "set", "amount": "288"}
    seen = re.search(r'name="seen" value="(\w+)"', place.send(CHANGE, staff=True, **form).text)
    assert seen is not None
    place.send(CHANGE, staff=True, **form, seen=seen[1])
    ready = place.look(SETUP, staff=True)
    assert "预订链接" in words(ready)
    assert SHOP in links(ready)
    found = words(
        place.look("/s/{slug}/rooms", f"{SHOP}/rooms?arrive={DAY}&depart={DAY + timedelta(days=1)}")
    )
    assert "¥288" in found
    assert place.memory.properties["inn-h"].taxes[0].permille == 60
    assert [room.floor for room in place.memory.rooms.values()] == ["2", "2", "2", "3"]


def test_what_no_box_shows_is_kept(place: Place) -> None:
    before = place.memory.types["twin"]
    place.send(TYPE, "/hotel/setup/types/twin", staff=True, **TWIN, overbooking="1")
    after = place.memory.types["twin"]
    assert after.real == before.real
    assert (after.allowance, after.most, after.names["en"]) == (1, 3, "Twin room")
    page = place.look(TYPE, "/hotel/setup/types/twin", staff=True)
    assert 'value="Twin room"' in page.text


def test_a_whole_house_and_rooms_by_the_hour_are_set_up(place: Place) -> None:
    house = {**TWIN, "names__zh": "整院", "names__en": "Yard", "most": "8", "members": "301、302"}
    assert place.send(TYPE, "/hotel/setup/types/new", staff=True, **house).status == 303
    assert place.memory.types["yard"].parts == {"king": 2}
    hours = {
        f"hourly__{name}": value
        for name, value in {"on": "true", "rooms": "2", "hours": "4", "price": "128"}.items()
    }
    place.send(TYPE, "/hotel/setup/types/twin", staff=True, **TWIN, **hours)
    by = place.memory.types["twin"].hourly
    assert by is not None
    assert (by.rooms, by.hours, by.price) == (2, 4, 12800)
    fixed = place.send(TYPE, "/hotel/setup/types/twin", staff=True, **TWIN, **{**hours, "hourly__rooms": "1"})
    assert fixed.status == 422
    assert 'value="128"' in fixed.text  # nothing that was typed is lost


def test_a_plan_follows_another_and_has_its_terms(place: Place) -> None:
    form = {
        **STANDARD,
        "names__en": "Early bird",
        "base": "bar",
        "share": "-12.5",
        "add": "20",
        "secured": "deposit",
        "deposit": "30",
        "fees__0__hours": "72",
        "fees__1__hours": "24",
        "fees__1__nights": "1",
        "fees__2__percent": "50",
        "types": "twin",
        "extra_adult": "80",
    }
    assert place.send(PLAN, "/hotel/setup/plans/new", staff=True, **form).status == 303
    plan = place.memory.plans["early-bird"]
    assert plan.derived is not None
    assert (plan.derived.permille, plan.derived.add) == (875, 2000)
    assert (plan.secured, plan.deposit, plan.extra_adult) == (Secured.DEPOSIT, 300, 8000)
    assert [(fee.hours, fee.nights) for fee in plan.fees] == [
        (72, 0),
        (24, 1),
    ]  # a tier without hours is none
    assert plan.types == {"twin"}
    page = place.look(PLAN, "/hotel/setup/plans/early-bird", staff=True).text
    assert 'value="-12.5"' in page


@pytest.mark.parametrize(
    ("pattern", "path", "form", "says"),
    [
        (PROPERTY, "", {**HOTEL, "district": "41"}, "格式不正确"),
        (PROPERTY, "", {**HOTEL, "check_out": "15:00"}, "退房"),
        (TYPE, "/hotel/setup/types/new", {**TWIN, "names__zh": ""}, "此项必填"),
        (TYPE, "/hotel/setup/types/new", {**TWIN, "included": "4"}, "人"),
        (TYPE, "/hotel/setup/types/new", {**TWIN, "members": "999"}, "没有客房 999"),
        (ROOMS, "", {"type": "twin", "numbers": "from 2 on"}, "房号看不懂:from"),
        (ROOMS, "", {"type": "twin", "numbers": "301"}, "已属于另一个房型"),
        (ROOMS, "", {"type": "twin", "numbers": "1001-1099"}, "一次最多登记 80 间"),
        (PLAN, "/hotel/setup/plans/new", {**STANDARD, "secured": "deposit"}, "订金"),
        (PLAN, "/hotel/setup/plans/new", {**STANDARD, "extra_adult": "much"}, "请填金额"),
        (PLAN, "/hotel/setup/plans/bar", {**STANDARD, "base": "fixed"}, "基础"),
    ],
)
def test_a_form_that_is_wrong_comes_back_and_says_why(
    place: Place, pattern: str, path: str, form: dict[str, str], says: str
) -> None:
    answer = place.send(pattern, path, staff=True, **form)
    assert answer.status in {400, 404, 409, 422}
    said = words(answer)
    assert says in said
    assert "保存" in said or "登记" in said


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("201-203", ["201", "202", "203"]),
        ("0801–0803,A12", ["0801", "0802", "0803", "A12"]),
        ("B01~B02 301、302", ["B01", "B02", "301", "302"]),
        ("201 - 202, 201", ["201", "202"]),
    ],
)
def test_room_numbers_are_read_as_people_write_them(typed: str, found: list[str]) -> None:
    assert numbers_of(typed) == found


def test_room_numbers_that_mean_nothing_are_refused() -> None:
    for typed in ("220-201", "201-990", "the loft", ","):
        with pytest.raises(NumbersUnread):
            numbers_of(typed)


@pytest.mark.parametrize(
    ("number", "floor"), [("201", "2"), ("1203", "12"), ("A05", "1"), ("0801", "8"), ("7", "1")]
)
def test_a_number_tells_its_floor(number: str, floor: str) -> None:
    assert floor_of(number) == floor


def test_the_set_up_is_the_owners(place: Place) -> None:
    place.roles = frozenset({"desk"})
    assert place.look(SETUP, staff=True).status == 403
    assert "酒店设置" not in words(place.look("/hotel/prices", staff=True))


def test_before_anything_is_set_up_the_owner_is_led_there(nothing: Place) -> None:
    place = nothing
    assert place.look("/hotel", staff=True).headers["Location"] == SETUP
    for path in ("/hotel/today", "/hotel/plan", "/hotel/audit"):
        refused = place.look(path, staff=True)
        assert refused.status == 409
        assert "请店主先在“酒店设置”里登记" in words(refused)
    menu = links(place.look(SETUP, staff=True))
    assert "/hotel/plan" not in menu  # nothing there yet that could be looked at
    assert SETUP in menu


def test_a_hotels_number_that_nobody_could_call_is_said_in_words(nothing: Place) -> None:
    wrong = nothing.send(PROPERTY, staff=True, **{**HOTEL, "phone": "0371-600000a"})
    assert (wrong.status, "电话号码要 5 至 19 位数字" in words(wrong)) == (422, True)


def test_a_house_is_in_a_district_by_its_name(place: Place) -> None:
    shown = place.look(PROPERTY, staff=True).text
    assert '<option value="410185" selected>登封市</option>' in shown
    assert ">Dengfeng" in place.look(PROPERTY, staff=True, language="en").text


def test_first_prices_are_asked_for_with_what_is_usual(place: Place) -> None:
    del place.memory.types["king"]
    shown = place.look(CHANGE, f"{CHANGE}?how=set", staff=True).text
    assert '<option value="set" selected>' in shown
    assert re.search(r'name="types" value="twin" checked', shown)  # the only one there is
    form = {"types": "twin", "first": f"{DAY}", "last": f"{DAY}", "amount": "288"}
    assert "还没有选怎么改" in words(place.send(CHANGE, staff=True, **form))

"""The front desk's pages from memory, without scripts: arrivals, minors, registrations, dates, departures."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tenants.hotel.domain.device import Device, DeviceKind
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases import devices
from tests.hotel_pages import DESK_CSRF, Place, hotel_web, words
from tests.hotel_world import DAY, INN, resident
from tests.pictures import multipart

STAY = "/hotel/stays/{stay}"
ADULT = resident(date(1990, 5, 20), 21)
CHILD = resident(date(2027, 3, 1), 22)


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.roles = frozenset({"desk"})
        yield made


@pytest.fixture
def stay(place: Place) -> Stay:
    """A firm booking for two nights, expected today, without a room."""
    found = place.stays(place.guarantee(place.hold(nights=2)))[0]
    place.now = INN.arrival(DAY)
    return found


def slot(number: int, name: str, code: str, **more: str) -> dict[str, str]:
    fields = {"name": name, "document": "resident-id", "number": code, **more}
    return {f"guests.g{number}.{field}": value for field, value in fields.items()}


def at(place: Place, stay: Stay, tail: str = "", **more: Any) -> Any:
    return place.look(STAY + tail, f"/hotel/stays/{stay.id}{tail}", staff=True, **more)


def send(place: Place, stay: Stay, tail: str, **form: Any) -> Any:
    return place.send(STAY + tail, f"/hotel/stays/{stay.id}{tail}", staff=True, **form)


def now(place: Place, stay: Stay) -> Stay:
    return place.hotel(place.work()).stays.get(stay.id)


def arrived(place: Place, stay: Stay) -> Stay:
    answer = send(place, stay, "/check-in", room="201", **slot(1, "示例甲", ADULT))
    assert answer.status == 303, words(answer)
    return now(place, stay)


def test_the_day_and_its_lists_show_who_comes_and_find_them(place: Place, stay: Stay) -> None:
    assert "示例甲" in words(place.look("/hotel/today", staff=True))
    shown = words(place.look("/hotel/stays", "/hotel/stays?list=arriving&text=甲", staff=True))
    assert "待入住" in shown
    assert "示例甲" in shown
    assert "没有找到" in words(place.look("/hotel/stays", "/hotel/stays?text=nobody", staff=True))
    file = place.look("/hotel/stays.csv", "/hotel/stays.csv?list=arriving", staff=True)
    assert "示例甲" in file.text
    assert "13800000000" not in file.text
    assert [action for action, _ in place.looks] == ["hotel.export-stays"]


def test_a_child_s_key_is_withheld_until_guardian_and_relation_are_recorded(place: Place, stay: Stay) -> None:
    both = {**slot(1, "示例甲", ADULT), **slot(2, "示例小", CHILD)}
    wrong = send(place, stay, "/check-in", room="201", **{**both, "guests.g1.number": ADULT[:-1] + "Y"})
    assert wrong.status == 422
    assert "证件号码有误" in words(wrong)
    assert place.hotel(place.work()).guests.of_stay(stay.id) == []

    answer = send(place, stay, "/check-in", room="201", **both)
    assert answer.status == 409
    assert "房卡暂不能发放" in words(answer)
    assert (now(place, stay).state, now(place, stay).room) == (StayState.EXPECTED, "201")
    told = {"minors.g2.guardian_phone": "13900000000", "minors.g2.relations.g1": "parent"}
    answer = send(place, stay, "/check-in", purpose="family", **told)
    assert answer.status == 303, words(answer)
    assert now(place, stay).state is StayState.IN_HOUSE
    assert len(place.hotel(place.work()).guests.of_stay(stay.id)) == 2


def test_opening_the_key_the_form_or_a_guest_is_kept(place: Place, stay: Stay) -> None:
    stay = arrived(place, stay)
    form = words(at(place, stay, "/form"))
    assert ADULT in form
    assert "住宿登记表" in form
    assert "201" in words(at(place, stay, "/key"))
    assert ADULT in place.look(STAY + "/guests/{number}", f"/hotel/stays/{stay.id}/guests/1", staff=True).text
    assert ADULT not in at(place, stay).text
    assert [action for action, _ in place.looks] == [
        "hotel.print-registration",
        "hotel.show-key-page",
        "hotel.open-guest-page",
    ]


def test_the_form_on_paper_names_every_date_and_says_its_year(place: Place, stay: Stay) -> None:
    papers = {"document": "passport", "sex": "f", "born": "1988-02-03", "country": "DE"}
    visa = {"visa": "L", "visa_until": "2036-01-02", "entered": "2035-10-01", "port": "郑州"}
    guest = slot(1, "EXAMPLE ANNA", "XX1234567", **papers, **visa)
    send(place, stay, "/check-in", room="201", **guest)
    form = words(at(place, stay, "/form"))
    assert "签证种类 L · 签证有效期至 2036-01-02 · 入境日期 2035-10-01 · 入境口岸 郑州" in form
    assert f"{DAY.year}年{DAY.month}月{DAY.day}日" in form


def test_registrations_go_out_as_a_file_and_come_back_answered(place: Place, stay: Stay) -> None:
    arrived(place, stay)
    assert "待报送" in words(place.look("/hotel/registrations", staff=True))
    made = place.send("/hotel/registrations/batches", staff=True, confirm="yes")
    assert made.status == 303
    batch = made.headers["Location"].partition("?")[0].rpartition("/")[2]
    base = "/hotel/registrations/batches/{batch}"
    file = place.look(base + "/file", f"/hotel/registrations/batches/{batch}/file", staff=True)
    assert ADULT in file.text
    page = place.look(base, f"/hotel/registrations/batches/{batch}", staff=True)
    assert ADULT not in page.text
    assert "已报送" in words(page)
    answer = place.send(
        "/hotel/registrations/answer",
        staff=True,
        guest=f"{stay.id}-01",
        result="rejected",
        reason="姓名不符",
        batch=batch,
    )
    assert answer.status == 303, words(answer)
    assert "姓名不符" in words(place.look("/hotel/registrations", staff=True))


def test_the_file_comes_back_with_its_last_columns_filled_in(place: Place, stay: Stay) -> None:
    arrived(place, stay)
    made = place.send("/hotel/registrations/batches", staff=True, confirm="yes")
    path = made.headers["Location"].partition("?")[0] + "/file"
    file = place.look("/hotel/registrations/batches/{batch}/file", path, staff=True).text
    heads, known = file.removeprefix("\ufeff").splitlines()
    assert "还没有填写结果" in words(answered(place, file))
    unknown = f"st_nobody-01{',' * 20}已受理,R-9,"
    page = answered(place, "\r\n".join((heads, f"{known[:-2]}被退回,,照片不清", "", unknown)))
    assert "已登记 1 人的回执" in words(page)
    assert re.search(r">\s*4\s*<", page.text)  # the line as a spreadsheet counts it
    assert "照片不清" in words(place.look("/hotel/registrations", staff=True))


def answered(place: Place, file: str) -> Any:
    """The answer to a file that a spreadsheet of this country has saved."""
    place.keys += 1
    raw, kind = multipart({"csrf": DESK_CSRF, "key": f"f{place.keys}"}, {"file": file.encode("gb18030")})
    path, headers = "/hotel/registrations/answers", {"content-type": kind}
    return place._ask("POST", path, path, staff=True, raw=raw, headers=headers)


def test_where_no_room_is_free_throughout_two_are_offered_one_after_the_other(place: Place) -> None:
    def king(first: int, nights: int, room: str | None = None) -> Stay:
        day, key = DAY + timedelta(days=first), f"{first}.{nights}"
        made = place.stays(place.guarantee(place.hold("king", key=key, day=day, nights=nights)))[0]
        return place.assign(made, room) if room else made

    king(0, 1, "301")
    king(1, 1, "302")
    wish = king(0, 2)
    page = at(place, wish, "/room")
    assert "没有整段都空着的房间,可以分段住" in words(page)
    parts = re.findall(r'name="parts" value="([^"]+)"', page.text)
    assert [one.partition("@")[0] for one in parts] == ["302", "301"]
    twisted = send(place, wish, "/parts", parts=[parts[0], f"301@{DAY - timedelta(days=9)}"])
    assert (twisted.status, now(place, wish).segments) == (422, ())
    given = send(place, wish, "/parts", parts=parts)
    assert given.status == 303, words(given)[-400:]
    assert [(one.room, one.first) for one in now(place, wish).segments] == [
        ("302", DAY),
        ("301", DAY + timedelta(days=1)),
    ]


def test_who_will_change_rooms_on_another_day_is_said_to_be_planned(place: Place, stay: Stay) -> None:
    came = arrived(place, stay)
    later = {"room": "202", "since": str(DAY + timedelta(days=1))}
    assert send(place, came, "/room", **later).headers["Location"].endswith("done=planned")
    assert now(place, came).has == ("201",)
    assert send(place, came, "/room", room="203").headers["Location"].endswith("done=moved")


def test_longer_costs_what_was_shown_and_shorter_gives_nights_back(place: Place, stay: Stay) -> None:
    stay = arrived(place, stay)
    longer = (DAY + timedelta(days=3)).isoformat()
    assert "¥300.00" in words(
        place.look(STAY + "/dates", f"/hotel/stays/{stay.id}/dates?depart={longer}", staff=True)
    )
    refused = send(place, stay, "/dates", depart=longer, agreed="1", confirm="yes")
    assert refused.status == 409
    assert now(place, stay).depart == DAY + timedelta(days=2)
    assert send(place, stay, "/dates", depart=longer, agreed="30000", confirm="yes").status == 303
    assert now(place, stay).depart == DAY + timedelta(days=3)
    shorter = (DAY + timedelta(days=1)).isoformat()
    assert send(place, stay, "/dates", depart=shorter, confirm="yes").status == 303
    assert place.left(day=DAY + timedelta(days=1)) == 3


def test_nobody_leaves_before_the_bill_is_even(place: Place, stay: Stay) -> None:
    stay = arrived(place, stay)
    place.now = INN.departure(stay.depart)
    assert "应收 ¥600.00" in words(at(place, stay, "/check-out"))
    refused = send(place, stay, "/check-out", confirm="yes")
    assert refused.status == 409
    assert now(place, stay).state is StayState.IN_HOUSE
    place.pay_up(stay.id)
    assert "确认退房" in words(at(place, stay, "/check-out"))
    gone = [send(place, stay, "/check-out", confirm="yes", key="out") for _ in range(2)]
    assert [one.status for one in gone] == [303, 303], "a second click is answered as the first"
    assert now(place, stay).state is StayState.DEPARTED


def test_a_no_show_is_confirmed_with_its_fee_and_can_come_after_all(place: Place, stay: Stay) -> None:
    place.now = INN.arrival(DAY) + timedelta(hours=8)
    assert "未到店费 ¥600.00" in words(at(place, stay, "/no-show"))
    assert send(place, stay, "/no-show", confirm="yes").status == 303
    assert "客人还是来了" in words(at(place, stay))
    assert send(place, stay, "/expect", confirm="yes").status == 303
    assert now(place, stay).state is StayState.EXPECTED


def test_a_walk_in_is_sold_registered_and_in_the_house_with_one_form(place: Place) -> None:
    place.now = INN.arrival(DAY)
    form = {"depart": (DAY + timedelta(days=1)).isoformat(), "contact": "示例丁", "phone": "13900000000"}
    answer = place.send(
        "/hotel/walk-in", staff=True, offer="twin|bar|30000", **form, **slot(1, "示例丁", ADULT)
    )
    assert answer.status == 303, words(answer)
    assert [one.state for one in place.hotel(place.work()).stays.in_house(INN.id)] == [StayState.IN_HOUSE]


def test_a_code_that_was_seen_is_changed_at_the_desk(place: Place) -> None:
    lock = Device(id="dv_201", site=INN.id, kind=DeviceKind.LOCK, name="201", place="201")
    place.do(lambda hotel: devices.register(lock, property=INN, offline=True, hotel=hotel))
    stay = place.stays(place.guarantee(place.hold()))[0]
    page = f"/hotel/stays/{stay.id}/key"
    early = place.send("/hotel/stays/{stay}/key", page, staff=True, confirm="yes")
    assert early.status == 409  # nobody is in the house yet
    place.assign(stay, "201")
    place.now = INN.arrival(DAY)
    place.come(stay)
    before = re.findall(r"\d{4} \d{3} \d{3}", words(place.look("/hotel/stays/{stay}/key", page, staff=True)))
    done = place.send("/hotel/stays/{stay}/key", page, staff=True, confirm="yes")
    assert done.headers["Location"] == f"{page}?done=new"
    after = re.findall(r"\d{4} \d{3} \d{3}", words(place.look("/hotel/stays/{stay}/key", page, staff=True)))
    assert len(before) == len(after) == 1
    assert before != after

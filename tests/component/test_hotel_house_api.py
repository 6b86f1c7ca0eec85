"""House-keeping, lost property, notes, groups and the waitlist through the API on the engine."""

from datetime import timedelta
from typing import Any

import pytest

from tests.hotel_desk import DAY, Desk

pytestmark = pytest.mark.component
CONTACT = {"name": "示例甲", "phone": "13800000000"}


def room(desk: Desk, what: str, body: Any, *, method: str = "POST") -> Any:
    pattern = f"/housekeeping/rooms/{{room}}/{what}"
    return desk.ok(method, pattern, path=f"/housekeeping/rooms/201/{what}", body=body)


def test_a_room_is_cleaned_seen_and_inspected(desk: Desk) -> None:
    assert room(desk, "cleaning", {"note": "加床"})["kind"] == "extra"
    desk.ok("PUT", "/housekeeping/tasks", body={"rooms": ["201"], "who": "王姐"})
    room(desk, "task", {"step": "start"})
    assert room(desk, "task", {"step": "done"})["state"] == "done"
    room(desk, "seen", {"found": "occupied"}, method="PUT")
    (mine,) = desk.ok("GET", "/housekeeping", path="/housekeeping?who=%E7%8E%8B%E5%A7%90")["rooms"]
    assert (mine["number"], mine["state"], mine["disagrees"]) == ("201", "cleaned", True)
    room(desk, "seen", {"found": None}, method="PUT")
    assert room(desk, "task", {"step": "pass"})["state"] == "inspected"
    assert not any(one["disagrees"] for one in desk.ok("GET", "/housekeeping")["rooms"])
    wrong = desk.ask(
        "POST", "/housekeeping/rooms/{room}/task", path="/housekeeping/rooms/999/task", body={"step": "start"}
    )
    assert wrong.status == 404


def test_what_was_found_and_what_the_next_shift_should_know(desk: Desk) -> None:
    thing = {"what": "雨伞", "place": "201", "kept_at": "前台柜", "finder": "王姐"}
    find = desk.ok("POST", "/finds", body=thing)
    assert [one["what"] for one in desk.ok("GET", "/finds", path="/finds?text=%E4%BC%9E")["finds"]] == [
        "雨伞"
    ]
    end = {"state": "returned", "owner_name": "示例乙", "owner_phone": "13900000000"}
    desk.ok("POST", "/finds/{find}/end", path=f"/finds/{find['id']}/end", body=end)
    assert desk.ok("GET", "/finds")["finds"] == []
    gone = desk.ok("GET", "/finds", path="/finds?month=203510")["finds"]
    assert [(one["state"], "示例乙" in f"{one}") for one in gone] == [("returned", False)]
    note = desk.ok("POST", "/notes", body={"text": "302 叫早", "wanted": True})
    assert (note["by"], note["seen"]) == ("t", None)
    path = f"/notes/{note['id']}/confirmation"
    assert desk.ok("POST", "/notes/{note}/confirmation", path=path, body={})["seen_by"] == "t"
    assert desk.ask("POST", "/notes/{note}/confirmation", path=path, body={}).status == 409


def test_a_group_is_held_picked_up_and_let_go(desk: Desk) -> None:
    second = (DAY + timedelta(days=2)).isoformat()
    body = {
        "name": "示例旅行团",
        "company": "示例旅行社",
        "contact": CONTACT,
        "arrive": DAY.isoformat(),
        "depart": second,
        "rooms": {"twin": 2},
        "plan": "bar",
        "release": (DAY - timedelta(days=2)).isoformat(),
        "rates": {"twin": 30000},
    }
    group = desk.ok("POST", "/groups", body=body)
    assert group["rooms"][0]["left"] == 2
    pick = {"type": "twin", "arrive": DAY.isoformat(), "depart": second, "contact": CONTACT, "names": ["丙"]}
    path = f"/groups/{group['id']}/bookings"
    booking = desk.ok("POST", "/groups/{group}/bookings", path=path, body=pick, key="same")
    again = desk.ok("POST", "/groups/{group}/bookings", path=path, body=pick, key="same")
    assert (booking["state"], again["id"]) == ("confirmed", booking["id"])
    (listed,) = desk.ok("GET", "/groups")["groups"]
    assert (listed["bookings"], listed["rooms"][0]["left"]) == ([booking["id"]], 1)
    end = {"state": "cancelled"}
    desk.ok("POST", "/groups/{group}/end", path=f"/groups/{group['id']}/end", body=end)
    assert desk.ok("GET", "/groups")["groups"] == []
    (over,) = desk.ok("GET", "/groups", path="/groups?month=203510")["groups"]
    assert over["state"] == "cancelled"


def test_the_waitlist(desk: Desk) -> None:
    body = {
        "type": "twin",
        "plan": "bar",
        "arrive": DAY.isoformat(),
        "depart": (DAY + timedelta(days=1)).isoformat(),
        "contact": CONTACT,
    }
    wait = desk.ok("POST", "/waiting", body=body)
    (listed,) = desk.ok("GET", "/waiting")["waiting"]
    assert (listed["id"], listed["state"], listed["phone"]) == (wait["id"], "waiting", CONTACT["phone"])
    assert [row.subject for row in desk.audited("hotel.list-waiting")] == ["waiting/1"]
    path = f"/waiting/{wait['id']}/withdrawal"
    desk.ok("POST", "/waiting/{wait}/withdrawal", path=path, body={})
    assert desk.ok("GET", "/waiting")["waiting"] == []

"""The front desk through the API on the engine: from a booking to the police's answer; and nobody's name."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.hotel_desk import DAY, Desk
from tests.hotel_world import adult

pytestmark = pytest.mark.component
VISITOR = {
    "name": "EXAMPLE ANNA",
    "document": "passport",
    "number": "XX1234567",
    "sex": "f",
    "born": "1988-02-03",
    "country": "DE",
}
ARRIVAL = datetime.fromisoformat("2035-10-10T15:00:00+08:00")


def stay_of(desk: Desk, **more: Any) -> str:
    """The stay of a guaranteed booking."""
    body = {
        "arrive": DAY.isoformat(),
        "depart": (DAY + timedelta(days=2)).isoformat(),
        "rooms": [{"type": "twin", "plan": "bar"}],
        "contact": {"name": "示例甲", "phone": "13800000000"},
        **more,
    }
    paid = body.pop("paid", False)
    made = desk.ok("POST", "/bookings", body=body)
    order = made["id"]
    desk.ok("POST", "/bookings/{order}/guarantee", path=f"/bookings/{order}/guarantee", body={})
    if paid:
        money = {"method": "desk", "amount": made["total"]}
        desk.ok("POST", "/bookings/{order}/payment", path=f"/bookings/{order}/payment", body=money)
    listed = desk.ok("GET", "/stays", path=f"/stays?list=arriving&day={body['arrive']}&text={order}")
    (found,) = listed["stays"]
    assert (found["name"], found["phone"]) == ("示例甲", "1380***0000")
    return str(found["id"])


def do(desk: Desk, stay: str, what: str, body: Any, *, method: str = "POST") -> Any:
    return desk.ok(method, _pattern(what), path=f"/stays/{stay}/{what}", body=body)


def refused(desk: Desk, stay: str, what: str, body: Any, *, method: str = "POST") -> Any:
    answer = desk.ask(method, _pattern(what), path=f"/stays/{stay}/{what}", body=body)
    assert answer.status in {409, 422}, answer.text
    return answer.json["code"]


def _pattern(what: str) -> str:
    return "/stays/{stay}/" + re.sub("[0-9]+", "{number}", what)


def guest(desk: Desk, stay: str, number: int) -> Any:
    pattern = "/stays/{stay}/guests/{number}"
    return desk.ok("GET", pattern, path=f"/stays/{stay}/guests/{number}")


def test_from_a_booking_to_the_polices_answer(desk: Desk) -> None:
    stay = stay_of(desk, depart=(DAY + timedelta(days=1)).isoformat(), paid=True)
    assert desk.ok("GET", "/stays/{stay}/rooms", path=f"/stays/{stay}/rooms")["rooms"][0] == "201"
    assert do(desk, stay, "room", {"best": True}, method="PUT")["rooms"] == ["201"]
    moved = do(desk, stay, "room", {"room": "202"}, method="PUT")
    assert do(desk, stay, "undo", {"version": moved["version"]})["rooms"] == ["201"]
    desk.now = ARRIVAL
    assert refused(desk, stay, "check-in", {}) == "hotel.guest.needed"
    assert do(desk, stay, "guests", {"name": "示例乙"})["missing"] == ["document", "number", "sex", "born"]
    assert refused(desk, stay, "check-in", {}) == "hotel.guest.incomplete"
    wrong = {**adult(), "number": "410100199005200110"}
    assert refused(desk, stay, "guests/1", wrong, method="PUT") == "core.document.invalid"
    entered = do(desk, stay, "guests/1", {**adult(), "name": "示例乙"}, method="PUT")
    assert (entered["name"], entered["masked"][:4], "*" in entered["masked"]) == ("示**", "4101", True)
    do(desk, stay, "guests", VISITOR)
    assert do(desk, stay, "check-in", {"purpose": "leisure"})["state"] == "in-house"
    assert guest(desk, stay, 1)["document_number"] == adult()["number"]
    looked = desk.audited("hotel.open-guest")
    assert [row.subject for row in looked] == [f"{stay}-01"]
    desk.now += timedelta(hours=25)
    overdue = desk.ok("GET", "/registrations", path="/registrations?list=overdue")["registrations"]
    assert [(one["number"], one["room"], one["overdue"]) for one in overdue] == [(2, "201", True)]
    batch = desk.ok("POST", "/registrations/batches", body={})
    assert batch["guests"] == [f"{stay}-02", f"{stay}-01"]
    opened = desk.ok("GET", "/registrations/batches/{batch}", path=f"/registrations/batches/{batch['id']}")
    assert [form["number"] for form in opened["forms"]] == ["XX1234567", adult()["number"]]
    heading = "guest,result,receipt,reason"
    lines = (heading, f"{stay}-02,accepted,R-1,", f"{stay}-01,rejected,,blurred", "x,accepted,,")
    taken = desk.ok("POST", "/registrations/answers/import", body={"csv": "\n".join(lines)})
    faults = [fault["code"] for fault in taken["faults"]]
    assert (taken["taken"], faults) == (2, ["hotel.registration.unknown"])
    accepted = desk.ok("GET", "/registrations", path="/registrations?list=accepted")["registrations"]
    assert [one["receipt"] for one in accepted] == ["R-1"]
    assert do(desk, stay, "check-out", {})["state"] == "departed"
    said = f"{desk.said()}"
    for private in ("示例", "13800000000", adult()["number"], "XX1234567", "ANNA"):
        assert private not in said
    kinds = {one["type"] for one in desk.said()}
    assert {f"tourism.lodging.{name}.v1" for name in ("stay.checkedout", "registration.reported")} <= kinds


def test_where_no_room_is_free_throughout_a_desk_app_reads_and_takes_a_split_stay(desk: Desk) -> None:
    nights = [(DAY + timedelta(days=step)).isoformat() for step in range(3)]
    for room, first in (("201", 0), ("202", 1), ("203", 0)):
        other = stay_of(desk, arrive=nights[first], depart=nights[first + 1])
        do(desk, other, "room", {"room": room}, method="PUT")
    stay = stay_of(desk, arrive=nights[0], depart=nights[2])
    assert refused(desk, stay, "room", {"best": True}, method="PUT") == "hotel.room.none-free"
    pattern = "/stays/{stay}/parts"
    proposed = desk.ok("GET", pattern, path=f"/stays/{stay}/parts")
    assert proposed["rooms"] == []
    assert [(one["room"], one["first"]) for one in proposed["parts"]] == [
        ("202", nights[0]),
        ("201", nights[1]),
    ]
    taken = [{"room": one["room"], "first": one["first"]} for one in proposed["parts"]]
    wrong = [taken[0], {"room": "202", "first": nights[1]}]
    assert refused(desk, stay, "parts", {"parts": wrong}, method="PUT") == "hotel.room.not-free"
    assert refused(desk, stay, "parts", {"parts": []}, method="PUT") == "core.invalid"
    given = do(desk, stay, "parts", {"parts": taken[::-1]}, method="PUT")
    assert given["segments"] == proposed["parts"]
    assert desk.ok("GET", pattern, path=f"/stays/{stay}/parts")["parts"] == []


def test_a_stay_is_extended_shortened_and_made_later(desk: Desk) -> None:
    stay = stay_of(desk)
    pattern, third = "/stays/{stay}/extension", (DAY + timedelta(days=3)).isoformat()
    quote = desk.ok("GET", pattern, path=f"/stays/{stay}/extension?depart={third}")
    assert quote == {"nightly": [40000], "total": {"amount": 40000, "currency": "CNY"}}
    wrong = {"depart": third, "price": {"amount": 1, "currency": "CNY"}}
    assert refused(desk, stay, "dates", wrong) == "hotel.booking.price-changed"
    longer = do(desk, stay, "dates", {"depart": third, "price": quote["total"]})
    assert longer["nightly"] == [40000] * 3
    second = (DAY + timedelta(days=1)).isoformat()
    assert do(desk, stay, "dates", {"depart": second})["nightly"] == [40000]
    assert do(desk, stay, "late", {"until": "13:30"})["late"] == f"{second}T05:30:00Z"
    assert refused(desk, stay, "late", {"until": "16:00"}) == "hotel.stay.too-late"


def test_a_walk_in_and_the_room_plan(desk: Desk) -> None:
    desk.now = ARRIVAL
    lane = stay_of(desk, arrive=(DAY + timedelta(days=1)).isoformat())
    body = {
        "type": "twin",
        "plan": "strict",
        "depart": (DAY + timedelta(days=1)).isoformat(),
        "contact": {"name": "示例丙", "phone": "13900000000"},
        "guests": [adult()],
    }
    made = desk.ok("POST", "/walk-ins", body=body, key="walk")
    assert (made["state"], made["rooms"], made["channel"]) == ("in-house", ["201"], "desk")
    assert desk.ok("POST", "/walk-ins", body=body, key="walk")["id"] == made["id"]
    plan = desk.ok("GET", "/room-plan", path=f"/room-plan?first={DAY}&days=3")
    assert [(bar["room"], bar["first"], bar["name"], bar["stay"]) for bar in plan["bars"]] == [
        ("201", DAY.isoformat(), "示例丙", made["id"])
    ]
    assert [one["id"] for one in plan["unassigned"]] == [lane]
    assert [one["free"] for one in plan["position"]] == [5, 5, 6]
    assert next(room for room in plan["rooms"] if room["number"] == "201")["occupant"] == made["id"]
    assert refused(desk, lane, "no-show", {}) == "hotel.stay.still-expected"
    desk.now += timedelta(days=1, hours=4)
    assert do(desk, lane, "no-show", {})["state"] == "no-show"
    assert do(desk, lane, "expect", {})["state"] == "expected"


def test_strangers_see_no_stay_and_unknown_ones_are_not_found(desk: Desk) -> None:
    for id in ("st_0", "or_01arz3ndektsv4rrffq69g5fav", f"st_{'0' * 26}"):
        assert desk.ask("GET", "/stays/{stay}", path=f"/stays/{id}").status == 404
    stay, desk.key = stay_of(desk), "nobody"
    assert desk.ask("GET", "/stays/{stay}", path=f"/stays/{stay}").status == 401

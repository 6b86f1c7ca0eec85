"""Other days, and a room less, through the API on the engine: quoted, agreed, done once, by who may."""

from datetime import timedelta
from typing import Any

import pytest

from tests.hotel_desk import DAY, Desk, issued

pytestmark = pytest.mark.component
ONE = timedelta(days=1)
REBOOKING, CANCELLATION = "/stays/{stay}/rebooking", "/stays/{stay}/cancellation"


def rooms(desk: Desk) -> list[str]:
    """Two twins for two nights, paid: the stays."""
    body = {
        "arrive": f"{DAY}",
        "depart": f"{DAY + 2 * ONE}",
        "rooms": [{"type": "twin", "plan": "bar", "rooms": 2}],
        "contact": {"name": "示例甲", "phone": "13800000000"},
    }
    made = desk.ok("POST", "/bookings", body=body)
    at = f"/bookings/{made['id']}"
    desk.ok("POST", "/bookings/{order}/guarantee", path=f"{at}/guarantee", body={})
    money = {"method": "desk", "amount": made["total"]}
    desk.ok("POST", "/bookings/{order}/payment", path=f"{at}/payment", body=money)
    return expected(desk, DAY)


def expected(desk: Desk, day: Any) -> list[str]:
    found = desk.ok("GET", "/stays", path=f"/stays?list=arriving&day={day}")
    return [stay["id"] for stay in found["stays"]]


def left(desk: Desk) -> list[int]:
    found = []
    for night in range(3):
        query = f"arrive={DAY + night * ONE}&depart={DAY + (night + 1) * ONE}&adults=2"
        types = desk.ok("GET", "/availability", path=f"/availability?{query}")["types"]
        found.append(next((one["left"] for one in types if one["type"] == "twin"), 0))
    return found


def test_one_room_moves_for_the_money_that_was_quoted_and_only_once(desk: Desk) -> None:
    one, other = rooms(desk)
    wish = {"arrive": f"{DAY}", "depart": f"{DAY + 3 * ONE}", "rooms": "one"}
    query = "&".join(f"{name}={value}" for name, value in wish.items())
    quote = desk.ok("GET", REBOOKING, path=f"/stays/{one}/rebooking?{query}")
    assert {name: amount["amount"] for name, amount in quote.items()} == {
        "before": 160_000,
        "total": 200_000,
        "fee": 0,
        "back": 0,
        "rest": 40_000,
    }
    agreed = {**wish, "total": quote["total"], "back": quote["back"]}
    stale = desk.ask(
        "POST", REBOOKING, path=f"/stays/{one}/rebooking", body={**agreed, "total": {"amount": 190_000}}
    )
    assert (stale.status, stale.code) == (409, "hotel.booking.price-changed")
    answers = [
        desk.ok("POST", REBOOKING, path=f"/stays/{one}/rebooking", body=agreed, key="move") for _ in range(2)
    ]
    assert answers[0] == answers[1], "sent again it is the same answer"
    assert sorted(expected(desk, DAY)) == sorted([other, answers[0]["stay"]])
    assert left(desk) == [1, 1, 2]


def test_one_room_is_cancelled_and_its_money_goes_back(desk: Desk) -> None:
    one, other = rooms(desk)
    quote = desk.ok("GET", CANCELLATION, path=f"/stays/{one}/cancellation")
    assert (quote["fee"]["amount"], quote["back"]["amount"], quote["on_bill"]) == (0, 80_000, False)
    agreed = {"fee": quote["fee"], "back": quote["back"]}
    for _ in range(2):
        gone = desk.ok("POST", CANCELLATION, path=f"/stays/{one}/cancellation", body=agreed, key="gone")
        assert gone == {"stay": one, "folio": ""}
    assert (expected(desk, DAY), left(desk)) == ([other], [2, 2, 3])
    moved = [one["data"] for one in desk.said() if one["type"].endswith("payment.settled.v1")]
    assert sorted((data["refund"], data["amount"]) for data in moved) == [(False, 160_000), (True, 80_000)]
    last = desk.ask("GET", CANCELLATION, path=f"/stays/{other}/cancellation")
    assert last.code == "hotel.change.all", "the last room goes with its booking"


def test_a_fee_is_let_go_by_the_owner_alone(desk: Desk) -> None:
    one, _ = rooms(desk)
    desk.now += timedelta(days=8)  # the day of arrival: the first night is the fee
    assert desk.ok("GET", CANCELLATION, path=f"/stays/{one}/cancellation")["fee"]["amount"] == 40_000
    query = f"/stays/{one}/cancellation?why=illness"
    assert desk.ok("GET", CANCELLATION, path=query)["fee"]["amount"] == 0
    owner, desk.key = desk.key, issued(desk.tenant, "desk")
    refused = desk.ask("GET", CANCELLATION, path=query)
    assert refused.status == 403
    body = {"fee": {"amount": 0}, "back": {"amount": 80_000}, "why": "illness"}
    assert desk.ask("POST", CANCELLATION, path=f"/stays/{one}/cancellation", body=body).status == 403
    desk.key = owner
    assert desk.ok("POST", CANCELLATION, path=f"/stays/{one}/cancellation", body=body)["stay"] == one
    (row,) = desk.audited("hotel.cancel-room")
    assert row.reason == f"fee-waived|illness|40000|{one}"

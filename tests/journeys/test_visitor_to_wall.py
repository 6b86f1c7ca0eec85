"""From a visitor's order to the bureau's figure, over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.period import business_day
from tests.journeys.callers import eventually
from tests.journeys.town import PRICE, Town, person

pytestmark = pytest.mark.journey

_FIGURES = ("sold", "orders", "refunds", "admitted", "refused")
_MONEY = ("ticket_amount", "order_amount", "paid", "refunded")


def test_what_was_sold_paid_admitted_refused_and_refunded_stands_on_the_wall_and_leads_to_its_events(
    town: Town,
) -> None:
    scenic = town.scenic
    before = town.figures()
    known = {figure: _events(town, before, figure) for figure in ("sold", "admitted", "paid")}

    held = scenic.hold(person(), person())
    assert held.status == 201
    assert held.json["state"] == "held"
    assert held.json["total"] == {"amount": 2 * PRICE, "currency": "CNY"}
    assert held.json["tickets"] == []
    paid = scenic.pay(held.json)
    assert paid.status == 200
    assert (paid.json["state"], paid.json["payment"]) == ("confirmed", "paid")
    codes = [ticket["code"] for ticket in paid.json["tickets"]]
    assert len(set(codes)) == 2

    first = scenic.admit(codes[0], key="first-scan")
    assert first.status == 200
    assert first.json["admitted"] is True
    same = scenic.admit(codes[0], key="first-scan")
    assert same.json["again"] is True
    second = scenic.admit(codes[0], gate="west")
    refused = second.problem()
    assert (second.status, refused["code"]) == (409, "scenic.ticket.used")
    assert refused["at"][:23] == first.json["at"][:23]  # to the millisecond
    assert refused["gate"] == "北门"

    later = scenic.bought(person(), day=business_day(datetime.now(UTC)) + timedelta(days=5))
    back = f"/api/v1/scenic/orders/{later['id']}/refund"
    quote = scenic.caller.get(back).json
    assert quote["amount"]["amount"] + quote["fee"]["amount"] == PRICE
    other = {"amount": {"amount": quote["amount"]["amount"] - 1, "currency": "CNY"}}
    assert scenic.caller.post(back, other).problem()["code"] == "commerce.refund.quote-changed"
    refunded = scenic.caller.post(back, {"amount": quote["amount"]})
    assert refunded.status == 200, refunded.text
    assert refunded.json["refunded"] == quote["amount"]

    after = town.figures()
    told = _moved(before, after)
    assert told == {
        "sold": 2 + 1 - 1,
        "orders": 2,
        "refunds": 1,
        "admitted": 1,
        "refused": 1,
        "ticket_amount": 2 * PRICE,
        "order_amount": 3 * PRICE,
        "paid": 3 * PRICE,
        "refunded": quote["amount"]["amount"],
    }
    assert after["inside"] == (before["inside"] or 0) + 1
    assert town.scenic.caller.get("/api/v1/scenic/areas/valley/flow").json["inside"] == after["inside"]

    fresh = [event for event in _events(town, after, "admitted") if event not in known["admitted"]]
    assert sum(event["data"]["admitted"] for event in fresh) == 1
    assert sum(sum(event["data"]["refused"].values()) for event in fresh) == 1
    sold = [event for event in _events(town, after, "sold") if event not in known["sold"]]
    assert sorted(event["data"]["quantity"] for event in sold) == [-1, 1, 2]
    money = [event["data"] for event in _events(town, after, "paid") if event not in known["paid"]]
    assert sum(data["amount"] for data in money if not data["refund"]) == 3 * PRICE
    assert [data["amount"] for data in money if data["refund"]] == [quote["amount"]["amount"]]


def test_a_refunded_ticket_does_not_open_the_gate_and_its_place_is_free_again(town: Town) -> None:
    scenic = town.scenic
    who, day = person(), business_day(datetime.now(UTC)) + timedelta(days=3)
    order = scenic.bought(who, day=day)
    eventually(lambda: _left(town, day) < 2000, what="the place is taken")
    left = _left(town, day)
    back = f"/api/v1/scenic/orders/{order['id']}/refund"
    quote = scenic.caller.get(back).json
    assert scenic.caller.post(back, {"amount": quote["amount"]}).status == 200
    # What is shown may be a second old.
    eventually(lambda: _left(town, day) == left + 1, what="the place is free again")
    assert scenic.admit(order["tickets"][0]["code"]).status == 409
    assert scenic.hold(who, day=day).status == 201  # the person may book that day again


def test_the_same_person_gets_one_place_a_day_and_the_same_request_one_order(town: Town) -> None:
    scenic = town.scenic
    who = person()
    once = scenic.hold(who, key="one-family")
    assert scenic.hold(who, key="one-family").json["id"] == once.json["id"]
    assert scenic.hold(who).problem()["code"] == "commerce.person.already-has"
    renamed = {**who, "name": "另一个名字"}
    assert scenic.hold(renamed, key="one-family").problem()["code"] == "core.idempotency.mismatch"


def _events(town: Town, line: dict[str, Any], figure: str) -> list[dict[str, Any]]:
    """The envelopes behind one of a line's figures, by the address the figure itself gives."""
    ways = {"paid": "paid_fen"}
    found: list[dict[str, Any]] = []
    address = line["events"][ways.get(figure, figure)]
    cursor = ""
    while True:
        page = town.bureau.caller.get(address + (f"&cursor={cursor}" if cursor else "")).json
        found += [event["envelope"] for event in page["events"]]
        cursor = page["next"]
        if not cursor:
            return found


def _moved(before: dict[str, Any], after: dict[str, Any]) -> dict[str, int]:
    moved = {name: after[name] - before[name] for name in _FIGURES}
    return moved | {name: after[name]["amount"] - before[name]["amount"] for name in _MONEY}


def _left(town: Town, day: Any) -> int:
    free = town.scenic.caller.get("/api/v1/scenic/availability", product="stroll", day=day.isoformat())
    left: int = free.json["sessions"][0]["left"]
    return left

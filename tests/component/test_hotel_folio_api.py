"""A cashier's day through the API, on the engine."""

from typing import Any

import pytest

from tests.component.test_hotel_api import Desk, desk, open_desk

pytestmark = pytest.mark.component
__all__ = ["desk", "open_desk"]
F = "/folios/{folio}"


def _on(desk: Desk, id: str, step: str, body: Any, *, key: str = "") -> Any:
    return desk.ok("POST", f"{F}/{step}", path=f"/folios/{id}/{step}", body=body, key=key)


def test_a_visitors_bill_from_its_first_charge_to_the_settled_folio(open_desk: Desk) -> None:
    desk = open_desk
    bill = desk.ok("POST", "/folios", body={"title": "餐厅 3 桌"})["id"]
    desk.ok("POST", "/shift", body={"amount": 30_000})
    posted = _on(desk, bill, "charges", {"code": "meals", "amount": 10_600}, key="once")
    assert _on(desk, bill, "charges", {"code": "meals", "amount": 10_600}, key="once") == posted
    assert posted["entries"][0]["taxes"] == [{"code": "vat", "permille": 60, "amount": 600}]
    _on(desk, bill, "charges", {"code": "minibar", "amount": 900})
    _on(desk, bill, "corrections", {"number": 2, "text": "没喝"})
    cash = {"means": "cash", "amount": 20_600, "over": "ahead"}
    paid = _on(desk, bill, "payments", cash)
    assert paid["balance"]["amount"] == -10_000
    refused = desk.ask("POST", f"{F}/settlement", path=f"/folios/{bill}/settlement", body={})
    assert refused.code == "hotel.folio.balance-open"
    assert "¥100" in refused.json["detail"]
    _on(desk, bill, "refunds", {"number": 4, "amount": 10_000})
    assert _on(desk, bill, "settlement", {})["state"] == "settled"
    shown = desk.ok("GET", F, path=f"/folios/{bill}")
    assert [one["number"] for one in shown["entries"]] == [1, 2, 3, 4, 5]
    assert [one["link"] for one in shown["entries"]] == ["", "", "contra", "", "refund"]
    closed = desk.ok("POST", "/shift/close", body={"amount": 40_600})
    assert (closed["expected"], closed["difference"]) == (40_600, 0)
    moved = [one for one in desk.said() if one["type"] == "tourism.commerce.payment.settled.v1"]
    assert sorted((one["data"]["amount"], one["data"]["refund"]) for one in moved) == [
        (10_000, True),
        (20_600, False),
    ]


def test_a_company_takes_the_room_and_pays_later(open_desk: Desk) -> None:
    desk = open_desk
    company = {"name": "示例公司", "limit": 100_000, "days": 15}
    desk.ok("PUT", "/companies/{company}", path="/companies/acme", body=company)
    bill = desk.ok("POST", "/folios", body={"title": "301"})["id"]
    firm = _on(desk, bill, "windows", {"company": "acme"})
    assert (firm["title"], firm["id"]) == ("示例公司", bill.replace(".1", ".2"))
    desk.ok("PUT", f"{F}/routes", path=f"/folios/{bill}/routes", body={"routes": {"room": firm["id"]}})
    taken = _on(desk, bill, "charges", {"code": "room", "amount": 40_000})
    assert taken["id"] == firm["id"]
    assert _on(desk, firm["id"], "ledger", {"company": "acme"})["balance"]["amount"] == 0
    owing = desk.ok("GET", "/companies/{company}", path="/companies/acme")
    assert (owing["balance"], owing["ageing"]) == (40_000, [40_000, 0, 0, 0, 0])
    pay = {"means": "transfer", "amount": 40_001}
    path = "/companies/acme/payments"
    assert desk.ask("POST", "/companies/{company}/payments", path=path, body=pay).status == 422
    pay["amount"] = 40_000
    assert desk.ok("POST", "/companies/{company}/payments", path=path, body=pay)["balance"] == 0


def test_money_beyond_what_is_owed_is_refused_until_somebody_says_what_it_is(open_desk: Desk) -> None:
    desk = open_desk
    desk.ok("POST", "/shift", body={"amount": 0})
    bill = desk.ok("POST", "/folios", body={"title": "餐厅 5 桌"})["id"]
    _on(desk, bill, "charges", {"code": "meals", "amount": 8_800})
    cash = {"means": "cash", "amount": 10_000}
    pay = ("POST", f"{F}/payments")
    refused = desk.ask(*pay, path=f"/folios/{bill}/payments", body=cash)
    assert (refused.status, refused.code) == (409, "hotel.folio.beyond-owed")
    assert refused.json["choices"] == ["change", "deposit", "ahead"]
    assert (refused.json["owed"]["amount"], refused.json["more"]["amount"]) == (8_800, 1_200)
    stale = desk.ask(*pay, path=f"/folios/{bill}/payments", body=cash | {"over": "change", "owed": 8_000})
    assert stale.code == "hotel.folio.beyond-owed"
    with_change = _on(desk, bill, "payments", cash | {"over": "change", "owed": 8_800})
    assert (with_change["change"]["amount"], with_change["balance"]["amount"]) == (1_200, 0)
    nothing = _on(desk, bill, "payments", {"means": "cash", "amount": 500, "over": "change"})
    assert (nothing["change"]["amount"], nothing["entries"]) == (500, [])
    kept = _on(desk, bill, "payments", {"means": "cash", "amount": 600, "over": "deposit"})
    assert (kept["deposits"]["amount"], kept["change"]["amount"]) == (600, 0)
    assert desk.ok("GET", "/shifts")["shifts"][0]["expected"] == 8_800 + 600

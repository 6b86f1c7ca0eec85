"""An owner of two houses: each has its bills, drawers and invoices; what companies owe is the owner's."""

from typing import Any

import pytest

from tests.component.test_hotel_api import Desk, desk, open_desk
from tests.component.test_hotel_money_pages import clerk, said

pytestmark = pytest.mark.component
__all__ = ["clerk", "desk", "open_desk"]
CLOSE = 'action="/hotel/cashier/close"'


@pytest.fixture
def two(clerk: Any) -> Any:
    """The inn, with guests in 201 and an open drawer, and a yard that nobody has come to."""
    body = {"names": {"zh": "山下小院"}, "district": "410185"}
    clerk.desk.ok("PUT", "/properties/{property}", path="/properties/yard", body=body)
    clerk.did("/hotel/cashier", "/hotel/cashier?branch=inn", amount="500")
    return clerk


def at(clerk: Any, path: str, house: str) -> Any:
    return clerk.open(path, f"{path}?branch={house}")


def test_a_houses_pages_of_money_are_about_that_house(two: Any) -> None:
    assert CLOSE in at(two, "/hotel/cashier", "inn").text
    assert CLOSE not in at(two, "/hotel/cashier", "yard").text
    two.did("/hotel/cashier", "/hotel/cashier?branch=yard", amount="80")
    assert "¥80.00" in said(at(two, "/hotel/cashier", "yard"))
    bill = f"/hotel/folios/{two.stay}.1"
    assert [bill in at(two, "/hotel/folios", house).text for house in ("inn", "yard")] == [True, False]
    assert at(two, "/hotel/invoices", "yard").status == 200


def test_a_system_says_whose_drawer_it_means(two: Any) -> None:
    desk: Desk = two.desk
    assert desk.ask("POST", "/shift", body={"amount": 100}).code == "core.missing"
    made = desk.ok("POST", "/shift", body={"amount": 100, "property": "yard"})
    assert made["property"] == "yard"
    path = "/shifts?property=yard"
    assert [one["id"] for one in desk.ok("GET", "/shifts", path=path)["shifts"]] == [made["id"]]
    assert len(desk.ok("GET", "/shifts")["shifts"]) == 2
    bill = desk.ok("POST", "/folios", body={"title": "茶座", "property": "yard"})["id"]
    paid = {"means": "cash", "amount": 500, "over": "ahead"}
    pattern, paying = "/folios/{folio}/payments", f"/folios/{bill}/payments"
    assert desk.ok("POST", pattern, path=paying, body=paid)["balance"]["amount"] == -500
    (yard,) = desk.ok("GET", "/shifts", path=path)["shifts"]
    assert yard["expected"] == 600

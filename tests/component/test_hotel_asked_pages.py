"""The desk is asked before money is taken beyond what is owed; the owner reads what was let go."""

import re
from datetime import datetime
from typing import Any

import pytest

from chalicelib.tenancy.context import bind, duty
from tenants.hotel.store import new_unit
from tests.component.test_hotel_api import Desk, booking, desk, open_desk
from tests.component.test_hotel_money_pages import F, clerk, said

pytestmark = pytest.mark.component
__all__ = ["clerk", "desk", "open_desk"]


def test_money_beyond_what_is_owed_is_asked_about_before_it_is_taken(clerk: Any) -> None:
    bill = f"/hotel/folios/{clerk.stay}.1"
    clerk.did("/hotel/cashier", amount="500")
    pay = F + "/payments", bill + "/payments"
    clerk.did(F + "/charges", bill + "/charges", code="meals", amount="30")
    asked = clerk.send(*pay, amount="900", means="cash")
    assert asked.status == 200
    assert all(words in said(asked) for words in ("多给了 ¥70.00", "¥830.00", "¥800.00 是还没入账"))
    owed = re.search(r'name="owed" value="(\d+)"', asked.text)
    assert owed is not None
    form = {"amount": "900", "means": "cash", "owed": owed.group(1)}
    stale = clerk.send(*pay, **form | {"owed": "5000", "over": "change"})
    assert "多给了 ¥70.00" in said(stale)
    assert clerk.did(*pay, **form, over="deposit").endswith("done=taken")
    page = said(clerk.open(F, bill))
    assert all(words in page for words in ("押金 · 现金", "¥70.00", "¥830.00"))
    nothing = clerk.send(*pay, amount="20", means="cash")
    assert "这张账单没有要付的钱" in said(nothing)
    clerk.did(*pay, amount="20", means="cash", owed="0", over="change")
    assert "¥20.00" not in said(clerk.open(F, bill))
    report = said(clerk.open("/hotel/cashier"))
    assert "¥900.00" in report


def test_a_fee_that_was_let_go_stands_where_the_owner_reads_the_day(clerk: Any) -> None:
    desk: Desk = clerk.desk
    assert "不按规则办的" not in said(clerk.open("/hotel/audit"))
    held = desk.ok("POST", "/bookings", body=booking(arrive="2035-10-02", depart="2035-10-03"))
    at = f"/bookings/{held['id']}/guarantee"
    desk.ok("POST", "/bookings/{order}/guarantee", path=at, body={})
    with bind(duty(desk.tenant, "test")):
        unit = new_unit(desk.now)
        with unit("look") as hotel:
            missed = hotel.stays.of_order(hotel.orders.get(held["id"]))[0]
    clerk.did("/hotel/audit/no-shows", stay=missed.id, policy="ask")
    page = clerk.open("/hotel/audit")
    assert all(words in said(page) for words in ("不按规则办的", "免收费用", "未到店"))
    assert f'href="/hotel/stays/{missed.id}"' in page.text
    desk.now = datetime.fromisoformat("2035-10-03T02:05:00+08:00")
    clerk.did("/hotel/audit", confirm="yes")
    closed = said(clerk.open("/hotel/audit/{day}", "/hotel/audit/2035-10-02"))
    assert "免收费用" in closed

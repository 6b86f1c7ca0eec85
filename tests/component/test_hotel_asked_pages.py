"""The desk is asked before money is taken beyond what is owed; the owner reads what was let go."""

import re
from datetime import datetime
from typing import Any

import pytest

from chalicelib.tenancy.context import bind, duty
from tenants.hotel.store import new_unit
from tests.component.test_hotel_api import Desk, booking, desk, open_desk
from tests.component.test_hotel_money_pages import F, clerk, said
from tests.hotel_desk import issued

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


@pytest.fixture
def missed(clerk: Any) -> Any:
    """A stay of one night whose guests are not seen: its terms ask for 260 yuan."""
    desk: Desk = clerk.desk
    held = desk.ok("POST", "/bookings", body=booking(arrive="2035-10-02", depart="2035-10-03"))
    at = f"/bookings/{held['id']}/guarantee"
    desk.ok("POST", "/bookings/{order}/guarantee", path=at, body={})
    with bind(duty(desk.tenant, "test")), new_unit(desk.now)("look") as hotel:
        return hotel.stays.of_order(hotel.orders.get(held["id"]))[0]


def test_a_fee_that_was_let_go_stands_where_the_owner_reads_the_day(clerk: Any, missed: Any) -> None:
    desk: Desk = clerk.desk
    assert "不按规则办的" not in said(clerk.open("/hotel/audit"))
    page = "/hotel/stays/{stay}/no-show", f"/hotel/stays/{missed.id}/no-show"
    assert "免收未到店费" in said(clerk.open(*page))
    looked = said(clerk.open(page[0], page[1] + "?why=weather"))
    assert "谁免收、什么原因会留下记录" in looked
    clerk.did(*page, confirm="yes", why="weather")
    audit = clerk.open("/hotel/audit")
    assert all(words in said(audit) for words in ("不按规则办的", "免收未到店费", "天气或交通"))
    assert f'href="/hotel/stays/{missed.id}"' in audit.text
    (row,) = desk.audited("hotel.no-show-page")
    assert row.reason.startswith("missed-waived|weather|")
    desk.now = datetime.fromisoformat("2035-10-03T02:05:00+08:00")
    clerk.did("/hotel/audit", confirm="yes")
    closed = said(clerk.open("/hotel/audit/{day}", "/hotel/audit/2035-10-02"))
    assert "免收未到店费" in closed


def test_a_clerk_charges_who_did_not_come_and_reads_who_may_let_it_go(clerk: Any, missed: Any) -> None:
    desk: Desk = clerk.desk
    owner, desk.key = desk.key, issued(desk.tenant, "desk")
    page = "/hotel/stays/{stay}/no-show", f"/hotel/stays/{missed.id}/no-show"
    asked = clerk.open(*page)
    assert "只有 负责人 可以免收" in said(asked)
    assert 'name="why" value=""' in asked.text
    refused = clerk.send(*page, confirm="yes", why="weather")
    assert (refused.status, "只有负责人可以免收" in said(refused)) == (403, True)
    assert clerk.send("/hotel/audit/no-shows", stay=missed.id, policy="ask").status == 422
    api = ("POST", "/stays/{stay}/no-show")
    path = f"/stays/{missed.id}/no-show"
    assert desk.ask(*api, path=path, body={"why": "weather"}).code == "hotel.fee.not-yours"
    assert desk.ok(*api, path=path, body={})["state"] == "no-show"
    bill = f"/hotel/folios/{missed.id}.1"
    entry = "/hotel/folios/{folio}/entries/{number}", f"{bill}/entries/1"
    assert "只有 负责人 可以免收" in said(clerk.open(*entry))
    contra = entry[0] + "/contra", entry[1] + "/contra"
    assert clerk.send(*contra, text="客人求情").status == 403
    body = {"number": 1, "text": "客人求情"}
    corrections = f"/folios/{missed.id}.1/corrections"
    assert desk.ask("POST", "/folios/{folio}/corrections", path=corrections, body=body).status == 403
    desk.key = owner
    clerk.did(*contra, text="航班取消")
    (row,) = desk.audited("hotel.contra-page")
    assert re.fullmatch(rf"fee-waived\|corrected\|[0-9]+\|{missed.id}\.1", row.reason)
    assert "在账单上冲销" in said(clerk.open("/hotel/audit"))

"""The pages of a hotel's money, on the engine: a clerk's day without scripts, and what a guest may see."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.kernel.money import Money
from chalicelib.payments.port import Charge, Receipt, Started
from chalicelib.tenancy.context import bind, duty
from chalicelib.web.doors import Shown, forget_callers
from chalicelib.web.http import set_clock
from tenants.hotel.routes.bills import guest_paying
from tenants.hotel.routes.money import receive
from tenants.hotel.store import new_unit
from tenants.hotel.store.tax_simulator import TaxSimulator
from tenants.hotel.usecases import desk as front
from tenants.hotel.usecases import night_audit, placing, registration
from tests.component.test_hotel_api import Desk, booking, desk, open_desk
from tests.fake_shop import FakePayments
from tests.hotel_world import adult
from tests.unit.web_world import Answer, ask

pytestmark = pytest.mark.component
__all__ = ["desk", "open_desk"]
VISITOR = "v" * 43
CSRF = Shown(key="", session="", visitor=VISITOR, fresh=False).csrf
PLACES = ("cockpit", "folios", "cashier", "ledger", "invoices", "audit", "figures", "return")


class Clerk:
    """Opens pages and sends forms with a key; follows where they lead."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self._number = desk, 0

    def open(self, pattern: str, path: str = "", *, key: bool = True, lang: str = "") -> Answer:
        headers = {"accept-language": lang} if lang else {}
        forget_callers()
        return ask(
            self.desk.app,
            "GET",
            pattern,
            path=path,
            bearer=self.desk.key if key else None,
            cookies={"v": VISITOR},
            headers=headers,
            key=None,
        )

    def send(self, pattern: str, path: str = "", *, key: bool = True, **form: str) -> Answer:
        self._number += 1
        forget_callers()
        return ask(
            self.desk.app,
            "POST",
            pattern,
            path=path,
            bearer=self.desk.key if key else None,
            form={"csrf": CSRF, "key": f"f{self._number}", **form},
            cookies={"v": VISITOR},
            key=None,
        )

    def did(self, pattern: str, path: str = "", **form: str) -> str:
        """Sends a form that must succeed; where it leads."""
        answer = self.send(pattern, path, **form)
        assert answer.status == 303, said(answer)
        return answer.headers["Location"]


def said(answer: Answer) -> str:
    """A page as somebody reads it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def clerk(open_desk: Desk) -> Clerk:
    """Two guests have come today into 201; a shift is not open yet."""
    arrive = booking(arrive="2035-10-02", depart="2035-10-04")
    held = open_desk.ok("POST", "/bookings", body=arrive)
    at = f"/bookings/{held['id']}/guarantee"
    open_desk.ok("POST", "/bookings/{order}/guarantee", path=at, body={})
    open_desk.now = datetime.fromisoformat("2035-10-02T15:00:00+08:00")
    with bind(duty(open_desk.tenant, "test")):
        unit = new_unit(open_desk.now)
        with unit("look") as hotel:
            stay = hotel.stays.of_order(hotel.orders.get(held["id"]))[0]
        with unit("assign") as hotel:
            placing.assign(stay.id, placing.Wish(room="201"), hotel=hotel)
        with unit("register") as hotel:
            registration.save(stay.id, registration.Entry(values=adult()), hotel=hotel)
        with unit("come") as hotel:
            front.check_in(stay.id, hotel=hotel)
    made = Clerk(open_desk)
    made.stay = stay.id  # type: ignore[attr-defined]
    return made


F = "/hotel/folios/{folio}"


def test_a_clerks_day_from_the_first_charge_to_the_printed_bill(clerk: Any) -> None:
    bill = f"/hotel/folios/{clerk.stay}.1"
    assert "201" in said(clerk.open("/hotel/folios"))
    refused = clerk.send(F + "/payments", bill + "/payments", amount="100", means="cash")
    assert refused.status == 409
    assert "开班" in said(refused)
    assert clerk.did("/hotel/cashier", amount="500").endswith("done=opened")
    for code, amount in (("meals", "212.00"), ("minibar", "18.5"), ("breakfast", "")):
        assert clerk.did(F + "/charges", bill + "/charges", code=code, amount=amount).endswith("charged")
    wrong = clerk.send(F + "/charges", bill + "/charges", code="meals", amount="-3")
    assert wrong.status == 422
    entry = F + "/entries/{number}"
    clerk.did(entry + "/contra", bill + "/entries/2/contra", text="没喝")
    clerk.did(entry + "/part", bill + "/entries/1/part", amounts="100 + 112")
    page = said(clerk.open(F, bill))
    assert "已冲销" in page
    assert "冲销第 2 笔" in page
    assert "¥260.00" in page
    clerk.did(F + "/payments", bill + "/payments", amount="300", means="cash", kind="deposit")
    assert "¥300.00" in said(clerk.open(entry, bill + "/entries/8"))
    clerk.did(entry + "/apply", bill + "/entries/8/apply", amount="260")
    clerk.did(entry + "/back", bill + "/entries/8/back", amount="40")
    clerk.did(F + "/settle", bill + "/settle", confirm="yes")
    for query in ("", "?paper=80", "?all=1"):
        paper = clerk.open(F + "/bill", bill + "/bill" + query)
        assert paper.status == 200
        assert "宾客签名" in said(paper)
        assert ("没喝" in said(paper)) == (query == "?all=1")
    short = clerk.send("/hotel/cashier/close", amount="759.50")
    assert (short.status, "清点 ¥759.50" in said(short)) == (409, True)
    assert 'value="759.50"' in short.text
    closed = clerk.did("/hotel/cashier/close", amount="759.50", reason="找零多给")
    report = said(clerk.open("/hotel/cashier/{month}/{shift}", closed))
    assert "收银班次报表" in report
    assert "Z" in report
    assert "-¥0.50" in report
    assert "找零多给" in report


def test_what_a_bill_refuses_is_said_on_the_bill_and_nothing_typed_is_lost(clerk: Any) -> None:
    bill = f"/hotel/folios/{clerk.stay}.1"
    cash = {"means": "cash", "kind": "deposit"}
    for amount, words in (("abc", "例如 328 或 328.50"), ("88888888", "不超过一千万元"), ("88", "开班")):
        refused = clerk.send(F + "/payments", bill + "/payments", amount=amount, **cash)
        assert words in said(refused)
        assert f'href="{bill}/bill"' in refused.text
        assert f'value="{amount}"' in refused.text
        assert re.search('<option value="cash" selected', refused.text)
    for path in ("/hotel/cashier", "/hotel/ledger"):
        again = clerk.send(path, amount="x", name="示例公司", id="acme", limit="y")
        assert (again.status, "例如 328 或 328.50" in said(again)) == (422, True)


def test_a_seller_whose_number_is_wrong_is_told_beside_what_was_typed(clerk: Any) -> None:
    wrong = clerk.send("/hotel/invoices/seller", name="示例酒店有限公司", number="9141", bank="示例银行")
    assert wrong.status == 422
    assert 'value="示例酒店有限公司"' in wrong.text
    assert 'value="9141"' in wrong.text
    assert 'id="f-number-error"' in wrong.text


def test_a_company_needs_no_short_name(clerk: Any) -> None:
    made = clerk.send("/hotel/ledger", name="示例公司", limit="1000", days="15", on="yes")
    assert re.fullmatch(r"/hotel/ledger/c-[0-9a-z]{8}\?done=company", made.headers["Location"])


def test_a_company_takes_over_and_pays(clerk: Any) -> None:
    bill = f"/hotel/folios/{clerk.stay}.1"
    clerk.did("/hotel/ledger", id="acme", name="示例公司", limit="1000", days="15", on="yes")
    clerk.did(F + "/charges", bill + "/charges", code="meals", amount="400")
    clerk.did(F + "/ledger", bill + "/ledger", company="acme")
    account = "/hotel/ledger/acme"
    assert "¥400.00" in said(clerk.open("/hotel/ledger/{company}", account))
    paid = {"amount": "150", "means": "transfer"}
    clerk.did("/hotel/ledger/{company}/payments", account + "/payments", **paid)
    file = clerk.open("/hotel/ledger.csv")
    rows = list(csv.reader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert rows[1][:3] == ["示例公司", "250.00", "1000.00"]


def test_the_morning_after_shows_the_audit_its_figures_and_the_way_home(clerk: Any) -> None:
    desk: Desk = clerk.desk
    assert "¥400.00" in said(clerk.open("/hotel/audit"))
    desk.now = datetime.fromisoformat("2035-10-03T02:05:00+08:00")
    clerk.did("/hotel/audit", confirm="yes")
    report = said(clerk.open("/hotel/audit/{day}", "/hotel/audit/2035-10-02"))
    assert "一切正常" in report
    month = said(clerk.open("/hotel/figures", "/hotel/figures?month=2035-10"))
    assert "16.7%" in month
    day = clerk.open("/hotel/figures/{day}", "/hotel/figures/2035-10-02")
    assert f"/hotel/folios/{clerk.stay}.1" in day.text
    assert "¥66.67" in said(day)
    nights = clerk.open("/hotel/figures/{day}/nights.csv", "/hotel/figures/2035-10-02/nights.csv")
    assert [(row[0], row[4]) for row in csv.reader(io.StringIO(nights.text))][1:] == [("201", "接口")]
    paper = said(clerk.open("/hotel/return", "/hotel/return?month=2035-10"))
    assert "维修房不计入可供出租" in paper
    assert "已夜审 1 天" in paper
    assert "16.67%" in paper
    files = clerk.open("/hotel/figures.csv", "/hotel/figures.csv?month=2035-10").text
    assert "16.67%,400.00,66.67,400.00,377.36" in files
    assert "16.7%" in said(clerk.open("/hotel/cockpit"))
    assert clerk.open("/hotel/cockpit.csv").text.count("\r\n") == 31


def test_an_invoice_is_asked_for_by_the_guest_and_reversed_by_the_desk(clerk: Any) -> None:
    desk: Desk = clerk.desk
    bill = f"/hotel/folios/{clerk.stay}.1"
    clerk.did("/hotel/invoices/seller", name="示例酒店", number="91410100MA45DEM0XB")
    clerk.did("/hotel/invoices/login", confirm="yes")
    clerk.did(F + "/charges", bill + "/charges", code="meals", amount="212")
    paper = clerk.open(F + "/bill", bill + "/bill").text
    link = urlsplit(_link(clerk, bill))
    assert "svg" in paper
    public, path = "/s/{slug}/bills/{folio}", f"{link.path}?{link.query}"
    assert clerk.open(public, link.path, key=False).status == 404
    assert clerk.open(public, link.path + "?t=" + "0" * 32, key=False).status == 404
    mine = clerk.open(public, path, key=False)
    assert "¥212.00" in said(mine)
    assert "示例甲" not in mine.text
    asked = {"name": "示例公司", "number": "91410100MA45EXAM0W", "kind": "2"}
    bad = clerk.send(public + "/invoices", f"{link.path}/invoices?{link.query}", key=False, name="")
    assert bad.status == 422
    for where, door, own in (
        (public + "/invoices", f"{link.path}/invoices?{link.query}", False),
        (F + "/invoice", bill + "/invoice", True),
    ):
        untaxed = clerk.send(where, door, key=own, name="示例公司", kind="2")
        assert (untaxed.status, "示例公司" in untaxed.text) == (422, True)
        assert "统一社会信用代码" in said(untaxed)
    sent = clerk.send(public + "/invoices", f"{link.path}/invoices?{link.query}", key=False, **asked)
    assert sent.status == 303
    assert "开具中" in said(clerk.open(public, path, key=False))
    desk.now += timedelta(minutes=1)
    invoice = re.search(r"/hotel/invoices/fp_\w+", clerk.open("/hotel/invoices").text)
    assert invoice is not None
    one, step = "/hotel/invoices/{invoice}", invoice.group()
    clerk.did(one + "/carry", step + "/carry", confirm="yes")
    assert "已开具" in said(clerk.open(public, path, key=False))
    refused = clerk.send(F + "/entries/{number}/contra", bill + "/entries/1/contra", text="错")
    assert "红冲" in said(refused)
    clerk.did(one + "/reverse", step + "/reverse", reason="1")
    waiting = said(clerk.open(one, step))
    assert "等购买方确认" in waiting
    assert "对方确认(演示)" in waiting.replace("（", "(").replace("）", ")")
    clerk.did(one + "/confirm", step + "/confirm", confirm="yes")
    coming = said(clerk.open(one, step))
    assert "确认单已成立" in coming
    assert "演示" not in coming
    assert "发起红冲" not in coming
    desk.now += timedelta(minutes=1)
    clerk.did(one + "/carry", step + "/carry", confirm="yes")
    assert "已红冲" in said(clerk.open(one, step))
    clerk.did(F + "/entries/{number}/contra", bill + "/entries/1/contra", text="错")
    with bind(duty(desk.tenant, "test")):
        assert TaxSimulator(desk.now).operator()["used"] == 0


@pytest.mark.parametrize("lang", ["en", "ja", "ko"])
def test_every_place_speaks_every_language(clerk: Any, lang: str) -> None:
    with bind(duty(clerk.desk.tenant, "test")):
        unit = new_unit(datetime.fromisoformat("2035-10-03T02:05:00+08:00"))
        night_audit.run_due("inn", unit=unit)
    for place in PLACES:
        page = clerk.open(f"/hotel/{place}", lang=lang)
        assert page.status == 200
        body = page.text.split("<main", 1)[1]
        left = re.findall(r"[\u4e00-\u9fff]{3,}", re.sub(r"嵩云居|value=\"[^\"]*\"", "", body))
        assert lang == "ja" or not left, (place, left)


def _link(clerk: Any, bill: str) -> str:
    from tenants.hotel.routes.shown.bill_link import bill_path

    set_clock(lambda: clerk.desk.now)
    with bind(duty(clerk.desk.tenant, "test")):
        return bill_path(clerk.desk.tenant.slug, bill.rsplit("/", 1)[1], now=clerk.desk.now)


class Till(FakePayments):
    """A provider whose pages a browser may be sent to."""

    def start(self, charge: Charge, *, key: str) -> Started:
        return replace(super().start(charge, key=key), url="https://checkout.stripe.com/c/pay/x")


def test_a_guest_pays_the_bill_online(clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bill = f"/hotel/folios/{clerk.stay}.1"
    clerk.did(F + "/charges", bill + "/charges", code="meals", amount="88")
    link = urlsplit(_link(clerk, bill))
    public, pay = "/s/{slug}/bills/{folio}", "/s/{slug}/bills/{folio}/payments"
    assert "在线付款" in said(clerk.open(public, f"{link.path}?{link.query}", key=False))
    till = Till()
    monkeypatch.setattr(guest_paying, "provider_for", lambda _: till)
    sent = clerk.send(pay, f"{link.path}/payments?{link.query}", key=False, method="card")
    assert (sent.status, [one.amount.amount for one in till.started.values()]) == (303, [8800])
    assert clerk.send(pay, f"{link.path}/payments?t={'0' * 32}", key=False, method="card").status == 404
    paid = Receipt(provider="stripe", ref="pi_1", method="card", amount=Money(8800), at=clerk.desk.now)
    waits = clerk.open(public, f"{link.path}?{link.query}&done=paid", key=False)
    assert "不要重复付款" in said(waits)
    with bind(duty(clerk.desk.tenant, "payments")):
        for _ in range(2):  # the provider says it twice
            receive(f"{clerk.stay}.1", paid, clerk.desk.now)
    after = said(clerk.open(public, f"{link.path}?{link.query}&done=paid", key=False))
    assert "已收到付款" in after
    assert "¥88.00" in after
    late = clerk.send(pay, f"{link.path}/payments?{link.query}", key=False, method="card")
    assert (late.status, len(till.started)) == (303, 1)  # nothing is owed any more: back to the bill

"""The scenic pages over the ports in memory: what visitors, the desk and the gate are shown and told."""

import csv
import html
import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.commerce.orders import store as order_store
from chalicelib.commerce.orders.numbers import read_short, short_number
from chalicelib.kernel.period import business_day
from chalicelib.payments.port import Receipt
from chalicelib.persistence import directory, vault
from chalicelib.persistence.directory import Credential
from chalicelib.web.application import Application
from chalicelib.web.doors import Shown, forget_callers
from chalicelib.web.http import set_clock
from tenants.scenic.domain.area import Gauge
from tenants.scenic.routes import (
    blueprint,
    console,
    console_areas,
    console_money,
    console_order,
    console_sell,
    gate,
    money,
    pages,
    pages_order,
    pages_party,
)
from tests.fake_shop import FakeShop, FakeVault, fake_unit
from tests.fakes import Work
from tests.scenic_world import DAY, NOW, MemoryWorld, area, person, tenant
from tests.unit.web_world import Answer, ask

VISITOR, SESSION = "v" * 43, "s" * 43
SHOP = "/s/songlu-a"
FACES = (
    pages,
    pages_party,
    pages_order,
    console,
    console_areas,
    console_money,
    console_order,
    console_sell,
    gate,
)
CSRF = Shown(key="", session="", visitor=VISITOR, fresh=False).csrf
DESK_CSRF = Shown(key="", session=SESSION, visitor=VISITOR, fresh=False).csrf
DESK = frozenset({"desk"})


class MemoryWork(Work):
    """The unit of work of a call, on the world that the test has made."""

    world: "Place"

    def __init__(self, *, action: str, now: Any, command: Any = None) -> None:
        super().__init__(self.world.memory, action=action, now=now, command=command)

    def witness(self, subject: str) -> None:
        self.join(lambda: True, lambda: self.world.looks.append((self.action, subject)))


def stored_answer(command: Any, *, now: Any) -> None:
    """What a command was answered before, if it was carried out."""
    if command.key in MemoryWork.world.memory.commands:
        MemoryWork(action="again", now=now, command=command).commit()


class Place(MemoryWorld):
    """The world with a web before it."""

    def __init__(self) -> None:
        super().__init__(replace(area(places=3), place=(34.5, 113.0)))
        self.app = Application("songyun")
        self.app.register_blueprint(blueprint())
        self.roles = DESK
        self.keys = 0
        self.looks: list[tuple[str, str]] = []

    def look(self, pattern: str, path: str = "", *, staff: bool = False, language: str = "zh") -> Answer:
        """A GET."""
        return self._ask("GET", pattern, path, staff=staff, language=language)

    def send(
        self, pattern: str, path: str = "", *, staff: bool = False, key: str = "", **form: Any
    ) -> Answer:
        """A form."""
        self.keys += 1
        fields = {
            "csrf": DESK_CSRF if staff else CSRF,
            "key": key or f"k{self.keys}",
            **{name.replace("__", "."): value for name, value in form.items()},
        }
        return self._ask("POST", pattern, path, staff=staff, form=fields)

    def _ask(
        self, method: str, pattern: str, path: str, *, staff: bool, language: str = "zh", **more: Any
    ) -> Answer:
        cookies = {"v": VISITOR, "lang": language} | ({"songyun": SESSION} if staff else {})
        return ask(self.app, method, pattern, path=path, bearer=None, key=None, cookies=cookies, **more)

    def party(self, *serials: int, start: str = "12:00", language: str = "zh", **counts: int) -> Answer:
        """Send the visitors' form for adults."""
        fields: dict[str, Any] = {}
        for index, serial in enumerate(serials):
            fields[f"visitors__{index}__concession"] = "adult"
            fields[f"visitors__{index}__name"] = f"示例{serial}"
            fields[f"visitors__{index}__number"] = person(serial).document.number
        query = urlencode({"day": DAY.isoformat(), "start": start, **(counts or {"adult": len(serials)})})
        return self.send(VISITORS, f"{SHOP}/p/entry/visitors?{query}", **fields)

    def bought(self, *serials: int) -> str:
        """The link of a held order."""
        return self.party(*serials).headers["Location"]


SHOP_FRONT = "/s/{slug}"
CHOOSE = "/s/{slug}/p/{product}"
VISITORS = "/s/{slug}/p/{product}/visitors"
ORDER = "/s/{slug}/orders/{order}"
GATE = "/gate/{area}/{gate}"


def step(link: str, name: str) -> str:
    """The link of a step of an order."""
    return link.replace("?", f"/{name}?")


def words(answer: Answer) -> str:
    """What the page says, as a reader sees it (full-width marks as typed)."""
    body = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", text).translate(str.maketrans("，；：！？（）", ",;:!?()"))


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    MemoryWork.world = made
    tenants = {"songlu-a": tenant("a")}

    def credential(secret: str, *, now: Any) -> Credential | None:
        if secret != SESSION:
            return None
        return Credential(
            tenant=tenants["songlu-a"],
            actor="member:m",
            label="售票员",
            means="session",
            roles=made.roles,
            expires=None,
        )

    def placed(day: date) -> list[Any]:
        orders = made.memory.orders.values()
        return [order for order in orders if business_day(order.placed) == day]

    set_clock(lambda: made.now)
    forget_callers()
    with ExitStack() as stack:
        for face in FACES:
            stack.enter_context(patch.object(face, "ScenicShop", FakeShop))
        for face in (gate, console_areas, money):
            stack.enter_context(patch.object(face, "new_unit", lambda now: fake_unit(made.memory, now)))
        stack.enter_context(patch.object(money, "ScenicShop", FakeShop))
        stack.enter_context(patch.object(money, "UnitOfWork", MemoryWork))
        stack.enter_context(patch.object(money, "named", lambda _name: made.payments))
        stack.enter_context(patch.object(pages_order, "named", lambda _name: made.payments))
        stack.enter_context(patch.object(console_order, "UnitOfWork", MemoryWork))
        stack.enter_context(patch("chalicelib.web.call.UnitOfWork", MemoryWork))
        stack.enter_context(patch("chalicelib.web.serve.raise_stored_answer", stored_answer))
        stack.enter_context(patch.object(directory, "by_slug", tenants.get))
        stack.enter_context(patch.object(directory, "by_secret", credential))
        stack.enter_context(patch.object(vault, "blind", lambda value, *, now: FakeVault().blind(value)))
        stack.enter_context(patch.object(order_store, "every", lambda *, day: iter(placed(day))))
        stack.enter_context(patch.object(console, "minutes", lambda *, area, day: []))
        stack.enter_context(patch.object(console_areas, "refused", lambda *, area, day: []))
        yield made
    set_clock(None)
    forget_callers()


def test_the_shop_front_says_price_sessions_and_how_full_it_is(place: Place) -> None:
    place.memory.gauges[("main", DAY)] = Gauge(inside=1900, entered=1900, level_instant=90)
    said = words(place.look(SHOP_FRONT, SHOP))
    assert "¥40.01" in said
    assert "1,900 / 2,000" in said
    assert "接近上限" in said
    assert "08:00–12:00 仅剩 3" in said
    assert "24 小时前退票退 100%、2 小时前退票退 80%、开始前退票退 50%;之后不退" in said


def test_search_engines_are_told_and_no_tenant_text_can_end_the_block(place: Place) -> None:
    evil = replace(place.memory.areas[0], names={"zh": "</script><script>alert(1)</script>"})
    place.memory.areas[0] = evil
    page = place.look(SHOP_FRONT, SHOP).text
    assert '"@type": "TouristAttraction"' in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("gauge", "says"),
    [
        (Gauge(status="closed", reason="weather"), "天气原因"),
        (Gauge(inside=2000, entered=2000, level_instant=100), "暂停"),
    ],
)
def test_a_closed_or_full_area_says_so_and_offers_no_session(place: Place, gauge: Gauge, says: str) -> None:
    place.memory.gauges[("main", DAY)] = gauge
    said = words(place.look(CHOOSE, f"{SHOP}/p/entry"))
    assert says in said
    assert "没有可以预订的时段" in said
    assert "下一步" not in said


def test_a_sold_out_session_says_so(place: Place) -> None:
    place.bought(1, 2, 3)
    assert "12:00–18:00 售罄" in words(place.look(CHOOSE, f"{SHOP}/p/entry"))
    answer = place.party(4)
    assert answer.status == 409
    assert "刚刚售罄" in words(answer) or "余量不足" in words(answer)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("start=12:00", "请选择人数"),
        ("start=12:00&adult=10", "最多 9 位游客"),
        ("start=09:13&adult=1", "请选择入园时段"),
        ("adult=1", "请选择入园时段"),
    ],
)
def test_what_is_missing_is_asked_for_where_it_is_chosen(place: Place, query: str, says: str) -> None:
    answer = place.look(VISITORS, f"{SHOP}/p/entry/visitors?day={DAY}&{query}")
    assert answer.status == 422
    assert says in words(answer)


def test_the_second_step_shows_refunds_with_dates_and_the_total(place: Place) -> None:
    page = place.look(VISITORS, f"{SHOP}/p/entry/visitors?day={DAY}&start=18:00&adult=2&youth=1")
    said = words(page)
    assert "10月1日 18:00 前退票,退 100%" in said
    assert "10月2日 16:00 前退票,退 80% (现在适用)" in said
    assert "10月2日 18:00 起不再退款" in said
    assert "¥200.03" in said
    assert page.text.count("<fieldset") == 3
    assert page.headers["Cache-Control"] == "no-store"


def test_wrong_documents_are_told_by_the_box_and_what_was_typed_stays(place: Place) -> None:
    answer = place.send(
        VISITORS,
        f"{SHOP}/p/entry/visitors?day={DAY}&start=12:00&adult=2",
        visitors__0__concession="adult",
        visitors__0__name="示例",
        visitors__0__number="410100199001011234",
        visitors__1__concession="adult",
    )
    assert answer.status == 422
    said = words(answer)
    assert "游客 1:证件号码有误" in said
    assert "游客 2:请填写姓名" in said
    assert 'value="410100199001011234"' in answer.text
    assert place.memory.orders == {}


def test_two_people_with_one_document_and_a_grown_up_as_youth_are_refused(place: Place) -> None:
    assert "同一个证件号填写了两次" in words(place.party(1, 1))
    answer = place.send(
        VISITORS,
        f"{SHOP}/p/entry/visitors?day={DAY}&start=12:00&youth=1",
        visitors__0__concession="youth",
        visitors__0__name="示例",
        visitors__0__number=person(1).document.number,
    )
    assert answer.status == 422
    assert "不符合“青少年票”的条件" in words(answer)


def test_sending_the_form_twice_makes_one_order(place: Place) -> None:
    query = f"{SHOP}/p/entry/visitors?day={DAY}&start=12:00&adult=1"
    fields = {
        "visitors__0__concession": "adult",
        "visitors__0__name": "示例",
        "visitors__0__number": person(1).document.number,
    }
    first = place.send(VISITORS, query, key="same", **fields)
    again = place.send(VISITORS, query, key="same", **fields)
    assert first.status == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert len(place.memory.orders) == 1


def test_who_has_a_booking_already_is_led_to_it(place: Place) -> None:
    first = place.party(1)
    kept = next(cookie for cookie in first.cookies if cookie.startswith("orders="))
    assert "HttpOnly" in kept
    assert f"Path={SHOP}" in kept
    answer = place.party(1, start="18:00")
    assert answer.status == 409
    assert "当天已有一份预订" in words(answer)


def test_an_order_opens_with_its_own_link_only(place: Place) -> None:
    link = place.bought(1)
    bare = urlsplit(link).path
    assert place.look(ORDER, link).status == 200
    for path in (
        bare,
        f"{bare}?t=0",
        link + "0",
        f"{SHOP}/orders/or_{'0' * 26}?t=1",
        f"{SHOP}/orders/none?t=1",
    ):
        assert place.look(ORDER, path).status == 404
    other = place.bought(2)
    swapped = f"{bare}?{urlsplit(other).query}"
    assert place.look(ORDER, swapped).status == 404


def test_a_held_order_can_be_paid_three_ways_or_at_the_desk(place: Place) -> None:
    page = place.look(ORDER, place.bought(1))
    said = words(page)
    for way in ("微信支付", "支付宝", "银行卡", "到窗口付款", "取消订单"):
        assert way in said
    assert "¥80.01" in said
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.text


def test_a_payment_under_way_is_asked_about_when_the_page_is_opened(place: Place) -> None:
    link = place.bought(1)
    (id,) = place.memory.orders
    order = place.memory.orders[id]
    place.memory.orders[id] = replace(order, paying="pay-1")
    assert "正在向支付机构确认付款" in words(place.look(ORDER, f"{link}&paid=1"))
    place.payments.arrived["pay-1"] = Receipt(
        provider="fake", ref="in-1", method="card", amount=order.total, at=NOW
    )
    said = words(place.look(ORDER, f"{link}&paid=1"))
    assert "付款成功,门票已出" in said
    assert "待使用" in said
    assert "示**" in said or "示*" in said
    assert "示例1" not in said


def test_money_that_comes_too_late_is_said_to_go_back(place: Place) -> None:
    link = place.bought(1, 2, 3)
    (id,) = place.memory.orders
    order = place.memory.orders[id]
    place.memory.orders[id] = replace(order, paying="pay-1")
    place.now = NOW + timedelta(minutes=40)
    assert place.party(4, 5, 6).status == 303
    place.payments.arrived["pay-1"] = Receipt(
        provider="fake", ref="in-1", method="card", amount=order.total, at=place.now
    )
    said = words(place.look(ORDER, link))
    assert "付款时名额已被他人买走" in said
    assert "¥240.03" in said
    assert "退回" in said
    assert place.payments.sent == 24003


def test_a_provider_that_fails_does_not_close_the_order_page(place: Place) -> None:
    link = place.bought(1)
    (id,) = place.memory.orders
    place.memory.orders[id] = replace(place.memory.orders[id], paying="pay-1")
    with patch.object(place.payments, "receipt", side_effect=RuntimeError("provider")):
        assert place.look(ORDER, link).status == 200


def test_an_expired_hold_says_that_nothing_was_charged(place: Place) -> None:
    link = place.bought(1)
    place.now = NOW + timedelta(minutes=16)
    said = words(place.look(ORDER, link))
    assert "付款时间已过,名额已释放;没有扣款" in said
    assert "重新预订" in said
    assert "微信支付" not in said


def test_cancelling_asks_first(place: Place) -> None:
    link = place.bought(1)
    asked = words(place.look(f"{ORDER}/cancel", step(link, "cancel")))
    assert "不能恢复" in asked
    assert place.send(f"{ORDER}/cancel", step(link, "cancel"), confirm="yes").status == 303
    assert "订单已取消,没有扣款" in words(place.look(ORDER, link))


def test_tickets_that_cost_nothing_need_no_provider(place: Place) -> None:
    body = place.send(
        VISITORS,
        f"{SHOP}/p/entry/visitors?day={DAY}&start=12:00&senior=1",
        visitors__0__concession="senior",
        visitors__0__name="示例",
        visitors__0__number=person(1, born=date(1950, 1, 1)).document.number,
    )
    link = body.headers["Location"]
    said = words(place.look(ORDER, link))
    assert "免费领取门票" in said
    assert "微信支付" not in said
    assert place.send(f"{ORDER}/claim", step(link, "claim")).status == 303
    assert "待使用" in words(place.look(ORDER, link))


def test_nobody_gets_a_paid_ticket_by_claiming_it(place: Place) -> None:
    link = place.bought(1)
    place.send(f"{ORDER}/claim", step(link, "claim"))
    assert "待付款" in words(place.look(ORDER, link))


def paid(place: Place, *serials: int) -> str:
    """The link of a paid order."""
    link = place.bought(*serials)
    for order in list(place.memory.orders.values()):
        if order.receipt is None:
            place.receive(order, ref=f"in-{order.id}")
    return link


def test_a_refund_shows_each_amount_before_it_is_done(place: Place) -> None:
    link = paid(place, 1, 2)
    choose = words(place.look(f"{ORDER}/refund", step(link, "refund")))
    assert choose.count("现在可退 ¥64.01") == 2
    sure = words(place.look(f"{ORDER}/refund", step(link, "refund") + "&ticket=2"))
    assert "确认退票,退款 ¥64.01" in sure
    assert "不退的部分:¥16" in sure
    done = place.send(f"{ORDER}/refund", step(link, "refund"), ticket="2", agreed="6401")
    assert done.status == 303
    said = words(place.look(ORDER, done.headers["Location"]))
    assert "共退 ¥64.01" in said
    assert "已退款" in said
    assert place.payments.sent == 6401


def test_a_refund_that_changed_meanwhile_is_shown_anew_and_not_done(place: Place) -> None:
    link = paid(place, 1)
    place.now = NOW + timedelta(hours=2)  # less than two hours ahead: half comes back
    answer = place.send(f"{ORDER}/refund", step(link, "refund"), ticket="1", agreed="6401")
    assert answer.status == 409
    said = words(answer)
    assert "还没有退票" in said
    assert "确认退票,退款 ¥40.01" in said
    assert place.payments.sent == 0


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_a_visitor_reads_their_own_language(place: Place, language: str) -> None:
    link = paid(place, 1)
    for pattern, path in (
        (SHOP_FRONT, SHOP),
        (CHOOSE, f"{SHOP}/p/entry"),
        (ORDER, link),
        (f"{ORDER}/refund", step(link, "refund")),
    ):
        answer = place.look(pattern, path, language=language)
        assert answer.status == 200
        assert answer.headers["Content-Language"] == language
        assert not {"请", "您"} & set(words(answer))


def test_the_desk_sells_in_two_steps(place: Place) -> None:
    held = place.send(
        "/console/sell",
        f"/console/sell?product=entry&day={DAY}&people=2",
        staff=True,
        start="12:00",
        visitors__0__concession="adult",
        visitors__0__name="示例1",
        visitors__0__number=person(1).document.number,
        visitors__1__concession="adult",  # a row that nobody filled in
    )
    assert held.status == 303
    (id,) = place.memory.orders
    assert "确认收款" in words(place.look("/console/orders/{order}", f"/console/orders/{id}", staff=True))
    wrong = place.send(
        "/console/orders/{order}/payment", f"/console/orders/{id}/payment", staff=True, amount="1"
    )
    assert wrong.status == 422
    right = place.send(
        "/console/orders/{order}/payment", f"/console/orders/{id}/payment", staff=True, amount="8001"
    )
    assert right.status == 303
    assert "待使用" in words(place.look("/console/orders/{order}", f"/console/orders/{id}", staff=True))


def test_a_clerk_sees_names_only_after_it_was_written_down(place: Place) -> None:
    paid(place, 1)
    (id,) = place.memory.orders
    seen = place.look("/console/orders/{order}", f"/console/orders/{id}", staff=True)
    number = person(1).document.number
    assert number not in seen.text
    assert "示例1" not in seen.text
    shown = place.send(
        "/console/orders/{order}/people", f"/console/orders/{id}/people", staff=True, confirm="yes"
    )
    assert number in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert place.looks == [("scenic.reveal-people", id)]
    assert number not in repr(place.memory.commands)


def test_who_only_reads_orders_cannot_sell_or_reveal(place: Place) -> None:
    paid(place, 1)
    (id,) = place.memory.orders
    place.roles = frozenset({"orders.read"})
    page = place.look("/console/orders/{order}", f"/console/orders/{id}", staff=True)
    assert page.status == 200
    assert "显示" not in words(page).replace("显示完整", "")
    refused = place.send(
        "/console/orders/{order}/people", f"/console/orders/{id}/people", staff=True, confirm="yes"
    )
    assert refused.status == 403


def test_the_day_is_counted_and_exported_without_names(place: Place) -> None:
    paid(place, 1, 2)
    place.refund(next(iter(place.memory.orders.values())), numbers=[1])
    said = words(place.look("/console", "/console", staff=True))
    assert "售出门票 1 张" in said
    assert "¥160.02" in said
    assert "退款 ¥64.01" in said
    file = place.look("/console/orders.csv", "/console/orders.csv", staff=True)
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    (id,) = place.memory.orders
    assert rows[1][0] == short_number(id)
    assert rows[1][6:8] == ["160.02", "64.01"]
    assert "示例" not in file.text


def test_an_order_is_found_by_its_number_as_people_say_it(place: Place) -> None:
    paid(place, 1)
    (id,) = place.memory.orders
    for typed in (short_number(id), short_number(id).lower().replace("-", ""), id.upper()):
        answer = place.look("/console", f"/console?{urlencode({'find': typed})}", staff=True)
        assert answer.headers["Location"] == f"/console/orders/{id}"
    lost = place.look("/console", "/console?find=%3Cb%3E", staff=True)
    assert "没有找到订单“<b>”" in words(lost)
    assert "<b>" not in lost.text.replace('<b class="num">', "")


def test_short_numbers_forgive_letters_that_look_like_figures() -> None:
    found = read_short("1002 - 1o0abc-2", today=DAY)
    assert found is not None
    assert (found.day, found.tail, found.piece) == (date(2035, 10, 2), "100abc", 2)
    last_year = read_short("1231-000000", today=DAY)
    assert last_year is not None
    assert last_year.day == date(2034, 12, 31)
    assert read_short("0230-000000", today=DAY) is None
    assert read_short("SY:1234", today=DAY) is None


def test_closing_an_area_asks_why_and_then_stops_entry(place: Place) -> None:
    asked = words(
        place.look("/console/areas/{area}/status", "/console/areas/main/status?status=closed", staff=True)
    )
    assert "立即停止今天的网上售票" in asked
    path = "/console/areas/main/status"
    pattern = "/console/areas/{area}/status"
    assert place.send(pattern, path, staff=True, status="closed", confirm="yes").status == 400
    done = place.send(pattern, path, staff=True, status="closed", reason="weather", confirm="yes")
    assert done.status == 303
    assert place.gauge().status == "closed"
    assert "今日关闭" in words(place.look("/console/areas", "/console/areas", staff=True))


def code_of(place: Place) -> tuple[str, str]:
    """The code and the typed number of the only ticket."""
    (ticket,) = place.memory.tickets.values()
    code = place.shop(place.work()).tickets.code(ticket.pass_())
    return code, f"{short_number(ticket.order)}-1"


def test_the_gate_admits_once_and_says_when_and_where_it_was(place: Place) -> None:
    paid(place, 1)
    code, _ = code_of(place)
    place.now = NOW + timedelta(hours=3)
    yes = place.send(GATE, "/gate/main/south", staff=True, key="scan-1", code=code)
    assert 'data-verdict="admit"' in yes.text
    assert "可入园" in words(yes)
    again = place.send(GATE, "/gate/main/south", staff=True, key="scan-1", code=code)
    assert 'data-verdict="admit"' in again.text
    no = place.send(GATE, "/gate/main/east", staff=True, key="scan-2", code=code)
    assert 'data-verdict="refuse"' in no.text
    assert "首次入园 12:30:00" in words(no)
    assert "南门" in words(no)
    assert place.gauge().inside == 1


def test_a_number_read_from_wet_paper_is_admitted_with_a_look_at_the_document(place: Place) -> None:
    paid(place, 1)
    _, typed = code_of(place)
    place.now = NOW + timedelta(hours=3)
    answer = place.send(GATE, "/gate/main/south", staff=True, code=typed)
    assert 'data-verdict="check"' in answer.text
    assert "请核对证件原件" in words(answer)


@pytest.mark.parametrize("code", ["HELLO", "", "SY:" + "0" * 132, "1002-ZZZZZZ-1", "<script>"])
def test_whatever_is_no_ticket_is_refused_in_words(place: Place, code: str) -> None:
    answer = place.send(GATE, "/gate/main/south", staff=True, code=code)
    assert answer.status == 200
    assert "不可入园" in words(answer)
    assert "<script>" not in answer.text.split("</head>")[1]


def test_people_are_counted_out_at_the_gate_but_not_below_nobody(place: Place) -> None:
    place.memory.gauges[("main", DAY)] = Gauge(inside=3, entered=3)
    out = place.send(f"{GATE}/exits", "/gate/main/south/exits", staff=True, count="1")
    assert "已登记离园 1 人" in words(place.look(GATE, out.headers["Location"], staff=True))
    out = place.send(f"{GATE}/exits", "/gate/main/south/exits", staff=True, count="5")
    assert "园内人数不足" in words(place.look(GATE, out.headers["Location"], staff=True))
    assert place.gauge().inside == 2


def test_a_log_in_leads_the_gate_to_the_gate_and_the_desk_to_the_day(place: Place) -> None:
    assert place.look("/scenic", "/scenic", staff=True).headers["Location"] == "/console"
    place.roles = frozenset({"gate"})
    assert place.look("/scenic", "/scenic", staff=True).headers["Location"] == "/gate"

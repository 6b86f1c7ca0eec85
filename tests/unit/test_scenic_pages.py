"""What visitors are shown and told: shop, order, refund."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest

from chalicelib.payments.port import Receipt
from tenants.scenic.domain.area import Gauge
from tests.scenic_pages import CHOOSE, ORDER, SHOP, SHOP_FRONT, VISITORS, Place, paid, scenic_web, step, words
from tests.scenic_world import DAY, NOW, person


@pytest.fixture
def place() -> Iterator[Place]:
    with scenic_web() as made:
        yield made


def test_the_shop_front_says_price_sessions_and_how_full_it_is(place: Place) -> None:
    place.memory.gauges[("main", DAY)] = Gauge(inside=1900, entered=1900, level_instant=90)
    said = words(place.look(SHOP_FRONT, SHOP))
    assert "¥40.01" in said
    assert "1,900 / 2,000" in said
    assert "接近上限" in said
    assert "08:00–12:00 仅剩 3 位" in said
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
    assert 'data-code="commerce.stock.sold-out"' in answer.text


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

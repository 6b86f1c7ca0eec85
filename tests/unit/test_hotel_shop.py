"""The hotel's shop over the ports in memory: what guests are offered, asked, charged and told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from chalicelib.commerce.orders.domain import Payment, State
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt
from tenants.hotel.domain.extra import Extra, Kind, Per
from tenants.hotel.domain.rooms import Hourly
from tenants.hotel.routes import money
from tenants.hotel.usecases import setting
from tests.hotel_pages import SHOP, Place, hotel_web, links, words
from tests.hotel_world import DAY, INN, kind

pytestmark = pytest.mark.unit

FRONT, ROOMS, STAY, GUESTS = "/s/{slug}", "/s/{slug}/rooms", "/s/{slug}/stay", "/s/{slug}/guests"
ORDER, CONFIRM, CANCEL = (f"/s/{{slug}}/orders/{{order}}{step}" for step in ("", "/confirm", "/cancel"))
DATES = f"arrive={DAY}&depart={DAY + timedelta(days=2)}"
TWO_ROOMS = f"{DATES}&room=twin.bar.2.0&n=1&room=king.breakfast.2.0&n=1"
WHO = {"name": "示例甲", "phone": "138 0000 0000"}


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


def extras(place: Place) -> None:
    parking = Extra(
        id="parking",
        site=INN.id,
        names={"zh": "停车位"},
        kind=Kind.PARKING,
        per=Per.NIGHT,
        price=2000,
        most=3,
    )
    breakfast = replace(parking, id="morning", names={"zh": "早餐"}, kind=Kind.MEAL, price=3800, most=9)
    place.do(lambda hotel: setting.set_extra(parking, count=2, hotel=hotel))
    place.do(lambda hotel: setting.set_extra(breakfast, count=0, hotel=hotel))


def held(place: Place, query: str = TWO_ROOMS, **more: Any) -> str:
    """Through the last form; the order's link."""
    agreed = re.search(r'name="agreed" value="(\d+)"', place.look(GUESTS, f"{SHOP}/guests?{query}").text)
    assert agreed is not None
    fields = {**WHO, "agreed": agreed[1], **more}
    return place.send(GUESTS, f"{SHOP}/guests?{query}", **fields).headers["Location"]


def order_of(place: Place, link: str) -> Any:
    return place.memory.orders[re.findall(r"or_[0-9a-z]{26}", link)[0]]


def test_the_front_says_what_rooms_there_are_and_from_which_price(place: Place) -> None:
    said = words(place.look(FRONT, SHOP))
    assert "嵩云居" in said
    assert "¥255 起 / 晚" in said  # the cheapest plan of twins
    assert "14:00 后入住,12:00 前退房" in said


def test_a_search_shows_every_price_with_its_terms_in_words(place: Place) -> None:
    said = words(place.look(ROOMS, f"{SHOP}/rooms?{DATES}"))
    assert "¥510" in said
    assert "每晚 ¥255" in said
    assert "不可免费取消:取消收取 ¥510" in said
    assert "10月8日 14:00 前可免费取消" in said
    assert "仅剩 3 间" in said


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (f"arrive={DAY}&depart={DAY}", "离店日期应晚于入住日期"),
        ("arrive=2020-01-01&depart=2020-01-02", "入住日期已经过去"),
        (f"arrive={DAY}&depart={DAY + timedelta(days=90)}", "一次最多预订 60 晚"),
    ],
)
def test_dates_that_cannot_be_are_told_beside_their_box(place: Place, query: str, says: str) -> None:
    answer = place.look(ROOMS, f"{SHOP}/rooms?{query}")
    assert answer.status == 422
    assert says in words(answer)


def test_why_a_room_cannot_be_had_is_said_in_words(place: Place) -> None:
    place.rule("twin", DAY, closed_to_arrival=True)
    place.hold("king", count=2, nights=2)
    said = words(place.look(ROOMS, f"{SHOP}/rooms?{DATES}"))
    assert "10月10日 周三 不接受入住。" in said
    assert "已订满" in said


def test_choosing_leads_to_the_basket_and_carries_what_was_chosen_before(place: Place) -> None:
    first = place.look(ROOMS, f"{SHOP}/rooms?{DATES}&room=king.bar.1.0&n=2")
    link = next(link for link in links(first) if "twin.bar" in link)
    said = words(place.look(STAY, link))
    assert "king" in said
    assert "twin" in said
    assert "¥2,200" in said  # two kings and a twin for two nights


def test_a_basket_prices_rooms_and_extras_and_says_what_is_short(place: Place) -> None:
    extras(place)
    answer = place.look(STAY, f"{SHOP}/stay?{DATES}&room=twin.bar.2.0&n=4&x.parking=1&x.morning=4")
    said = words(answer)
    assert "只剩 3 间" in said
    assert "4 × ¥76" in said
    assert "下一步" not in said
    assert "仅剩 2 份" in said


def test_an_empty_basket_says_where_to_begin(place: Place) -> None:
    assert "还没有选客房" in words(place.look(STAY, f"{SHOP}/stay"))
    assert place.look(GUESTS, f"{SHOP}/guests").headers["Location"].startswith(f"{SHOP}/stay")


def test_two_rooms_with_extras_are_held_and_confirmed_without_money(place: Place) -> None:
    extras(place)
    link = held(place, f"{DATES}&room=twin.bar.2.0&n=2&x.parking=1")
    order = order_of(place, link)
    assert [(line.kind, line.count, line.total) for line in order.lines] == [
        ("night", 2, 120000),
        ("parking", 1, 4000),
    ]
    assert {hold.resource for hold in order.holds} == {"type:twin", "extra:parking"}
    assert "现在不付款,到店付 ¥1,240" in words(place.look(ORDER, link))
    sent = place.send(CONFIRM, link.replace("?", "/confirm?"))
    said = words(place.look(ORDER, sent.headers["Location"]))
    assert "预订成功" in said
    assert "待入住" in said
    assert "<svg" in place.look(ORDER, link).text
    assert order_of(place, link).state is State.CONFIRMED


def test_what_was_typed_comes_back_beside_what_was_wrong(place: Place) -> None:
    answer = place.send(GUESTS, f"{SHOP}/guests?{TWO_ROOMS}", name="示例甲", phone="call me", agreed=0)
    assert answer.status == 422
    assert "电话号码要 5 至 19 位数字" in words(answer)
    assert 'value="示例甲"' in answer.text
    assert not place.memory.orders


def test_another_price_than_the_one_shown_is_shown_first(place: Place) -> None:
    answer = place.send(GUESTS, f"{SHOP}/guests?{TWO_ROOMS}", agreed=100, **WHO)
    assert answer.status == 409
    assert "价格已变为 ¥1,460" in words(answer)


def test_the_last_room_goes_to_one_of_two_pages(place: Place) -> None:
    query = f"{DATES}&room=king.bar.2.0&n=2"
    page = place.look(GUESTS, f"{SHOP}/guests?{query}")
    agreed = re.search(r'name="agreed" value="(\d+)"', page.text)
    assert agreed is not None
    held(place, query)
    late = place.send(GUESTS, f"{SHOP}/guests?{query}", agreed=agreed[1], **WHO)
    assert late.status == 409
    assert "刚刚被订完" in words(late)
    assert 'data-code="commerce.stock.sold-out"' in late.text


def test_the_same_form_twice_is_one_booking(place: Place) -> None:
    fields = {**WHO, "agreed": "160000"}
    query = f"{SHOP}/guests?{DATES}&room=king.bar.2.0&n=2"
    first = place.send(GUESTS, query, key="once", **fields)
    again = place.send(GUESTS, query, key="once", **fields)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(place.memory.orders) == 1


def test_money_that_arrives_makes_it_firm_and_what_is_cancelled_goes_back(place: Place) -> None:
    link = held(place, f"{DATES}&room=twin.deposit.2.0&n=1")
    order = order_of(place, link)
    assert "现在需付 ¥180,其余到店付" in words(
        place.look(GUESTS, f"{SHOP}/guests?{DATES}&room=twin.deposit.2.0&n=1")
    )
    receipt = Receipt(provider="fake", ref="p1", method="card", amount=Money(18000), at=place.now)
    money.receive(order.id, receipt, place.now)
    said = words(place.look(ORDER, link))
    assert "已付 ¥180.00 · 到店付 ¥420.00" in said
    place.now = INN.arrival(DAY) - timedelta(hours=12)
    quote = words(place.look(CANCEL, link.replace("?", "/cancel?")))
    assert "取消费 ¥300.00" in quote
    assert "还有 ¥120 未付" in quote
    sent = place.send(CANCEL, link.replace("?", "/cancel?"), confirm="yes", fee=30000, back=0)
    assert "预订已取消" in words(place.look(ORDER, sent.headers["Location"]))


def test_who_cancelled_reads_that_and_whose_money_came_too_late_reads_why(place: Place) -> None:
    query = f"{DATES}&room=twin.deposit.2.0&n=1"
    receipt = Receipt(provider="fake", ref="p1", method="card", amount=Money(18000), at=place.now)
    own = held(place, query)
    money.receive(order_of(place, own).id, receipt, place.now)
    place.now = INN.arrival(DAY) - timedelta(days=9)
    back = re.search(r'name="back" value="(\d+)"', place.look(CANCEL, own.replace("?", "/cancel?")).text)
    assert back is not None
    fee = 18000 - int(back[1])
    place.send(CANCEL, own.replace("?", "/cancel?"), confirm="yes", fee=fee, back=back[1])
    assert "付款到达前" not in words(place.look(ORDER, own))
    late = held(place, query)
    place.send(CANCEL, late.replace("?", "/cancel?"), confirm="yes")
    money.receive(order_of(place, late).id, replace(receipt, ref="p2"), place.now)
    assert "付款到达前订单已经取消" in words(place.look(ORDER, late))


def test_cancelling_for_other_money_than_shown_shows_the_new_amount(place: Place) -> None:
    link = held(place, f"{DATES}&room=twin.bar.2.0&n=1")
    place.send(CONFIRM, link.replace("?", "/confirm?"))
    place.now = INN.arrival(DAY) - timedelta(hours=12)
    answer = place.send(CANCEL, link.replace("?", "/cancel?"), confirm="yes", fee=0, back=0)
    assert answer.status == 409
    assert "还没有取消" in words(answer)
    assert order_of(place, link).state is State.CONFIRMED


def test_money_after_the_rooms_were_sold_goes_back_with_the_reason(place: Place) -> None:
    link = held(place, f"{DATES}&room=king.fixed.2.0&n=2")
    order = order_of(place, link)
    place.now += timedelta(minutes=16)
    place.hold("king", count=2, nights=2, key="other")
    receipt = Receipt(provider="fake", ref="p2", method="card", amount=order.total, at=place.now)
    after = money.receive(order.id, receipt, place.now)
    assert after.payment is Payment.REFUNDING
    said = words(place.look(ORDER, link))
    assert "付款时名额已被他人买走。" in said
    assert place.payments.sent == order.total.amount


def test_a_link_without_its_token_is_no_page(place: Place) -> None:
    link = held(place)
    assert place.look(ORDER, link.partition("?")[0]).status == 404


def test_a_booking_can_be_saved_in_a_calendar(place: Place) -> None:
    link = held(place, f"{DATES}&room=twin.bar.2.0&n=1")
    place.send(CONFIRM, link.replace("?", "/confirm?"))
    answer = place.look("/s/{slug}/orders/{order}/calendar", link.replace("?", "/calendar?"))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20351010T060000Z" in answer.raw["body"] or answer.raw["isBase64Encoded"]


def test_hours_are_offered_with_what_is_left_and_held(place: Place) -> None:
    hourly = Hourly(rooms=1, opens=time(9), closes=time(18), hours=3, price=9900)
    place.type_(kind("twin", hourly=hourly))
    page = place.look("/s/{slug}/hours", f"{SHOP}/hours?day={DAY}")
    assert "12:00–15:00" in words(page)
    link = held(place, f"hours=twin.{DAY}.12")
    assert order_of(place, link).lines[0].option == "hours"
    assert "12:00–15:00 已订满" in words(place.look("/s/{slug}/hours", f"{SHOP}/hours?day={DAY}"))


def test_pictures_are_drawn_and_kept(place: Place) -> None:
    answer = place.look("/s/{slug}/pictures/{type}", f"{SHOP}/pictures/twin")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert place.look("/s/{slug}/pictures/{type}", f"{SHOP}/pictures/none").status == 404


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_every_page_is_in_the_readers_language(place: Place, language: str) -> None:
    extras(place)
    link = held(place)
    for pattern, path in (
        (FRONT, SHOP),
        (ROOMS, f"{SHOP}/rooms?{DATES}"),
        (STAY, f"{SHOP}/stay?{TWO_ROOMS}"),
        (GUESTS, f"{SHOP}/guests?{TWO_ROOMS}"),
        (ORDER, link),
        (CANCEL, link.replace("?", "/cancel?")),
    ):
        answer = place.look(pattern, path, language=language)
        assert answer.status == 200
        assert answer.headers["Content-Language"] == language


def test_a_page_of_offers_is_light(place: Place) -> None:
    assert len(place.look(ROOMS, f"{SHOP}/rooms?{DATES}").text.encode()) < 60_000


CHANGE, FEWER, PAY_CHANGE, DROP = (
    f"/s/{{slug}}/orders/{{order}}{step}" for step in ("/change", "/fewer", "/change/pay", "/change/drop")
)


def test_other_dates_show_their_money_first_and_are_then_changed(place: Place) -> None:
    link = held(place, f"{DATES}&room=twin.bar.2.0&n=1")
    place.send(CONFIRM, link.replace("?", "/confirm?"))
    step = link.replace("?", "/change?")
    new = {"arrive": f"{DAY + timedelta(days=5)}", "depart": f"{DAY + timedelta(days=8)}"}
    asked = words(place.look(CHANGE, f"{step}&arrive={new['arrive']}&depart={new['depart']}"))
    assert "改后合计 ¥900.00" in asked
    assert "到店付 ¥900" in asked
    sent = place.send(CHANGE, step, confirm="yes", pay=0, back=0, **new)
    said = words(place.look(ORDER, sent.headers["Location"]))
    assert "预订已修改" in said
    assert "10月15日 周一 – 10月18日 周四" in said


def test_dates_that_cost_more_wait_for_their_payment(place: Place) -> None:
    link = held(place, f"{DATES}&room=twin.fixed.2.0&n=1")
    order = order_of(place, link)
    money.receive(
        order.id,
        Receipt(provider="fake", ref="p1", method="card", amount=order.total, at=place.now),
        place.now,
    )
    step = link.replace("?", "/change?")
    new = {"arrive": f"{DAY}", "depart": f"{DAY + timedelta(days=3)}"}
    assert "现在需补 ¥255" in words(
        place.look(CHANGE, f"{step}&arrive={new['arrive']}&depart={new['depart']}")
    )
    waiting = place.send(CHANGE, step, confirm="yes", pay=25500, back=0, **new).headers["Location"]
    assert "付款前原来的预订不变" in words(place.look(ORDER, waiting))
    place.send(DROP, link.replace("?", "/change/drop?"))
    assert "付款前原来的预订不变" not in words(place.look(ORDER, link))


def test_dates_that_are_full_say_so_and_change_nothing(place: Place) -> None:
    link = held(place, f"{DATES}&room=king.bar.2.0&n=2")
    place.send(CONFIRM, link.replace("?", "/confirm?"))
    place.hold("king", key="full", day=DAY + timedelta(days=2), count=2)
    new = {"arrive": f"{DAY + timedelta(days=1)}", "depart": f"{DAY + timedelta(days=3)}"}
    answer = place.send(CHANGE, link.replace("?", "/change?"), confirm="yes", pay=0, back=0, **new)
    assert answer.status == 409
    assert "这些日期已经没有足够的客房" in words(answer)


def test_one_of_two_rooms_is_given_up_for_the_money_shown(place: Place) -> None:
    link = held(place, f"{DATES}&room=twin.fixed.2.0&n=2")
    order = order_of(place, link)
    money.receive(
        order.id,
        Receipt(provider="fake", ref="p1", method="card", amount=order.total, at=place.now),
        place.now,
    )
    way = next(found for found in links(place.look(ORDER, link)) if "/fewer" in found)
    asked = words(place.look(FEWER, way))
    assert "按退订条款,酒店保留 ¥510" in asked
    done = place.send(FEWER, way, confirm="yes", pay=0, back=0)
    said = words(place.look(ORDER, done.headers["Location"]))
    assert "退改费 按退订条款保留 ¥510.00" in said

"""What the ticket office is shown and told: sales, orders, areas."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import pytest

from chalicelib.commerce.orders.numbers import read_short, short_number
from tests.scenic_pages import Place, paid, scenic_web, words
from tests.scenic_world import DAY, person


@pytest.fixture
def place() -> Iterator[Place]:
    with scenic_web() as made:
        yield made


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

"""Prices at the desk: what a change would do is shown before it is written, and what is sold stays sold."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from chalicelib.web import multipart
from tenants.hotel.domain.repricing import How, Pricing
from tenants.hotel.usecases import repricing
from tenants.hotel.usecases.rates import DaysWrong, UnknownType
from tests.hotel_pages import Place, hotel_web, links, words
from tests.hotel_world import DAY, INN, MemoryWorld

pytestmark = pytest.mark.unit

CHANGE, IMPORT, NIGHT = "/hotel/prices/change", "/hotel/prices/import", "/hotel/prices/{type}/{day}"
WEEKEND = frozenset({6, 7})
HEAD = "type,plan,from,to,weekdays,price,stop_sell,min_arrival\n"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        yield made


@pytest.fixture
def world() -> MemoryWorld:
    world = MemoryWorld()
    world.set_up()
    return world


def price_of(place: Place, type: str, day: date) -> int | None:
    sheet = place.memory.sheets[(INN.id, type, f"{day:%Y%m}")]
    return sheet.price("bar", day)


def wish(**more: object) -> repricing.Wish:
    given = {"types": ("twin",), "first": DAY, "last": DAY + timedelta(days=9), **more}
    return repricing.Wish(**given)  # type: ignore[arg-type]


def proposed(world: MemoryWorld, **more: object) -> repricing.Proposal:
    return repricing.propose(wish(**more), hotel=world.hotel(world.work()))


@pytest.mark.parametrize(
    ("pricing", "price", "after"),
    [
        (Pricing(how=How.SET, value=32800), None, 32800),
        (Pricing(how=How.SHARE, value=100), None, None),
        (Pricing(how=How.SHARE, value=100), 32800, 36080),
        (Pricing(how=How.SHARE, value=125, step=1000), 32800, 37000),
        (Pricing(how=How.SHARE, value=-500, step=100), 32850, 16400),
        (Pricing(how=How.ADD, value=-99999, step=100), 30000, 0),
        (Pricing(how=How.ADD, value=150, step=500), 30100, 30500),
    ],
)
def test_a_price_is_set_or_raised_and_rounded_half_up(
    pricing: Pricing, price: int | None, after: int | None
) -> None:
    assert pricing.of(price) == after


def test_a_change_names_only_the_cells_that_become_different(world: MemoryWorld) -> None:
    world.rule("twin", DAY, min_arrival=2)
    found = proposed(
        world, weekdays=WEEKEND, pricing=Pricing(how=How.SET, value=30000), rule={"min_arrival": 2}
    )
    assert found.prices == ()  # they cost that already
    days = [edit.day.isoweekday() for edit in found.rules]
    assert days == [6, 7]
    assert {edit.after.min_arrival for edit in found.rules} == {2}


def test_what_was_shown_is_written_and_nothing_else(world: MemoryWorld) -> None:
    raised = {"pricing": Pricing(how=How.SHARE, value=100, step=100)}
    shown = proposed(world, **raised)
    world.rates(shown.rows[0])  # somebody writes a price in between
    again = proposed(world, **raised)
    with pytest.raises(repricing.PricesMoved):
        repricing.carry_out(again, seen=shown.seal, hotel=world.hotel(world.work()), unit=world.unit)
    repricing.carry_out(shown, seen=shown.seal, hotel=world.hotel(world.work()), unit=world.unit)
    repricing.carry_out(shown, seen=shown.seal, hotel=world.hotel(world.work()), unit=world.unit)
    left = proposed(world, pricing=Pricing(how=How.SET, value=33000))
    assert left.empty  # ten per cent more, once


def test_what_is_sold_is_counted_and_keeps_its_price(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold("twin", nights=2))
    found = proposed(world, pricing=Pricing(how=How.ADD, value=5000))
    assert found.sold == 2
    repricing.carry_out(found, seen=found.seal, hotel=world.hotel(world.work()), unit=world.unit)
    assert world.hotel(world.work()).orders.get(order.id).total.amount == order.total.amount


def test_a_night_without_a_price_cannot_be_raised_and_is_said(world: MemoryWorld) -> None:
    far = DAY + timedelta(days=300)
    found = proposed(world, first=far, last=far + timedelta(days=1), pricing=Pricing(how=How.SHARE, value=50))
    assert (found.empty, found.unpriced) == (True, 2)


def test_what_cannot_be_meant_is_refused(world: MemoryWorld) -> None:
    with pytest.raises(repricing.NothingChosen):
        proposed(world)
    with pytest.raises(UnknownType):
        proposed(world, types=("barn",), rule={"stop_sell": True})
    with pytest.raises(DaysWrong):
        proposed(world, last=DAY - timedelta(days=1), rule={"stop_sell": True})
    with pytest.raises(repricing.PriceAboveMost):
        proposed(world, pricing=Pricing(how=How.ADD, value=500_000_00))


def test_the_calendar_shows_prices_rooms_left_and_restrictions(place: Place) -> None:
    place.rule("twin", DAY, min_arrival=3, stop_sell=True)
    page = place.look("/hotel/prices", f"/hotel/prices?month={DAY:%Y-%m}", staff=True)
    said = words(page)
    assert "300 300 300" in said
    assert "停 到≥3" in said
    assert f"/hotel/prices/twin/{DAY}" in links(page)
    assert "/hotel/prices/twin/2035-10-01" not in links(page)  # over: nothing to set there
    assert len(page.text) < 150_000


def test_a_bulk_change_is_previewed_then_written(place: Place) -> None:
    form = {
        "types": "twin",
        "first": DAY.isoformat(),
        "last": (DAY + timedelta(days=6)).isoformat(),
        "weekdays": "6",
        "how": "up",
        "amount": "12.5",
        "step": "1000",
    }
    shown = place.send(CHANGE, staff=True, **form)
    assert "¥300 ¥340" in words(shown)
    assert price_of(place, "twin", DAY + timedelta(days=3)) == 30000  # nothing is written yet
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None
    assert place.send(CHANGE, staff=True, **form, seen=seen[1]).status == 303
    assert price_of(place, "twin", DAY + timedelta(days=3)) == 34000
    assert price_of(place, "twin", DAY + timedelta(days=4)) == 30000
    stale = place.send(CHANGE, staff=True, **form, seen=seen[1])
    assert "您查看之后价格有了变化,尚未写入。" in words(stale)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"types": ""}, "此项必填"),
        ({"amount": "abc"}, "请填金额"),
        ({"last": "2035-10-01"}, "日期范围有误"),
        ({"how": "", "amount": ""}, "没有选要改的内容"),
        ({"how": "more", "amount": "499999"}, "超过每晚 ¥500,000"),
    ],
)
def test_a_bulk_change_that_is_wrong_comes_back_as_it_was_typed(
    place: Place, wrong: dict[str, str], says: str
) -> None:
    form = {
        "types": "twin",
        "first": DAY.isoformat(),
        "last": DAY.isoformat(),
        "how": "set",
        "amount": "300",
    }
    answer = place.send(CHANGE, staff=True, **{**form, **wrong})
    assert answer.status in {400, 422}
    assert says in words(answer)
    assert f'value="{DAY}"' in answer.text


def test_one_night_is_opened_and_set(place: Place) -> None:
    path = f"/hotel/prices/king/{DAY}"
    assert "随之变化:含早 ¥430" in words(place.look(NIGHT, path, staff=True))
    form = {"price__bar": "455.50", "stop_sell": "no", "closed_to_arrival": "yes", "min_arrival": "2"}
    assert place.send(NIGHT, path, staff=True, **form).status == 303
    assert price_of(place, "king", DAY) == 45550
    again = place.send(NIGHT, path, staff=True, price__bar="lots", max_arrival="1")
    assert "请填金额,例如 328 或 328.50。" in words(again)
    contrary = place.send(NIGHT, path, staff=True, min_arrival="4", max_arrival="1")
    assert "最少晚数不能大于最多晚数。" in words(contrary)


def test_a_file_brings_in_what_the_export_gave_and_nothing_changes(place: Place) -> None:
    place.rule("king", DAY, to=DAY + timedelta(days=1), min_through=2)
    exported = place.look("/hotel/prices.csv", f"/hotel/prices.csv?month={DAY:%Y-%m}", staff=True).text
    assert f"king,,{DAY},{DAY + timedelta(days=1)},,,0,0,0,0,0,2,0" in exported
    shown = place.send(IMPORT, staff=True, csv=exported)
    assert "什么都不会变" in words(shown)
    assert exported.startswith("\ufeff房型,价格计划,开始日期,")
    foreign = place.look(
        "/hotel/prices.csv", f"/hotel/prices.csv?month={DAY:%Y-%m}", staff=True, language="en"
    )
    assert foreign.text.startswith("\ufefftype,plan,from,")


def test_a_file_is_refused_line_by_line_and_taken_as_a_whole(place: Place) -> None:
    good = f"twin,bar,{DAY},{DAY + timedelta(days=1)},,299.9,,\n"
    bad = f"twin,breakfast,{DAY},,,299,,\nbarn,,{DAY},,,,1,\ntwin,bar,soon,,,1,,\n"
    wrong = place.send(IMPORT, staff=True, csv=HEAD + good + bad)
    said = words(wrong)
    assert "文件中有 3 行有误" in said
    assert "3 价格计划 breakfast 由 bar 派生,不能单独定价。" in said
    assert 'name="seen"' not in wrong.text
    shown = place.send(IMPORT, staff=True, csv=HEAD + good)
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None
    assert place.send(IMPORT, staff=True, csv=HEAD + good, seen=seen[1]).status == 303
    assert price_of(place, "twin", DAY) == 29990


def test_a_spreadsheet_in_chinese_encoding_is_read() -> None:
    body = "型,价".encode("gb18030")
    raw = (
        b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nc\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + body + b"\r\n--x--"
    )
    assert multipart.file_of(raw, "multipart/form-data; boundary=x", "file") == body
    assert multipart.file_of(raw, "multipart/form-data; boundary=x", "other") is None


def test_a_clerk_sees_prices_and_cannot_change_them(place: Place) -> None:
    place.roles = frozenset({"desk"})
    page = place.look("/hotel/prices", f"/hotel/prices?month={DAY:%Y-%m}", staff=True)
    assert page.status == 200
    assert "批量改价" not in words(page)
    assert place.look(CHANGE, staff=True).status == 403

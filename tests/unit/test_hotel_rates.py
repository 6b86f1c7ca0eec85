"""Bulk updates of prices and restrictions: per-row results, weekdays, files with their faults."""

from datetime import date, timedelta

import pytest

from tenants.hotel.domain.sheet import Rule
from tenants.hotel.usecases import rates, sheet_import
from tenants.hotel.usecases.rates import Row, TooManyCells
from tenants.hotel.usecases.sheet_import import FileWrong, parse
from tests.hotel_world import DAY, MemoryWorld

MONTH = ("songyun-inn", "twin", "203510")


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def test_rows_that_are_right_are_written_and_the_others_answered(world: MemoryWorld) -> None:
    last = DAY + timedelta(days=6)
    outcome = world.rates(
        Row(type="twin", plan="bar", first=DAY, last=last, weekdays=frozenset({6, 7}), price=45000),
        Row(type="none", plan="bar", first=DAY, last=last, price=1),
        Row(type="twin", plan="none", first=DAY, last=last, price=1),
        Row(type="twin", plan="fixed", first=DAY, last=last, price=1),
        Row(type="twin", first=DAY, last=last, price=1),
        Row(type="twin", first=last, last=DAY, rule={"stop_sell": True}),
        Row(type="twin", first=date(2035, 9, 1), last=last, rule={"stop_sell": True}),
        Row(type="twin", first=DAY, last=DAY, weekdays=frozenset({1}), rule={"stop_sell": True}),
        Row(type="twin", first=DAY, last=DAY, rule={"min_arrival": 5, "max_arrival": 2}),
        Row(type="twin", first=DAY, last=DAY, rule={"min_arrival": 2}),
        Row(type="king", first=DAY, last=DAY),
    )
    assert (outcome.rows, outcome.cells, outcome.sheets) == (2, 3, 1)
    assert [(number, refusal.code.rsplit(".", 1)[1]) for number, refusal in outcome.refused] == [
        (1, "type-unknown"),
        (2, "plan-unknown"),
        (3, "plan-derived"),
        (4, "nothing"),
        (5, "days"),
        (6, "days"),
        (7, "days"),
        (8, "lengths"),
        (10, "nothing"),
    ]
    sheet = world.memory.sheets[MONTH]
    assert [sheet.price("bar", date(2035, 10, day)) for day in (12, 13, 14, 15)] == [
        30000,
        45000,
        45000,
        30000,
    ]
    assert sheet.rule(DAY) == Rule(min_arrival=2)


def test_a_later_row_wins(world: MemoryWorld) -> None:
    world.rates(
        *(Row(type="twin", plan="bar", first=DAY, last=DAY, price=price) for price in (100, 200, 300))
    )
    assert world.memory.sheets[MONTH].price("bar", DAY) == 300


def test_there_is_an_end_to_one_call(world: MemoryWorld) -> None:
    year = Row(type="twin", plan="bar", first=DAY, last=DAY + timedelta(days=700), price=1)
    with pytest.raises(TooManyCells):
        world.rates(*[year] * 150)
    assert world.memory.sheets[MONTH].price("bar", DAY) == 30000


def test_rates_do_not_touch_what_is_sold(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold(nights=2))
    before = dict(world.memory.buckets)
    world.price("twin", 99900)
    world.rule("twin", DAY, stop_sell=True)
    assert world.memory.buckets == before
    assert world.order(order).total.amount == 60000
    assert world.quote(order).fee.amount == 0


def test_a_file_shows_its_faults_by_line(world: MemoryWorld) -> None:
    text = (
        "\ufeffType,plan,from,to,weekdays,price,stop_sell,min_arrival\r\n"
        "twin,bar,2035-10-10,2035-10-20,6 7,388.50,,\r\n"
        "twin,,2035-10-11,,,,是,2\r\n"
        "twin,bar,2035-13-01,,,100,,\r\n"
        "twin,bar,2035-10-10,,8,100,,\r\n"
        "twin,bar,2035-10-10,,,1.005,,\r\n"
        "twin,bar,2035-10-10,,,,maybe,\r\n"
        ",bar,2035-10-10,,,100,,\r\n"
        "none,bar,2035-10-10,,,100,,\r\n"
        "twin,bar,2035-10-10,,,100,,,extra\r\n"
        "twin,bar,2035-10-10,,,,,-1\r\n"
    )
    parsed = parse(text)
    assert parsed.lines == (2, 3, 9)
    assert [line for line, _ in parsed.faults] == [4, 5, 6, 7, 8, 10, 11]
    assert parsed.rows[0].price == 38850
    assert parsed.rows[0].weekdays == {6, 7}
    assert parsed.rows[1].rule == {"stop_sell": True, "min_arrival": 2}
    outcome = rates.preview(parsed.rows, hotel=world.hotel(world.work()))
    assert [(parsed.lines[number], refusal.code) for number, refusal in outcome.refused] == [
        (9, "hotel.ari.type-unknown")
    ]
    assert outcome.cells == 3 + 1
    assert world.memory.sheets[MONTH].price("bar", date(2035, 10, 13)) == 30000  # a preview writes nothing


def test_a_file_that_a_chinese_spreadsheet_has_saved_is_read_and_its_faults_use_its_words() -> None:
    parsed = parse(
        "房型,价格计划,开始日期,结束日期,星期,房价,停售,入住至少\n"
        "双床房,门市价,2035/10/1,2035年10月3日,67,¥388.5,否,2\n"
        "双床房,门市价,2035/13/1,,,100,,\n"
        ",门市价,2035-10-01,,,100,,\n",
        names={"双床房": "twin", "门市价": "bar"},
    )
    (row,) = parsed.rows
    assert (row.type, row.plan, row.first, row.last) == ("twin", "bar", date(2035, 10, 1), date(2035, 10, 3))
    assert (row.price, row.rule) == (38850, {"stop_sell": False, "min_arrival": 2})
    assert [refusal.facts for _, refusal in parsed.faults] == [
        {"column": "开始日期", "given": "2035/13/1"},
        {"column": "房型", "given": "—"},
    ]


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "type,from,from\n", "type,from,secret\n", 'type,from\n"x']
)
def test_a_file_without_its_header_is_refused(text: str) -> None:
    with pytest.raises(FileWrong):
        parse(text)


def test_a_file_has_an_end() -> None:
    with pytest.raises(FileWrong):
        parse("type,from\n" + "twin,2035-10-10\n" * (sheet_import.MOST_LINES + 1))

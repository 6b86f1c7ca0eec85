"""What pages show of numbers: money, dates, charts; and colours in which they can be read."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from babel.numbers import format_currency

from chalicelib.kernel.money import Money
from chalicelib.web import charts, formats, places

# --- money, numbers, dates ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fen", [0, 1, 100, 12000, 12050, 123456789, -1050, -5])
def test_money_reads_as_babel_writes_it(fen):
    assert formats.money(fen, locale="zh", cents=True) == format_currency(
        Decimal(fen) / 100, "CNY", locale="zh"
    )
    assert formats.money(fen, locale="en", cents=True) == format_currency(
        Decimal(fen) / 100, "CNY", locale="en"
    )


def test_money_takes_fen_money_and_the_wire_form():
    assert formats.money(12000, locale="zh") == "¥120"
    assert formats.money(Money(12050), locale="zh") == "¥120.50"
    assert formats.money({"amount": 12000, "currency": "CNY"}, locale="ja") == "CN¥120"


def test_silence_is_not_zero():
    assert formats.number(None) == formats.percent(None) == formats.compact(None, locale="zh") == "—"
    assert "—" in charts.meter(value=None, capacity=10, title="x")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("zh", "2025年10月1日 周三"),
        ("en", "Wed 1 Oct 2025"),
        ("ja", "2025年10月1日(水)"),
        ("ko", "2025년 10월 1일 (수)"),
    ],
)
def test_dates_are_written_as_people_write_them(locale, expected):
    # 17:30 UTC on 30 September is already 1 October in Zhengzhou.
    for value in (date(2025, 10, 1), datetime(2025, 9, 30, 17, 30, tzinfo=UTC), "2025-09-30T17:30:00Z"):
        assert formats.day(value, locale=locale) == expected


def test_instants_are_shown_on_zhengzhous_clock():
    assert formats.instant("2025-10-01T01:30:00Z", locale="zh") == "10月1日 周三 09:30"
    assert formats.clock("09:30:00") == "09:30"
    with pytest.raises(ValueError, match="offset"):
        formats.moment(datetime(2025, 10, 1))


@pytest.mark.parametrize(
    ("value", "locale", "expected"),
    [
        (123456, "zh", "12.3万"),
        (120000000, "ja", "1.2億"),
        (9999, "ko", "9,999"),
        (123456, "en", "123.5K"),
        (2_000_000, "en", "2M"),
    ],
)
def test_large_figures_are_said_as_people_say_them(value, locale, expected):
    assert formats.compact(value, locale=locale) == expected


# --- charts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[], [5], [None, None], [1, None, 3], [0, 0], [1e9, 2.5, None]])
def test_charts_are_well_formed_whatever_they_are_given(values):
    labels = [f"<{index}>" for index in range(len(values))]
    for drawn in (
        charts.line(title="客流 & <x>", labels=labels, values=values, unit="人", limit=3),
        charts.bars(title="客流", labels=labels, values=values, mark=0),
        charts.spark(title="客流", values=values),
        charts.ranking(title="客流", rows=list(zip(labels, values, strict=True))),
        charts.meter(title="客流", value=3, capacity=0),
    ):
        ET.fromstring(drawn)


def test_a_chart_tells_its_values_to_those_who_cannot_see_it():
    tree = ET.fromstring(charts.line(title="客流", labels=["9", "10"], values=[3, None]))
    plot = tree.find("svg")
    assert plot is not None
    names = plot.attrib["aria-labelledby"].split()
    assert [element.attrib["id"] for element in (plot.find("title"), plot.find("desc"))] == names
    cells = [cell.text for cell in tree.iter("td") if cell.text]
    assert cells == ["3", "—"]


@pytest.mark.parametrize(
    ("ratio", "level"),
    [(None, "unknown"), (0.79, "calm"), (0.8, "watch"), (0.9, "high"), (1.0, "full"), (1.2, "full")],
)
def test_capacity_becomes_news_at_80_90_and_100(ratio, level):
    assert charts.level_of(ratio) == level


# --- tokens ------------------------------------------------------------------------------------------------

TEXT_ON_GROUND = [
    *(
        (text, ground)
        for text in ("ink", "ink-soft", "ink-faint", "celadon")
        for ground in ("ground", "paper", "glaze")
    ),
    *((text, "paper") for text in ("cinnabar", "ochre", "leaf")),
    ("cinnabar", "ground"),
    ("on-celadon", "celadon"),
    ("on-celadon", "celadon-deep"),
    ("on-cinnabar", "cinnabar-solid"),
    ("cinnabar", "cinnabar-tint"),
    ("ink", "cinnabar-tint"),
    ("celadon", "cinnabar-tint"),
    ("ochre", "ochre-tint"),
    ("ink", "ochre-tint"),
    ("leaf", "leaf-tint"),
    ("ink", "leaf-tint"),
]
EDGE_ON_GROUND = [("edge", "paper"), ("edge", "ground"), ("celadon", "paper")]


def _schemes() -> dict[str, dict[str, str]]:
    css = (places.templates_folder() / "assets" / "tokens.css").read_text("utf-8")
    blocks = re.findall(r"(:root[^{]*)\{([^}]*)\}", css)
    colours = [
        (name.strip(), dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body)))
        for name, body in blocks
        if "#" in body
    ]
    light, by_system, by_page = (tokens for _name, tokens in colours)
    return {"light": light, "dark": {**light, **by_system}, "wall": {**light, **by_page}}


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "wall"])
def test_text_can_be_read_and_edges_be_seen(scheme):
    tokens = _schemes()[scheme]
    poor = [
        (text, ground, round(_contrast(tokens[text], tokens[ground]), 2))
        for pairs, least in ((TEXT_ON_GROUND, 4.5), (EDGE_ON_GROUND, 3.0))
        for text, ground in pairs
        if _contrast(tokens[text], tokens[ground]) < least
    ]
    assert poor == []


def test_the_wall_and_the_night_wear_the_same_colours():
    schemes = _schemes()
    assert schemes["dark"] == schemes["wall"]


def test_whole_things_are_not_halved_on_the_grid():
    assert ">0.5<" not in charts.bars(title="客流", labels=["9", "10"], values=[1, None])
    assert ">0.5<" not in charts.bars(title="客流", labels=["9", "10"], values=[0, 0])
    assert "暂无数据" in charts.ranking(title="客源", rows=[])
    assert ">0.5<" in charts.bars(title="均值", labels=["9", "10"], values=[1.0, 0.4])

"""Words of reports: labels of their rows and cells as people read them."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from chalicelib.web import formats
from chalicelib.web.i18n import translator
from tenants.bureau.routes import words


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads: the language, and its translator."""

    locale: str
    say: Callable[..., str]


@cache
def chinese() -> Reader:
    """Files are Chinese, whoever fetches them: a file has one hash."""
    return Reader(locale="zh", say=translator("zh"))


ORIGINS: Mapping[str, str] = {"local": N_("本地"), "other": N_("外地"), "inbound": N_("入境")}
SEVERITIES: Mapping[str, str] = {
    "1": N_("轻微"),
    "2": N_("一般"),
    "3": N_("严重"),
    "4": N_("特别严重"),
}
CADENCES: Mapping[str, str] = {
    "day": N_("每日"),
    "holiday": N_("假日每天两次"),
    "week": N_("每周"),
    "month": N_("每月"),
    "year": N_("每年"),
}
FORMS: Mapping[str, str] = {"pdf": "PDF", "xlsx": "Excel", "csv": "CSV", "json": "JSON"}
HEADS: Mapping[str, str] = {
    "total": N_("范围"),
    "district": N_("区县"),
    "kind": N_("类别"),
    "sender": N_("单位"),
    "day": N_("日期"),
    "month": N_("月份"),
    "code": N_("来源"),
    "type": N_("种类"),
    "kpi": N_("指标"),
    "measure": N_("项目"),
}
_SUFFIX = {"percent": "%", "permille": "‰"}


def label(sheet: Mapping[str, Any], row: Mapping[str, Any], *, scope: str, reader: Reader) -> str:
    """What a row is called."""
    key, by, say = str(row["key"]), str(sheet["by"]), reader.say
    known: Mapping[str, Callable[[], str]] = {
        "total": lambda: place(scope, reader),
        "district": lambda: place(key, reader),
        "kind": lambda: say(words.KINDS[key]) if key in words.KINDS else key or "—",
        "type": lambda: say(words.TYPES[key]) if key in words.TYPES else key,
        "day": lambda: formats.day(key, locale=reader.locale, style="short"),
        "month": lambda: formats.day(f"{key}-01", locale=reader.locale, style="month"),
        "code": lambda: _code(str(sheet["key"]), key, reader),
        "kpi": lambda: f"{key} {say(row['label'])}",
        "measure": lambda: say(row["label"]),
    }
    return known[by]() if by in known else str(row.get("label", key))


def place(code: str, reader: Reader) -> str:
    """A district by its code."""
    return reader.say(words.DISTRICTS[code]) if code in words.DISTRICTS else code or "—"


def cell(value: Any, unit: str, reader: Reader) -> str:
    """What a cell says; a dash where nobody said anything."""
    if value is None or value == "":
        return "—"
    kind, _, inner = unit.partition(" ")
    if kind == "state":
        return reader.say(words.KPI_STATES[value][0])
    if kind == "fen" or inner == "fen":
        fen = round(value / 100) if inner else value
        return formats.money(fen, locale=reader.locale, cents=True)
    if kind == "hundredths":
        return f"{value / 100:,.2f}".rstrip("0").rstrip(".") + _SUFFIX.get(inner, "")
    return f"{value / 100:,.1f}%" if kind == "rate" else formats.number(value)


def span(cadence: str, name: str, first: date, last: date, reader: Reader) -> str:
    """What a period is called: ``2026年11月``, ``2026年第47周(11月16日–11月22日)``."""
    if cadence == "month":
        return formats.day(first, locale=reader.locale, style="month")
    if cadence == "year":
        return reader.say(N_("%(year)s 年"), year=name)
    if cadence == "week":
        days = "–".join(formats.day(one, locale=reader.locale, style="day") for one in (first, last))
        text = N_("%(year)s 年第 %(week)s 周(%(days)s)")
        return reader.say(text, year=name[:4], week=int(name[6:]), days=days)
    return formats.day(first, locale=reader.locale)


def moment(text: str, reader: Reader) -> str:
    """An instant, or a dash."""
    return formats.instant(text, locale=reader.locale, style="long") if text else "—"


def _code(sheet: str, key: str, reader: Reader) -> str:
    known = {"origins": ORIGINS, "severity": SEVERITIES}.get(sheet, {})
    return reader.say(known[key]) if key in known else _country(key, reader.locale)


@cache
def _country(code: str, locale: str) -> str:
    from babel import Locale

    return str(Locale.parse(locale).territories.get(code, code))

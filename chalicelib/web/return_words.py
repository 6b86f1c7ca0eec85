"""Words of statutory returns, and their values as people write them."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from chalicelib.kernel.errors import N_
from chalicelib.messaging.returns.forms import Period
from chalicelib.web import formats

STATES: Mapping[str, tuple[str, str]] = {
    "open": (N_("待填报"), "warn"),
    "filled": (N_("待签报"), "warn"),
    "declared": (N_("已签报"), "calm"),
    "checked": (N_("区县已审核"), "calm"),
    "accepted": (N_("已受理"), "good"),
    "returned": (N_("已退回"), "urgent"),
    "amending": (N_("更正中"), "warn"),
}
DONE: Mapping[str, str] = {
    "filled": N_("已保存,还没有报送。"),
    "declared": N_("已签报,报送主管部门。"),
    "amending": N_("可以更正了;重新签报之前,原来报送的仍然有效。"),
    "dropped": N_("已放弃更正,原来报送的仍然有效。"),
}
STEPS: Mapping[str, str] = {
    "asked": N_("主管部门下发"),
    "filled": N_("填写并保存"),
    "declared": N_("签报并报送"),
    "checked": N_("区县审核通过"),
    "accepted": N_("市级受理"),
    "returned.district": N_("区县退回"),
    "returned.city": N_("市级退回"),
    "amending": N_("开始更正"),
    "dropped": N_("放弃更正"),
}
REASONS: Mapping[str, str] = {
    "missing": N_("有业务没有在系统里记录"),
    "late": N_("有事件还没有上报到"),
    "definition": N_("统计口径不同"),
    "elsewhere": N_("在其他系统里核算"),
    "mistake": N_("系统里的记录有误"),
    "other": N_("其他(请说明)"),
}
UNITS: Mapping[str, str] = {
    "count": "",
    "fen": N_("元"),
    "rate": "%",
    "nights": N_("间夜"),
    "days": N_("人天"),
}
_PLAIN = re.compile(r"[\s,，¥]")
_NUMBER = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,2}))?")


def shown(value: int | None, unit: str) -> str:
    """A value for a page: yuan with two decimals, per cent with two, whole numbers."""
    if value is None:
        return "—"
    if unit == "fen":
        return f"{value // 100:,}.{value % 100:02d}"
    return f"{value / 100:,.2f}" if unit == "rate" else f"{value:,}"


def written(value: int | None, unit: str) -> str:
    """A value for an input box."""
    return "" if value is None else shown(value, unit).replace(",", "")


def read(text: str, unit: str) -> int | None:
    """What somebody typed; ``ValueError`` where it is no number, or money finer than fen."""
    plain = _PLAIN.sub("", text)
    if not plain:
        return None
    found = _NUMBER.fullmatch(plain)
    if found is None or (found[2] and unit != "fen"):
        raise ValueError(text)
    whole = int(found[1])
    return whole * 100 + int((found[2] or "").ljust(2, "0")) if unit == "fen" else whole


def period(one: Period, *, say: Callable[..., str], locale: str) -> str:
    """``2026年10月``, ``2026年第3季度``, ``2025年``."""
    if "Q" in one.name:
        year, quarter = one.name.split("Q")
        return say(N_("%(year)s 年第 %(quarter)s 季度"), year=year, quarter=quarter)
    if "-" in one.name:
        return formats.day(one.first, locale=locale, style="month")
    return say(N_("%(year)s 年度"), year=one.name)


def left(days: int, *, due: date, today: date, say: Callable[..., str]) -> str:
    """The deadline in words, counted in working days."""
    if due == today:
        return say(N_("今天截止"))
    if due < today:
        return say(N_("已超过 %(days)s 个工作日"), days=-days)
    return say(N_("还剩 %(days)s 个工作日"), days=days)

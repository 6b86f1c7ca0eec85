"""Trades on a page: of each kind of enterprise the figures that it has, each with the way to its events."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.kernel.errors import N_
from tenants.bureau.domain.line import Line
from tenants.bureau.domain.trades import KINDS, figures_of, hourly_of
from tenants.bureau.routes import board, words
from tenants.bureau.routes.paging import leaf
from tenants.bureau.routes.ways import query
from tenants.bureau.usecases.comparing import Board

WORDS: Mapping[str, str] = {
    "inside": N_("此刻在园"),
    "admitted": N_("入园"),
    "refused": N_("拒绝"),
    "sold": N_("售票"),
    "paid_fen": N_("收款"),
    "refund_fen": N_("退款"),
    "occupancy": N_("昨夜出租率"),
    "free": N_("今晚空房"),
    "guests": N_("入住人数"),
    "registered": N_("住宿登记"),
    "contracts": N_("签订合同"),
    "contract_fen": N_("合同金额"),
    "groups": N_("备案团队"),
    "group_pax": N_("团队人数"),
    "orders": N_("订单"),
    "order_fen": N_("订单金额"),
}
_TITLES: Mapping[str, str] = {**words.KINDS, "": N_("其他单位")}
_SHOWN = 8
Say = Callable[[str], str]


def form_of(name: str) -> str:
    """How a figure is written: ``money``, ``percent`` or ``number``."""
    return "money" if name.endswith("_fen") else "percent" if name == "occupancy" else "number"


def columns(names: Iterable[str], say: Say) -> list[dict[str, Any]]:
    """Columns of a table."""
    return [
        {"key": name, "label": say(WORDS[name]), "form": form_of(name), "kind": "own", "right": True}
        for name in names
    ]


def sections(
    found: Board, *, day: date, district: str, every: str, page: int, say: Say
) -> list[dict[str, Any]]:
    """The senders by kind, each with its own columns; of a long one the first, or a ``page`` of all where it
    is the one asked for (``every``).
    """
    by_kind: dict[str, list[Line]] = {}
    for line in found.wall.lines:
        by_kind.setdefault(line.kind if line.kind in KINDS else "", []).append(line)
    return [
        _section(kind, by_kind[kind], day=day, district=district, every=every, page=page, say=say)
        for kind in (*KINDS, "")
        if kind in by_kind
    ]


def _section(
    kind: str, lines: Sequence[Line], *, day: date, district: str, every: str, page: int, say: Say
) -> dict[str, Any]:
    name = kind or "other"
    rest = query(day=day, district=district, every=name)
    shown, pages = leaf(lines, page, href=f"/bureau?{rest}", at=f"#{name}")
    more = len(lines) > _SHOWN and every != name
    if every != name:
        shown, pages = lines[:_SHOWN], {}
    return {
        "kind": name,
        "title": say(_TITLES[kind]),
        "columns": columns(figures_of(kind), say),
        "lines": [board.line(one, day) for one in shown],
        "count": len(lines),
        "reporting": any(one.reporting for one in lines),
        "every_href": f"/bureau?{rest}#{name}" if more else None,
        "pages": pages,
    }


def hours(kind: str, say: Say) -> list[dict[str, Any]]:
    """The columns of a day by hour."""
    return columns(hourly_of(kind), say)

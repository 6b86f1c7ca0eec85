"""Words that the pages of the hotel's money share, and how money is typed."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from chalicelib.kernel.errors import N_
from tenants.hotel.domain.charges import BY_CODE
from tenants.hotel.domain.folio import Entry, Link, Means, Payer, Sort, State

MEANS = {
    Means.CASH: N_("现金"),
    Means.TERMINAL: N_("刷卡"),
    Means.SCAN: N_("扫码"),
    Means.TRANSFER: N_("转账"),
    Means.ONLINE: N_("线上支付"),
    Means.PREPAID: N_("订单预付"),
    Means.LEDGER: N_("挂账"),
}
BY_HAND = (Means.SCAN, Means.TERMINAL, Means.CASH, Means.TRANSFER)
STATES = {
    State.OPEN: (N_("未结"), "calm"),
    State.SETTLED: (N_("已结清"), "good"),
    State.CLOSED: (N_("已关闭"), "off"),
}
PAYERS = {Payer.GUEST: N_("住客"), Payer.GROUP: N_("团队"), Payer.COMPANY: N_("单位")}
_LINKS = {
    Link.CONTRA: N_("冲销第 %(number)s 笔"),
    Link.MOVED: N_("由 %(room)s 的账单转入"),
    Link.PART: N_("拆分自第 %(number)s 笔"),
    Link.REFUND: N_("退第 %(number)s 笔"),
    Link.APPLIED: N_("用第 %(number)s 笔押金"),
}
Say = Callable[..., str]
_NIGHTS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""The first and the last night of a fee."""


def entry_row(entry: Entry, *, say: Say, corrected: bool, linked: bool = True) -> dict[str, Any]:
    """An entry as a line of a bill. corrected: a contra has answered it; linked: say which one it answers."""
    note = _linked(entry, say=say) if linked else ""
    return {
        "number": entry.number,
        "day": entry.day.isoformat(),
        "what": what(entry, say=say),
        "note": " · ".join(part for part in (_text(entry), note) if part),
        "room": entry.room,
        "charge": entry.amount if entry.sort is Sort.CHARGE else None,
        "money": -entry.amount if entry.sort is not Sort.CHARGE else None,
        "tax": entry.tax,
        "amount": entry.amount,
        "corrected": corrected,
        "contra": entry.link is Link.CONTRA,
        "href": f"/hotel/folios/{entry.folio}/entries/{entry.number}",
    }


def _linked(entry: Entry, *, say: Say) -> str:
    """Which entry it answers. A bill that it came from is called by its room: its id says nothing."""
    if entry.link is None:
        return ""
    if entry.link is Link.MOVED and not entry.room:
        return say(N_("由另一张账单转入"))
    return say(_LINKS[entry.link], number=entry.of.rpartition("#")[2], room=entry.room)


def _text(entry: Entry) -> str:
    """What was written; a night's own date says nothing beside the same business day."""
    if _NIGHTS.fullmatch(entry.text):
        return entry.text.replace("/", " – ")
    return "" if entry.text == entry.day.isoformat() else entry.text


def what(entry: Entry, *, say: Say) -> str:
    """What an entry is, in one word."""
    if entry.means is None:
        return say(BY_CODE[entry.code].name) if entry.code in BY_CODE else entry.code
    word = say(MEANS[entry.means])
    if entry.sort is Sort.DEPOSIT:
        word = say(N_("押金")) + " · " + word
    return word


def fen_of(value: Any) -> Any:
    """``123.45`` yuan as fen; anything else is left for the model to refuse."""
    if not isinstance(value, str):
        return value
    text = value.strip().replace(",", "").replace("¥", "").replace(",", "")
    whole, dot, cents = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    digits = whole.lstrip("+-")
    if not digits.isdecimal() or (dot and not (cents.isdecimal() and len(cents) <= 2)) or len(digits) > 10:
        return value
    return sign * (int(digits) * 100 + int(cents.ljust(2, "0") if dot else 0))


Yuan = Annotated[int, BeforeValidator(fen_of), Field(ge=1, le=10**9)]
"""An amount typed in yuan with up to two decimals; fen inside."""
YuanOrNothing = Annotated[int, BeforeValidator(fen_of), Field(ge=0, le=10**9)]


def yuan(fen: int) -> str:
    """Fen as a form shows them: ``123.45``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"

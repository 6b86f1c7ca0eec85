"""What pages of a scenic area say: states, reasons and rules in the reader's words.

Everything here is plain text, numbers and dicts: templates get no domain objects.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.commerce.orders.domain import Order, Tier
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.documents import DocumentKind
from chalicelib.kernel.errors import N_
from chalicelib.web import formats
from chalicelib.web.i18n import Translate
from chalicelib.web.orders import words
from chalicelib.web.orders.words import share
from tenants.scenic.domain.area import Area, Gauge
from tenants.scenic.domain.product import Product, text
from tenants.scenic.domain.ticket import State as TicketState
from tenants.scenic.domain.ticket import Ticket, clock
from tenants.scenic.usecases.sale import Free

FEW = 10
"""From so few places on, a session says "only … left"."""

DOCUMENTS: Mapping[DocumentKind, str] = {
    DocumentKind.RESIDENT: N_("居民身份证"),
    DocumentKind.PASSPORT: N_("护照"),
    DocumentKind.HK_MACAU: N_("港澳居民来往内地通行证"),
    DocumentKind.TAIWAN: N_("台湾居民来往大陆通行证"),
    DocumentKind.RESIDENCE_PERMIT: N_("港澳台居民居住证"),
    DocumentKind.FOREIGN_PERMANENT: N_("外国人永久居留身份证"),
}
STOPPED = {
    "over": N_("已结束"),
    "full": N_("暂停售票"),
    "limited": N_("限流,暂停售票"),
    "closed": N_("不开放"),
}
STATUS = {"open": N_("开放"), "limited": N_("限流"), "closed": N_("关闭")}
REASONS = {
    "weather": N_("天气原因"),
    "maintenance": N_("设施检修"),
    "event": N_("活动安排"),
    "emergency": N_("突发情况"),
    "authority": N_("主管部门要求"),
}
CAPACITY = N_("客流达到核定上限")
SCANS = {
    "used": N_("重复使用"),
    "refunded": N_("已退款的票"),
    "too-early": N_("未到入园时间"),
    "over": N_("时段已结束"),
    "wrong-area": N_("不是本景区的票"),
    "full": N_("客流已满"),
    "closed": N_("景区关闭"),
    "missing": N_("没有这张票"),
}
TICKETS = {
    TicketState.ISSUED: (N_("待使用"), "valid"),
    TicketState.USED: (N_("已使用"), "used"),
    TicketState.REFUNDED: (N_("已退款"), "void"),
}


def sessions_shown(offered: Sequence[Free], say: Translate) -> list[dict[str, Any]]:
    """Sessions as radio cards, each with what is left or why it cannot be had."""
    shown = []
    for free in offered:
        left = max(free.left, 0)
        few = 0 < left <= FEW
        if free.stopped:
            note = say(STOPPED[free.stopped])
        elif not left:
            note = say(N_("售罄"))
        else:
            note = say(N_("仅剩 %(left)s 位") if few else N_("余 %(left)s 位"), left=formats.number(left))
        shown.append(
            {
                "value": f"{free.session.start:%H:%M}",
                "title": f"{free.session.start:%H:%M}–{free.session.end:%H:%M}",
                "note": note,
                "off": bool(free.stopped) or not left,
                "few": few and not free.stopped,
            }
        )
    return shown


def area_state(area: Area, gauge: Gauge, say: Translate) -> dict[str, str]:
    """What holds for an area right now: ``text``, ``tone`` of a tag, and ``note`` (why, and what to do)."""
    why = say(REASONS.get(gauge.reason, CAPACITY)) if gauge.reason else ""
    if gauge.status == "closed":
        return {"text": say(N_("今日关闭")), "tone": "urgent", "note": why}
    if gauge.stops(area.capacity):
        note = say(N_("客流已达到核定上限,暂停售票和入园。"))
        return {"text": say(N_("暂停入园")), "tone": "urgent", "note": note}
    if gauge.status == "limited":
        return {"text": say(N_("限流")), "tone": "warn", "note": why}
    if max(gauge.level_instant, gauge.level_day) >= 80:
        return {"text": say(N_("开放")), "tone": "warn", "note": say(N_("游客较多,建议错峰入园。"))}
    return {"text": say(N_("开放")), "tone": "good", "note": ""}


def policy_sentence(policy: Sequence[Tier], say: Translate, locale: str) -> str:
    """The refund policy in one sentence."""
    paying = sorted((tier for tier in policy if tier.permille), key=lambda tier: -tier.hours)
    if not paying:
        return say(N_("售出后不退款。"))
    parts = [
        say(N_("%(hours)s 小时前退票退 %(share)s"), hours=tier.hours, share=share(tier.permille))
        if tier.hours
        else say(N_("开始前退票退 %(share)s"), share=share(tier.permille))
        for tier in paying
    ]
    joined = ("、" if locale in {"zh", "ja"} else ", ").join(parts)
    return say(N_("以所选时段开始时间计:%(rules)s;之后不退。"), rules=joined)


def policy_dates(
    policy: Sequence[Tier], *, starts: datetime, now: datetime, say: Translate, locale: str
) -> list[dict[str, Any]]:
    """The policy as dates: ``{text, now}``, the rule that applies at this moment marked."""
    paying = sorted((tier for tier in policy if tier.permille), key=lambda tier: -tier.hours)
    rules: list[dict[str, Any]] = []
    found = False
    for tier in paying:
        until = starts - timedelta(hours=tier.hours)
        applies = not found and now <= until
        found = found or applies
        at = formats.instant(until, locale=locale, style="day")
        told = N_("%(at)s 前退票,退 %(share)s")
        rules.append({"text": say(told, at=at, share=share(tier.permille)), "now": applies})
    last = starts - timedelta(hours=paying[-1].hours if paying else 0)
    at = formats.instant(last, locale=locale, style="day")
    none = say(N_("%(at)s 起不再退款"), at=at) if paying else say(N_("售出后不退款。"))
    return [*rules, {"text": none, "now": not found}]


def ending(order: Order, *, now: datetime, say: Translate, locale: str) -> dict[str, str] | None:
    """Why an order is over, and where the money is; nothing for one that lives."""
    given_back = N_("门票已全部退回。")
    return words.ending(order, now=now, say=say, locale=locale, why=words.WHY, otherwise=given_back)


def bill(order: Order, product: Product | None, locale: str) -> list[dict[str, Any]]:
    """An order's lines for ``ui.bill``."""
    return [
        {
            "text": class_title(product, line.option, locale),
            "note": f"{line.count} × {formats.money(line.price, locale=locale)}",
            "amount": line.total,
        }
        for line in order.lines
    ]


def class_title(product: Product | None, code: str, locale: str) -> str:
    """A concession class by its name; its code where the class is gone."""
    for row in product.classes if product is not None else ():
        if row.code == code:
            return text(row.titles, locale)
    return code


def any_of(names: Sequence[str], *, say: Translate, locale: str) -> str:
    """``A, B or C``: one of them will do."""
    *others, last = names or [""]
    listed = ("、" if locale in {"zh", "ja"} else ", ").join(others)
    return say(N_("%(others)s或%(last)s"), others=listed, last=last) if others else last


def ticket_shown(
    ticket: Ticket,
    code: str,
    *,
    area: Area,
    product: Product | None,
    holder: str,
    say: Translate,
    locale: str,
) -> dict[str, Any]:
    """A ticket as ``ui.ticket`` takes it."""
    word, state = TICKETS[ticket.state]
    opens = max(ticket.start - area.early, 0)
    facts = [(say(N_("门票种类")), class_title(product, ticket.concession, locale))]
    note = ""
    if ticket.state is TicketState.ISSUED:
        span = f"{clock(opens)}–{clock(ticket.end)}"
        gates = any_of([area.gate(id, locale) for id in area.gates], say=say, locale=locale)
        note = say(N_("请于 %(span)s 带证件原件到%(gates)s检票"), span=span, gates=gates)
    elif ticket.at is not None:
        facts.append((say(N_("入园")), f"{formats.instant(ticket.at, locale=locale, style='day')}"))
        note = say(N_("已在 %(gate)s 检票入园"), gate=area.gate(ticket.gate, locale))
    return {
        "venue": text(area.names, locale),
        "name": text(product.titles, locale) if product is not None else ticket.title,
        "payload": code,
        "code": f"{short_number(ticket.order)}-{ticket.number}",
        "date": ticket.day.isoformat(),
        "time": f"{clock(ticket.start)}–{clock(ticket.end)}",
        "holder": holder,
        "status": say(word),
        "state": state,
        "note": note,
        "facts": facts,
        "number": ticket.number,
    }

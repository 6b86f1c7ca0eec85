"""What guests read of rooms, offers and terms: in words, money and instants. Plain values for templates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.web import formats
from chalicelib.web.http import Call
from chalicelib.web.i18n import Translate
from tenants.hotel.domain.album import Album
from tenants.hotel.domain.extra import Extra, Kind, Per
from tenants.hotel.domain.offer import Offer
from tenants.hotel.domain.plan import Meal, RatePlan, Secured, Terms
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.routes.shown.photo import face_of, photos_of

FEW = 3
"""From so few rooms on, a type says "only … left"."""

BEDS: Mapping[str, str] = {
    "single": N_("单人床"),
    "double": N_("双人床"),
    "queen": N_("大床"),
    "king": N_("特大床"),
    "bunk": N_("高低床"),
    "sofa": N_("沙发床"),
    "kang": N_("炕"),
    "tatami": N_("榻榻米"),
}
AMENITIES: Mapping[str, str] = {
    "wifi": N_("无线网络"),
    "window": N_("有窗"),
    "air-conditioning": N_("空调"),
    "heating": N_("暖气"),
    "tv": N_("电视"),
    "desk": N_("书桌"),
    "kettle": N_("电热水壶"),
    "fridge": N_("冰箱"),
    "safe": N_("保险箱"),
    "bathtub": N_("浴缸"),
    "shower": N_("淋浴"),
    "smart-toilet": N_("智能马桶"),
    "hair-dryer": N_("吹风机"),
    "washer": N_("洗衣机"),
    "kitchen": N_("厨房"),
    "balcony": N_("阳台"),
    "view": N_("山景"),
    "courtyard": N_("带院子"),
    "accessible": N_("无障碍"),
    "cot": N_("可加婴儿床"),
    "no-smoking": N_("禁烟"),
}
MEALS: Mapping[Meal, str] = {
    Meal.NONE: N_("不含餐"),
    Meal.BREAKFAST: N_("含早餐"),
    Meal.HALF: N_("含早晚餐"),
    Meal.FULL: N_("含三餐"),
}
UNITS: Mapping[Per, str] = {
    Per.ORDER: N_("每份"),
    Per.NIGHT: N_("每份每晚"),
    Per.HOUR: N_("每小时"),
    Per.DAY: N_("每天"),
}
MEAL_UNIT, PARKING_UNIT = N_("每位每晚"), N_("每车每晚")


def kind_shown(kind: RoomType, call: Call, *, albums: Mapping[str, Album]) -> dict[str, Any]:
    """A type as a card shows it: with its pictures, or the drawing of it."""
    say, locale = call.translate, call.locale
    beds = [f"{say(BEDS[bed])} × {count}" for bed, count in kind.beds.items() if bed in BEDS]
    facts = [
        *([formats.listed(beds, locale=locale)] if beds else []),
        *([say(N_("%(area)s 平方米"), area=kind.area)] if kind.area else []),
        say(N_("最多住 %(most)s 人"), most=kind.most),
    ]
    if kind.house:
        facts.insert(0, say(N_("整栋 %(rooms)s 间客房"), rooms=len(kind.members)))
    return {
        "id": kind.id,
        "title": text(kind.names, locale),
        "about": text(kind.about, locale),
        "facts": facts,
        "amenities": [say(AMENITIES[code]) for code in kind.amenities if code in AMENITIES],
        "photos": photos_of(f"type:{kind.id}", albums, call) or [face_of(kind.id, albums, call)],
    }


def offer_shown(
    offer: Offer, plan: RatePlan, *, property: Property, nights: int, call: Call
) -> dict[str, Any]:
    """An offer under a plan: what it costs, with what, and what cancelling would mean."""
    say, locale = call.translate, call.locale
    free, words = cancel_words(offer.terms, now=call.now, say=say, locale=locale)
    return {
        "plan": plan.id,
        "title": text(plan.names, locale),
        "meal": say(MEALS[plan.meal]),
        "has_meal": plan.meal is not Meal.NONE,
        "total": offer.total.amount,
        "nightly": offer.total.amount // nights,
        "nights": nights,
        "taxes": taxes_words(offer.taxes, property=property, say=say, locale=locale),
        "cancel": words,
        "free": free,
        "secured": secured_words(
            plan.secured, total=offer.total.amount, due=offer.due.amount, say=say, locale=locale
        ),
    }


def taxes_words(
    taxes: Sequence[tuple[str, Any, bool]], *, property: Property, say: Translate, locale: str
) -> str:
    """The taxes in the price and on top of it, in one sentence; nothing where there are none."""
    names = {tax.code: text(tax.names, locale) for tax in property.taxes}
    parts = [
        say(
            N_("已含%(tax)s %(amount)s") if included else N_("另计%(tax)s %(amount)s(已算入总价)"),
            tax=names.get(code, code),
            amount=formats.money(amount, locale=locale),
        )
        for code, amount, included in taxes
        if (amount.amount if hasattr(amount, "amount") else amount)
    ]
    return (";" if locale in {"zh", "ja"} else "; ").join(parts)


def secured_words(secured: Secured, *, total: int, due: int, say: Translate, locale: str) -> str:
    """How a booking becomes firm, and when the rest is paid."""
    if secured is Secured.GUARANTEE:
        return say(N_("现在不付款,到店付"))
    if secured is Secured.DEPOSIT:
        words = N_("先付订金 %(due)s,余款到店付")
        return say(words, due=formats.money(due, locale=locale))
    return say(N_("现在付清 %(total)s"), total=formats.money(total, locale=locale))


def cancel_words(terms: Terms, *, now: datetime, say: Translate, locale: str) -> tuple[bool, str]:
    """(whether cancelling is free now, the terms in one sentence as of now)."""
    step = next((step for step in terms.steps if now <= step.until), None)
    if step is None:
        return False, say(N_("不可免费取消:取消收取 %(fee)s"), fee=formats.money(terms.after, locale=locale))
    at = formats.instant(step.until, locale=locale, style="day")
    if not step.fee:
        return True, say(N_("%(at)s 前可免费取消"), at=at)
    fee = formats.money(step.fee, locale=locale)
    return False, say(N_("%(at)s 前取消收取 %(fee)s"), at=at, fee=fee)


def terms_shown(terms: Terms, *, now: datetime, say: Translate, locale: str) -> list[dict[str, Any]]:
    """Every step of the terms as ``{text, now}``: until when cancelling costs how much."""
    rules: list[dict[str, Any]] = []
    found = False
    for step in terms.steps:
        applies = not found and now <= step.until
        found = found or applies
        at = formats.instant(step.until, locale=locale, style="day")
        fee = formats.money(step.fee, locale=locale)
        words = N_("%(at)s 前取消:收取 %(fee)s") if step.fee else N_("%(at)s 前取消:不收费")
        rules.append({"text": say(words, at=at, fee=fee) if step.fee else say(words, at=at), "now": applies})
    after = formats.money(terms.after, locale=locale)
    last = N_("之后取消或未入住:收取 %(fee)s") if terms.steps else N_("取消或未入住:收取 %(fee)s")
    return [*rules, {"text": say(last, fee=after), "now": not found}]


def left_words(left: int, *, say: Translate) -> dict[str, Any] | None:
    """A hint where few are left."""
    if left > FEW:
        return None
    if left <= 0:
        return {"text": say(N_("已订满")), "tone": "off"}
    return {"text": say(N_("仅剩 %(left)s 间"), left=left), "tone": "warn"}


def hours_left(left: int, *, say: Translate) -> str:
    """What is left of an hour's rooms."""
    if left <= 0:
        return say(N_("已订满"))
    return say(N_("仅剩 %(left)s 间"), left=left) if left <= FEW else say(N_("可订"))


def people_words(adults: int, children: int, *, say: Translate) -> str:
    """How many stay in a room."""
    if children:
        return say(N_("%(adults)s 位成人、%(children)s 位儿童"), adults=adults, children=children)
    return say(N_("%(adults)s 位成人"), adults=adults)


def extra_shown(extra: Extra, call: Call, *, left: int | None) -> dict[str, Any]:
    """An extra as the basket offers it."""
    say = call.translate
    unit = {Kind.MEAL: MEAL_UNIT, Kind.PARKING: PARKING_UNIT}.get(extra.kind, UNITS[extra.per])
    unit = unit if extra.per is Per.NIGHT else UNITS[extra.per]
    about = text(extra.about, call.locale)
    few = left is not None and left <= FEW
    note = say(N_("仅剩 %(left)s 份"), left=left) if few and left else say(N_("已订满")) if few else ""
    return {
        "id": extra.id,
        "title": text(extra.names, call.locale),
        "note": " · ".join(part for part in (about, say(unit), note) if part),
        "price": extra.price,
        "most": extra.most if left is None else min(extra.most, max(left, 0)),
    }

"""What every order page says: methods, channels, the one label, how an order ended and where the money is."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.domain import Order, Payment, State
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.money import Money
from chalicelib.payments.port import ONLINE, Method
from chalicelib.web import formats
from chalicelib.web.i18n import Translate
from chalicelib.web.problem import problem

METHODS = {
    "wechat_pay": N_("微信支付"),
    "alipay": N_("支付宝"),
    "card": N_("银行卡"),
    "desk": N_("窗口收款"),
}
CHANNELS = {"online": N_("网上"), "desk": N_("窗口"), "api": N_("合作渠道")}
TONES = {"待付款": "warn", "待使用": "good", "售后中": "warn", "已完成": "calm", "已关闭": "off"}
WHY = {
    orders.LOST_PLACE: N_("付款时名额已被他人买走。"),
    orders.LOST_PERSON: N_("付款时这位游客当天已有另一份预订。"),
    orders.PAID_AFTER: N_("付款到达前订单已经取消。"),
}
"""Why money that came could not buy what was ordered."""


def label_of(
    order: Order, *, now: datetime, say: Translate, own: Mapping[str, str] | None = None
) -> dict[str, str]:
    """An order's one word, as a tag. ``own``: what a module says instead of some of the common words."""
    word = order.label(now=now)
    return {"text": say((own or {}).get(word, word)), "tone": TONES[word]}


def ending(
    order: Order, *, now: datetime, say: Translate, locale: str, why: Mapping[str, str], otherwise: str
) -> dict[str, str] | None:
    """Why an order is over, and where the money is; nothing for one that lives.

    why: the sentence for each ``reason`` of an order that had money; ``otherwise`` for any other reason.
    """
    if order.over(now=now):
        return {"tone": "warn", "text": say(N_("付款时间已过,名额已释放;没有扣款。"))}
    if order.state is not State.CANCELLED:
        return None
    if order.payment is Payment.NONE:
        return {"tone": "info", "text": say(N_("订单已取消,没有扣款。"))}
    told = say(why.get(order.reason, otherwise))
    return {
        "tone": "warn",
        "text": formats.sentences(told, money_back(order, say=say, locale=locale), locale=locale),
    }


def money_back(order: Order, *, say: Translate, locale: str) -> str:
    """Where refunded money is; empty when none was owed."""
    if not order.refunded:
        return ""
    amount = formats.money(order.refunded, locale=locale)
    going = order.payment is Payment.REFUNDING
    words = N_("款项 %(amount)s 正在原路退回。") if going else N_("款项 %(amount)s 已自动退回。")
    return say(words, amount=amount)


def share(permille: int) -> str:
    """Thousandths as per cent."""
    return formats.percent(permille / 1000, places=0 if permille % 10 == 0 else 1)


def methods(amount: Money, *, say: Translate, locale: str) -> list[dict[str, str]]:
    """Ways to pay online, the usual one of the reader's country first; none for what costs nothing."""
    if not amount:
        return []
    usual: tuple[Method, ...] = ONLINE if locale == "zh" else ("card", "alipay", "wechat_pay")
    return [{"value": value, "label": say(METHODS[value])} for value in usual]


def refused_in_words(refusal: Refusal, *, locale: str) -> dict[str, str]:
    """A refusal as ``{detail, remedy}``, its facts as people write them."""
    document = problem(refusal, locale=locale, request="").document
    return {"detail": document["detail"], "remedy": document.get("remedy", ""), "code": refusal.code}

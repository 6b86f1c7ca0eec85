"""The words of the hosted pages, Chinese and English."""

from __future__ import annotations

from .errors import Json
from .params import Params

LANGUAGES = ("zh", "en")

WORDS: dict[str, tuple[str, str]] = {
    "no_money": ("演示用，不会真的收钱", "Test only: no real money moves"),
    "to_pay": ("应付金额", "To pay"),
    "how": ("怎么付？", "How would you like to pay?"),
    "card": ("银行卡（测试卡号）", "Card (test numbers)"),
    "wallet": ("手机钱包", "Wallet"),
    "card_ok": ("付款成功", "Pays at once"),
    "card_declined": ("银行拒绝", "The bank declines"),
    "card_3ds": ("先做 3-D 验证，再付款", "Asks for 3-D Secure, then pays"),
    "card_other": ("其他测试卡号", "Another test card"),
    "number": ("卡号", "Card number"),
    "alipay": ("支付宝", "Alipay"),
    "wechat_pay": ("微信支付", "WeChat Pay"),
    "alipay_hint": ("转到支付宝的测试页", "Goes to a test page for Alipay"),
    "wechat_pay_hint": ("显示二维码和测试按钮", "Shows a QR code and test buttons"),
    "email": ("邮箱（可不填）", "E-mail (optional)"),
    "pay": ("支付", "Pay"),
    "confirm_free": ("确认订单", "Confirm the order"),
    "cancel": ("取消并返回商家", "Cancel and go back to the shop"),
    "back_to_shop": ("返回商家", "Back to the shop"),
    "complete": ("这笔订单已经付款", "This order has been paid"),
    "expired": ("付款页面已过期", "This checkout has expired"),
    "expired_hint": ("请回到商家重新下单。", "Please go back to the shop and order again."),
    "not_found": ("没有这个页面", "There is no such page"),
    "three_d": ("银行请您确认这笔付款", "Your bank asks you to confirm this payment"),
    "alipay_ask": ("支付宝请您确认这笔付款", "Alipay asks you to confirm this payment"),
    "wechat_ask": ("微信扫码付款", "Scan with WeChat to pay"),
    "wechat_hint": (
        "这是测试二维码，请用下面的按钮代替扫码。",
        "This is a test code: use the buttons below instead of a phone.",
    ),
    "agree": ("同意付款", "Authorise the payment"),
    "refuse": ("拒绝付款", "Fail the payment"),
    "settled": ("这笔付款已经处理过了", "This payment has already been dealt with"),
    "times": ("×", "×"),
    "language": ("English", "中文"),
    "index_lead": (
        "这里代替 Stripe，让本机上的嵩云不用任何账号就能走完付款、退款和通知的全过程。",
        "It stands in for Stripe, so that Songyun on this machine can pay, refund and be told of"
        " it without any account.",
    ),
    "recent": ("最近的付款", "Recent checkouts"),
    "none_yet": ("还没有付款。", "None yet."),
    "open": ("待付款", "open"),
    "status_complete": ("已完成", "complete"),
    "status_expired": ("已过期", "expired"),
    "paid": ("已付", "paid"),
    "unpaid": ("未付", "unpaid"),
    "no_payment_required": ("免费", "free"),
}  # fmt: skip

_FAULTS_ZH = {
    "generic_decline": "银行卡被拒绝。",
    "card_declined": "银行卡被拒绝。",
    "insufficient_funds": "银行卡余额不足。",
    "card_velocity_exceeded": "银行卡被拒绝：尝试过于频繁或超出限额。",
    "expired_card": "银行卡已过期。",
    "incorrect_cvc": "银行卡安全码不正确。",
    "processing_error": "处理银行卡时出错，请稍后再试。",
    "incorrect_number": "卡号不正确。",
    "test_mode_live_card": "银行卡被拒绝：这里只接受测试卡号。",
    "payment_intent_authentication_failure": "验证没有通过，请换一种付款方式再试。",
    "payment_intent_payment_attempt_failed": "付款没有成功，请再试一次。",
}


def word(key: str, *, language: str) -> str:
    """One phrase."""
    return WORDS[key][LANGUAGES.index(language)]


def fault(error: Json, *, language: str) -> str:
    """Why a payment failed: Stripe's own sentence, or its Chinese counterpart."""
    if language == "zh":
        for key in (error.get("decline_code"), error.get("code")):
            if key in _FAULTS_ZH:
                return _FAULTS_ZH[key]
    return str(error["message"])


def choose(*, accept: str, asked: str | None, locale: str | None) -> str:
    """The page's language: asked for, the session's locale, else the browser's first liking."""
    for wish in (asked, locale):
        if wish and wish[:2].lower() in LANGUAGES:
            return wish[:2].lower()
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), place, tag[:2].lower()))
        except ValueError:
            continue
    for _, _, tag in sorted(ranked):
        if tag in LANGUAGES:
            return tag
    return "en" if accept else "zh"


def asked_for(query: Json) -> str | None:
    """``?lang=``"""
    return Params(query).text("lang", longest=10)

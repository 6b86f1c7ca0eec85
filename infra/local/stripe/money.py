"""Currencies: what each method takes, the least amount, how a sum is written."""

from __future__ import annotations

from .errors import StripeFault

ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
ALIPAY = frozenset(["aud", "cad", "cny", "eur", "gbp", "hkd", "jpy", "myr", "nzd", "sgd", "usd"])
WECHAT_PAY = ALIPAY | frozenset(["chf", "dkk", "nok", "sek"])
_KNOWN = (
    ALIPAY
    | WECHAT_PAY
    | ZERO_DECIMAL
    | frozenset(["aed", "brl", "inr", "mop", "mxn", "php", "thb", "twd", "zar"])
)
# The published minima; currencies without one of their own are measured in the settlement currency.
_LEAST = {"usd": 50, "eur": 50, "gbp": 30, "hkd": 400, "jpy": 50, "aud": 50, "cad": 50, "sgd": 50}
_SYMBOL = {
    "cny": "¥",
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "jpy": "¥",
    "hkd": "HK$",
    "krw": "₩",
    "sgd": "S$",
    "aud": "A$",
    "cad": "C$",
    "nzd": "NZ$",
    "twd": "NT$",
    "mop": "MOP$",
    "thb": "฿",
}


def currency(code: str, *, param: str) -> str:
    """The code in lower case, or a fault."""
    lower = code.lower()
    if lower not in _KNOWN:
        raise StripeFault(f"Invalid currency: {code}.", param=param)
    return lower


def written(amount: int, code: str) -> str:
    """``¥12.00``: symbol, thousands, the currency's own number of decimals."""
    symbol = _SYMBOL.get(code, code.upper() + " ")
    if code in ZERO_DECIMAL:
        return f"{symbol}{amount:,}"
    return f"{symbol}{amount // 100:,}.{amount % 100:02d}"


def at_least_minimum(amount: int, *, code: str, words: str = "Amount must be at least") -> None:
    """Refuse a sum below Stripe's minimum for the currency."""
    least = _LEAST.get(code, 1)
    if amount < least:
        raise StripeFault(f"{words} {written(least, code)} {code}", code="amount_too_small", param="amount")


def takes(method: str, *, code: str) -> bool:
    """Whether a payment method type can be paid in this currency."""
    return {"alipay": code in ALIPAY, "wechat_pay": code in WECHAT_PAY}.get(method, True)

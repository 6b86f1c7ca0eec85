"""Money, numbers, dates and times as people write them in each language.

All four languages group digits by comma and mark decimals by a point, so numbers are written here directly
(a test holds them against Babel). Dates come from Babel, loaded at the first date and remembered: a page
repeats few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Final, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

LOCAL: Final = ZoneInfo("Asia/Shanghai")

# CLDR patterns. Clock times are 24 hours everywhere: a slot printed on a ticket must not be read two ways.
DATE_STYLES: Final[Mapping[str, Mapping[str, str]]] = {
    "full": {
        "zh": "y年M月d日 EEE",
        "en": "EEE d MMM y",
        "ja": "y年M月d日(EEE)",
        "ko": "y년 M월 d일 (EEE)",
    },
    "long": {"zh": "y年M月d日", "en": "d MMM y", "ja": "y年M月d日", "ko": "y년 M월 d일"},
    "short": {"zh": "M月d日 EEE", "en": "EEE d MMM", "ja": "M月d日(EEE)", "ko": "M월 d일 (EEE)"},
    "day": {"zh": "M月d日", "en": "d MMM", "ja": "M月d日", "ko": "M월 d일"},
    "month": {"zh": "y年M月", "en": "MMMM y", "ja": "y年M月", "ko": "y년 M월"},
    "weekday": {"zh": "EEE", "en": "EEE", "ja": "EEE", "ko": "EEE"},
    "iso": dict.fromkeys(("zh", "en", "ja", "ko"), "yyyy-MM-dd"),
}

# 万 and 만 count in ten thousands: (from this size, divided by, unit).
_COMPACT: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "zh": ((100_000_000, "亿"), (10_000, "万")),
    "ja": ((100_000_000, "億"), (10_000, "万")),
    "ko": ((100_000_000, "억"), (10_000, "만")),
    "en": ((1_000_000_000, "B"), (1_000_000, "M"), (10_000, "K")),
}


@runtime_checkable
class MoneyLike(Protocol):
    """What the kernel's ``Money`` looks like from here."""

    @property
    def amount(self) -> int: ...

    @property
    def currency(self) -> str: ...


type_money = int | MoneyLike | Mapping[str, object]


def listed(words: Iterable[str], *, locale: str) -> str:
    """Words one after the other, as the language parts them: ``甲、乙``, ``A, B``."""
    return ("、" if locale in {"zh", "ja"} else ", ").join(words)


def money(value: type_money, *, locale: str, cents: bool | None = None) -> str:
    """``12000`` fen → ``¥120``; with ``cents=True`` (columns that must line up) → ``¥120.00``.

    Outside Chinese the yuan is written ``CN¥`` (as CLDR does): a Japanese reader takes a bare ¥ for yen.
    Takes fen, ``Money`` or ``{"amount": …, "currency": …}``.
    """
    if isinstance(value, Mapping):
        amount, currency = int(str(value["amount"])), str(value["currency"])
    elif isinstance(value, int):
        amount, currency = value, "CNY"
    else:
        amount, currency = value.amount, value.currency
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 100)
    tail = f".{rest:02d}" if (rest if cents is None else cents) else ""
    return f"{sign}{_symbol(currency, locale)}{whole:,}{tail}"


def _symbol(currency: str, locale: str) -> str:
    if currency == "CNY":
        return "¥" if locale == "zh" else "CN¥"
    return currency + "\u00a0"


def sentences(*parts: str, locale: str) -> str:
    """Sentences one after another; Chinese and Japanese set no space between. Empty ones are left out."""
    return ("" if locale in {"zh", "ja"} else " ").join(part for part in parts if part)


def number(value: int | float | Decimal | None, *, places: int = 0) -> str:
    """``12345`` → ``12,345``; None → ``—`` (silence is not zero)."""
    return "—" if value is None else f"{value:,.{places}f}"


def percent(value: float | None, *, places: int = 0) -> str:
    """``0.825`` → ``83%``; None → ``—``."""
    return "—" if value is None else f"{value * 100:,.{places}f}%"


def compact(value: int | float | None, *, locale: str) -> str:
    """A large figure as people say it: ``123456`` → ``12.3万``; ``123.5K`` in English."""
    if value is None:
        return "—"
    for size, unit in _COMPACT[locale]:
        if abs(value) >= size:
            scaled = value / (1_000 if unit == "K" else size)
            return f"{scaled:.1f}".removesuffix(".0") + unit
    return f"{value:,.0f}"


def moment(value: date | datetime | str) -> date | datetime:
    """A date, or an instant on Zhengzhou's clock. Text is RFC 3339 or ``YYYY-MM-DD``.

    Raises ValueError for a datetime without an offset: it could mean two instants.
    """
    if isinstance(value, str):
        value = (
            date.fromisoformat(value)
            if len(value) == 10
            else datetime.fromisoformat(value.replace("Z", "+00:00"))
        )
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return value.astimezone(LOCAL)
    return value


def day(value: date | datetime | str, *, locale: str, style: str = "full") -> str:
    """A date as written in ``locale``; for styles see :data:`DATE_STYLES`."""
    point = moment(value)
    return _day(point.date() if isinstance(point, datetime) else point, locale, style)


def clock(value: datetime | time | str) -> str:
    """The time of day, ``09:30``; a text ``09:30[:00]`` passes."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, str) and len(value) <= 8:
        return value[:5]
    point = moment(value)
    if not isinstance(point, datetime):
        raise TypeError("a date has no time of day")
    return f"{point.hour:02d}:{point.minute:02d}"


def instant(value: datetime | str, *, locale: str, style: str = "short") -> str:
    """Date and time: ``10月1日 周三 09:30``."""
    return f"{day(value, locale=locale, style=style)} {clock(value)}"


@lru_cache(maxsize=2048)
def _day(value: date, locale: str, style: str) -> str:
    from babel.dates import format_date

    return format_date(value, format=DATE_STYLES[style][locale], locale=locale)

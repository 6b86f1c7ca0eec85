"""Nationalities as a form offers them: ISO 3166-1 (GB/T 2659.1-2022) with the names of the Unicode CLDR."""

from collections.abc import Mapping
from functools import cache

OFTEN = ("KR", "JP", "US", "RU", "SG", "MY", "TH", "VN", "GB", "DE", "FR", "CA", "AU")
"""First in the list, for convenience only: no figure stands behind it."""

_NOT_COUNTRIES = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ")
)
"""Codes of CLDR that ISO 3166-1 does not assign: reserved ones, unions, pseudo-locales."""

_OWN: Mapping[str, Mapping[str, str]] = {
    "HK": {"zh": "中国香港", "en": "Hong Kong, China", "ja": "中国香港", "ko": "중국 홍콩"},
    "MO": {"zh": "中国澳门", "en": "Macao, China", "ja": "中国マカオ", "ko": "중국 마카오"},
    "TW": {"zh": "中国台湾", "en": "Taiwan, China", "ja": "中国台湾", "ko": "중국 타이완"},
}
"""Names as the state's documents write them, where CLDR's differ; not checked against the standard."""


@cache
def countries(locale: str) -> Mapping[str, str]:
    """The name of every code, by code. Babel is loaded by the first page that asks."""
    from babel import Locale

    told = Locale.parse({"zh": "zh_Hans_CN"}.get(locale, locale)).territories
    names = {code: name for code, name in told.items() if len(code) == 2 and code.isalpha()}
    own = {code: by_language.get(locale, by_language["en"]) for code, by_language in _OWN.items()}
    return {code: name for code, name in sorted((names | own).items()) if code not in _NOT_COUNTRIES}


@cache
def country_choices(locale: str) -> list[tuple[str, str]]:
    """Options of a select: the frequent ones, then all by their codes, which can be typed to get there."""
    names = countries(locale)
    often = [(code, f"{code} {names[code]}") for code in OFTEN]
    return often + [(code, f"{code} {name}") for code, name in names.items() if code not in OFTEN]


def country_name(code: str, locale: str) -> str:
    """A code in words, with the code for whoever types it elsewhere; an unknown one as it is."""
    name = countries(locale).get(code)
    return f"{name} ({code})" if name else code

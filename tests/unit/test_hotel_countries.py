"""Nationalities in the forms: the whole list in the language of the reader, by code."""

import re

import pytest

from tenants.hotel.routes.countries import countries, country_choices, country_name


@pytest.mark.parametrize("locale", ["zh", "en", "ja", "ko"])
def test_every_country_of_iso_3166_is_offered_once_by_name(locale: str) -> None:
    offered = country_choices(locale)
    assert len(offered) == len(dict(offered)) == len(countries(locale)) == 249
    assert all(re.fullmatch(r"[A-Z]{2}", code) and len(words) > 3 for code, words in offered)


def test_names_are_in_the_reader_s_language_and_parts_of_china_as_the_standard_says_them() -> None:
    assert [countries(locale)["KR"] for locale in ("zh", "en", "ja", "ko")] == [
        "韩国",
        "South Korea",
        "韓国",
        "대한민국",
    ]
    assert all("中国" in countries("zh")[code] for code in ("HK", "MO", "TW"))
    assert country_name("KR", "zh") == "韩国 (KR)"
    assert country_name("??", "zh") == "??"

"""Texts that people of a tenant wrote in several languages: which one a reader is shown."""

from collections.abc import Mapping

SPOKEN = ("zh", "en", "ja", "ko")
"""The languages of the product, by their short tags."""


def in_language(texts: Mapping[str, str] | None, locale: str) -> str:
    """The text in the reader's language, else in English, else in Chinese, else in any.

    English goes before Chinese because who reads neither can at least say it to a driver; readers of Chinese
    are never sent to another language while there is a Chinese text. Blank texts count as not given: the
    answer is empty only where nothing was written at all.
    """
    if not texts:
        return ""
    order = ("zh", "en") if locale == "zh" else (locale, "en", "zh")
    found = (texts.get(tag, "").strip() for tag in (*order, *texts))
    return next((text for text in found if text), "")

"""Which of several languages a reader is shown."""

import pytest

from chalicelib.kernel.texts import in_language

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("texts", "locale", "shown"),
    [
        ({"zh": "南门", "en": "South Gate", "ja": "南門"}, "ja", "南門"),
        ({"zh": "南门", "en": "South Gate"}, "ko", "South Gate"),  # English can be said to a driver
        ({"zh": "南门", "en": "South Gate"}, "zh", "南门"),
        ({"zh": "南门"}, "en", "南门"),
        ({"zh": "南门", "en": "  "}, "en", "南门"),  # a blank is not a name
        ({"en": "South Gate"}, "zh", "South Gate"),
        ({"ko": "남문"}, "ja", "남문"),
        ({}, "zh", ""),
        (None, "en", ""),
    ],
)
def test_a_name_is_shown_in_the_nearest_language_and_never_empty(
    texts: dict[str, str] | None, locale: str, shown: str
) -> None:
    assert in_language(texts, locale) == shown

"""Words shared by the models: short names, texts in four languages."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web.http import Answered, Asked, Blank
from chalicelib.web.problem import problem
from tenants.hotel.domain.waiving import Why

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="a short name")]
RoomNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,11}$", description="a room's number")]
Purpose = Literal["leisure", "business", "family", "event", "health", "study", "other", "unknown"]
WhyWaived = Annotated[
    Why | None, Blank, Field(description="the house lets go of the fee, and why: the owner only")
]
_Text = Annotated[str, Field(min_length=1, max_length=80)]


class Texts(Asked):
    """A name in Chinese and, where there is one, in the other languages."""

    zh: _Text
    en: _Text | None = None
    ja: _Text | None = None
    ko: _Text | None = None

    @property
    def by_language(self) -> dict[str, str]:
        """The languages that are there."""
        return {name: value for name, value in self.model_dump().items() if value}


class PropertyQuery(Asked):
    property: Name | None = None


class Said(Asked):
    """A text for guests in each language, where there is one."""

    zh: Annotated[str, Field(max_length=400)] = ""
    en: Annotated[str, Field(max_length=400)] = ""
    ja: Annotated[str, Field(max_length=400)] = ""
    ko: Annotated[str, Field(max_length=400)] = ""

    @property
    def by_language(self) -> dict[str, str]:
        """The languages that are there."""
        return {name: value for name, value in self.model_dump().items() if value}


class FaultView(Answered):
    """A row that was refused: its number as sent (the file's line, for a file), and why."""

    row: int
    code: str
    detail: str


def in_words(refusal: Refusal, *, locale: str) -> str:
    """What a refusal says, its facts as people of that language write them."""
    said: str = problem(refusal, locale=locale, request="").document["detail"]
    return said


def _an_address(value: str) -> str:
    if value and re.fullmatch(r"https?://\S+", value) is None:
        raise ValueError(N_("请填完整的网址,以 https:// 开头,中间没有空格。"))
    return value


WebAddress = Annotated[
    str,
    BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value),
    Field(max_length=1000),
    AfterValidator(_an_address),
]
"""An address of the web, or nothing."""

"""What goes over the wire: the base of every model at the edge, money, and paging.

Models are built at their first use (``defer_build``): a cold start pays for the one that it needs.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, time
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticKnownError

from chalicelib.kernel.errors import N_, Malformed
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import SHANGHAI

_CURSOR = 1_500


class Asked(BaseModel):
    """The base of bodies and queries: what is not named is refused, ends of texts are stripped."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True)


class Empty(Asked):
    """A body without fields: nothing but the intention."""


class Pressed(Asked):
    """A button's form: it may carry the button's own value."""

    confirm: Annotated[str, Field(max_length=3)] = ""


class Confirmed(Asked):
    """Yes, to the question that the page asked."""

    confirm: Literal["yes"]


_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"


def _on_the_wall(value: Any) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if not isinstance(value, str) or re.match(_CLOCK, value := value.strip()) is None:
        raise PydanticKnownError("time_parsing", {"error": "no local time"})
    return time.fromisoformat(value)


WallTime = Annotated[
    time, BeforeValidator(_on_the_wall), WithJsonSchema({"type": "string", "pattern": _CLOCK})
]
"""A time as a clock on the wall shows it, ``09:30``. With a zone (``09:30Z``) it is refused: it could not be
compared with the property's own, and would name another hour there."""


def _on_our_clock(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return value
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found


LocalMoment = Annotated[AwareDatetime, BeforeValidator(_on_our_clock)]
"""An instant as RFC 3339; a box of a form has no offset and means Zhengzhou's clock."""

Blank = BeforeValidator(lambda value: None if value == "" else value)
"""``Annotated[date | None, Blank]``: an emptied box of a form counts as not given."""

Several = BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
"""``Annotated[list[str], Several]``: where one of many boxes is ticked, a form sends no list."""


class Answered(BaseModel):
    """The base of answers."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class MoneyView(BaseModel):
    """An amount in the currency's minor unit: ``{"amount": 12000, "currency": "CNY"}`` is ¥120.00."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    amount: int = Field(description="minor units (fen)", ge=-(10**15), le=10**15)
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")

    @classmethod
    def of(cls, money: Money) -> Self:
        """The view of an amount."""
        return cls(amount=money.amount, currency=money.currency)

    @property
    def money(self) -> Money:
        """The amount itself."""
        return Money(self.amount, self.currency)


class Paging(Asked):
    """The query of a list: ``cursor`` continues where the last page ended."""

    cursor: str | None = Field(default=None, max_length=_CURSOR, description="from the last page's `next`")
    limit: int = Field(default=50, ge=1, le=200)

    @property
    def after(self) -> dict[str, str] | None:
        """The last key of the page before, or nothing on the first page."""
        return read_cursor(self.cursor) if self.cursor is not None else None


class BadCursor(Malformed):
    code = "core.cursor"
    detail = N_("翻页标记无效。")
    remedy = N_("请从第一页重新开始。")


def make_cursor(key: dict[str, Any] | None) -> str | None:
    """An opaque cursor of a last key, given as texts by attribute; ``None`` where nothing follows.

    It carries no right: whoever continues with it still queries the bound tenant's partition only,
    so a store takes the sort key from it and builds the partition key itself.
    """
    if not key:
        return None
    text = json.dumps(key, ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> dict[str, str]:
    """The key of a cursor: a few short texts, or ``BadCursor``."""
    if len(cursor) > _CURSOR:
        raise BadCursor
    try:
        key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise BadCursor from None
    if not isinstance(key, dict) or not 0 < len(key) <= 4:
        raise BadCursor
    if not all(isinstance(value, str) and 0 < len(value) <= 1024 for value in key.values()):
        raise BadCursor
    return key

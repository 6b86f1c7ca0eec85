"""What callers ask for, and where the answers come from."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Blank, Blueprint, Call, Member, Paging
from tenants.bureau.store import LedgerStore
from tenants.bureau.store.senders import senders

blueprint = Blueprint(__name__)
READER = Member("bureau.read", kind="bureau")
LEDGER = LedgerStore()
SENDER = r"^(tn_[0-9a-z]{26}|-)$"

__all__ = ["LEDGER", "READER", "blueprint", "senders"]


class OfDay(Asked):
    """A business day; today where none is named."""

    day: Annotated[date | None, Blank] = Field(
        default=None, description="business day (Asia/Shanghai), today by default"
    )


class OfMoment(OfDay):
    """A business day as it was known at a moment."""

    known: Annotated[AwareDatetime | None, Blank] = Field(
        default=None, description="RFC 3339; when the day's books closed by default"
    )


class OfSenders(Asked):
    """One kind, district or name of senders; nothing asked shows all."""

    kind: Literal["", "scenic", "hotel", "agency", "homestay"] = ""
    district: str = Field(default="", pattern=r"^(4101[0-9]{2})?$", description="GB/T 2260")
    name: str = Field(default="", max_length=60, description="a part of the name")


class OfEvents(Paging):
    """The events behind a figure."""

    sender: str = Field(pattern=SENDER, description="the tenant that sent them")
    day: Annotated[date | None, Blank] = Field(
        default=None, description="business day of the occurrence, today by default"
    )
    hour: Annotated[int | None, Blank] = Field(
        default=None, ge=0, le=23, description="local hour of the occurrence"
    )
    type: Annotated[str | None, Blank] = Field(default=None, pattern=r"^tourism\.[a-z.]{3,60}\.v[0-9]{1,3}$")
    open: bool = Field(default=False, description="show what stands for people; needs a case's grant")


class OfAsides(Paging):
    """What was set aside on a day of receipt."""

    day: Annotated[date | None, Blank] = Field(default=None, description="day of receipt, today by default")


class OfCloses(Paging):
    """A business day, and one result of holding its closes against what arrived."""

    day: Annotated[date | None, Blank] = Field(
        default=None, description="business day (Asia/Shanghai), today by default"
    )
    state: Literal["", "open", "equal", "missing", "surplus", "differs"] = ""


class Again(Asked):
    """Which sender is asked to send which day again."""

    sender: str = Field(pattern=SENDER)
    day: date


def day_asked(call: Call) -> date:
    """The day that the query names, or today."""
    day: date | None = call.query.day
    return day or business_day(call.now)


def position(call: Call) -> str:
    """Where the list continues: the store's own cursor, wrapped."""
    after: dict[str, str] | None = call.query.after
    return (after or {}).get("at", "")

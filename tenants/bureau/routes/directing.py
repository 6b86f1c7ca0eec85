"""Composing a directive: one model for the desk and for the API; each kind asks for its own parts."""

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field, field_validator

from chalicelib.kernel.period import SHANGHAI, rfc3339
from chalicelib.web.http import Answered, Asked, Call, Member
from tenants.bureau.domain.directive import SEVERITY, Directive, Unready, identifier
from tenants.bureau.routes.asked import LEDGER, senders
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.usecases import directing
from tenants.bureau.usecases.directing import Board

COMMANDER = Member("bureau.command", kind="bureau")
KindName = Literal["alert", "capacity", "notice"]
EVENTS = (
    "rainstorm",
    "flood",
    "snow",
    "heat",
    "wind",
    "fire-risk",
    "geological",
    "crowd",
    "disease",
    "other",
)
REASONS = ("crowd", "weather", "fire-risk", "facility", "disease", "event", "other")


class Words(Asked):
    """One text in four languages."""

    zh: str = Field(default="", max_length=4000)
    en: str = Field(default="", max_length=4000)
    ja: str = Field(default="", max_length=4000)
    ko: str = Field(default="", max_length=4000)

    def whole(self, most: int) -> dict[str, str] | None:
        """All four, none too long; otherwise nothing."""
        said = self.model_dump()
        return said if all(0 < len(text) <= most for text in said.values()) else None


class Compose(Asked):
    """A directive: who it is for, and what its kind needs. No ``to``: all of a kind and a district."""

    kind: KindName
    to: list[str] = Field(default=[], max_length=500)
    to_kind: Literal["", "scenic", "hotel", "agency", "homestay"] = ""
    to_district: str = Field(default="", pattern=r"^(4101[0-9]{2})?$")
    exercise: bool = Field(default=False, description="a drill: kept apart from everything real")
    headline: Words = Field(default_factory=Words)
    description: Words = Field(default_factory=Words)
    instruction: Words = Field(default_factory=Words)
    colour: Literal["red", "orange", "yellow", "blue"] = "yellow"
    event: str = Field(default="other", pattern="^[a-z-]{2,40}$")
    urgency: Literal["Immediate", "Expected", "Future"] = "Immediate"
    certainty: Literal["Observed", "Likely", "Possible"] = "Likely"
    areas: list[str] = Field(default=["410100"], max_length=30)
    expires: AwareDatetime | None = None
    area: str = Field(default="*", pattern=r"^([a-z0-9][a-z0-9-]{0,39}|\*)$", description="* is all areas")
    cap: int | None = Field(default=None, ge=0, le=1_000_000, description="people")
    percent: int | None = Field(default=None, ge=0, le=100)
    until: AwareDatetime | None = None
    reason: Literal["crowd", "weather", "fire-risk", "facility", "disease", "event", "other"] = "crowd"
    must_read: bool = True

    @field_validator("to", "areas", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value  # one box of many was ticked

    @field_validator("expires", "until", mode="before")
    @classmethod
    def _here(cls, value: Any) -> Any:
        """A box of a form has no offset: it means Zhengzhou's clock."""
        if isinstance(value, str):
            try:
                naive = datetime.fromisoformat(value)
            except ValueError:
                return value
            return naive.replace(tzinfo=SHANGHAI) if naive.tzinfo is None else naive
        return value

    @field_validator("areas")
    @classmethod
    def _districts(cls, value: list[str]) -> list[str]:
        if not all(len(one) == 6 and one.startswith("4101") and one.isdigit() for one in value):
            raise ValueError("districts of Zhengzhou")
        return value


class ReceiptAnswer(Answered):
    """One tenant's receipt: seconds after the issue."""

    tenant: str
    name: str
    state: Literal["waiting", "delivered", "acknowledged", "refused"]
    delivered_s: int | None
    read_s: int | None
    acted_s: int | None
    overdue_s: int | None


class BoardAnswer(Answered):
    id: str
    kind: KindName
    status: Literal["actual", "exercise"]
    issued: str
    due: str | None
    over: str | None
    content: dict[str, Any]
    tenants: int
    delivered: int
    acknowledged: int
    overdue: int
    median_s: int | None
    receipts: list[ReceiptAnswer]


def send(call: Call, asked: Compose) -> Directive:
    """Send what was composed to those concerned."""
    to = directing.concerned(
        senders=senders, kind=asked.to_kind, district=asked.to_district, to=tuple(asked.to)
    )
    return directing.issue(
        kind=asked.kind,
        data=_CONTENT[asked.kind](asked, call),
        to=to,
        status="exercise" if asked.exercise else "actual",
        by=call.context.actor,
        now=call.now,
        directives=DirectiveStore(call.work),
    )


def board(call: Call) -> Board:
    """The board of the directive that the path names."""
    return directing.see_board(
        id=call.path["id"],
        now=call.now,
        ledger=LEDGER,
        senders=senders,
        directives=DirectiveStore(call.work),
    )


def board_answer(found: Board) -> BoardAnswer:
    """A board over the wire."""
    one = found.directive
    return BoardAnswer(
        id=one.id,
        kind=one.kind,
        status=one.status,
        issued=rfc3339(one.issued),
        due=rfc3339(one.due) if one.due is not None else None,
        over=one.over or None,
        content=dict(one.data),
        tenants=len(one.to),
        delivered=found.delivered,
        acknowledged=found.acknowledged,
        overdue=found.overdue,
        median_s=found.median,
        receipts=[
            ReceiptAnswer(
                tenant=receipt.known.id,
                name=receipt.known.name,
                state=receipt.state,
                delivered_s=receipt.delivered,
                read_s=receipt.read,
                acted_s=receipt.acted,
                overdue_s=receipt.overdue,
            )
            for receipt in found.receipts
        ],
    )


def _alert(asked: Compose, call: Call) -> dict[str, Any]:
    texts = {
        "headline": asked.headline.whole(160),
        "description": asked.description.whole(2000),
        "instruction": asked.instruction.whole(2000),
    }
    if None in texts.values() or asked.expires is None or asked.expires <= call.now or not asked.areas:
        raise Unready
    return {
        "identifier": identifier(district=call.tenant.district, now=call.now),
        "msgType": "Alert",
        "category": _CATEGORY.get(asked.event, "Safety"),
        "event": asked.event,
        "urgency": asked.urgency,
        "severity": SEVERITY[asked.colour],
        "certainty": asked.certainty,
        "colour": asked.colour,
        "effective": rfc3339(call.now),
        "expires": rfc3339(asked.expires),
        "areas": list(asked.areas),
        **texts,
    }


def _capacity(asked: Compose, call: Call) -> dict[str, Any]:
    if (asked.cap is None) == (asked.percent is None) or (asked.until and asked.until <= call.now):
        raise Unready
    data: dict[str, Any] = {"area": asked.area, "from": rfc3339(call.now), "reason": asked.reason}
    # Without an end it holds until the end of a day far off: an order never ends by being forgotten.
    data["until"] = rfc3339(asked.until) if asked.until is not None else "2099-12-31T15:59:59.000Z"
    data |= {"cap": asked.cap} if asked.cap is not None else {"permille": (asked.percent or 0) * 10}
    words = asked.description.whole(500)
    return data | ({"words": words} if words is not None else {})


def _notice(asked: Compose, _call: Call) -> dict[str, Any]:
    headline, description = asked.headline.whole(160), asked.description.whole(4000)
    if headline is None or description is None:
        raise Unready
    return {"mustRead": asked.must_read, "headline": headline, "description": description}


_CONTENT = {"alert": _alert, "capacity": _capacity, "notice": _notice}
_CATEGORY = {
    **dict.fromkeys(("rainstorm", "snow", "heat", "wind"), "Met"),
    **dict.fromkeys(("flood", "geological"), "Geo"),
    "fire-risk": "Fire",
    "disease": "Health",
}

__all__ = ["COMMANDER", "EVENTS", "REASONS", "BoardAnswer", "Compose", "board", "board_answer", "send"]

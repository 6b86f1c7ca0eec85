"""Composing a directive: one model for the desk and for the API; each kind asks for its own parts."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.web.http import Asked, Blank, Call, LocalMoment, Member, Several
from tenants.bureau.domain.authority import COMMAND
from tenants.bureau.domain.directive import SEVERITY, Directive, Past, Unready
from tenants.bureau.domain.drawn import DrawnArea
from tenants.bureau.domain.issuers import identifier
from tenants.bureau.domain.wall import Known
from tenants.bureau.routes.asked import senders
from tenants.bureau.store.areas import AreaStore
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import directing
from tenants.bureau.usecases.directing import Desk, Target

COMMANDER = Member(COMMAND, kind="bureau")
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
    to: Annotated[list[str], Several] = Field(default=[], max_length=500)
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
    areas: Annotated[list[str], Several] = Field(
        default=[], max_length=30, description="districts; none: all that you reach"
    )
    drawn: str = Field(default="", pattern="^([a-z0-9][a-z0-9-]{0,39})?$", description="a drawn area's id")
    replaces: str = Field(default="", max_length=40, description="the warning that this one updates")
    expires: Annotated[LocalMoment | None, Blank] = None
    area: str = Field(default="*", pattern=r"^([a-z0-9][a-z0-9-]{0,39}|\*)$", description="* is all areas")
    cap: Annotated[int | None, Blank] = Field(default=None, ge=0, le=1_000_000, description="people")
    percent: Annotated[int | None, Blank] = Field(default=None, ge=0, le=100)
    since: Annotated[LocalMoment | None, Blank] = Field(default=None, description="at once by default")
    until: Annotated[LocalMoment | None, Blank] = None
    reason: Literal["crowd", "weather", "fire-risk", "facility", "disease", "event", "other"] = "crowd"
    must_read: bool = True

    @field_validator("areas")
    @classmethod
    def _districts(cls, value: list[str]) -> list[str]:
        if not all(
            len(one) == 6 and one.startswith("4101") and one.isascii() and one.isdigit() for one in value
        ):
            raise ValueError("districts of Zhengzhou")
        return value


def desk(call: Call) -> Desk:
    """Who acts, where they may command, and as which division they issue."""
    scope = reach(COMMAND)
    one = next(iter(scope.districts)) if len(scope.districts) == 1 and not scope.everywhere else ""
    return Desk(officer=call.context.actor, scope=scope, division=one or call.tenant.district)


def drawn(call: Call, asked: Compose) -> DrawnArea | None:
    """The drawn area that is named, if it is in use."""
    if not asked.drawn:
        return None
    found = AreaStore(call.work).find(asked.drawn)
    if found is None or not found.holds(business_day(call.now)):
        raise Missing(area=asked.drawn)
    return found


def concerned(call: Call, asked: Compose) -> list[Known]:
    """Those whom it is for."""
    target = Target(
        to=tuple(asked.to), kind=asked.to_kind, district=asked.to_district, area=drawn(call, asked)
    )
    return directing.concerned(target, senders=senders, scope=reach(COMMAND))


def content(call: Call, asked: Compose) -> dict[str, Any]:
    """The data of its events."""
    return _CONTENT[asked.kind](asked, call)


def send(call: Call, asked: Compose) -> Directive:
    """Send what was composed to those concerned, or leave it to a second officer."""
    return directing.issue(
        kind=asked.kind,
        data=content(call, asked),
        to=concerned(call, asked),
        status="exercise" if asked.exercise else "actual",
        desk=desk(call),
        now=call.now,
        directives=DirectiveStore(call.work),
        replaces=asked.replaces,
    )


def _alert(asked: Compose, call: Call) -> dict[str, Any]:
    texts = {
        "headline": asked.headline.whole(160),
        "description": asked.description.whole(2000),
        "instruction": asked.instruction.whole(2000),
    }
    if None in texts.values() or asked.expires is None:
        raise Unready
    if asked.expires <= call.now:
        raise Past
    area, here = drawn(call, asked), desk(call)
    places = asked.areas or (list(area.districts) if area is not None else []) or [here.division]
    land = {"drawn": [{"id": area.id, "polygon": [list(one) for one in area.polygon]}]} if area else {}
    return {
        "identifier": identifier(division=here.division, now=call.now),
        "msgType": "Alert",
        "category": _CATEGORY.get(asked.event, "Safety"),
        "event": asked.event,
        "urgency": asked.urgency,
        "severity": SEVERITY[asked.colour],
        "certainty": asked.certainty,
        "colour": asked.colour,
        "effective": rfc3339(call.now),
        "expires": rfc3339(asked.expires),
        "areas": places,
        **land,
        **texts,
    }


def _capacity(asked: Compose, call: Call) -> dict[str, Any]:
    since = max(asked.since or call.now, call.now)
    if (asked.cap is None) == (asked.percent is None):
        raise Unready
    if asked.until and asked.until <= since:
        raise Past
    data: dict[str, Any] = {"area": asked.area, "from": rfc3339(since), "reason": asked.reason}
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

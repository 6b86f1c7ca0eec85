"""Officers and the powers lent to them: who may do what where, until when, and by whose word."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import rfc3339
from chalicelib.web.http import (
    Answered,
    Asked,
    Blank,
    Call,
    Empty,
    Filled,
    Html,
    LocalMoment,
    Member,
    Redirect,
    endpoint,
    page,
)
from tenants.bureau.domain.authority import DELEGATE, LENDABLE, OWNER, Grant
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import READER, blueprint
from tenants.bureau.routes.frame import frame
from tenants.bureau.store.grants import GrantStore, officers
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import delegating
from tenants.bureau.usecases.delegating import Wish

_HERE = "/bureau/officers"
DELEGATOR = Member(DELEGATE, kind="bureau")
PowerName = Literal["bureau.read", "bureau.command", "bureau.approve"]


class GrantAsked(Asked):
    """A power for an officer, a district and a time."""

    to: str = Field(pattern="^member:[a-z0-9_]{3,40}$")
    power: PowerName
    district: str = Field(pattern="^4101[0-9]{2}$")
    since: Annotated[LocalMoment | None, Blank] = Field(default=None, description="at once by default")
    until: LocalMoment
    reason: str = Field(min_length=1, max_length=200)


class GrantView(Answered):
    id: str
    to: str
    label: str
    power: PowerName
    district: str
    since: str
    until: str
    by: str
    reason: str
    over: str | None
    holds: bool


class GrantsView(Answered):
    grants: list[GrantView]


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/grants",
    use_case="bureau.list-grants",
    door=READER,
    answers=GrantsView,
    summary="The powers that are or were lent in the officer's districts",
)
def list_grants(call: Call) -> GrantsView:
    """Newest first."""
    found = delegating.seen(GrantStore(call.work).all(), reach())
    return GrantsView(grants=[_view(one, call) for one in found])


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/grants",
    use_case="bureau.grant",
    door=DELEGATOR,
    body=GrantAsked,
    answers=GrantView,
    status=201,
    summary="Lend a power for a district and a time",
)
def grant(call: Call, body: GrantAsked) -> GrantView:
    """It holds within seconds."""
    return _view(_grant(call, body), call)


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/grants/{id}/end",
    use_case="bureau.end-grant",
    door=DELEGATOR,
    body=Empty,
    answers=GrantView,
    summary="Take a lent power back",
)
def end_grant(call: Call, _body: Empty) -> GrantView:
    """It ends within seconds."""
    return _view(_end(call), call)


@page(blueprint, "GET", _HERE, use_case="bureau.show-officers", door=READER)
def show_officers(call: Call) -> Html:
    """Who there is, what each may do, what is lent."""
    return _page(call)


def _again(call: Call) -> Html:
    return _page(call)


@page(blueprint, "POST", _HERE, use_case="bureau.lend", door=DELEGATOR, body=GrantAsked, invalid=_again)
def lend(call: Call, body: GrantAsked) -> Html | Redirect:
    """Lend it, or show the form again with why not."""
    try:
        _grant(call, body)
    except Refusal as refusal:
        facts = {name: str(value) for name, value in refusal.facts.items()}
        return _page(call, refused=call.translate(refusal.remedy or refusal.detail, **facts)).with_status(
            refusal.status
        )
    return Redirect(_HERE)


@page(
    blueprint,
    "POST",
    f"{_HERE}/grants/{{id}}/end",
    use_case="bureau.take-back",
    door=DELEGATOR,
    body=Empty,
)
def take_back(call: Call, _body: Empty) -> Redirect:
    """Take it back."""
    _end(call)
    return Redirect(_HERE)


def _grant(call: Call, body: GrantAsked) -> Grant:
    return delegating.grant(
        Wish(
            to=body.to,
            power=body.power,
            district=body.district,
            since=body.since or call.now,
            until=body.until,
            reason=body.reason,
        ),
        giver=call.context.actor,
        roles=call.context.roles,
        officers=officers(),
        grants=GrantStore(call.work),
        now=call.now,
    )


def _end(call: Call) -> Grant:
    store = GrantStore(call.work)
    return delegating.take_back(call.path["id"], roles=call.context.roles, grants=store, now=call.now)


def _page(call: Call, *, refused: str = "") -> Html:
    say, scope = call.translate, reach(DELEGATE)
    people = officers()
    found = delegating.seen(GrantStore(call.work).all(), reach())
    return Html(
        "bureau/officers.html",
        officers=[
            {"name": one.label, "powers": [_role(role, call) for role in sorted(one.roles)]} for one in people
        ],
        grants=[
            {
                "id": one.id,
                "name": one.label,
                "power": say(words.POWERS[one.power]),
                "district": say(words.DISTRICTS.get(one.district, one.district)),
                "since": rfc3339(one.since),
                "until": rfc3339(one.until),
                "reason": one.reason,
                "state": _state(one, call),
                "may_end": one.over is None and one.until > call.now and scope.reaches(one.district),
            }
            for one in found
        ],
        may_lend=bool(scope.districts),
        refused=refused,
        form=Filled(call.form, call.wrong),
        people=[(one.actor, one.label) for one in people if one.actor != call.context.actor],
        powers=[(power, say(words.POWERS[power])) for power in LENDABLE],
        places=[(code, say(word)) for code, word in words.DISTRICTS.items() if scope.reaches(code)],
        **frame(call, _HERE),
    )


def _state(grant: Grant, call: Call) -> dict[str, str]:
    say = call.translate
    if grant.over is not None:
        return {"text": say(N_("已收回")), "tone": "off"}
    if grant.holds(call.now):
        return {"text": say(N_("生效中")), "tone": "good"}
    if call.now < grant.since:
        return {"text": say(N_("未开始")), "tone": "calm"}
    return {"text": say(N_("已到期")), "tone": "off"}


def _role(role: str, call: Call) -> str:
    say = call.translate
    name, _, place = role.partition("@")
    if name == OWNER:
        return say(N_("负责人:全部权限"))
    where = say(words.DISTRICTS.get(place, place)) if place else say(N_("全市"))
    return f"{say(words.POWERS.get(name, name))} · {where}"


def _view(grant: Grant, call: Call) -> GrantView:
    return GrantView(
        id=grant.id,
        to=grant.to,
        label=grant.label,
        power=grant.power,
        district=grant.district,
        since=rfc3339(grant.since),
        until=rfc3339(grant.until),
        by=grant.by,
        reason=grant.reason,
        over=rfc3339(grant.over) if grant.over is not None else None,
        holds=grant.holds(call.now),
    )

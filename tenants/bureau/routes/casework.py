"""Case grants: given by a leader, listed, taken back, each use told; page and API."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.persistence.journal import audited
from chalicelib.web.http import (
    Answered,
    Asked,
    Call,
    Empty,
    Filled,
    Html,
    LocalMoment,
    Redirect,
    endpoint,
    page,
)
from tenants.bureau.domain.authority import DELEGATE
from tenants.bureau.domain.casework import CaseGrant, longest_on
from tenants.bureau.routes.asked import READER, SENDER, blueprint, senders
from tenants.bureau.routes.frame import frame
from tenants.bureau.routes.looking import LOOKED, looked
from tenants.bureau.routes.officers import DELEGATOR
from tenants.bureau.store.case_grants import CaseGrantStore
from tenants.bureau.store.grants import officers
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import casework
from tenants.bureau.usecases.casework import CaseWish

HERE = "/bureau/casework"
API = "/api/v1/bureau/case-grants"
_FOUND = 12


class OfCasework(Asked):
    """Whom a new grant is about: by id, or looked for by a part of the name."""

    sender: str = Field(default="", pattern=f"{SENDER}|^$")
    name: str = Field(default="", max_length=60)


class CaseGrantAsked(Asked):
    """What stands for people in one enterprise's events, for one officer, one case and a time."""

    to: str = Field(pattern="^member:[a-z0-9_]{3,40}$")
    sender: str = Field(pattern=SENDER)
    case: str = Field(min_length=1, max_length=40, description="the case's number in the bureau's files")
    reason: str = Field(min_length=1, max_length=200)
    until: LocalMoment


class CaseGrantView(Answered):
    id: str
    to: str
    label: str
    sender: str
    case: str
    reason: str
    by: str
    given: str
    until: str
    over: str | None
    holds: bool


class CaseGrantsView(Answered):
    grants: list[CaseGrantView]


@endpoint(
    blueprint,
    "GET",
    API,
    use_case="bureau.list-case-grants",
    door=READER,
    answers=CaseGrantsView,
    summary="Who may or might see what stands for people in an enterprise's events, and for which case",
)
def list_case_grants(call: Call) -> CaseGrantsView:
    """Newest first."""
    found = casework.seen(senders=senders, grants=CaseGrantStore(call.work))
    return CaseGrantsView(grants=[_view(one, call) for one in found])


@endpoint(
    blueprint,
    "POST",
    API,
    use_case="bureau.give-case-grant",
    door=DELEGATOR,
    body=CaseGrantAsked,
    answers=CaseGrantView,
    status=201,
    summary="Let one officer see what stands for people in one enterprise's events, for a case and a time",
)
def give_case_grant(call: Call, body: CaseGrantAsked) -> CaseGrantView:
    """It holds at once."""
    return _view(_give(call, body), call)


@endpoint(
    blueprint,
    "POST",
    f"{API}/{{id}}/end",
    use_case="bureau.end-case-grant",
    door=DELEGATOR,
    body=Empty,
    answers=CaseGrantView,
    summary="Take a case's grant back",
)
def end_case_grant(call: Call, _body: Empty) -> CaseGrantView:
    """It opens nothing from now on."""
    return _view(_end(call), call)


@page(blueprint, "GET", HERE, use_case="bureau.show-casework", door=READER, query=OfCasework)
def show_casework(call: Call) -> Html:
    """What is opened to whom, and the form for another."""
    return _page(call, sender=call.query.sender, name=call.query.name.strip())


def _again(call: Call) -> Html:
    return _page(call, sender=str(call.form.get("sender", "")))


@page(
    blueprint, "POST", HERE, use_case="bureau.open-case", door=DELEGATOR, body=CaseGrantAsked, invalid=_again
)
def open_case(call: Call, body: CaseGrantAsked) -> Html | Redirect:
    """Give it, or show the form again with why not."""
    try:
        made = _give(call, body)
    except Refusal as refusal:
        facts = {name: str(value) for name, value in refusal.facts.items()}
        words = call.translate(refusal.remedy or refusal.detail, **facts)
        return _page(call, sender=body.sender, refused=words).with_status(refusal.status)
    return Redirect(f"{HERE}/{made.id}")


@page(blueprint, "GET", f"{HERE}/{{id}}", use_case="bureau.see-case-grant", door=READER)
def see_case_grant(call: Call) -> Html:
    """One grant, and every use of it."""
    found = casework.find(call.path["id"], senders=senders, grants=CaseGrantStore(call.work))
    people = {one.actor: one.label for one in officers()}
    return Html(
        "bureau/case_grant.html",
        grant=_line(found, call),
        by=people.get(found.by, found.by),
        uses=[{"when": row.at, "who": people.get(row.actor, row.actor)} for row in _uses(found, call.now)],
        **frame(call, "/bureau/officers"),
    )


@page(blueprint, "POST", f"{HERE}/{{id}}/end", use_case="bureau.close-case", door=DELEGATOR, body=Empty)
def close_case(call: Call, _body: Empty) -> Redirect:
    """Take it back."""
    return Redirect(f"{HERE}/{_end(call).id}")


def opened(call: Call, sender: str) -> bool:
    """Whether the caller asks to see what stands for people, and may; the use is told before anything is
    shown. Raises ``NotOpened``.
    """
    if not call.query.open:
        return False
    store = CaseGrantStore(call.work)
    held = casework.require(actor=call.context.actor, sender=sender, grants=store, now=call.now)
    looked(call, "grant", sender=sender, at=held.id)
    return True


def offered(call: Call, sender: str) -> dict[str, Any] | None:
    """What the caller holds for this enterprise, for a page that offers to open it."""
    store = CaseGrantStore(call.work)
    held = casework.held(actor=call.context.actor, sender=sender, grants=store, now=call.now)
    return _line(held, call) if held is not None else None


def _give(call: Call, body: CaseGrantAsked) -> CaseGrant:
    return casework.give(
        CaseWish(to=body.to, sender=body.sender, case=body.case, reason=body.reason, until=body.until),
        giver=call.context.actor,
        roles=call.context.roles,
        officers=officers(),
        senders=senders,
        grants=CaseGrantStore(call.work),
        now=call.now,
    )


def _end(call: Call) -> CaseGrant:
    store = CaseGrantStore(call.work)
    return casework.take_back(
        call.path["id"], roles=call.context.roles, senders=senders, grants=store, now=call.now
    )


def _uses(grant: CaseGrant, now: datetime) -> list[Any]:
    """Its looks, the latest first: as many days as it lasted, a fortnight at most."""
    last = min(grant.over or grant.until, now)
    days = (business_day(last) - business_day(grant.given)).days
    subject = f"grant/{grant.sender}/{grant.id}"
    found = [
        row
        for n in range(days + 1)
        for row in audited(day=business_day(grant.given) + timedelta(days=n))
        if (row.action, row.subject) == (LOOKED, subject)
    ]
    return sorted(found, key=lambda row: row.at, reverse=True)


def _page(call: Call, *, sender: str = "", name: str = "", refused: str = "") -> Html:
    known = {one.id: one for one in senders()}
    may = bool(reach(DELEGATE).districts)
    chosen = known.get(sender)
    found = [one for one in known.values() if name and name.casefold() in one.name.casefold()]
    return Html(
        "bureau/casework.html",
        grants=[_line(one, call) for one in casework.seen(senders=senders, grants=CaseGrantStore(call.work))],
        may_give=may,
        chosen={"id": chosen.id, "name": chosen.name} if chosen is not None else None,
        name=name,
        found=[{"name": one.name, "href": f"{HERE}?sender={one.id}"} for one in found[:_FOUND]],
        more=len(found) > _FOUND,
        days=longest_on(business_day(call.now)),
        refused=refused,
        form=Filled(call.form, call.wrong),
        people=[(one.actor, one.label) for one in officers() if one.actor != call.context.actor],
        **frame(call, "/bureau/officers"),
    )


def _line(grant: CaseGrant, call: Call) -> dict[str, Any]:
    known = next((one for one in senders() if one.id == grant.sender), None)
    over = grant.over is not None or grant.until <= call.now
    text = N_("已收回") if grant.over is not None else N_("已到期") if over else N_("生效中")
    return {
        "id": grant.id,
        "href": f"{HERE}/{grant.id}",
        "name": grant.label,
        "about": known.name if known is not None else grant.sender,
        "case": grant.case,
        "reason": grant.reason,
        "given": rfc3339(grant.given),
        "until": rfc3339(grant.until),
        "state": {"text": call.translate(text), "tone": "off" if over else "good"},
        "may_end": not over
        and known is not None
        and bool(reach(DELEGATE).districts)
        and reach(DELEGATE).reaches(known.district),
    }


def _view(grant: CaseGrant, call: Call) -> CaseGrantView:
    plain = {name: getattr(grant, name) for name in ("id", "to", "label", "sender", "case", "reason", "by")}
    return CaseGrantView(
        **plain,
        given=rfc3339(grant.given),
        until=rfc3339(grant.until),
        over=rfc3339(grant.over) if grant.over is not None else None,
        holds=grant.holds(call.now),
    )

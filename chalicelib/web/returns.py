"""统计报表: the statutory returns of an enterprise, at the desk of every kind: filled, signed, corrected."""

from typing import Literal

from pydantic import Field

from chalicelib.kernel.errors import Missing
from chalicelib.messaging.returns import inbox
from chalicelib.messaging.returns.domain import Return, WhyMissing
from chalicelib.messaging.returns.store import ReturnStore
from chalicelib.messaging.returns.values import Given, ReasonMissing, ValueInvalid
from chalicelib.persistence import directory
from chalicelib.web import return_view as view
from chalicelib.web import return_words as words
from chalicelib.web.desk import RETURNS, framed
from chalicelib.web.http import (
    Asked,
    Attachment,
    Blueprint,
    Call,
    Empty,
    Filled,
    Html,
    Member,
    Page,
    Redirect,
    page,
)

blueprint = Blueprint(__name__)
SEE = Member()
FILL = Member("desk", "duty", "returns.fill", "returns.sign")
SIGN = Member("returns.sign")
"""Two roles: who fills in, and who answers for it with their signature (the owner may always)."""

HERE = view.HERE


class OfReturns(Asked):
    """Those that wait for the unit, or all."""

    show: Literal["", "waiting", "done"] = ""


class OfReturn(Asked):
    """``version``: one that was declared; the present state without it. ``done``: what the last step did."""

    version: int = Field(default=0, ge=0, le=999)
    done: str = Field(default="", max_length=20)


class Amending(Asked):
    """Why what was declared is corrected."""

    why: str = Field(default="", max_length=200)


class OfFile(Asked):
    form: Literal["pdf", "csv"] = "pdf"


@page(blueprint, "GET", HERE, use_case="return.list", door=SEE, query=OfReturns)
def show_returns(call: Call) -> Html:
    """Every return, what waits for the unit first."""
    enterprise(call)
    found = ReturnStore(call.work).all(kind=call.tenant.kind)
    wanted = {"waiting": True, "done": False}.get(call.query.show)
    lines = [view.line(one, call) for one in found if wanted is None or one.editable is wanted]
    lines.sort(key=lambda one: (not one["waits"], one["due"] if one["waits"] else ""))
    return framed(call, "desk/returns.html", place=RETURNS, returns=lines, show=call.query.show)


@page(blueprint, "GET", f"{HERE}/{{id}}", use_case="return.show", door=SEE, query=OfReturn)
def show_return(call: Call) -> Html:
    """One return: its fields beside what was computed, its course, and what can be done."""
    return _shown(call, found(call))


@page(blueprint, "POST", f"{HERE}/{{id}}", use_case="return.fill", door=FILL, body=view.Filling)
def fill_return(call: Call, body: view.Filling) -> Page:
    """Save what was written; what is wrong is shown beside its field."""
    one = found(call)
    try:
        given = given_of(one, body)
        inbox.fill(one.id, given, booked=view.booked(one, call), by=call.context.actor, work=call.work)
    except (ValueInvalid, ReasonMissing) as refusal:
        call.begin()
        return _shown(call, one, written=body, refusal=refusal).with_status(refusal.status)
    return Redirect(f"{HERE}/{one.id}?done=filled")


@page(blueprint, "POST", f"{HERE}/{{id}}/sign", use_case="return.sign", door=SIGN, body=Empty)
def sign_return(call: Call, _body: Empty) -> Redirect:
    """Declare it: signed, and sent up with the commit."""
    one = signed(call)
    return Redirect(f"{HERE}/{one.id}?done=declared")


@page(blueprint, "POST", f"{HERE}/{{id}}/amend", use_case="return.amend", door=FILL, body=Amending)
def amend_return(call: Call, body: Amending) -> Page:
    """Open what was declared to correct it."""
    one = found(call)
    try:
        inbox.amend(one.id, body.why, by=call.context.actor, work=call.work)
    except WhyMissing as refusal:
        call.begin()
        return _shown(call, one, refusal=refusal).with_status(refusal.status)
    return Redirect(f"{HERE}/{one.id}?done=amending")


@page(blueprint, "POST", f"{HERE}/{{id}}/drop", use_case="return.drop", door=FILL, body=Empty)
def drop_return(call: Call, _body: Empty) -> Redirect:
    """Give a correction up: what was declared stands."""
    one = inbox.drop(found(call).id, by=call.context.actor, work=call.work)
    return Redirect(f"{HERE}/{one.id}?done=dropped")


@page(blueprint, "GET", f"{HERE}/{{id}}/file", use_case="return.fetch", door=SEE, query=OfFile, prints=True)
def fetch_return(call: Call) -> Attachment:
    """The return as a document to sign by hand, or as a table."""
    from chalicelib.web import return_files

    one = view.prefilled(found(call), call)
    if call.query.form == "csv":
        return Attachment(
            return_files.table(one, tenant=call.tenant),
            content_type="text/csv; charset=utf-8",
            name=f"{one.id}.csv",
        )
    body = return_files.document(one, tenant=call.tenant, now=call.now)
    return Attachment(body, content_type="application/pdf", name=f"{one.id}.pdf")


def found(call: Call) -> Return:
    """The return that the path names."""
    enterprise(call)
    return inbox.find(call.path["id"], store=ReturnStore(call.work))


def signed(call: Call) -> Return:
    """Declared by whoever calls, in the role they hold."""
    role = "owner" if "owner" in call.context.roles else "returns.sign"
    one = found(call)
    return inbox.sign(one.id, by=call.context.actor, role=role, alone=alone(call), work=call.work)


def alone(call: Call) -> bool:
    """Whether the unit has one member only: nobody else could sign."""
    return len(directory.members(call.tenant.id)) <= 1


def enterprise(call: Call) -> None:
    """The authority asks for returns and owes none."""
    if call.tenant.kind == "bureau":
        raise Missing


def given_of(one: Return, body: view.Filling) -> dict[str, Given]:
    """What was written, field by field. Raises ``ValueInvalid`` for what is no number."""
    given: dict[str, Given] = {}
    wrong = []
    for field in one.form.fields:
        if field.derived:
            continue
        try:
            value = words.read(body.values.get(field.key, ""), field.unit)
        except ValueError:
            wrong.append(field.key)
            continue
        given[field.key] = Given(
            value=value,
            reason=body.reasons.get(field.key, ""),
            note=body.notes.get(field.key, "")[:200],
        )
    if wrong:
        raise ValueInvalid(errors=[{"at": f"/{key}", "detail": ValueInvalid.remedy} for key in wrong])
    return given


def may(call: Call, door: Member) -> bool:
    """Whether the caller would pass a door."""
    held = {role.partition("@")[0] for role in call.context.roles}
    return "owner" in held or not held.isdisjoint(door.roles)


def _shown(
    call: Call,
    one: Return,
    *,
    written: view.Filling | None = None,
    refusal: ValueInvalid | ReasonMissing | WhyMissing | None = None,
) -> Html:
    errors = {fault["at"].removeprefix("/"): call.translate(fault["detail"]) for fault in _faults(refusal)}
    declared = ReturnStore(call.work).declared(one)
    wanted = next((each for each in declared if each["version"] == getattr(call.query, "version", 0)), None)
    signs = one.state == "filled" and refusal is None and wanted is None and may(call, SIGN)
    waits = signs and one.needs_other(call.context.actor, alone=alone(call))
    here = f"{HERE}/{one.id}"
    return framed(
        call,
        "desk/return.html",
        place=RETURNS,
        one={
            **view.line(one, call),
            **{"reasons": one.reasons, "why": one.why, "rule": one.form.rule, "source": one.form.source},
            "hash": wanted["hash"] if wanted is not None else one.hash,
        },
        fields=view.fields(one, call, written=written, errors=errors)
        if wanted is None
        else view.declared_fields(one, wanted, call),
        form=Filled({}, errors),
        refused=call.translate(refusal.detail) if refusal is not None else None,
        choices=[(code, call.translate(text)) for code, text in words.REASONS.items()],
        editable=one.editable and wanted is None and may(call, FILL),
        signable=signs and not waits,
        other=waits,
        amendable=not one.editable and wanted is None and may(call, FILL),
        open_days=view.open_days(one, call) if one.editable and wanted is None else 0,
        droppable=one.correcting and wanted is None and may(call, FILL),
        shown=wanted["version"] if wanted is not None else None,
        versions=view.versions(one, declared),
        steps=view.steps(one, call),
        flash=[{"text": call.translate(words.DONE[done]), "tone": "success"}]
        if (done := getattr(call.query, "done", "")) in words.DONE
        else [],
        files=[("PDF", f"{here}/file?form=pdf"), ("CSV", f"{here}/file?form=csv")],
    )


def _faults(refusal: ValueInvalid | ReasonMissing | WhyMissing | None) -> list[dict[str, str]]:
    return refusal.facts.get("errors", []) if refusal is not None else []

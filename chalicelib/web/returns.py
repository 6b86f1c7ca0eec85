"""统计报表: the statutory returns of an enterprise, at the desk of every kind: filled, signed, followed."""

from typing import Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.returns import inbox
from chalicelib.messaging.returns.domain import (
    Given,
    ReasonMissing,
    Return,
    ValueInvalid,
    differs,
    working_days_left,
)
from chalicelib.messaging.returns.store import ReturnStore
from chalicelib.persistence import directory
from chalicelib.web import return_words as words
from chalicelib.web.desk import RETURNS, framed
from chalicelib.web.http import Asked, Attachment, Blueprint, Call, Html, Member, Page, Redirect, page

blueprint = Blueprint(__name__)
SEE = Member()
FILL = Member("desk", "duty", "returns.fill", "returns.sign")
SIGN = Member("returns.sign")
"""Two roles: who fills in, and who answers for it with their signature (the owner may always)."""

HERE = "/console/returns"


class OfReturns(Asked):
    """Those that wait for the unit, or all."""

    show: Literal["", "waiting", "done"] = ""


class Filling(Asked):
    """What was written: texts by field, as people write numbers."""

    values: dict[str, str] = Field(default={}, max_length=60)
    reasons: dict[str, str] = Field(default={}, max_length=60)
    notes: dict[str, str] = Field(default={}, max_length=60)


class Intention(Asked):
    """Nothing but the intention."""


class OfFile(Asked):
    form: Literal["pdf", "csv"] = "pdf"


@page(blueprint, "GET", HERE, use_case="return.list", door=SEE, query=OfReturns)
def show_returns(call: Call) -> Html:
    """Every return, what waits for the unit first."""
    enterprise(call)
    found = ReturnStore(call.work).all(kind=call.tenant.kind)
    wanted = {"waiting": True, "done": False}.get(call.query.show)
    lines = [line(one, call) for one in found if wanted is None or one.editable is wanted]
    lines.sort(key=lambda one: (not one["waits"], one["due"] if one["waits"] else ""))
    return framed(call, "desk/returns.html", place=RETURNS, returns=lines, show=call.query.show)


@page(blueprint, "GET", f"{HERE}/{{id}}", use_case="return.show", door=SEE)
def show_return(call: Call) -> Html:
    """One return: its fields beside what was computed, its course, and what can be done."""
    return _shown(call, found(call))


@page(blueprint, "POST", f"{HERE}/{{id}}", use_case="return.fill", door=FILL, body=Filling)
def fill_return(call: Call, body: Filling) -> Page:
    """Save what was written; what is wrong is shown beside its field."""
    one = found(call)
    try:
        given = given_of(one, body)
        inbox.fill(one.id, given, by=call.context.actor, work=call.work)
    except (ValueInvalid, ReasonMissing) as refusal:
        call.begin()
        shown = _shown(call, one, written=body, refusal=refusal)
        shown.status = refusal.status
        return shown
    return Redirect(f"{HERE}/{one.id}")


@page(blueprint, "POST", f"{HERE}/{{id}}/sign", use_case="return.sign", door=SIGN, body=Intention)
def sign_return(call: Call, _body: Intention) -> Redirect:
    """Declare it: signed, and sent up with the commit."""
    role = "owner" if "owner" in call.context.roles else "returns.sign"
    one = inbox.sign(found(call).id, by=call.context.actor, role=role, work=call.work)
    return Redirect(f"{HERE}/{one.id}")


@page(blueprint, "GET", f"{HERE}/{{id}}/file", use_case="return.fetch", door=SEE, query=OfFile)
def fetch_return(call: Call) -> Attachment:
    """The return as a document to sign by hand, or as a table."""
    from chalicelib.web import return_files

    one = found(call)
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


def enterprise(call: Call) -> None:
    """The authority asks for returns and owes none."""
    if call.tenant.kind == "bureau":
        raise Missing


def given_of(one: Return, body: Filling) -> dict[str, Given]:
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


def line(one: Return, call: Call) -> dict[str, Any]:
    """A return in a list."""
    text, tone = words.STATES[one.state]
    today, due = business_day(call.now), business_day(one.due)
    say = call.translate
    return {
        "id": one.id,
        "href": f"{HERE}/{one.id}",
        "title": one.form.title,
        "period": words.period(one.period, say=say, locale=call.locale),
        "due": rfc3339(one.due),
        "left": words.left(working_days_left(due, today), due=due, today=today, say=say),
        "late": one.late(call.now),
        "waits": one.editable,
        "state": {"text": say(text), "tone": "urgent" if one.late(call.now) else tone},
    }


def _shown(
    call: Call,
    one: Return,
    *,
    written: Filling | None = None,
    refusal: ValueInvalid | ReasonMissing | None = None,
) -> Html:
    errors = {fault["at"].removeprefix("/"): call.translate(fault["detail"]) for fault in _faults(refusal)}
    return framed(
        call,
        "desk/return.html",
        place=RETURNS,
        one={**line(one, call), "reasons": one.reasons, "rule": one.form.rule, "hash": one.hash},
        fields=_fields(one, call, written=written, errors=errors),
        errors=errors,
        refused=call.translate(refusal.detail) if refusal is not None else None,
        choices=[(code, call.translate(text)) for code, text in words.REASONS.items()],
        editable=one.editable and may(call, FILL),
        signable=one.state == "filled" and refusal is None and may(call, SIGN),
        steps=_steps(one, call),
        files=[
            ("PDF", f"{HERE}/{one.id}/file?form=pdf"),
            ("CSV", f"{HERE}/{one.id}/file?form=csv"),
        ],
    )


def may(call: Call, door: Member) -> bool:
    """Whether the caller would pass a door."""
    held = {role.partition("@")[0] for role in call.context.roles}
    return "owner" in held or not held.isdisjoint(door.roles)


def _faults(refusal: ValueInvalid | ReasonMissing | None) -> list[dict[str, str]]:
    return refusal.facts.get("errors", []) if refusal is not None else []


def _fields(
    one: Return, call: Call, *, written: Filling | None, errors: dict[str, str]
) -> list[dict[str, Any]]:
    values = one.values()
    lines = []
    for field in one.form.fields:
        given = one.given.get(field.key, Given())
        computed = one.computed.get(field.key)
        lines.append(
            {
                "key": field.key,
                "title": field.title,
                "unit": words.UNITS[field.unit],
                "note": field.note,
                "derived": bool(field.derived),
                "must": field.must,
                "computed": words.shown(computed, field.unit) if field.figure else "",
                "value": words.shown(values[field.key], field.unit),
                "text": written.values.get(field.key, "")
                if written is not None
                else words.written(values[field.key], field.unit),
                "reason": written.reasons.get(field.key, "") if written is not None else given.reason,
                "words": call.translate(words.REASONS[given.reason]) if given.reason in words.REASONS else "",
                "extra": written.notes.get(field.key, "") if written is not None else given.note,
                "differs": field.key in errors
                or (not field.derived and differs(field.key, values, one.computed)),
                "error": errors.get(field.key),
            }
        )
    return lines


def _steps(one: Return, call: Call) -> list[dict[str, Any]]:
    people = {member.actor: member.label for member in directory.members(call.tenant.id)}
    return [
        {
            "title": call.translate(words.STEPS[step.what]),
            "at": step.at,
            "text": step.words or people.get(step.by) or None,
            "state": "urgent" if step.what.startswith("returned") else "done",
        }
        for step in reversed(one.history)
    ]

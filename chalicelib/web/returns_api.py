"""Statutory returns for the enterprise's own systems: read what is asked, fill, sign."""

from typing import Any

from pydantic import Field

from chalicelib.messaging.returns import inbox
from chalicelib.messaging.returns.domain import Return
from chalicelib.messaging.returns.store import ReturnStore
from chalicelib.messaging.returns.values import Given
from chalicelib.web import return_view as view
from chalicelib.web.http import (
    Answered,
    Asked,
    Blueprint,
    Call,
    Empty,
    endpoint,
)
from chalicelib.web.returns import FILL, SEE, SIGN, Amending, enterprise, found, signed

blueprint = Blueprint(__name__)


class FieldAnswer(Answered):
    """``computed``: what the authority's figures say; ``booked``: what the unit's own books say."""

    key: str
    title: str
    unit: str
    computed: int | None
    booked: int | None
    value: int | None
    derived: str | None


class ReturnAnswer(Answered):
    id: str
    form: str
    edition: int
    period: str
    due: str
    state: str
    late: bool
    version: int
    hash: str | None
    reasons: str | None
    fields: list[FieldAnswer]
    differences: list[dict[str, Any]]


class ReturnsAnswer(Answered):
    returns: list[ReturnAnswer]


class Written(Asked):
    """One field: money in fen, rates in ten-thousandths. A reason is owed where it is not the computed."""

    value: int | None = Field(default=None, ge=0)
    reason: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=200)


class FillAsked(Asked):
    fields: dict[str, Written] = Field(max_length=60)


@endpoint(
    blueprint,
    "GET",
    "/api/v1/returns",
    use_case="return.list-returns",
    door=SEE,
    answers=ReturnsAnswer,
    summary="The statutory returns of the enterprise, the newest period first",
)
def list_returns(call: Call) -> ReturnsAnswer:
    """All of them."""
    enterprise(call)
    kept = ReturnStore(call.work).all(kind=call.tenant.kind)
    return ReturnsAnswer(returns=[_answer(one, call) for one in kept])


@endpoint(
    blueprint,
    "GET",
    "/api/v1/returns/{id}",
    use_case="return.read",
    door=SEE,
    answers=ReturnAnswer,
    summary="One return: its fields with what is computed of them",
)
def read_return(call: Call) -> ReturnAnswer:
    """One of them."""
    return _answer(found(call), call)


@endpoint(
    blueprint,
    "POST",
    "/api/v1/returns/{id}/fields",
    use_case="return.write",
    door=FILL,
    body=FillAsked,
    answers=ReturnAnswer,
    summary="Fill a return in (again): saved, not sent",
)
def write_return(call: Call, body: FillAsked) -> ReturnAnswer:
    """Fields that are not named keep what is computed."""
    one = found(call)
    given = {
        key: Given(**written.model_dump()) for key, written in body.fields.items() if one.form.field(key)
    }
    filled = inbox.fill(one.id, given, booked=view.booked(one, call), by=call.context.actor, work=call.work)
    return _answer(filled, call)


@endpoint(
    blueprint,
    "POST",
    "/api/v1/returns/{id}/signature",
    use_case="return.declare",
    door=SIGN,
    body=Empty,
    answers=ReturnAnswer,
    summary="Declare a return: signed by the unit and sent up",
)
def declare_return(call: Call, _body: Empty) -> ReturnAnswer:
    """Signed."""
    return _answer(signed(call), call)


@endpoint(
    blueprint,
    "POST",
    "/api/v1/returns/{id}/correction",
    use_case="return.correct",
    door=FILL,
    body=Amending,
    answers=ReturnAnswer,
    summary="Open a declared return to correct it, with the reason; it stands until it is signed again",
)
def correct_return(call: Call, body: Amending) -> ReturnAnswer:
    """Opened again."""
    return _answer(inbox.amend(found(call).id, body.why, by=call.context.actor, work=call.work), call)


def _answer(one: Return, call: Call) -> ReturnAnswer:
    one = view.prefilled(one, call)
    values = one.values()
    return ReturnAnswer(
        id=one.id,
        form=one.form.code,
        edition=one.form.edition,
        period=one.period.name,
        due=one.due.isoformat(),
        state=one.state,
        late=one.late(call.now),
        version=one.version,
        hash=one.hash or None,
        reasons=one.reasons or None,
        fields=[
            FieldAnswer(
                key=field.key,
                title=call.translate(field.title),
                unit=field.unit,
                computed=one.computed.get(field.key),
                booked=one.booked.get(field.key),
                value=values[field.key],
                derived=field.derived or None,
            )
            for field in one.form.fields
        ],
        differences=one.differences(),
    )

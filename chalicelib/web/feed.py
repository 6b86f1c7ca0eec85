"""The HTTPS door of the feed: enterprises whose own systems report, with a key that may ``feed.write``.

A key speaks for its own tenant and nobody else. Nothing here is ever gated by a plan: who has lapsed still
reports.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from chalicelib.kernel.period import business_day
from chalicelib.messaging import reception
from chalicelib.messaging.quarantine import QuarantineRow, quarantined
from chalicelib.messaging.reception import MOST, Verdict
from chalicelib.persistence.unit_of_work import replay
from chalicelib.web.http import Answered, Asked, Blank, Blueprint, Call, Member, Paging, endpoint, make_cursor

blueprint = Blueprint(__name__)
SENDER = Member("feed.write")


class Told(Asked):
    """One CloudEvent in structured JSON, or an array of them."""

    events: list[Any] = Field(min_length=1, max_length=MOST)

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return {"events": value if isinstance(value, list) else [value]}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del core, handler  # over the wire there is no ``events``: the array itself is the body
        event = {
            "type": "object",
            "description": "CloudEvents 1.0; what we know of the sender may be left out",
            "required": ["specversion", "id", "source", "type", "time", "data"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"},
                "source": {"type": "string", "description": "/tenants/<slug>/<kind>"},
                "type": {"type": "string", "description": "one of GET /schemas"},
                "time": {"type": "string", "format": "date-time"},
                "data": {"type": "object"},
            },
        }
        return {
            "title": "Told",
            "oneOf": [event, {"type": "array", "minItems": 1, "maxItems": MOST, "items": event}],
        }


class RecordAnswer(Answered):
    """One record's fate. ``code`` is stable; ``detail`` is in the caller's language."""

    index: int
    id: str
    outcome: Literal["accepted", "duplicate", "refused"]
    code: str | None = None
    at: str | None = Field(default=None, description="where in the event, as a dotted path")
    detail: str | None = None


class ReceptionAnswer(Answered):
    """How many fared how, and each record in the order it was sent."""

    accepted: int
    duplicate: int
    refused: int
    results: list[RecordAnswer]


class OfRefused(Paging):
    """A day of refusal."""

    day: Annotated[date | None, Blank] = Field(
        default=None, description="day of refusal (Asia/Shanghai), today by default"
    )


class RefusedEvent(Answered):
    """An event that was accepted and then refused on its way, as it was sent."""

    code: str
    at: str
    detail: str
    refused: str = Field(description="when (UTC)")
    digest: str = Field(description="names it where it is sent again")
    body: str


class RefusedAnswer(Answered):
    day: date
    refused: list[RefusedEvent]
    next: str | None


@endpoint(
    blueprint,
    "POST",
    "/api/v1/feed/events",
    use_case="feed.receive",
    door=SENDER,
    body=Told,
    answers=ReceptionAnswer,
    summary="Report events of the enterprise's own system (CloudEvents 1.0, one or up to a hundred)",
    description=(
        "Each record is judged by itself and has its own outcome: one that is refused stops none of the "
        "others. An id that was accepted before is a duplicate and changes nothing; send again whatever you "
        "are not sure of. Accepted events are published within seconds."
    ),
)
def receive(call: Call, body: Told) -> ReceptionAnswer:
    """Take in what the caller's system says."""
    if call.command is not None:  # first: a batch may be committed in parts, and a reused key must stop all
        replay(call.command, now=call.now)
    verdicts = reception.receive(body.events, now=call.now, work=call.work)
    results = [_record(call, index, verdict) for index, verdict in enumerate(verdicts)]
    outcomes = [one.outcome for one in verdicts]
    return ReceptionAnswer(
        accepted=outcomes.count("accepted"),
        duplicate=outcomes.count("duplicate"),
        refused=outcomes.count("refused"),
        results=results,
    )


@endpoint(
    blueprint,
    "GET",
    "/api/v1/feed/refused",
    use_case="feed.see-refused",
    door=SENDER,
    query=OfRefused,
    answers=RefusedAnswer,
    summary="The caller's events that were refused after they had been accepted",
)
def see_refused(call: Call) -> RefusedAnswer:
    """What the relay set aside of the caller's events on a day."""
    day, most = call.query.day or business_day(call.now), call.query.limit
    after = (call.query.after or {}).get("at", "")
    rows = list(quarantined(day=day, after=after, most=most + 1))
    return RefusedAnswer(
        day=day,
        refused=[_refused(call, row) for row in rows[:most]],
        next=make_cursor({"at": rows[most - 1].sk}) if len(rows) > most else None,
    )


def _record(call: Call, index: int, verdict: Verdict) -> RecordAnswer:
    problem = verdict.problem
    if problem is None:
        return RecordAnswer(index=index, id=verdict.id, outcome=verdict.outcome)
    return RecordAnswer(
        index=index,
        id=verdict.id,
        outcome=verdict.outcome,
        code=problem.code,
        at=problem.at,
        detail=call.translate(problem.words),
    )


def _refused(call: Call, row: QuarantineRow) -> RefusedEvent:
    return RefusedEvent(
        code=row.code,
        at=row.at,
        detail=call.translate(row.words),
        refused=row.refused,
        digest=row.sk,
        body=row.body,
    )

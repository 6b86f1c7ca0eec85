"""Who reported a day: the page an officer opens in the morning, and the same through the API."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.web.http import Answered, Attachment, Blank, Call, Html, Paging, endpoint, make_cursor, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.domain.punctuality import STATES, Report, Tally
from tenants.bureau.domain.statement import Stated
from tenants.bureau.routes import unreached, words
from tenants.bureau.routes.asked import LEDGER, READER, OfSenders, blueprint, position, senders
from tenants.bureau.routes.disputes import dispute_state, dispute_view
from tenants.bureau.routes.frame import dated, frame, places
from tenants.bureau.routes.paging import going_on, rows_asked
from tenants.bureau.routes.ways import API, events_href, query
from tenants.bureau.store.proofs import ProofStore
from tenants.bureau.store.statements import StatementStore
from tenants.bureau.usecases.reporting import Reporting, see_reporting

_HERE = "/bureau/reporting"
_MOST = 10_000
_FILE = (
    *("sender", "name", "kind", "district", "state", "closed", "heard", "received", "on_time", "late"),
    *("after_close", "missing", "surplus", "quarantined", "dispute"),
)
StateName = Literal["silent", "missing", "incomplete", "late", "open", "complete"]


class OfReporting(OfSenders, Paging):
    """A business day, one finding, and whose."""

    day: Annotated[date | None, Blank] = Field(
        default=None, description="business day (Asia/Shanghai), yesterday by default"
    )
    state: Annotated[StateName | None, Blank] = None


class TypeReport(Answered):
    """Events of one type: in time, late, and late after the books of the day were closed."""

    type: str
    received: int
    on_time: int
    late: int
    after_close: int
    events: str = Field(description="the query that lists them")


class SenderReport(Answered):
    """``missing`` is the number of events that the sender's close names and that never came."""

    sender: str
    name: str
    kind: str
    district: str
    state: StateName
    heard: str | None
    closed: str | None = Field(description="when its close was received")
    close: Literal["open", "equal", "missing", "surplus", "differs"]
    missing: int
    surplus: int
    quarantined: int
    dispute: Literal["none", "open", "accepted", "rejected"] = Field(
        description="the sender's word against it"
    )
    received: int
    on_time: int
    late: int
    after_close: int
    types: list[TypeReport]
    events: str


class ReportingAnswer(Answered):
    day: date
    due: datetime = Field(description="when the day's closes were due, and its books are closed")
    counts: dict[StateName, int]
    senders: list[SenderReport]
    next: str | None


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/reporting",
    use_case="bureau.reporting",
    door=READER,
    query=OfReporting,
    answers=ReportingAnswer,
    summary="Who is complete, late, missing or silent about a day",
)
def reporting(call: Call) -> ReportingAnswer:
    """The day's reporters, the gravest finding first."""
    found = _found(call)
    stated = StatementStore(call.work).of(found.day)
    return ReportingAnswer(
        day=found.day,
        due=found.due,
        counts=dict(found.counts),
        senders=[_answer(one, found.day, stated.get(one.known.id)) for one in found.reports],
        next=make_cursor({"at": found.cursor} if found.cursor else None),
    )


@page(blueprint, "GET", _HERE, use_case="bureau.see-reporting", door=READER, query=OfReporting)
def show_reporting(call: Call) -> Html:
    """The same at the desk."""
    found = _found(call, limit=rows_asked(call))
    stated = StatementStore(call.work).of(found.day)
    asked = call.query
    narrowed = {"kind": asked.kind, "district": asked.district, "name": asked.name.strip()}
    here = f"{_HERE}?{query(day=found.day, **narrowed)}"
    chosen = f"&state={asked.state}" if asked.state else ""
    cursor, days = going_on(found.cursor), dated(call, found.day)
    beside = {
        name: f"{_HERE}?{query(day=days[name], state=asked.state, **narrowed)}" if days[name] else None
        for name in ("before", "after")
    }
    return Html(
        "bureau/reporting.html",
        due=found.due,
        passed=call.now > found.due,
        total=sum(found.counts.values()),
        states=[
            {
                "code": each,
                "text": words.REPORTING[each][0],
                "tone": words.REPORTING[each][1],
                "about": words.REPORTING_ABOUT[each],
                "count": found.counts[each],
                "href": f"{here}&state={each}",
            }
            for each in STATES
        ],
        state=call.query.state,
        all_href=here,
        proof=_proof(found.day, call),
        csv_href=f"{_HERE}.csv?{query(day=found.day, state=asked.state, **narrowed)}",
        narrowed=narrowed,
        kinds=[
            (code, call.translate(words.KINDS[code])) for code in ("scenic", "hotel", "homestay", "agency")
        ],
        places=places(call),
        senders=[_view(one, found.day, stated.get(one.known.id), call) for one in found.reports],
        **unreached.section(call, **narrowed),
        next_href=f"{here}{chosen}&cursor={cursor}" if cursor else None,
        before_href=beside["before"],
        after_href=beside["after"],
        **days,
        **frame(call, "/bureau/reporting"),
    )


@page(blueprint, "GET", f"{_HERE}.csv", use_case="bureau.export-reporting", door=READER, query=OfReporting)
def export_reporting(call: Call) -> Attachment:
    """All of them as a table, to call whoever has not reported."""
    found = _found(call, limit=_MOST, whole=True)
    stated = StatementStore(call.work).of(found.day)
    rows = []
    for one in found.reports:
        answer = _answer(one, found.day, stated.get(one.known.id))
        rows.append(
            tuple(str(value if value is not None else "") for value in map(answer.__getattribute__, _FILE))
        )
    return csv_sheet(_FILE, rows, name=f"reporting-{found.day}.csv")


def _found(call: Call, *, limit: int | None = None, whole: bool = False) -> Reporting:
    asked = call.query
    return see_reporting(
        day=asked.day or business_day(call.now) - timedelta(days=1),
        now=call.now,
        ledger=LEDGER,
        senders=senders,
        state=asked.state,
        kind=asked.kind,
        district=asked.district,
        name=asked.name.strip(),
        cursor="" if whole else position(call),
        limit=limit or asked.limit,
    )


def _answer(one: Report, day: date, stated: Stated | None) -> SenderReport:
    return SenderReport(
        sender=one.known.id,
        name=one.known.name,
        kind=one.known.kind,
        district=one.known.district,
        state=one.state,
        heard=one.heard or None,
        closed=one.closed or None,
        close=one.verdict.state,
        missing=one.verdict.missing,
        surplus=one.verdict.surplus,
        quarantined=one.quarantined,
        dispute=dispute_state(one, stated),
        types=[
            TypeReport(
                type=part.type,
                events=events_href(sender=one.known.id, day=day, type=part.type, base=API),
                **_numbers(part),
            )
            for part in one.types
        ],
        events=events_href(sender=one.known.id, day=day, base=API),
        **_numbers(one.total),
    )


def _view(one: Report, day: date, stated: Stated | None, call: Call) -> dict[str, Any]:
    text, tone = words.REPORTING[one.state]
    return {
        "sender": one.known.id,
        "name": one.known.name,
        "href": f"/bureau/figures/{one.known.id}?day={day}",
        "events_href": events_href(sender=one.known.id, day=day),
        "kind": words.KINDS.get(one.known.kind, one.known.kind or "—"),
        "district": words.DISTRICTS.get(one.known.district, one.known.district or "—"),
        "state": {"text": call.translate(text), "tone": tone},
        "closed": one.closed or None,
        "heard": one.heard or None,
        "quarantined": one.quarantined,
        "dispute": dispute_view(one, stated),
        "asked": [words.TYPES.get(type, type) for type in stated.asked] if stated is not None else [],
        **{name: n if one.state != "silent" else None for name, n in _numbers(one.total).items()},
        "missing": one.verdict.missing if one.closed else None,  # who has not closed has not said how many
    }


def _proof(day: date, call: Call) -> dict[str, Any] | None:
    """What the night after said of the day's figures; none before it began."""
    proof = ProofStore(call.now).of(day + timedelta(days=1))
    if proof is None:
        return None
    return {
        "state": proof.state(call.now),
        "proven": proof.proven,
        "done": rfc3339(proof.done) if proof.done is not None else None,
        "differing": [
            {"name": one.name, "href": f"/bureau/figures/{one.id}?day={day}"}
            for one in senders()
            if one.id in proof.differing
        ],
    }


def _numbers(tally: Tally) -> dict[str, int]:
    return {
        "received": tally.received,
        "on_time": tally.on_time,
        "late": tally.late,
        "after_close": tally.after,
    }

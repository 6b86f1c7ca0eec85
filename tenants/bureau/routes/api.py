"""The API: the same figures as the pages, each with the query that leads to its events."""

from datetime import date

from chalicelib.web.http import Call, MoneyView, endpoint, make_cursor
from tenants.bureau.domain.casework import covered, covered_text
from tenants.bureau.domain.entry import Aside, Filed
from tenants.bureau.domain.trades import figures_of
from tenants.bureau.domain.wall import Line, Wall
from tenants.bureau.routes.answers import (
    AsidesAnswer,
    AskedAgain,
    Comparison,
    EventsAnswer,
    FiledEvent,
    ReconciledDay,
    ReconciliationAnswer,
    SenderFigures,
    SetAside,
    WallAnswer,
)
from tenants.bureau.routes.asked import (
    LEDGER,
    READER,
    Again,
    OfAsides,
    OfDay,
    OfEvents,
    blueprint,
    day_asked,
    position,
    senders,
)
from tenants.bureau.routes.casework import opened
from tenants.bureau.routes.looking import looked
from tenants.bureau.routes.ways import API, figure_hrefs
from tenants.bureau.usecases import asking, watching
from tenants.bureau.usecases.watching import Reconciled


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/wall",
    use_case="bureau.see-wall",
    door=READER,
    query=OfDay,
    answers=WallAnswer,
    summary="The city's day, sender by sender",
)
def wall(call: Call) -> WallAnswer:
    day = day_asked(call)
    return wall_answer(watching.see_wall(day=day, now=call.now, ledger=LEDGER, senders=senders))


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/events",
    use_case="bureau.see-events",
    door=READER,
    query=OfEvents,
    answers=EventsAnswer,
    summary="The events behind a figure, newest first",
)
def events(call: Call) -> EventsAnswer:
    asked = call.query
    behind = watching.see_events(
        sender=asked.sender,
        day=day_asked(call),
        ledger=LEDGER,
        hour=asked.hour,
        type=asked.type or "",
        cursor=position(call),
        limit=asked.limit,
    )
    looked(call, "events", sender=asked.sender, at=day_asked(call).isoformat())
    open_ = opened(call, asked.sender)
    return EventsAnswer(
        events=[_filed(filed, open_=open_) for filed in behind.events],
        next=make_cursor({"at": behind.cursor} if behind.cursor else None),
    )


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/quarantine",
    use_case="bureau.see-quarantine",
    door=READER,
    query=OfAsides,
    answers=AsidesAnswer,
    summary="What was refused or parked, with its reason",
)
def quarantine(call: Call) -> AsidesAnswer:
    found, cursor = watching.see_asides(
        day=day_asked(call), ledger=LEDGER, cursor=position(call), limit=call.query.limit
    )
    return AsidesAnswer(
        quarantine=[_aside(call, aside) for aside in found],
        next=make_cursor({"at": cursor} if cursor else None),
    )


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/reconciliation",
    use_case="bureau.reconcile",
    door=READER,
    query=OfDay,
    answers=ReconciliationAnswer,
    summary="Each sender's day held against its own close",
)
def reconciliation(call: Call) -> ReconciliationAnswer:
    day = day_asked(call)
    found = watching.reconcile(day=day, ledger=LEDGER, senders=senders)
    return ReconciliationAnswer(day=day, senders=[_reconciled(one) for one in found])


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/reconciliation/requests",
    use_case="bureau.ask-again",
    door=READER,
    body=Again,
    answers=AskedAgain,
    status=202,
    summary="Ask a sender to send the missing events of a day again",
)
def ask_again(call: Call, body: Again) -> AskedAgain:
    types = asking.ask_again(
        sender=body.sender, day=body.day, now=call.now, work=call.work, ledger=LEDGER, senders=senders
    )
    return AskedAgain(sender=body.sender, day=body.day, types=types)


def wall_answer(wall: Wall) -> WallAnswer:
    """The wall over the wire."""
    return WallAnswer(
        day=wall.day,
        sold=wall.sold,
        ticket_amount=MoneyView(amount=wall.sold_fen),
        order_amount=MoneyView(amount=wall.order_fen),
        paid=MoneyView(amount=wall.paid_fen),
        refunded=MoneyView(amount=wall.refund_fen),
        admitted=wall.admitted,
        refused=wall.refused,
        inside=wall.inside,
        instant_capacity=wall.instant,
        late=wall.late,
        quarantined=wall.quarantined,
        silent=wall.silent,
        hours_admitted=list(wall.hours_admitted),
        hours_sold=list(wall.hours_sold),
        senders=[_line(line, wall.day) for line in wall.lines],
    )


def _line(line: Line, day: date) -> SenderFigures:
    return SenderFigures.model_validate(
        {
            **{name: getattr(line, name) for name in _PLAIN},
            "heard": line.heard or None,
            "ticket_amount": MoneyView(amount=line.sold_fen),
            "order_amount": MoneyView(amount=line.order_fen),
            "paid": MoneyView(amount=line.paid_fen),
            "refunded": MoneyView(amount=line.refund_fen),
            "instant_capacity": line.instant,
            "day_capacity": line.daily,
            "entered_today": line.entered,
            "occupancy": line.nights.occupancy if line.nights else None,
            "contract_amount": MoneyView(amount=line.contract_fen),
            "applies": [_NAMED.get(name, name) for name in figures_of(line.kind)],
            "close": line.close.state,
            "events": figure_hrefs(sender=line.sender, day=day, base=API),
        }
    )


_PLAIN = (
    *("sender", "name", "kind", "district", "reporting", "sold", "orders", "refunds", "admitted", "refused"),
    *("inside", "level", "status", "late", "received", "quarantined"),
    *("guests", "registered", "free", "contracts", "groups", "group_pax"),
)
_NAMED = {
    "paid_fen": "paid",
    "order_fen": "order_amount",
    "contract_fen": "contract_amount",
    "refund_fen": "refunded",
}


def _filed(filed: Filed, *, open_: bool) -> FiledEvent:
    entry = filed.entry
    envelope, hidden = (dict(entry.envelope), []) if open_ else covered(entry.envelope)
    return FiledEvent(
        envelope=envelope,
        covered=hidden,
        sha256=entry.sha,
        received=entry.received,
        late=entry.late,
        replay=entry.replay,
        replaced_by=filed.by,
        counts=filed.counts and entry.envelope["status"] == "actual",
    )


def _aside(call: Call, aside: Aside) -> SetAside:
    return SetAside(
        id=aside.id,
        sender=aside.sender,
        type=aside.type,
        code=aside.code,
        at=aside.at,
        words=call.translate(aside.words),
        received=aside.received,
        parked=aside.parked,
        sha256=aside.sha,
        body=covered_text(aside.body),
    )


def _reconciled(one: Reconciled) -> ReconciledDay:
    verdict = one.verdict
    return ReconciledDay(
        sender=one.line.sender,
        name=one.line.name,
        state=verdict.state,
        closed=verdict.closed or None,
        chain=one.chain,
        missing=verdict.missing,
        surplus=verdict.surplus,
        types=[
            Comparison(type=part.type, said=part.said, arrived=part.arrived, state=part.state)
            for part in verdict.types
        ],
    )

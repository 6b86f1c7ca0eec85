"""Pages of the desk: from a number to its events, what was set aside, closes held against arrivals."""

from typing import Any

from chalicelib.web.http import Attachment, Call, Html, Redirect, page
from tenants.bureau.routes import views, words
from tenants.bureau.routes.asked import (
    LEDGER,
    READER,
    Again,
    OfAsides,
    OfCloses,
    OfDay,
    OfEvents,
    blueprint,
    day_asked,
    position,
    senders,
)
from tenants.bureau.routes.casework import offered, opened
from tenants.bureau.routes.frame import dated, frame
from tenants.bureau.routes.looking import looked
from tenants.bureau.routes.paging import going_on, paged, rows_asked
from tenants.bureau.routes.ways import events_href
from tenants.bureau.usecases import asking, watching


@page(blueprint, "GET", "/bureau/figures/{sender}", use_case="bureau.see-figures", door=READER, query=OfDay)
def see_figures(call: Call) -> Html:
    day = day_asked(call)
    line, told = watching.see_figures(sender=call.path["sender"], day=day, ledger=LEDGER, senders=senders)
    looked(call, "figures", sender=call.path["sender"], at=day.isoformat())
    context = views.figures(line, told, day=day, say=call.translate)
    return Html("bureau/figures.html", **context, **dated(call, day_asked(call)), **frame(call, "/bureau"))


@page(blueprint, "GET", "/bureau/events", use_case="bureau.show-events", door=READER, query=OfEvents)
def show_events(call: Call) -> Html:
    asked, day = call.query, day_asked(call)
    behind = watching.see_events(
        sender=asked.sender,
        day=day,
        ledger=LEDGER,
        hour=asked.hour,
        type=asked.type or "",
        cursor=position(call),
        limit=rows_asked(call),
    )
    line, told = watching.see_figures(sender=asked.sender, day=day, ledger=LEDGER, senders=senders)
    looked(call, "events", sender=asked.sender, at=day.isoformat())
    open_ = opened(call, asked.sender)
    narrowed: dict[str, Any] = {
        "sender": asked.sender,
        "day": day,
        "hour": asked.hour,
        "type": asked.type or "",
    }
    following = going_on(behind.cursor)
    kept = "&open=true" if open_ else ""
    return Html(
        "bureau/events.html",
        name=line.name,
        chosen=narrowed,
        types=views.type_choices(told),
        events=[views.event(filed, open_=open_) for filed in behind.events],
        open=open_,
        held=offered(call, asked.sender),
        open_href=f"{events_href(**narrowed)}&open=true",
        closed_href=events_href(**narrowed),
        csv_href=events_href(**narrowed, base="/bureau/events.csv") + kept,
        next_href=events_href(**narrowed, cursor=following) + kept if following else None,
        figures_href=f"/bureau/figures/{asked.sender}?day={day}",
        **frame(call, "/bureau"),
    )


@page(blueprint, "GET", "/bureau/events.csv", use_case="bureau.export-events", door=READER, query=OfEvents)
def export_events(call: Call) -> Attachment:
    asked, day = call.query, day_asked(call)
    found = watching.every_event(
        sender=asked.sender, day=day, ledger=LEDGER, hour=asked.hour, type=asked.type or ""
    )
    looked(call, "export", sender=asked.sender, at=day.isoformat())
    table = views.csv_of(found, open_=opened(call, asked.sender))
    return Attachment(
        table,
        content_type="text/csv; charset=utf-8",
        name=f"events-{asked.sender}-{day}.csv",
    )


@page(blueprint, "GET", "/bureau/quarantine", use_case="bureau.show-quarantine", door=READER, query=OfAsides)
def show_quarantine(call: Call) -> Html:
    found, cursor = watching.see_asides(
        day=day_asked(call), ledger=LEDGER, cursor=position(call), limit=rows_asked(call)
    )
    names = {one.id: one.name for one in senders()}
    following = going_on(cursor)
    return Html(
        "bureau/quarantine.html",
        asides=[views.aside(one, name=names.get(one.sender, "")) for one in found],
        next_href=f"/bureau/quarantine?day={day_asked(call)}&cursor={following}" if following else None,
        **dated(call, day_asked(call)),
        **frame(call, "/bureau/quarantine"),
    )


@page(
    blueprint,
    "GET",
    "/bureau/reconciliation",
    use_case="bureau.show-reconciliation",
    door=READER,
    query=OfCloses,
)
def show_reconciliation(call: Call) -> Html:
    """What does not agree first, then who has not closed; a close that agrees is a line."""
    day, asked = day_asked(call), call.query.state
    found = watching.reconcile(day=day, ledger=LEDGER, senders=senders)
    states = list(words.CLOSES)
    counts = {state: sum(one.verdict.state == state for one in found) for state in states}
    left = [one for one in found if asked in {"", one.verdict.state}]
    left.sort(key=lambda one: (one.verdict.state == "equal", one.verdict.state == "open"))
    shown, following = paged(left, call, key=lambda one: one.line.sender)
    here = f"/bureau/reconciliation?day={day}"
    return Html(
        "bureau/reconciliation.html",
        senders=[views.reconciled(one, day=day) for one in shown],
        state=asked,
        states=[
            {
                "text": words.CLOSES[state][0],
                "count": counts[state],
                "href": f"{here}&state={state}",
                "urgent": words.CLOSES[state][1] == "urgent" and counts[state] > 0,
            }
            for state in states
        ],
        all_href=here if asked else None,
        next_href=f"{here}&state={asked}&cursor={following}" if following else None,
        **dated(call, day),
        **frame(call, "/bureau/reconciliation"),
    )


@page(
    blueprint,
    "POST",
    "/bureau/reconciliation/requests",
    use_case="bureau.request-again",
    door=READER,
    body=Again,
)
def request_again(call: Call, body: Again) -> Redirect:
    asking.ask_again(
        sender=body.sender, day=body.day, now=call.now, work=call.work, ledger=LEDGER, senders=senders
    )
    return Redirect(f"/bureau/reconciliation?day={body.day}")

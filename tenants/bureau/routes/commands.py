"""Directives at the desk and through the API: what was issued, a new one, and the board of receipts."""

from datetime import date, timedelta
from typing import Any

from pydantic import Field

from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.web.http import Asked, Call, Fragment, Html, Paging, Redirect, endpoint, make_cursor, page
from tenants.bureau.domain.directive import Directive, Receipt
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import READER, blueprint, position, senders
from tenants.bureau.routes.directing import (
    COMMANDER,
    EVENTS,
    REASONS,
    BoardAnswer,
    Compose,
    KindName,
    board,
    board_answer,
    send,
)
from tenants.bureau.routes.frame import frame
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.usecases import directing
from tenants.bureau.usecases.directing import Board

_HERE = "/bureau/commands"


class OfCommands(Paging):
    month: date | None = Field(default=None, description="any day of the month, this one by default")


class OfNew(Asked):
    kind: KindName = "alert"


class Lift(Asked):
    """Nothing but the intention."""


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/commands",
    use_case="bureau.issue-directive",
    door=COMMANDER,
    body=Compose,
    answers=BoardAnswer,
    status=201,
    summary="Send a warning, a capacity order or a notice to the tenants concerned",
)
def issue_directive(call: Call, body: Compose) -> BoardAnswer:
    """Send it; nobody has acknowledged it yet."""
    return board_answer(_fresh(send(call, body), call))


@endpoint(
    blueprint,
    "GET",
    "/api/v1/bureau/commands/{id}",
    use_case="bureau.see-receipts",
    door=READER,
    answers=BoardAnswer,
    summary="Who has received and acknowledged a directive, and who is overdue by how many seconds",
)
def see_receipts(call: Call) -> BoardAnswer:
    """The board."""
    return board_answer(board(call))


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/commands/{id}/lift",
    use_case="bureau.end-directive",
    door=COMMANDER,
    body=Lift,
    answers=BoardAnswer,
    summary="End a warning or a capacity order: whoever had it is told",
)
def end_directive(call: Call, _body: Lift) -> BoardAnswer:
    """Its board, with the moment of its end."""
    return board_answer(_fresh(_lift(call), call))


@page(blueprint, "GET", _HERE, use_case="bureau.see-directives", door=READER, query=OfCommands)
def see_directives(call: Call) -> Html:
    """What was issued this month, newest first."""
    asked = call.query
    month = asked.month or business_day(call.now)
    store = DirectiveStore(call.work)
    found = store.issued(month=month, before=position(call), most=asked.limit + 1)
    cursor = make_cursor({"at": found[asked.limit - 1].id}) if len(found) > asked.limit else None
    return Html(
        "bureau/commands.html",
        kinds=[(kind, word) for kind, word in words.DIRECTIVES.items()],
        directives=[_line(one) for one in found[: asked.limit]],
        month=month,
        earlier_href=f"{_HERE}?month={month.replace(day=1) - timedelta(days=1)}",
        next_href=f"{_HERE}?month={month}&cursor={cursor}" if cursor else None,
        **frame(call, _HERE),
    )


@page(blueprint, "GET", f"{_HERE}/new", use_case="bureau.compose-directive", door=COMMANDER, query=OfNew)
def compose_directive(call: Call) -> Html:
    """The form of one kind."""
    return _form(call, kind=call.query.kind, given={})


def _again(call: Call) -> Html:
    kind = str(call.form.get("kind"))
    return _form(call, kind=kind if kind in words.DIRECTIVES else "alert", given=call.form)


@page(
    blueprint,
    "POST",
    _HERE,
    use_case="bureau.send-directive",
    door=COMMANDER,
    body=Compose,
    invalid=_again,
)
def send_directive(call: Call, body: Compose) -> Redirect:
    """Send it, and go to its board."""
    return Redirect(f"{_HERE}/{send(call, body).id}")


@page(blueprint, "GET", f"{_HERE}/{{id}}", use_case="bureau.show-receipts", door=READER)
def show_receipts(call: Call) -> Html:
    """The board of receipts."""
    return Html("bureau/command.html", **_board(call), **frame(call, _HERE))


@page(blueprint, "GET", f"{_HERE}/{{id}}/live", use_case="bureau.refresh-receipts", door=READER)
def refresh_receipts(call: Call) -> Fragment:
    """The part of the board that moves."""
    return Fragment("bureau/command_live.html", **_board(call))


@page(blueprint, "POST", f"{_HERE}/{{id}}/lift", use_case="bureau.lift-directive", door=COMMANDER, body=Lift)
def lift_directive(call: Call, _body: Lift) -> Redirect:
    """End a warning or an order: whoever had it is told."""
    return Redirect(f"{_HERE}/{_lift(call).id}")


def _lift(call: Call) -> Directive:
    return directing.lift(
        id=call.path["id"],
        district=call.tenant.district,
        now=call.now,
        directives=DirectiveStore(call.work),
    )


def _fresh(one: Directive, call: Call) -> Board:
    known = {each.id: each for each in senders()}
    waiting = [Receipt(known=known[id], state="waiting") for id in one.to]
    del call
    return Board(directive=one, receipts=waiting, delivered=0, acknowledged=0, overdue=0, median=None)


def _form(call: Call, *, kind: str, given: dict[str, Any]) -> Html:
    say = call.translate
    shown = Html(
        "bureau/command_new.html",
        kind=kind,
        title=words.DIRECTIVES[kind],
        kinds=[(each, word) for each, word in words.DIRECTIVES.items()],
        given=given,
        errors={fault["at"].removeprefix("/").replace("/", "."): fault["detail"] for fault in call.errors},
        tenant_kinds=[(code, say(word)) for code, word in words.KINDS.items() if code != "bureau"],
        districts=[(code, say(word)) for code, word in words.DISTRICTS.items()],
        colours=[(code, say(word)) for code, (word, _) in words.COLOURS.items()],
        hazards=[(code, say(words.HAZARDS[code])) for code in EVENTS],
        reasons=[(code, say(words.LIMIT_REASONS[code])) for code in REASONS],
        **frame(call, _HERE),
    )
    if call.errors:
        shown.status = 422
    return shown


def _line(one: Directive) -> dict[str, Any]:
    colour = words.COLOURS.get(str(one.data.get("colour", "")))
    return {
        "id": one.id,
        "href": f"{_HERE}/{one.id}",
        "kind": one.kind,
        "kind_text": words.DIRECTIVES[one.kind],
        "headline": one.headline,
        "colour": {"text": colour[0], "tone": colour[1]} if colour else None,
        "issued": rfc3339(one.issued),
        "due": rfc3339(one.due) if one.due is not None else None,
        "tenants": len(one.to),
        "exercise": one.status == "exercise",
        "over": one.over or None,
    }


def _board(call: Call) -> dict[str, Any]:
    found = board(call)
    one = found.directive
    return {
        "directive": _line(one),
        "data": one.data,
        "texts": {
            part: one.data[part][call.locale]
            for part in ("headline", "description", "instruction", "words")
            if isinstance(one.data.get(part), dict)
        },
        "liftable": one.kind != "notice" and not one.over,
        "live": call.now - one.issued < timedelta(days=1),
        "delivered": found.delivered,
        "acknowledged": found.acknowledged,
        "overdue": found.overdue,
        "median": found.median,
        "receipts": [
            {
                "name": receipt.known.name,
                "state": dict(zip(("text", "tone"), words.RECEIPTS[receipt.state], strict=True)),
                "delivered": receipt.delivered,
                "read": receipt.read,
                "acted": receipt.acted,
                "overdue": receipt.overdue,
            }
            for receipt in found.receipts
        ],
    }

"""Directives through the API and as a list: what was issued, the board of receipts, releasing and lifting."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.kernel.period import business_day
from chalicelib.web.http import (
    Blank,
    Call,
    Empty,
    Fragment,
    Html,
    Member,
    Paging,
    Redirect,
    endpoint,
    page,
)
from tenants.bureau.domain.authority import APPROVE, COMMAND
from tenants.bureau.domain.directive import Directive
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import READER, blueprint, position, senders
from tenants.bureau.routes.boards import (
    HERE,
    BoardAnswer,
    OfBoard,
    board,
    board_answer,
    board_page,
    fresh,
    line,
    places,
    reached,
)
from tenants.bureau.routes.directing import COMMANDER, Compose, desk, send
from tenants.bureau.routes.frame import frame
from tenants.bureau.routes.paging import going_on, rows_asked
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import directing
from tenants.bureau.usecases.directing import Desk

APPROVER = Member(APPROVE, kind="bureau")
EITHER = Member(APPROVE, COMMAND, kind="bureau")


class OfCommands(Paging):
    month: Annotated[date | None, Blank] = Field(
        default=None, description="any day of the month, this one by default"
    )


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
    description="What needs two officers is answered with the stage `pending` and goes down once released.",
)
def issue_directive(call: Call, body: Compose) -> BoardAnswer:
    """Send it; nobody has acknowledged it yet."""
    return board_answer(fresh(send(call, body)))


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
    "/api/v1/bureau/commands/{id}/release",
    use_case="bureau.release",
    door=APPROVER,
    body=Empty,
    answers=BoardAnswer,
    summary="Release what waits for a second officer; nobody releases their own proposal",
)
def release(call: Call, _body: Empty) -> BoardAnswer:
    """It goes down now."""
    return board_answer(fresh(_release(call)))


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/commands/{id}/decline",
    use_case="bureau.decline",
    door=EITHER,
    body=Empty,
    answers=BoardAnswer,
    summary="Do not release what waits, or take back one's own proposal",
)
def decline(call: Call, _body: Empty) -> BoardAnswer:
    """It goes nowhere."""
    return board_answer(fresh(_decline(call)))


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/commands/{id}/lift",
    use_case="bureau.end-directive",
    door=COMMANDER,
    body=Empty,
    answers=BoardAnswer,
    summary="End a warning or a capacity order: whoever had it is told",
)
def end_directive(call: Call, _body: Empty) -> BoardAnswer:
    """Its board, with the moment of its end."""
    return board_answer(fresh(_lift(call)))


@page(blueprint, "GET", HERE, use_case="bureau.see-directives", door=READER, query=OfCommands)
def see_directives(call: Call) -> Html:
    """What was issued or proposed this month, newest first."""
    asked = call.query
    month = asked.month or business_day(call.now)
    seen, scope, size = {one.id for one in senders()}, reach(), rows_asked(call)
    found = DirectiveStore(call.work).issued(
        month=month, before=position(call), most=size + 1, places=reached(scope)
    )
    cursor = going_on(found[size - 1].id if len(found) > size else None)
    return Html(
        "bureau/commands.html",
        kinds=[(kind, word) for kind, word in words.DIRECTIVES.items()],
        directives=[
            line(one, call) | {"tenants": len(one.to) if scope.everywhere else len(seen & set(one.to))}
            for one in found[:size]
        ],
        month=month,
        may_command=bool(reach(COMMAND).districts),
        earlier_href=f"{HERE}?month={month.replace(day=1) - timedelta(days=1)}",
        next_href=f"{HERE}?month={month}&cursor={cursor}" if cursor else None,
        **frame(call, HERE),
    )


@page(blueprint, "GET", f"{HERE}/{{id}}", use_case="bureau.show-receipts", door=READER, query=OfBoard)
def show_receipts(call: Call) -> Html:
    """The board of receipts."""
    return Html("bureau/command.html", **board_page(call), **frame(call, HERE))


@page(blueprint, "GET", f"{HERE}/{{id}}/live", use_case="bureau.refresh-receipts", door=READER, query=OfBoard)
def refresh_receipts(call: Call) -> Fragment:
    """The part of the board that moves."""
    return Fragment("bureau/command_live.html", **board_page(call))


@page(blueprint, "POST", f"{HERE}/{{id}}/lift", use_case="bureau.lift-directive", door=COMMANDER, body=Empty)
def lift_directive(call: Call, _body: Empty) -> Redirect:
    """End a warning or an order: whoever had it is told."""
    return Redirect(f"{HERE}/{_lift(call).id}")


@page(blueprint, "POST", f"{HERE}/{{id}}/release", use_case="bureau.release-here", door=APPROVER, body=Empty)
def release_directive(call: Call, _body: Empty) -> Redirect:
    """The second officer releases it."""
    return Redirect(f"{HERE}/{_release(call).id}")


@page(blueprint, "POST", f"{HERE}/{{id}}/decline", use_case="bureau.decline-here", door=EITHER, body=Empty)
def decline_directive(call: Call, _body: Empty) -> Redirect:
    """It is not released."""
    return Redirect(f"{HERE}/{_decline(call).id}")


def _lift(call: Call) -> Directive:
    store = DirectiveStore(call.work)
    one = directing.find(id=call.path["id"], directives=store)
    return directing.lift(id=one.id, desk=desk(call), places=places(one), now=call.now, directives=store)


def _release(call: Call) -> Directive:
    store = DirectiveStore(call.work)
    one = directing.find(id=call.path["id"], directives=store)
    here = desk(call)
    second = Desk(officer=here.officer, scope=reach(APPROVE), division=here.division)
    return directing.release(id=one.id, desk=second, places=places(one), now=call.now, directives=store)


def _decline(call: Call) -> Directive:
    store = DirectiveStore(call.work)
    one = directing.find(id=call.path["id"], directives=store)
    here = desk(call)
    scope = here.scope if one.by == here.officer else reach(APPROVE)
    judge = Desk(officer=here.officer, scope=scope, division=here.division)
    return directing.decline(id=one.id, desk=judge, places=places(one), now=call.now, directives=store)

"""What comes back to a sender's own system: commands, statements, its refused records; and its answers.

For enterprises that keep a system of their own and no desk of ours: whatever a desk can do about the feed,
a key with ``feed.write`` can do here.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging import quarantine, statements
from chalicelib.messaging.directives import inbox
from chalicelib.messaging.directives.domain import Directive
from chalicelib.messaging.feeds import pulling
from chalicelib.messaging.feeds.domain import Page
from chalicelib.messaging.feeds.store import FeedStore
from chalicelib.messaging.statements import Claim
from chalicelib.tenancy.context import current
from chalicelib.web.feed import SENDER
from chalicelib.web.http import Answered, Asked, Blueprint, Call, Paging, endpoint, make_cursor, read_cursor
from chalicelib.web.wire import BadCursor

blueprint = Blueprint(__name__)
HERE = "/api/v1/feed"


class FeedAnswer(Answered):
    """CloudEvents in order of arrival. ``mark`` acknowledges them; ``next`` pages on without doing so."""

    events: list[dict[str, Any]]
    mark: str = Field(description="to acknowledge; until then the same key gets the same again")
    next: str | None = Field(description="cursor of the next page, null when there is none yet")


class Acknowledged(Asked):
    mark: str = Field(min_length=1, max_length=400)


class MarkAnswer(Answered):
    upto: str = Field(description="the place in the feed up to which everything is acknowledged")


class Answering(Asked):
    """The receipt (U27): it was read, acted upon, or cannot be done. ``action`` where it was acted upon."""

    state: Literal["read", "acted", "refused"]
    action: Literal["shown", "guests-told", "sales-stopped", "closed", "evacuated", "none"] = "none"


class CommandAnswer(Answered):
    """A directive as the tenant has it."""

    id: str
    kind: str
    state: str
    exercise: bool
    issued: str
    due: str | None
    over: str | None


class OfMonth(Asked):
    month: date | None = Field(default=None, description="any day of the month, this one by default")


class StatementAnswer(Answered):
    """A day as the authority has it; ``data`` is that of the statement's event."""

    day: date
    state: str
    at: str
    dispute: str
    disputable: bool
    data: dict[str, Any]


class StatementsAnswer(Answered):
    statements: list[StatementAnswer]


class Disputing(Asked):
    claim: Claim


class Again(Asked):
    """The day of its refusal (Asia/Shanghai)."""

    day: date


class DoneAnswer(Answered):
    done: Literal[True] = True


@endpoint(
    blueprint,
    "GET",
    f"{HERE}/commands",
    use_case="feed.pull-commands",
    door=SENDER,
    query=Paging,
    answers=FeedAnswer,
    summary="What came from the authority since the last acknowledgement: commands, requests, statements",
    description=(
        "At least once, in order of arrival: alerts and their ends, capacity orders, notices, requests for "
        "returns and what became of them, statements, refused records. Kept for sixty days."
    ),
)
def pull_commands(call: Call) -> FeedAnswer:
    """The feed down."""
    page = pulling.pull(
        feed="down",
        puller=current().actor,
        most=call.query.limit,
        feeds=FeedStore(call.work),
        after=(call.query.after or {}).get("at", ""),
    )
    return answer_of(page)


@endpoint(
    blueprint,
    "POST",
    f"{HERE}/commands/acknowledgements",
    use_case="feed.acknowledge-commands",
    door=SENDER,
    body=Acknowledged,
    answers=MarkAnswer,
    summary="Acknowledge what was pulled; an older mark changes nothing",
)
def acknowledge_commands(call: Call, body: Acknowledged) -> MarkAnswer:
    """Everything up to this mark has arrived."""
    upto = mark_of(body)
    pulling.acknowledge(feed="down", puller=current().actor, upto=upto, feeds=FeedStore(call.work))
    return MarkAnswer(upto=upto)


@endpoint(
    blueprint,
    "POST",
    f"{HERE}/commands/{{id}}/receipt",
    use_case="feed.answer-command",
    door=SENDER,
    body=Answering,
    answers=CommandAnswer,
    summary="Answer a command (U27): read, acted upon, or it cannot be done; id is its event's subject",
)
def answer_command(call: Call, body: Answering) -> CommandAnswer:
    """The receipt goes up with the commit."""
    id = call.path["id"]
    if body.state == "read":
        return _command(inbox.open_directive(id, work=call.work))
    if body.state == "refused":
        return _command(inbox.decline(id, work=call.work))
    return _command(inbox.act(id, action=body.action, work=call.work))


@endpoint(
    blueprint,
    "GET",
    f"{HERE}/statements",
    use_case="feed.see-statements",
    door=SENDER,
    query=OfMonth,
    answers=StatementsAnswer,
    summary="How the days of a month stand with the authority, newest first",
)
def see_statements(call: Call) -> StatementsAnswer:
    """The statements."""
    found = statements.month(call.query.month or business_day(call.now))
    return StatementsAnswer(
        statements=[
            StatementAnswer(
                day=one.day,
                state=one.state,
                at=rfc3339(one.at),
                dispute=one.dispute,
                disputable=one.disputable,
                data=dict(one.data),
            )
            for one in found
        ]
    )


@endpoint(
    blueprint,
    "POST",
    f"{HERE}/statements/{{day}}/dispute",
    use_case="feed.dispute-statement",
    door=SENDER,
    body=Disputing,
    answers=DoneAnswer,
    summary="Say that the finding about a day is wrong; the authority sees it disputed",
)
def dispute_statement(call: Call, body: Disputing) -> DoneAnswer:
    """The finding is disputed."""
    statements.dispute(_day(call.path["day"]), claim=body.claim, work=call.work)
    return DoneAnswer()


@endpoint(
    blueprint,
    "POST",
    f"{HERE}/refused/{{digest}}/resend",
    use_case="feed.resend-refused",
    door=SENDER,
    body=Again,
    answers=DoneAnswer,
    summary="Send a refused record again as it was; it is judged anew",
)
def resend_refused(call: Call, body: Again) -> DoneAnswer:
    """Sent again."""
    quarantine.resend(body.day, call.path["digest"], work=call.work)
    return DoneAnswer()


def answer_of(page: Page) -> FeedAnswer:
    """A page of a feed as it is answered."""
    mark = make_cursor({"at": page.upto or "-"})
    assert mark is not None
    return FeedAnswer(
        events=[dict(item.event) for item in page.items], mark=mark, next=mark if page.more else None
    )


def mark_of(body: Acknowledged) -> str:
    """The place that a mark names."""
    try:
        return str(read_cursor(body.mark)["at"])
    except (KeyError, ValueError):
        raise BadCursor from None


def _command(one: Directive) -> CommandAnswer:
    return CommandAnswer(
        id=one.id,
        kind=one.kind,
        state=one.state,
        exercise=one.exercise,
        issued=rfc3339(one.issued),
        due=rfc3339(one.due) if one.due is not None else None,
        over=rfc3339(one.over) if one.over is not None else None,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Missing from None

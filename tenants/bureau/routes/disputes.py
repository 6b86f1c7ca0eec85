"""Findings that senders dispute, and what was parked: an officer decides the one and takes in the other."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from chalicelib.messaging.schemas import problems
from chalicelib.persistence import directory
from chalicelib.web.http import (
    Answered,
    Asked,
    Call,
    Empty,
    Redirect,
    endpoint,
    page,
)
from tenants.bureau.domain.punctuality import Report
from tenants.bureau.domain.statement import Dispute, Stated, dispute_of
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import LEDGER, READER, SENDER, blueprint
from tenants.bureau.store.scope import require_city, require_sight
from tenants.bureau.store.statements import StatementStore
from tenants.bureau.usecases import releasing, stating


class Deciding(Asked):
    """Whose finding of which day, and whether the sender is right."""

    sender: str = Field(pattern=SENDER)
    day: date
    decision: Literal["accepted", "rejected"]


class Decided(Answered):
    sender: str
    day: date
    dispute: Literal["accepted", "rejected"]


class Released(Answered):
    """What became of everything that was parked."""

    parked: int
    released: int
    refused: int


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/disputes",
    use_case="bureau.decide-dispute",
    door=READER,
    body=Deciding,
    answers=Decided,
    summary="Decide a finding that its sender disputes; the sender is told with the next statement",
)
def decide(call: Call, body: Deciding) -> Decided:
    """Accepted: the sender was right."""
    _decide(call, body)
    return Decided(sender=body.sender, day=body.day, dispute=body.decision)


@endpoint(
    blueprint,
    "POST",
    "/api/v1/bureau/quarantine/releases",
    use_case="bureau.release-parked",
    door=READER,
    body=Empty,
    answers=Released,
    summary="Take in what was parked one version ahead and whose contract is here now",
)
def release(call: Call, _body: Empty) -> Released:
    """A duty does the same every quarter of an hour."""
    return Released(**_release(call))


@page(
    blueprint,
    "POST",
    "/bureau/reporting/disputes",
    use_case="bureau.decide-dispute-here",
    door=READER,
    body=Deciding,
)
def decide_here(call: Call, body: Deciding) -> Redirect:
    """And back to the day."""
    _decide(call, body)
    return Redirect(f"/bureau/reporting?day={body.day}")


@page(
    blueprint,
    "POST",
    "/bureau/quarantine/releases",
    use_case="bureau.release-parked-here",
    door=READER,
    body=Empty,
)
def release_here(call: Call, _body: Empty) -> Redirect:
    """And back to the list."""
    _release(call)
    return Redirect("/bureau/quarantine")


def dispute_view(one: Report, stated: Stated | None) -> dict[str, Any] | None:
    """A disputed finding as a page shows it; nothing where nobody disputes."""
    state = dispute_state(one, stated)
    if one.disputed is None or state == "none":
        return None
    text, tone = words.DISPUTES[state]
    claim = words.CLAIMS.get(str(one.disputed.value.get("claim")), "")
    return {"state": state, "text": text, "tone": tone, "claim": claim}


def dispute_state(one: Report, stated: Stated | None) -> Dispute:
    """Where the dispute of a sender's day stands."""
    gauge = one.disputed
    kept = stated or Stated(sender=one.known.id)
    return dispute_of(gauge.value if gauge else None, gauge.id if gauge else "", kept)


def _decide(call: Call, body: Deciding) -> None:
    require_sight(body.sender)
    stating.decide(
        sender=body.sender,
        day=body.day,
        decision=body.decision,
        ledger=LEDGER,
        statements=StatementStore(call.work),
    )


def _release(call: Call) -> dict[str, int]:
    require_city()
    return releasing.release_parked(now=call.now, ledger=LEDGER, tenant=directory.by_id, judge=problems)

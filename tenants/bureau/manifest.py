"""The bureau: the city's side of the feed. It sells nothing; all of it is duty."""

import time
from datetime import datetime
from typing import Any

from chalicelib.kernel.events import DOWN, UP
from chalicelib.kernel.module import Inbox, Module, Schedule


def _routes() -> Any:
    from tenants.bureau.routes import blueprint

    return blueprint()


def _inbox() -> Inbox:
    from tenants.bureau.inbox import BureauInbox

    return BureauInbox()


def _lent(actor: str, now: datetime) -> frozenset[str]:
    from tenants.bureau.store.grants import lent

    return lent(actor, now)


def _prove(now: datetime) -> None:
    from tenants.bureau.store import LedgerStore
    from tenants.bureau.store.proofs import ProofStore
    from tenants.bureau.usecases.proving import prove

    started = time.monotonic()
    prove(
        now=now,
        ledger=LedgerStore(),
        proofs=ProofStore(now),
        enough=lambda: time.monotonic() - started > _SLICE_SECONDS,
    )


def _land(now: datetime) -> None:
    from tenants.bureau.store import LedgerStore
    from tenants.bureau.store.lake.files import LakeStore
    from tenants.bureau.usecases.landing import land

    started = time.monotonic()
    land(
        now=now,
        ledger=LedgerStore(),
        lake=LakeStore(),
        enough=lambda: time.monotonic() - started > _SLICE_SECONDS,
    )


def _reports(now: datetime) -> None:
    from tenants.bureau.routes.duties import make_reports

    make_reports(now)


def _returns(now: datetime) -> None:
    from tenants.bureau.routes.duties import ask_for_returns

    ask_for_returns(now)


_SLICE_SECONDS = 200
"""A function is stopped after 300: what is left then waits for the next run."""


def _overdue(now: datetime) -> None:
    from tenants.bureau.store import LedgerStore
    from tenants.bureau.store.senders import senders
    from tenants.bureau.usecases.overdue import count_overdue

    count_overdue(now=now, ledger=LedgerStore(), senders=senders)


def _state_days(now: datetime) -> None:
    from chalicelib.messaging.schemas import problems
    from chalicelib.persistence import directory
    from tenants.bureau.store import LedgerStore
    from tenants.bureau.store.senders import senders
    from tenants.bureau.store.statements import statement_desk
    from tenants.bureau.usecases.releasing import release_parked
    from tenants.bureau.usecases.stating import state_days

    ledger = LedgerStore()
    release_parked(now=now, ledger=ledger, tenant=directory.by_id, judge=problems)
    state_days(now=now, ledger=ledger, senders=senders, desk=statement_desk(now))


def _frame(call: Any, place: str) -> Any:
    from tenants.bureau.routes.frame import frame

    return frame(call, f"/console/{place}")


def _send_hooks(now: datetime) -> None:
    from chalicelib.messaging.feeds.hooks import send_due

    send_due(now)


MODULE = Module(
    key="bureau",
    routes=_routes,
    frame=_frame,
    publishes=(
        "tourism.report.return.requested.v1",
        "tourism.report.return.requested.v2",
        "tourism.report.return.returned.v1",
        "tourism.report.return.passed.v1",
        "tourism.report.document.sent.v1",
        "tourism.statistics.return.accepted.v1",
        "tourism.report.statement.issued.v1",
        "tourism.report.record.refused.v1",
        "tourism.alert.public.issued.v1",
        "tourism.alert.public.updated.v1",
        "tourism.alert.public.cancelled.v1",
        "tourism.capacity.limit.ordered.v1",
        "tourism.capacity.limit.lifted.v1",
        "tourism.notice.bulletin.published.v1",
    ),
    consumes=("tourism.*",),
    sources=(UP, DOWN),
    inbox=_inbox,
    own=False,
    carries=("agency", "homestay"),
    schedules=(
        Schedule(name="prove", minutes=10, run=_prove),
        Schedule(name="land", minutes=60, run=_land, needs="lake"),
        Schedule(name="reports", minutes=15, run=_reports, needs="seal"),
        Schedule(name="returns", minutes=60, run=_returns),
        Schedule(name="overdue", minutes=60, run=_overdue),
        Schedule(name="state_days", minutes=15, run=_state_days),
        Schedule(name="send_hooks", minutes=1, run=_send_hooks),
        Schedule(name="send_carried", minutes=1, run=_send_hooks, carried=True),
    ),
    lent=_lent,
    duties=("intake", "reconciliation"),
    words={"singular": "主管部门"},
)

"""The bureau: the city's side of the feed. It sells nothing; all of it is duty."""

from datetime import datetime
from typing import Any

from chalicelib.kernel.events import UP
from chalicelib.kernel.module import Inbox, Module, Schedule


def _routes() -> Any:
    from tenants.bureau.routes import blueprint

    return blueprint


def _inbox() -> Inbox:
    from tenants.bureau.inbox import BureauInbox

    return BureauInbox()


def _prove(now: datetime) -> None:
    from tenants.bureau.store import LedgerStore
    from tenants.bureau.usecases.proving import prove

    prove(now=now, ledger=LedgerStore())


MODULE = Module(
    key="bureau",
    routes=_routes,
    publishes=(
        "tourism.report.return.requested.v1",
        "tourism.alert.public.issued.v1",
        "tourism.alert.public.updated.v1",
        "tourism.alert.public.cancelled.v1",
        "tourism.capacity.limit.ordered.v1",
        "tourism.capacity.limit.lifted.v1",
        "tourism.notice.bulletin.published.v1",
    ),
    consumes=("tourism.*",),
    sources=(UP,),
    inbox=_inbox,
    own=False,
    schedules=(Schedule(name="prove", minutes=24 * 60, run=_prove),),
    duties=("intake", "reconciliation"),
    words={"singular": "主管部门"},
)

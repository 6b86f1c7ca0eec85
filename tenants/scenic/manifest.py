"""The scenic module: what it declares."""

from datetime import datetime
from typing import Any

from chalicelib.kernel.events import FROM_ABOVE
from chalicelib.kernel.module import Module, Schedule


def _routes() -> Any:
    from tenants.scenic.routes import blueprint

    return blueprint()


def _inbox() -> Any:
    from tenants.scenic.inbox import ScenicInbox

    return ScenicInbox()


def _receive(order: str, receipt: Any, now: datetime) -> Any:
    from tenants.scenic.routes.money import receive

    return receive(order, receipt, now)


def _frame(call: Any, place: str) -> Any:
    from tenants.scenic.routes.desk import frame

    return frame(call, place)


def _observe_flow(now: datetime) -> None:
    from tenants.scenic import inbox

    inbox.observe_flow(now)


def _settle_refunds(now: datetime) -> None:
    from tenants.scenic.routes.money import settle

    settle(None, now=now)


def _close_day(now: datetime) -> None:
    from tenants.scenic import inbox

    inbox.close_days(now)


def _send_hooks(now: datetime) -> None:
    from chalicelib.messaging.feeds.hooks import send_due

    send_due(now)


MODULE = Module(
    key="scenic",
    routes=_routes,
    publishes=(
        "tourism.scenic.ticket.issued.v1",
        "tourism.scenic.entry.counted.v1",
        "tourism.scenic.flow.observed.v1",
        "tourism.scenic.capacity.crossed.v1",
        "tourism.scenic.status.changed.v1",
        "tourism.scenic.ticket.scanned.v1",
        "tourism.scenic.visitors.left.v1",
        "tourism.scenic.day.closed.v1",
    ),
    consumes=(
        "tourism.scenic.ticket.scanned.v1",
        "tourism.scenic.visitors.left.v1",
        *FROM_ABOVE,
    ),
    sources=("tourism.inside", "tourism.down"),
    inbox=_inbox,
    frame=_frame,
    receives=_receive,
    schedules=(
        Schedule(name="observe_flow", minutes=5, run=_observe_flow),
        Schedule(name="settle_refunds", minutes=5, run=_settle_refunds),
        Schedule(name="close_day", minutes=15, run=_close_day),
        Schedule(name="send_hooks", minutes=5, run=_send_hooks),
    ),
    entitlements=("scenic.tickets",),
    duties=("scenic.capacity", "scenic.day-close"),
)

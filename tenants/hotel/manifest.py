"""The hotel module: what it declares."""

from datetime import date, datetime
from typing import Any

from chalicelib.kernel.events import FROM_ABOVE
from chalicelib.kernel.module import Module, Schedule


def _routes() -> Any:
    from tenants.hotel.routes import blueprint

    return blueprint()


def _frame(call: Any, place: str) -> Any:
    from tenants.hotel.routes.frame import frame

    return frame(call, place)


def _inbox() -> Any:
    from tenants.hotel.inbox import take

    return take


def _receive(order: str, receipt: Any, now: datetime) -> Any:
    from tenants.hotel.routes.money import receive

    return receive(order, receipt, now)


def _books(first: date, last: date, now: datetime) -> Any:
    from tenants.hotel.routes.books import read_books

    return read_books(first, last, now)


def _settle_refunds(now: datetime) -> None:
    from tenants.hotel.routes.money import settle

    settle(None, now=now)


def _close_day(now: datetime) -> None:
    from tenants.hotel import inbox

    inbox.close_days(now)


def _carry_fapiaos(now: datetime) -> None:
    from tenants.hotel.routes.bills.fapiao_work import carry

    carry(None, now=now)


def _audit_nights(now: datetime) -> None:
    from tenants.hotel import inbox

    inbox.audit_nights(now)


def _read_calendars(now: datetime) -> None:
    from tenants.hotel.routes.partners import calendars

    calendars.read_due(now)


def _carry_commands(now: datetime) -> None:
    from tenants.hotel.routes.partners import ttlock

    ttlock.carry_waiting(now)


def _plan_cleaning(now: datetime) -> None:
    from tenants.hotel import inbox

    inbox.plan_cleaning(now)


def _look_through_waitlists(now: datetime) -> None:
    from tenants.hotel import inbox

    inbox.look_through_waitlists(now)


def _send_hooks(now: datetime) -> None:
    from chalicelib.messaging.feeds.hooks import send_due

    send_due(now)


MODULE = Module(
    key="hotel",
    routes=_routes,
    publishes=(
        "tourism.lodging.stay.checkedin.v1",
        "tourism.lodging.stay.checkedout.v1",
        "tourism.lodging.registration.reported.v1",
        "tourism.lodging.availability.changed.v1",
        "tourism.lodging.nightaudit.closed.v1",
        "tourism.hotel.day.closed.v1",
    ),
    consumes=FROM_ABOVE,
    sources=("tourism.down",),
    inbox=_inbox,
    frame=_frame,
    books=_books,
    receives=_receive,
    schedules=(
        Schedule(name="settle_refunds", minutes=5, run=_settle_refunds),
        Schedule(name="close_day", minutes=15, run=_close_day),
        Schedule(name="carry_commands", minutes=1, run=_carry_commands),
        Schedule(name="audit_nights", minutes=15, run=_audit_nights),
        Schedule(name="plan_cleaning", minutes=15, run=_plan_cleaning),
        Schedule(name="look_through_waitlists", minutes=5, run=_look_through_waitlists),
        Schedule(name="carry_fapiaos", minutes=5, run=_carry_fapiaos),
        Schedule(name="read_calendars", minutes=5, run=_read_calendars),
        Schedule(name="send_hooks", minutes=5, run=_send_hooks),
    ),
    entitlements=("hotel.rooms",),
    duties=("hotel.guest-registration", "hotel.day-close", "hotel.night-audit"),
)

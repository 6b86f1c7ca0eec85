"""Asking again: what a close names and the ledger lacks is asked for, by a command that goes down."""

from datetime import date, datetime
from typing import Protocol

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.events import DOWN, Event
from tenants.bureau.domain.close import judge_close
from tenants.bureau.usecases.ports import Ledger, Senders

REQUESTED = "tourism.report.return.requested.v1"


class NothingMissing(Refusal):
    code = "bureau.nothing-missing"
    detail = N_("这一天没有缺失的事件,不需要重报。")
    remedy = N_("单位尚未关账时,请等它关账后再核对。")


class Publisher(Protocol):
    """Says what happened, together with the commit of the command."""

    def publish(self, *events: Event) -> None: ...


def ask_again(
    *, sender: str, day: date, now: datetime, work: Publisher, ledger: Ledger, senders: Senders
) -> list[str]:
    """Ask a sender to send the missing types of a day again; the types that were asked for.

    Raises ``Missing`` for an unknown sender, ``NothingMissing`` when its close agrees or it has not closed.
    """
    if sender not in {one.id for one in senders()}:
        raise Missing
    told = ledger.day(sender, day)
    lacking = judge_close(told.counters, told.gauges.get("close")).lacking if told is not None else []
    if not lacking:
        raise NothingMissing(sender=sender, day=day.isoformat())
    work.publish(
        Event(
            type=REQUESTED,
            subject=f"{sender}/{day.isoformat()}",
            at=now,
            lane=DOWN,
            data={"to": [sender], "form": "resend", "day": day.isoformat(), "types": lacking},
        )
    )
    return lacking

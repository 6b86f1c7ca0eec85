"""Asking again: what a close names and the ledger lacks is asked for, by a command that goes down."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.events import DOWN, Event
from chalicelib.messaging.manifest import hour_manifest
from tenants.bureau.domain.close import judge_close
from tenants.bureau.usecases.ports import Ledger, Senders

REQUESTED = "tourism.report.return.requested.v1"

MOST_TYPES, MOST_RANGES = 50, 300
"""Of one request; of more ranges it says nothing, and the types come again whole."""


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
    work.publish(request(sender=sender, day=day, types=lacking, now=now, ledger=ledger))
    return lacking


def request(*, sender: str, day: date, types: Sequence[str], now: datetime, ledger: Ledger) -> Event:
    """D07. It says what is held of each hour of these types, so that only what is lacking comes again."""
    data = {"to": [sender], "form": "resend", "day": day.isoformat(), "types": list(types)[:MOST_TYPES]}
    held = _held(sender=sender, day=day, types=data["types"], ledger=ledger)
    return Event(
        type=REQUESTED,
        subject=f"{sender}/{day.isoformat()}",
        at=now,
        lane=DOWN,
        data={**data, "held": held} if 0 < len(held) <= MOST_RANGES else data,
    )


def _held(*, sender: str, day: date, types: Sequence[str], ledger: Ledger) -> list[dict[str, Any]]:
    told = ledger.day(sender, day)
    hours = [name[2:] for name in told.counters if name.startswith("h:")] if told is not None else []
    return hour_manifest(
        (type, int(hour), filed.entry.id)
        for type in types
        for hour in hours
        for filed in ledger.filed(sender=sender, hour=f"{day}T{hour}", type=type)
    )

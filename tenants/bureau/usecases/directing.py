"""Directing: a directive is composed, goes down to the tenants concerned, and its receipts are watched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import DOWN, Event
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import business_day, rfc3339
from tenants.bureau.domain.directive import (
    TYPES,
    Directive,
    Kind,
    NobodyConcerned,
    Receipt,
    Status,
    due_of,
    lifted,
    middle,
    receipt_of,
)
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.wall import Known
from tenants.bureau.usecases.ports import Ledger, Senders

AT_ONCE = 500
"""Tenants in one event; more of them are several events with one subject."""

_WATCHED = timedelta(days=3)


class Directives(Protocol):
    """The directives of the bound bureau; writers join the unit of work."""

    def publish(self, *events: Event) -> None:
        """Say it, with the commit."""

    def keep(self, directive: Directive) -> None:
        """A new directive, or the same one lifted."""

    def find(self, id: str) -> Directive | None:
        """The directive with this id."""

    def issued(self, *, month: date, before: str, most: int) -> list[Directive]:
        """Those of a month, newest first, with ids below ``before``."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """A directive and its receipts: who owes one first. Seconds are from the issue."""

    directive: Directive
    receipts: Sequence[Receipt]
    delivered: int
    acknowledged: int
    overdue: int
    median: int | None


def concerned(*, senders: Senders, kind: str = "", district: str = "", to: Sequence[str] = ()) -> list[Known]:
    """The tenants that a directive is for: those named, else all of a kind and a district."""
    return [
        one
        for one in senders()
        if (one.id in to if to else (kind in {"", one.kind}) and _within(one.district, district))
    ]


def issue(
    *,
    kind: Kind,
    data: Mapping[str, Any],
    to: Sequence[Known],
    status: Status,
    by: str,
    now: datetime,
    directives: Directives,
) -> Directive:
    """Send a directive down. Raises ``NobodyConcerned`` where it would reach nobody."""
    if not to:
        raise NobodyConcerned
    directive = Directive(
        id=new_id("cm", now=now),
        kind=kind,
        to=tuple(one.id for one in to),
        data=dict(data),
        issued=now,
        due=due_of(kind, colour=str(data.get("colour", "")), must_read=bool(data.get("mustRead")), now=now),
        status=status,
        by=by,
    )
    directives.keep(directive)
    directives.publish(*_events(directive, TYPES[kind], directive.data, now=now))
    return directive


def lift(*, id: str, district: str, now: datetime, directives: Directives) -> Directive:
    """End a warning or an order: the same tenants are told. ``Over``: it is lifted, or cannot be."""
    directive = find(id=id, directives=directives)
    type, data = lifted(directive, district=district, now=now)
    over = replace(directive, over=rfc3339(now))
    directives.keep(over)
    directives.publish(*_events(over, type, data, now=now))
    return over


def find(*, id: str, directives: Directives) -> Directive:
    """The directive with this id, or ``Missing``."""
    directive = directives.find(id)
    if directive is None:
        raise Missing
    return directive


def see_board(*, id: str, now: datetime, ledger: Ledger, senders: Senders, directives: Directives) -> Board:
    """Who has a directive, who has acknowledged it, who is overdue by how many seconds.

    Receipts are gauges of the days after the issue: one partition a day, whatever the number of tenants.
    """
    directive = find(id=id, directives=directives)
    first = business_day(directive.issued)
    last = min(business_day(now), first + _WATCHED)
    said: dict[str, Gauge] = {}
    for n in range((last - first).days + 1):
        for day in ledger.days(first + timedelta(days=n)):
            gauge = day.gauges.get(f"ack:{id}")
            if gauge is not None and (day.sender not in said or said[day.sender] < gauge):
                said[day.sender] = gauge
    known = {one.id: one for one in senders()}
    receipts = [
        receipt_of(
            directive,
            known.get(one, Known(id=one, name=one, kind="", district="")),
            said.get(one),
            now=now,
        )
        for one in directive.to
    ]
    receipts.sort(key=lambda one: (-(one.overdue or 0), _ORDER[one.state], one.known.name))
    return Board(
        directive=directive,
        receipts=receipts,
        delivered=sum(one.delivered is not None for one in receipts),
        acknowledged=sum(one.state == "acknowledged" for one in receipts),
        overdue=sum(one.overdue is not None for one in receipts),
        median=middle(one.read if one.read is not None else one.acted for one in receipts),
    )


_ORDER = {"refused": 0, "waiting": 1, "delivered": 2, "acknowledged": 3}


def _events(directive: Directive, type: str, data: Mapping[str, Any], *, now: datetime) -> Iterator[Event]:
    for start in range(0, len(directive.to), AT_ONCE):
        yield Event(
            type=type,
            subject=directive.id,
            at=now,
            lane=DOWN,
            due=directive.due,
            status=directive.status,
            data={**data, "to": list(directive.to[start : start + AT_ONCE])},
        )


def _within(district: str, wanted: str) -> bool:
    """The whole city's code stands for every district of it."""
    return wanted in {"", district} or (wanted.endswith("00") and district.startswith(wanted[:4]))

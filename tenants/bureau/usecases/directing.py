"""Directing: a directive is composed, released, goes down to those concerned; its receipts are watched."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import DOWN, Event
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, rfc3339
from tenants.bureau.domain.authority import EVERYWHERE, OutsideScope, Scope, within
from tenants.bureau.domain.directive import (
    Directive,
    Kind,
    NobodyConcerned,
    Receipt,
    Status,
    dated,
    due_of,
    lifted,
    middle,
    receipt_of,
    updating,
)
from tenants.bureau.domain.drawn import DrawnArea
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.second import needs_second
from tenants.bureau.domain.wall import Known
from tenants.bureau.usecases.ports import Ledger, Senders

AT_ONCE = 500
"""Tenants in one event; more of them are several events with one subject."""

_WATCHED = timedelta(days=3)


class Directives(Protocol):
    """The directives of the bound bureau; writers join the unit of work."""

    def publish(self, *events: Event) -> None:
        """Say it, with the commit."""

    def keep(self, directive: Directive, *, before: Directive | None) -> None:
        """A new directive, or the same one as it is now, if nobody changed it in between."""

    def find(self, id: str) -> Directive | None:
        """The directive with this id."""

    def issued(
        self, *, month: date, before: str, most: int, places: Collection[str] | None = None
    ) -> list[Directive]:
        """Those of a month, newest first, with ids below ``before``: all, or what is for these districts."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who acts: an officer, where their power to command reaches, and the division they issue as."""

    officer: str
    scope: Scope
    division: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """Whom a directive is for: those named; else all of a kind, in a district and in a drawn area."""

    to: Sequence[str] = ()
    kind: str = ""
    district: str = ""
    area: DrawnArea | None = None


@dataclass(frozen=True, kw_only=True)
class Board:
    """A directive and its receipts: who owes one first. Seconds are from the issue."""

    directive: Directive
    receipts: Sequence[Receipt]
    delivered: int
    acknowledged: int
    overdue: int
    median: int | None


def concerned(target: Target, *, senders: Senders, scope: Scope) -> list[Known]:
    """The tenants that a directive is for, inside the officer's reach.

    Raises ``OutsideScope`` where somebody outside is named, ``NobodyConcerned`` where nobody is left.
    """
    known = [one for one in senders() if scope.reaches(one.district)]
    if target.district and not (scope.everywhere or scope.reaches(target.district)):
        raise OutsideScope
    found = [one for one in known if _meant(one, target)]
    if target.to and len(found) < len(set(target.to)):
        raise OutsideScope
    if not found:
        raise NobodyConcerned
    return found


def issue(
    *,
    kind: Kind,
    data: Mapping[str, Any],
    to: Sequence[Known],
    status: Status,
    desk: Desk,
    now: datetime,
    directives: Directives,
    replaces: str = "",
) -> Directive:
    """Send a directive down; what the law or the bureau wants two people for waits for the second.

    Raises ``Over`` where the warning that it updates holds no more, ``OutsideScope`` for areas outside.
    """
    desk.scope.require(data.get("areas", ()))
    old = find(id=replaces, directives=directives) if replaces else None
    told, places = tuple(one.id for one in to), {one.district for one in to}
    if old is not None:
        places |= {*old.places}
        data, told = updating(data, old, now=now), tuple(dict.fromkeys((*old.to, *told)))
    pending = status == "actual" and needs_second(kind, data, now=now)
    found = dated(data, division=desk.division, now=now)
    directive = Directive(
        id=new_id("cm", now=now),
        kind=kind,
        to=told,
        data=found,
        issued=now,
        due=due_of(kind, data=found, now=now),
        status=status,
        by=desk.officer,
        stage="pending" if pending else "issued",
        replaces=replaces,
        places=tuple(sorted(places - {""})),
    )
    directives.keep(directive, before=None)
    if not pending:
        _go_down(directive, old, now=now, directives=directives)
    return directive


def release(
    *, id: str, desk: Desk, places: Iterable[str], now: datetime, directives: Directives
) -> Directive:
    """A second officer releases what waits. ``places``: the districts of those it is for."""
    before = find(id=id, directives=directives)
    desk.scope.require(places)
    after = before.released(by=desk.officer, division=desk.division, now=now)
    old = find(id=before.replaces, directives=directives) if before.replaces else None
    if old is not None:
        after = replace(after, data=updating(after.data, old, now=now))
    directives.keep(after, before=before)
    _go_down(after, old, now=now, directives=directives)
    return after


def decline(
    *, id: str, desk: Desk, places: Iterable[str], now: datetime, directives: Directives
) -> Directive:
    """It is not released, or taken back by who proposed it."""
    before = find(id=id, directives=directives)
    desk.scope.require(places)
    after = before.declined(by=desk.officer, now=now)
    directives.keep(after, before=before)
    return after


def lift(*, id: str, desk: Desk, places: Iterable[str], now: datetime, directives: Directives) -> Directive:
    """End a warning or an order: the same tenants are told. ``Over``: it is lifted, or cannot be."""
    directive = find(id=id, directives=directives)
    desk.scope.require(places)
    type, data = lifted(directive, division=desk.division, now=now)
    over = replace(directive, over=rfc3339(now))
    directives.keep(over, before=directive)
    directives.publish(*_events(over, type, data, now=now))
    return over


def find(*, id: str, directives: Directives) -> Directive:
    """The directive with this id, or ``Missing``."""
    directive = directives.find(id)
    if directive is None:
        raise Missing
    return directive


def see_board(
    *,
    id: str,
    now: datetime,
    ledger: Ledger,
    senders: Senders,
    directives: Directives,
    scope: Scope = EVERYWHERE,
) -> Board:
    """Who has a directive, who has acknowledged it, who is overdue by how many seconds.

    Receipts are gauges of the days after the issue: one partition a day, whatever the number of tenants. An
    officer whose ``scope`` is not the whole city sees the receipts of their own tenants only, and ``Missing``
    for what is not for their districts.
    """
    directive = find(id=id, directives=directives)
    known = {one.id: one for one in senders()}
    mine = [one for one in directive.to if scope.everywhere or one in known]
    if not mine and not any(map(scope.reaches, directive.places)):
        raise Missing
    said = _said(directive, ledger=ledger, now=now) if directive.stage == "issued" else {}
    receipts = [
        receipt_of(
            directive,
            known.get(one, Known(id=one, name=one, kind="", district="")),
            said.get(one),
            now=now,
        )
        for one in mine
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


def _said(directive: Directive, *, ledger: Ledger, now: datetime) -> dict[str, Gauge]:
    first = business_day(directive.issued)
    last = min(business_day(now), first + _WATCHED)
    said: dict[str, Gauge] = {}
    for n in range((last - first).days + 1):
        for day in ledger.days(first + timedelta(days=n)):
            gauge = day.gauges.get(f"ack:{directive.id}")
            if gauge is not None and (day.sender not in said or said[day.sender] < gauge):
                said[day.sender] = gauge
    return said


def _meant(one: Known, target: Target) -> bool:
    if target.to:
        return one.id in target.to
    if target.kind not in {"", one.kind}:
        return False
    if target.district and not within(one.district, target.district):
        return False
    if target.area is None:
        return True
    if target.area.tenants:
        return one.id in target.area.tenants
    return any(within(one.district, district) for district in target.area.districts)


def _go_down(directive: Directive, old: Directive | None, *, now: datetime, directives: Directives) -> None:
    if old is not None:
        directives.keep(replace(old, over=rfc3339(now), replaced=directive.id), before=old)
    directives.publish(*_events(directive, directive.type, directive.data, now=now))


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

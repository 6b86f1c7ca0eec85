"""Watching: the day as it stands, and the way from any number home to its events."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Literal

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day
from chalicelib.messaging.manifest import close_digest
from tenants.bureau.domain.close import Verdict
from tenants.bureau.domain.day import second_of
from tenants.bureau.domain.entry import Aside, Filed
from tenants.bureau.domain.wall import Day, Known, Line, Wall, line_of, wall_of
from tenants.bureau.usecases.ports import Ledger, Senders

Chain = Literal["first", "kept", "broken"]


@dataclass(frozen=True, kw_only=True)
class Behind:
    """One page of the events behind a figure; ``cursor`` leads on, empty at the end."""

    events: Sequence[Filed]
    cursor: str


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """One sender's day, held against its close. ``chain``: whether the close names the one before it."""

    line: Line
    chain: Chain

    @property
    def verdict(self) -> Verdict:
        """What the comparison says."""
        return self.line.close


def see_wall(*, day: date, now: datetime, ledger: Ledger, senders: Senders) -> Wall:
    """The city's day: reads the one partition of that day, and the one before for its night audits."""
    hour = now.astimezone(SHANGHAI).hour if day == business_day(now) else None
    return wall_of(
        day=day,
        days=ledger.days(day),
        before=ledger.days(day - timedelta(days=1)),
        known=senders(),
        hour=hour,
        until=second_of(now, day=day),
    )


def see_figures(*, sender: str, day: date, ledger: Ledger, senders: Senders) -> tuple[Line, Day]:
    """One sender's figures. Raises ``Missing`` for someone nobody knows and nobody heard."""
    told = ledger.day(sender, day)
    known = next((one for one in senders() if one.id == sender), None)
    if known is None and told is None:
        raise Missing
    known = known or Known(id=sender, name=sender, kind="", district="")
    before = ledger.day(sender, day - timedelta(days=1))
    return line_of(known, told, before=before), told or Day(sender=sender)


def see_events(
    *,
    sender: str,
    day: date,
    ledger: Ledger,
    hour: int | None = None,
    type: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Behind:
    """The events behind a figure, newest first: by hour of occurrence, then by id.

    The day's own counters say which hours and types have any, so nothing is searched in vain.
    """
    told = ledger.day(sender, day)
    if told is None:
        return Behind(events=(), cursor="")
    start, _, below = cursor.partition(" ")
    found: list[Filed] = []
    for at in _hours(told, hour):
        if start and at > int(start):
            continue
        parts = [
            ledger.filed(
                sender=sender,
                hour=f"{day}T{at:02d}",
                type=one,
                before=below if start and at == int(start) else "",
                most=limit + 1,
            )
            for one in ([type] if type else sorted(told.types()))
        ]
        merged = heapq.merge(*parts, key=lambda filed: filed.entry.id, reverse=True)
        found.extend(islice(merged, limit + 1 - len(found)))
        if len(found) > limit:
            break
    shown = found[:limit]
    more = len(found) > limit
    last = shown[-1].entry if more else None
    return Behind(events=shown, cursor=f"{last.slot[11:13]} {last.id}" if last is not None else "")


def every_event(
    *, sender: str, day: date, ledger: Ledger, hour: int | None = None, type: str = "", most: int = 5000
) -> Iterator[Filed]:
    """The same, page after page, up to ``most`` (for a file)."""
    cursor, left = "", most
    while left > 0:
        part = see_events(
            sender=sender,
            day=day,
            ledger=ledger,
            hour=hour,
            type=type,
            cursor=cursor,
            limit=min(left, 200),
        )
        yield from part.events
        cursor, left = part.cursor, left - len(part.events)
        if not cursor:
            return


def see_asides(*, day: date, ledger: Ledger, cursor: str = "", limit: int = 50) -> tuple[list[Aside], str]:
    """What was refused or parked on a day, newest first, and the cursor that leads on."""
    found = ledger.asides(day=day, before=cursor, most=limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else ""


def reconcile(*, day: date, ledger: Ledger, senders: Senders) -> list[Reconciled]:
    """Every sender's day against its close: equal, missing, surplus; or not closed at all."""
    today = {one.sender: one for one in ledger.days(day)}
    before = {one.sender: one for one in ledger.days(day - timedelta(days=1))}
    known = {one.id: one for one in senders()}
    for sender in today:
        known.setdefault(sender, Known(id=sender, name=sender, kind="", district=""))
    return [
        Reconciled(
            line=line_of(one, today.get(id)),
            chain=_chain(today.get(id), before.get(id)),
        )
        for id, one in sorted(known.items(), key=lambda pair: pair[1].name)
        if id != "-"
    ]


def _chain(day: Day | None, before: Day | None) -> Chain:
    close = day.gauges.get("close") if day is not None else None
    last = before.gauges.get("close") if before is not None else None
    named = str(close.value.get("previous") or "") if close is not None else ""
    if last is None or close is None:
        return "first"
    return "kept" if named == close_digest(last.value) else "broken"


def _hours(told: Day, hour: int | None) -> list[int]:
    hours = sorted((int(name[2:]) for name in told.counters if name.startswith("h:")), reverse=True)
    return [at for at in hours if hour is None or at == hour]

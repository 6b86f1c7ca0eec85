"""Proving: the figures of a day worked out once more from the raw ledger, by the same functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kernel.period import business_day
from chalicelib.telemetry import alarm, emit
from tenants.bureau.domain.figures import Counters, Gauge, added, gauge_day, gauges
from tenants.bureau.domain.wall import Day
from tenants.bureau.usecases.ports import Ledger
from tenants.bureau.usecases.restating import entries_of

_ASIDE = {"quarantined", "parked"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A figure that does not follow from its events."""

    sender: str
    name: str
    stands: Any
    follows: Any


def recompute(*, day: date, ledger: Ledger) -> list[Difference]:
    """Where a day's figures differ from those that follow from its events; nothing: they are proven."""
    return [difference for told in ledger.days(day) for difference in _differences(told, day, ledger)]


def prove(*, now: datetime, ledger: Ledger) -> int:
    """The nightly duty: recompute yesterday and the day before; alarms for each sender that differs."""
    found = [
        difference
        for back in (1, 2)
        for difference in recompute(day=business_day(now) - timedelta(days=back), ledger=ledger)
    ]
    for sender in {difference.sender for difference in found}:
        names = [difference.name for difference in found if difference.sender == sender]
        alarm("bureau.figures-differ", sender=sender, names=names[:20])
    emit("bureau.prove", {"differences": len(found)})
    return len(found)


def _differences(told: Day, day: date, ledger: Ledger) -> Iterator[Difference]:
    counters: Counters = {}
    latest: dict[str, Gauge] = {}
    for filed in entries_of(told, day=day, ledger=ledger):
        entry = filed.entry
        part = entry.figures if filed.counts else {"replaced": 1}
        counters = added([counters, entry.receipt, part])
        if filed.counts and gauge_day(entry.envelope) == day:
            for name, gauge in gauges(entry.envelope).items():
                if name not in latest or latest[name] < gauge:
                    latest[name] = gauge
    stands = {name: n for name, n in told.counters.items() if n and name not in _ASIDE}
    for name in sorted({*counters, *stands}):
        if counters.get(name, 0) != stands.get(name, 0):
            yield Difference(
                sender=told.sender, name=name, stands=stands.get(name, 0), follows=counters.get(name, 0)
            )
    for name in sorted({*told.gauges, *latest}):
        stand, follow = told.gauges.get(name), latest.get(name)
        if stand != follow and not _said_elsewhere(told.sender, day, name, stand, follow, ledger=ledger):
            yield Difference(sender=told.sender, name=name, stands=stand, follows=follow)


def _said_elsewhere(
    sender: str, day: date, name: str, stand: Gauge | None, follow: Gauge | None, *, ledger: Ledger
) -> bool:
    """Whether a gauge is the word of an event of another day that counts (a close, a night audit, free
    rooms of a night to come), and newer than what this day's events say.
    """
    if stand is None or (follow is not None and stand < follow):
        return False
    found = ledger.entry(sender=sender, id=stand.id)
    if found is None or not found.counts or found.entry.day == day:
        return False
    envelope = found.entry.envelope
    return gauge_day(envelope) == day and gauges(envelope).get(name) == stand

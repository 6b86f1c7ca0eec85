"""Proving: the figures of a day worked out once more from the raw ledger, by the same functions."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from chalicelib.kernel.late import dataclass
from chalicelib.telemetry import alarm, emit
from tenants.bureau.domain.figures import Counters, Gauge, added, gauge_day, gauges
from tenants.bureau.domain.proof import Proof, advanced, begun, day_over, night_of
from tenants.bureau.domain.wall import Day
from tenants.bureau.usecases.ports import Ledger
from tenants.bureau.usecases.restating import entries_of

_ASIDE = {"quarantined", "parked"}
_TOGETHER = 25
"""Senders between two steps that are kept."""


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


class Proofs(Protocol):
    """How far each night's proof has come."""

    def of(self, night: date) -> Proof | None:
        """The proof of a night, if it has begun."""
        ...

    def keep(self, proof: Proof, *, before: Proof | None) -> None:
        """The next step, at once. Raises ``Clash`` where another run has gone on meanwhile."""
        ...


def prove(*, now: datetime, ledger: Ledger, proofs: Proofs, enough: Callable[[], bool]) -> Proof:
    """The nightly duty, a slice of it: prove the days before the night, sender by sender, until ``enough``.

    A run goes on where the last one stood; one that was killed repeats a few senders at most. Alarms for each
    sender whose figures differ, and once for a night that is not done when the books close.
    """
    night = night_of(now)
    stood = proofs.of(night)
    proof = stood or begun(night, now=now)
    if stood is None:
        _look_back(night, proofs=proofs)
        proofs.keep(proof, before=None)
    while proof.day is not None and not enough():
        proof = _step(proof, proof.day, now=now, ledger=ledger, proofs=proofs, enough=enough)
        if proof.done is not None:
            emit("bureau.prove", {"night": night, "proven": proof.proven, "differ": len(proof.differing)})
    if proof.state(now) == "overdue" and not proof.called:
        alarm("bureau.proof-unfinished", night=night.isoformat(), proven=proof.proven)
        called = replace(proof, called=True)
        proofs.keep(called, before=proof)
        proof = called
    return proof


def _look_back(night: date, *, proofs: Proofs) -> None:
    """A night that nobody proved to its end is a gap: said when the next one begins."""
    last = proofs.of(night - timedelta(days=1))
    if last is not None and last.done is None and not last.called:
        alarm("bureau.proof-unfinished", night=last.night.isoformat(), proven=last.proven)
        proofs.keep(replace(last, called=True), before=last)
    elif last is None and proofs.of(night - timedelta(days=2)) is not None:
        alarm("bureau.proof-unfinished", night=(night - timedelta(days=1)).isoformat(), proven=0)


def _step(
    proof: Proof, day: date, *, now: datetime, ledger: Ledger, proofs: Proofs, enough: Callable[[], bool]
) -> Proof:
    """What is left of one day, kept every few senders; a day without any more is over."""
    left = sorted((one for one in ledger.days(day) if one.sender > proof.after), key=lambda one: one.sender)
    for start in range(0, len(left), _TOGETHER):
        looked_at: list[str] = []
        differing: list[str] = []
        for told in left[start : start + _TOGETHER]:
            if looked_at and enough():
                break
            found = _differs(told, day, ledger)
            looked_at.append(told.sender)
            if found:
                alarm("bureau.figures-differ", sender=told.sender, names=found[:20])
                differing.append(told.sender)
        after = advanced(proof, senders=looked_at, differing=differing)
        proofs.keep(after, before=proof)
        proof = after
        if enough():
            return proof
    over = day_over(proof, now=now)
    proofs.keep(over, before=proof)
    return over


def _differs(told: Day, day: date, ledger: Ledger) -> list[str]:
    """The figures of a sender that differ, twice: what came between the two readings is no difference."""
    if not list(_differences(told, day, ledger)):
        return []
    again = ledger.day(told.sender, day)
    return [one.name for one in _differences(again, day, ledger)] if again is not None else []


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

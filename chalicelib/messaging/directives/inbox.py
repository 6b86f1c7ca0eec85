"""Taking directives in and answering them: each step is one unit of work with its receipt (U27).

Delivered at least once and in no order: the same directive again changes nothing, one whose end came first
stays ended, and an update replaces what it names whether that came before or comes after.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from chalicelib import telemetry
from chalicelib.kernel.errors import Missing
from chalicelib.messaging import statements
from chalicelib.messaging.directives.domain import (
    ENDINGS,
    TYPES,
    Directive,
    of_envelope,
    replaced_by,
)
from chalicelib.messaging.directives.store import DirectiveStore, forget_holding
from chalicelib.messaging.feeds.store import FeedStore
from chalicelib.messaging.relay import resend
from chalicelib.messaging.returns import inbox as returns
from chalicelib.messaging.schemas import problems
from chalicelib.persistence import directory
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

RESEND = "tourism.report.return.requested.v1"
_ACCOUNT = frozenset({statements.STATED, statements.REFUSED})


class Effect(Protocol):
    """What a kind of tenant does by itself about real directives; drills never get here.

    ``ahead``: what is in force now or later once this change is made.
    """

    def begun(self, directive: Directive, ahead: Sequence[Directive]) -> str:
        """Do what it asks, in the same unit of work; the action of U27, or nothing where people must act."""
        ...

    def over(self, directive: Directive, ahead: Sequence[Directive]) -> None:
        """It was cancelled, lifted or replaced: put back what was before."""
        ...


class NoEffect:
    """A kind that only shows directives."""

    def begun(self, directive: Directive, ahead: Sequence[Directive]) -> str:
        """Nothing happens by itself."""
        del directive, ahead
        return ""

    def over(self, directive: Directive, ahead: Sequence[Directive]) -> None:
        """Nothing to put back."""


EffectOf = Callable[[UnitOfWork], Effect]


def take(envelope: Mapping[str, Any], *, now: datetime, effect: EffectOf | None = None) -> bool:
    """Whatever comes from above (``FROM_ABOVE``), in a unit of work of its own; whether it was that.

    A module's inbox calls this first: it sends again what the bureau misses, takes directives in, answers
    them, and lets ``effect`` do what this kind of tenant does by itself.
    """
    if envelope["type"] == RESEND:
        data = envelope["data"]
        if data["form"] == "resend":
            day, types = date.fromisoformat(data["day"]), data.get("types", ())
            resend(day=day, types=types, held=data.get("held", ()), now=now)
        return True
    work = UnitOfWork(action="directive.receive", now=now)
    known = _take(envelope, now=now, work=work, effect=effect)
    if not work.empty:
        FeedStore(work).add("down", _own(envelope))
        work.commit()
        forget_holding()
    return known


def _take(envelope: Mapping[str, Any], *, now: datetime, work: UnitOfWork, effect: EffectOf | None) -> bool:
    if envelope["type"] in returns.TYPES:
        known = _from_authority(envelope, now=now)
        if known:
            returns.take(envelope, work=work)
    elif envelope["type"] in _ACCOUNT:
        known = _from_authority(envelope, now=now)
        if known:
            statements.take(envelope, work=work)
    else:
        known = receive(envelope, work=work, effect=effect(work) if effect is not None else None)
    return known


def _own(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """As it is told to the tenant's own system: who else was addressed is not its business."""
    return {**envelope, "data": {**envelope["data"], "to": [current().tenant.id]}}


def receive(envelope: Mapping[str, Any], *, work: UnitOfWork, effect: Effect | None = None) -> bool:
    """Take one event from above into ``work`` (the caller commits); whether it was a directive.

    What only an authority may say is checked once more here: the lane alone is not trusted.
    """
    if envelope["type"] not in TYPES:
        return False
    if not _from_authority(envelope, now=work.now):
        return True
    known = DirectiveStore(work).find(envelope["subject"])
    if envelope["type"] in ENDINGS:
        _end(known, envelope, work=work, effect=effect or NoEffect())
    elif known is None or not known.kind:
        _begin(known, envelope, work=work, effect=effect or NoEffect())
    return True


def _from_authority(envelope: Mapping[str, Any], *, now: datetime) -> bool:
    sender = directory.by_id(envelope["tenantid"])
    if sender is None or sender.kind != "bureau" or problems(envelope, tenant=sender, now=now):
        telemetry.alarm("directive.refused", event=str(envelope.get("id")))
        return False
    return True


def open_directive(id: str, *, work: UnitOfWork) -> Directive:
    """A person reads it: said once; opened again it only shows."""
    before = find(id, work=work)
    return before if before.read is not None else _answered(before, before.opened(work.now), work=work)


def act(id: str, *, action: str, work: UnitOfWork) -> Directive:
    """A person says that it is done. Raises ``NotAwaited`` the second time."""
    before = find(id, work=work)
    return _answered(before, before.done(work.now, action=action), work=work)


def decline(id: str, *, work: UnitOfWork) -> Directive:
    """A person says that it cannot be done here."""
    before = find(id, work=work)
    return _answered(before, before.declined(work.now), work=work)


def find(id: str, *, work: UnitOfWork) -> Directive:
    """The directive with this id, or ``Missing``."""
    found = DirectiveStore(work).find(id)
    if found is None or not found.kind:
        raise Missing
    return found


def _begin(known: Directive | None, envelope: Mapping[str, Any], *, work: UnitOfWork, effect: Effect) -> None:
    now, store = work.now, DirectiveStore(work)
    directive = of_envelope(envelope, now=now) if known is None else known.begun(envelope)
    ahead = [one for one in store.ahead() if one.ahead(now)]
    if any(replaced_by(other, [directive]) for other in ahead):
        directive = directive.ended(now, ending="replaced")  # its update was quicker
    replaced = replaced_by(directive, ahead)
    left = [one for one in ahead if one not in replaced] + ([] if directive.over else [directive])
    for old in replaced:
        _finish(old, old.ended(now, ending="replaced"), left, work=work, effect=effect)
    if not directive.exercise and not directive.over:
        action = effect.begun(directive, left)
        directive = directive.obeyed(now, action=action) if action else directive
    store.keep(directive, before=known, now=now)
    work.publish(directive.receipt(now))


def _end(known: Directive | None, envelope: Mapping[str, Any], *, work: UnitOfWork, effect: Effect) -> None:
    now, store, ending = work.now, DirectiveStore(work), ENDINGS[envelope["type"]]
    if known is None:
        store.keep(of_envelope(envelope, now=now).ended(now, ending=ending), before=None, now=now)
    elif not known.over:
        left = [one for one in store.ahead() if one.id != known.id and one.ahead(now)]
        _finish(known, known.ended(now, ending=ending), left, work=work, effect=effect)


def _finish(
    before: Directive, after: Directive, left: Sequence[Directive], *, work: UnitOfWork, effect: Effect
) -> None:
    DirectiveStore(work).keep(after, before=before, now=work.now)
    if before.kind and not before.exercise:
        effect.over(after, left)


def _answered(before: Directive, after: Directive, *, work: UnitOfWork) -> Directive:
    DirectiveStore(work).keep(after, before=before, now=work.now)
    work.publish(after.receipt(work.now))
    return after

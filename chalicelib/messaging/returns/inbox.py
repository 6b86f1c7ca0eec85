"""Taking in what is asked and what was judged; filling and signing. Repeated or late, nothing breaks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.kernel.errors import Missing
from chalicelib.messaging.returns.domain import (
    PASSED,
    REQUESTED,
    RETURNED,
    NotOpen,
    Return,
    Step,
    due_at,
)
from chalicelib.messaging.returns.forms import form_on, period_named
from chalicelib.messaging.returns.store import ReturnStore
from chalicelib.messaging.returns.values import Given
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

TYPES = frozenset({REQUESTED, RETURNED, PASSED})


def take(envelope: Mapping[str, Any], *, work: UnitOfWork) -> None:
    """One event from above into ``work``; the caller commits."""
    data = envelope["data"]
    store = ReturnStore(work)
    known = store.find(f"{data['form']}_{data['period']}")
    if envelope["type"] == REQUESTED:
        after = _asked(known, data, at=str(envelope["time"]))
    else:
        after = known.judged(data, type=envelope["type"], at=str(envelope["time"])) if known else None
    if after is not None and after != known:
        store.keep(after)


def fill(
    id: str, given: Mapping[str, Given], *, booked: Mapping[str, int], by: str, work: UnitOfWork
) -> Return:
    """Somebody of the unit writes the values; saved, not sent. booked: what its own books say at the time."""
    store = ReturnStore(work)
    after = replace(find(id, store=store), booked=booked).written(given, by=by, now=work.now)
    store.keep(after)
    return after


def sign(id: str, *, by: str, role: str, alone: bool, work: UnitOfWork) -> Return:
    """The unit's responsible person declares it: state, what was said and the event are one transaction."""
    store, tenant = ReturnStore(work), current().tenant.id
    found = find(id, store=store)
    after, event = found.signed(by=by, role=role, now=work.now, tenant=tenant, alone=alone)
    store.keep(after)
    store.declare(event)
    return after


def amend(id: str, why: str, *, by: str, work: UnitOfWork) -> Return:
    """The unit opens what it declared to correct it; what it declared stands until it signs again."""
    store = ReturnStore(work)
    after = find(id, store=store).amended(why, by=by, now=work.now)
    store.keep(after)
    return after


def drop(id: str, *, by: str, work: UnitOfWork) -> Return:
    """The unit gives a correction up."""
    store = ReturnStore(work)
    found = find(id, store=store)
    declared = store.declared(found)
    if not declared:
        raise NotOpen
    after = found.dropped(declared[0], by=by, now=work.now)
    store.keep(after)
    return after


def find(id: str, *, store: ReturnStore) -> Return:
    """The return with this id, or ``Missing``."""
    found = store.find(id)
    if found is None:
        raise Missing
    return found


def _asked(known: Return | None, data: Mapping[str, Any], *, at: str) -> Return | None:
    """A request: a new return, or what is known of one that nobody declared yet, brought up to date."""
    period = period_named(data["period"])
    form = form_on(data["form"], period.last) if period is not None else None
    if period is None or form is None or form.kind != current().tenant.kind:
        return known  # a form of an edition that is not ours yet: it is asked for again
    computed = {one.key: data["values"].get(one.key) for one in form.fields if one.figure}
    if known is None:
        return Return(
            form=form,
            period=period,
            due=due_at(form, period),
            asked=at,
            computed=computed,
            history=(Step(what="asked", at=at),),
        )
    if not known.editable or at <= known.asked:
        return known
    return replace(known, computed=computed, asked=at)

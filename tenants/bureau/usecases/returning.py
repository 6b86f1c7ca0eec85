"""Returning: statutory returns are asked for with what is known, judged level by level, and followed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import Event
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.returns.forms import FORMS, Form, Period, form_on, period_of
from tenants.bureau.domain.day import Known
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.measures import Measure, Said, Subject
from tenants.bureau.domain.returns import (
    STATES,
    Asked,
    Level,
    Outcome,
    Standing,
    State,
    decide,
    measure_of,
    request,
    standing,
)
from tenants.bureau.domain.upward import return_accepted
from tenants.bureau.usecases.ports import Senders
from tenants.bureau.usecases.sealing import Days, joined_on

_LOOKED_BACK = timedelta(days=40)
"""How long after its moment a return is still asked for by itself, where the duty did not run."""


class Returns(Protocol):
    """What was asked and decided; writers join the unit of work."""

    def publish(self, *events: Event) -> None:
        """Say it, with the commit."""
        ...

    def tell_above(self, event: Event, *, district: str) -> None:
        """The next item of the feed of the level above, with the commit."""
        ...

    def asked(self, *, form: str, period: str) -> list[Asked]:
        """Those of one form and period."""
        ...

    def find(self, *, form: str, period: str, to: str) -> Asked | None:
        """The one of a tenant."""
        ...

    def keep(self, asked: Asked, *, turn: int) -> None:
        """It, as it is now; ``turn``: how many decisions it had. Another's in between is a ``Clash``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Overview:
    """One form and period: the returns, what needs doing first, and how many are in which state."""

    form: Form
    period: Period
    standings: Sequence[Standing]
    counts: Mapping[State, int]


def due_requests(now: datetime) -> list[tuple[Form, Period]]:
    """The forms and periods that are to be asked for by now."""
    today = business_day(now)
    found = []
    for form in FORMS:
        period = period_of(form.cadence, today)
        while True:
            period = period_of(form.cadence, period.first - timedelta(days=1))
            moment = period.last + timedelta(days=form.due.asked)
            if moment + _LOOKED_BACK < today or period.last.year < 2020:
                break
            if moment <= today and form_on(form.code, period.last) == form:
                found.append((form, period))
    return found


def ask_for(
    *,
    form: Form,
    period: Period,
    now: datetime,
    days: Days,
    senders: Senders,
    kept: Sequence[Asked],
    each: Callable[[Asked, Event], None],
    only: str = "",
) -> int:
    """Ask every tenant of the form's kind that was there in the period, once each, with its figures.

    ``each`` commits one tenant's request. ``only``: this tenant, even if it was asked before or came later.
    """
    known = {one.to for one in kept}
    owing = [
        one
        for one in senders()
        if one.kind == form.kind
        and (one.id == only if only else one.id not in known)
        and (bool(only) or (joined_on(one.id) or date.min) <= period.last)
    ]
    if not owing:
        return 0
    values = computed(form=form, period=period, owing=owing, days=days, now=now)
    for one in owing:
        asked = Asked(form=form, period=period, to=one.id, at=rfc3339(now), values=values[one.id])
        each(asked, request(asked, now=now))
    return len(owing)


def computed(
    *, form: Form, period: Period, owing: Sequence[Known], days: Days, now: datetime
) -> dict[str, dict[str, int]]:
    """What the figures know of each tenant's form: a read a day, however many tenants there are.

    A tenant that never told anything of a field has nothing computed: silence is not zero.
    """
    fields = {one.key: measure_of(one.figure) for one in form.fields if one.figure}
    found: dict[str, dict[str, int]] = {one.id: {} for one in owing}
    day = period.first
    while day <= period.last:
        told = {one.sender: one for one in days.days(day)}
        for one in owing:
            if one.id in told:
                subject = Subject(known=one, day=day, told=told[one.id], heard=True, now=now)
                _add(found[one.id], fields, subject)
        day += timedelta(days=1)
    # No form goes below nothing: where corrections exceed a whole period, the unit says what holds.
    return {to: {key: n for key, n in values.items() if n >= 0} for to, values in found.items()}


def see_returns(
    *,
    form: Form,
    period: Period,
    now: datetime,
    days: Days,
    senders: Senders,
    returns: Returns,
    state: State | None = None,
) -> Overview:
    """The returns of a form and period, as far as the officer reaches: two reads, whatever their number."""
    reachable = {one.id: one for one in senders()}
    gauges = _declared(form, period, days)
    found = [
        standing(asked, reachable[asked.to], gauges.get(asked.to), now=now)
        for asked in returns.asked(form=form.code, period=period.name)
        if asked.to in reachable
    ]
    counts = {each: sum(one.state == each for one in found) for each in STATES}
    shown = [one for one in found if state in {None, one.state}]
    shown.sort(key=lambda one: (STATES.index(one.state), one.known.name))
    return Overview(form=form, period=period, standings=shown, counts=counts)


def see_return(
    *,
    form: Form,
    period: Period,
    to: str,
    now: datetime,
    days: Days,
    senders: Senders,
    returns: Returns,
) -> Standing:
    """One tenant's return. Raises ``Missing`` for one outside the officer's reach."""
    known = next((one for one in senders() if one.id == to), None)
    asked = returns.find(form=form.code, period=period.name, to=to) if known is not None else None
    if known is None or asked is None:
        raise Missing
    return standing(asked, known, _declared(form, period, days).get(to), now=now)


def judge(
    one: Standing,
    *,
    level: Level,
    outcome: Outcome,
    reasons: str,
    by: str,
    now: datetime,
    returns: Returns,
) -> Asked:
    """Decide about a return, tell its unit, and the level above of what is accepted, in one transaction."""
    asked, event = decide(one, level=level, outcome=outcome, reasons=reasons, by=by, now=now)
    returns.keep(asked, turn=len(one.asked.decisions))
    returns.publish(event)
    if outcome == "accepted" and one.declared is not None:
        district = one.known.district
        accepted = return_accepted(asked, one.declared, district=district, late=one.late, now=now)
        returns.tell_above(accepted, district=district)
    return asked


def _declared(form: Form, period: Period, days: Days) -> dict[str, Gauge]:
    name = f"return:{form.code}"
    return {one.sender: one.gauges[name] for one in days.days(period.last) if name in one.gauges}


def _add(into: dict[str, int], fields: Mapping[str, Measure], subject: Subject) -> None:
    for key, measure in fields.items():
        # No night audit: nothing was said of this night. Nothing received: nothing of this day.
        audited = not isinstance(measure, Said) or subject.told.latest(measure.stem)
        if audited and (isinstance(measure, Said) or subject.told.count("received")):
            into[key] = into.get(key, 0) + measure.of(subject)


def period_before(form: Form, day: date) -> Period:
    """The last period of a form that was over before a day."""
    return period_of(form.cadence, period_of(form.cadence, day).first - timedelta(days=1))

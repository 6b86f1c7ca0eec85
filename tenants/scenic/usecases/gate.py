"""The gate: admit once, refuse with a reason, count out, announce the ladder. Two write units a scan."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from chalicelib.kernel.errors import Clash, Missing, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day
from tenants.scenic.domain import events
from tenants.scenic.domain.area import Area, AreaClosed, AreaFull, Gauge, ladder, level_after
from tenants.scenic.domain.limit import AreaLimited, Limit, lowered, strictest
from tenants.scenic.domain.passing import Leaving, Passing
from tenants.scenic.domain.ticket import (
    Pass,
    State,
    Ticket,
    TicketRefunded,
    TicketUsed,
    WrongArea,
    check_time,
    short,
)
from tenants.scenic.usecases.limits import status_changed
from tenants.scenic.usecases.ports import Admission, Shop, Unit

_ATTEMPTS = 4


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A yes at the gate. ``again`` is the same scan sent twice."""

    pass_: Pass
    area: Area
    gauge: Gauge
    at: datetime
    again: bool = False


def admit(*, area_id: str, gate: str, code: str, nonce: str, shop: Shop, unit: Unit) -> Admitted:
    """Admit the bearer of ``code`` at a gate, once.

    The place inside is claimed first, then the ticket; a refused ticket gives the place back. The gauge
    carries the passing until the ticket confirms it, so a scan that broke off in between is not counted twice
    when it is sent again, and not at all when it is not (``settle_passings``). The ticket's one conditional
    write carries state, audit (where, when, which scan) and outbox together.
    """
    area = shop.catalogue.area(area_id)
    if gate not in area.gates:
        raise Missing(gate=gate)
    pass_ = shop.tickets.read(code)
    admission = Admission(
        order=pass_.order, number=pass_.number, area=area.id, gate=gate, nonce=nonce, at=shop.now
    )
    try:
        return _admit(area, pass_, admission, shop=shop, unit=unit)
    except Refusal as refusal:
        reason = refusal.code.rsplit(".", 1)[1]
        shop.tickets.refuse(admission, reason=reason, said=_said(admission, reason, shop))
        raise


def _admit(area: Area, pass_: Pass, admission: Admission, *, shop: Shop, unit: Unit) -> Admitted:
    if pass_.area != short(area.id):
        raise WrongArea
    check_time(pass_, early=area.early, now=shop.now)
    day, limits = business_day(shop.now), shop.limits.orders()
    capacity = lowered(area, limits, shop.now)
    for _ in range(_ATTEMPTS):
        entered = shop.flow.enter(area.id, day, passing=_passing(pass_, admission), capacity=capacity)
        if entered is None:
            ticket = shop.tickets.one(pass_.order, pass_.number)
            if ticket is not None and ticket.nonce == admission.nonce:  # inside already; the answer was lost
                return _refused(area, pass_, admission, ticket, shop=shop)
            raise _no_room(area, limits, shop=shop)
        gauge, passing = entered
        if shop.tickets.admit(admission, passing=passing, said=_said(admission, "admitted", shop)):
            shop.flow.confirmed(area.id, day, passing)
            gauge = announce(area, gauge, unit=unit)
            return Admitted(pass_=pass_, area=area, gauge=gauge, at=shop.now)
        ticket = shop.tickets.one(pass_.order, pass_.number)
        if ticket is not None and ticket.passing == passing.turn:  # the same scan, sent twice at once
            shop.flow.confirmed(area.id, day, passing)
        else:
            shop.flow.give_back(area.id, day, passing)
        if ticket is None or ticket.state is not State.ISSUED:
            return _refused(area, pass_, admission, ticket, shop=shop)
    raise Clash  # each time its place had been given back before the ticket was reached


def _no_room(area: Area, limits: Sequence[Limit], *, shop: Shop) -> Refusal:
    """Why the gauge let nobody in."""
    if shop.flow.gauge(area.id, business_day(shop.now)).status == "closed":
        return AreaClosed()
    return AreaLimited() if strictest(area, limits, shop.now) else AreaFull()


def _refused(area: Area, pass_: Pass, admission: Admission, ticket: Ticket | None, *, shop: Shop) -> Admitted:
    """Why the ticket did not change: the same scan (a yes), used before, refunded, or unknown."""
    if ticket is None:
        raise Missing(ticket=f"{pass_.order}-{pass_.number}")
    if ticket.state is State.REFUNDED:
        raise TicketRefunded
    if ticket.nonce == admission.nonce and ticket.at is not None:
        gauge = shop.flow.gauge(area.id, business_day(shop.now))
        return Admitted(pass_=pass_, area=area, gauge=gauge, at=ticket.at, again=True)
    raise TicketUsed(at=ticket.at, gate=area.gate_called(ticket.gate))


def settle_passings(*, day: date, shop: Shop, unit: Unit) -> int:
    """Bring each gauge and its tickets together: places whose scan broke off are free again. How many.

    A passing that its ticket confirms comes off the gauge; of any other the ticket is marked first, so that a
    scan which was only slow cannot be admitted by it any more and takes a place anew. A leaving that was
    never noted is noted now: these people are out.
    """
    freed = 0
    for area in shop.catalogue.areas():
        gauge = None
        for passing in shop.flow.passings(area.id, day):
            if not passing.due(shop.now):
                continue
            if shop.tickets.confirms(passing):
                shop.flow.let_go(area.id, day, passing)
            elif (after := shop.flow.give_back(area.id, day, passing)) is not None:
                gauge, freed = after, freed + 1
        for leaving in shop.flow.leavings(area.id, day):
            if not leaving.due(shop.now):
                continue
            if shop.flow.note(area.id, day, leaving) == leaving.turn:
                shop.flow.take_off(area.id, day, leaving)
            else:
                gauge = shop.flow.count_back(area.id, day, leaving) or gauge
        if gauge is not None and day == business_day(shop.now):
            announce(area, gauge, unit=unit)
    return freed


def leave(*, area_id: str, gate: str, count: int, nonce: str, shop: Shop, unit: Unit) -> Gauge:
    """Count people out at a gate; the same nonce counts once, however late it is sent again.

    The gauge is written first and carries the leaving by name until it is noted in a row of its own: sent
    again it finds the one or the other. What broke off in between is noted by ``settle_passings``.
    """
    area = shop.catalogue.area(area_id)
    if gate not in area.gates:
        raise Missing(gate=gate)
    day = business_day(shop.now)
    left = events.visitors_left(area=area.id, gate=gate, count=count, at=shop.now, nonce=nonce)
    leaving = Leaving(scan=_named(f"{gate}|{nonce}"), turn=secrets.token_hex(4), count=count, at=shop.now)
    if shop.flow.noted(area.id, day, leaving.scan):
        return shop.flow.gauge(area.id, day)
    counted = shop.flow.leave(area.id, day, leaving=leaving, said=shop.envelope(left))
    if counted is None:
        return shop.flow.gauge(area.id, day)
    gauge, mine = counted
    if shop.flow.note(area.id, day, mine) != mine.turn:  # sent twice at once, and the other was noted
        gauge = shop.flow.count_back(area.id, day, mine) or gauge
    return announce(area, gauge, unit=unit)


def announce(area: Area, gauge: Gauge, *, unit: Unit) -> Gauge:
    """Say each level of the ladder that was crossed, once: U11, and U12 when the status changes.

    Usually there is none, and nothing is read or written. Where another gate announced in between, the
    gauge is read again; the bearer's ticket is used already, so this never refuses.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _announced(area, gauge, unit=unit)
        except Clash:
            with unit("scenic.look-again") as shop:
                gauge = shop.flow.gauge(area.id, business_day(shop.now), exact=True)
    return gauge  # the next scan announces it


def _announced(area: Area, gauge: Gauge, *, unit: Unit) -> Gauge:
    instant = ladder(count=gauge.inside, limit=area.capacity.instant, level=gauge.level_instant)
    daily = ladder(count=gauge.entered, limit=area.capacity.day, level=gauge.level_day)
    if not instant and not daily:
        return gauge
    after = replace(
        gauge,
        level_instant=level_after(gauge.level_instant, instant),
        level_day=level_after(gauge.level_day, daily),
    )
    after = _status(after)
    with unit("scenic.announce-capacity") as shop:
        day = business_day(shop.now)
        shop.flow.announce(area.id, day, before=gauge, after=after)
        for cap, count, crossings in (("instant", gauge.inside, instant), ("day", gauge.entered, daily)):
            for level, direction in crossings:
                shop.publish(
                    events.capacity_crossed(
                        area=area, level=level, direction=direction, cap=cap, count=count, now=shop.now
                    )
                )
        if after.status != gauge.status:
            shop.publish(status_changed(area, after, shop.limits.orders(), now=shop.now))
    return after


def set_status(*, area_id: str, status: str, reason: str, shop: Shop) -> Gauge:
    """Staff open, limit or close an area for today (weather, an event, an order from above)."""
    area = shop.catalogue.area(area_id)
    day = business_day(shop.now)
    gauge = shop.flow.gauge(area.id, day)
    after = replace(gauge, status=status, reason=reason)  # type: ignore[arg-type]
    shop.flow.announce(area.id, day, before=gauge, after=after)
    shop.publish(status_changed(area, after, shop.limits.orders(), now=shop.now))
    return after


def _status(gauge: Gauge) -> Gauge:
    """At 100 % the area is limited (sale and entry stop); it opens again when both ladders are below."""
    if gauge.status == "closed" or (gauge.status == "limited" and gauge.reason != "capacity"):
        return gauge  # staff said so, and staff takes it back
    full = max(gauge.level_instant, gauge.level_day) >= 100
    if full:
        return replace(gauge, status="limited", reason="capacity")
    return replace(gauge, status="open", reason="") if gauge.reason == "capacity" else gauge


def _passing(pass_: Pass, admission: Admission) -> Passing:
    """This sending's passing. The same nonce with another ticket is another scan."""
    who = f"{admission.nonce}|{admission.order}-{admission.number}"
    return Passing(
        scan=_named(who),
        turn=secrets.token_hex(4),
        order=admission.order,
        number=admission.number,
        count=pass_.people,
        at=admission.at,
    )


def _named(scan: str) -> str:
    return hashlib.blake2b(scan.encode(), digest_size=8).hexdigest()


def _said(admission: Admission, outcome: str, shop: Shop) -> dict[str, object]:
    event = events.ticket_scanned(
        area=admission.area,
        gate=admission.gate,
        ticket=f"{admission.order}-{admission.number}",
        outcome=outcome,
        at=admission.at,
        nonce=admission.nonce,
    )
    return dict(shop.envelope(event))

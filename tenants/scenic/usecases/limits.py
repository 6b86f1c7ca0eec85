"""Obeying capacity orders from above: what they leave for sale and entry, and telling the city (U12).

Sale and entry ask the rows at the moment of the deed, so an order begins, ends and is lifted by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from chalicelib.commerce.stock import Slot
from chalicelib.kernel.events import Event
from chalicelib.kernel.period import business_day, local
from tenants.scenic.domain import events
from tenants.scenic.domain.area import Area, Gauge, Session
from tenants.scenic.domain.limit import Limit, lowered, status_of, strictest, withheld
from tenants.scenic.domain.ticket import today
from tenants.scenic.usecases.ports import Shop


def stopped(area: Area, day: date, shop: Shop) -> str:
    """Why today's sale stands still: ``closed``, ``limited`` (by an order), ``full`` or nothing.

    Other days have no gauge yet.
    """
    if day != today(shop.now):
        return ""
    gauge = shop.flow.gauge(area.id, day)
    if gauge.status == "closed":
        return "closed"
    limited = gauge.status == "limited"  # by the ladder or by staff: sale and entry stand still together
    if limited or gauge.stops(area.capacity):
        return "full"
    orders = shop.limits.orders()
    ordered = strictest(area, orders, shop.now) and gauge.stops(lowered(area, orders, shop.now))
    return "limited" if ordered else ""


def left_by_orders(slot: Slot, session: Session, day: date, shop: Shop) -> Slot:
    """A session's slot with the places that orders forbid to sell withheld."""
    start, end = local(day, session.start), local(day, session.end)
    return replace(slot, withheld=withheld(slot.capacity, slot.resource, shop.limits.orders(), start, end))


def announce(*, shop: Shop, orders: Sequence[Limit] | None = None) -> int:
    """Say U12 for every area whose orders have begun or ended since it was last said; how many were said.

    ``orders``: what holds now or later, where the caller knows it better than the rows do (it changes them
    in this very work). Run by the inbox and, for windows that open and close by themselves, by a schedule.
    """
    known = shop.limits.orders() if orders is None else orders
    count = 0
    for area in shop.catalogue.areas():
        holding = " ".join(sorted(one.id for one in known if one.holds(area.id, shop.now)))
        before = shop.limits.said(area.id)
        if holding == before:
            continue
        shop.limits.say(area.id, before=before, after=holding)
        gauge = shop.flow.gauge(area.id, business_day(shop.now))
        shop.publish(status_changed(area, gauge, known, now=shop.now))
        count += 1
    return count


def status_changed(area: Area, gauge: Gauge, orders: Sequence[Limit], *, now: datetime) -> Event:
    """U12 as it is with the orders that hold."""
    status, reason = status_of(area, gauge, orders, now)
    limit = strictest(area, orders, now) if status != gauge.status else None
    return events.status_changed(
        area=area.id, status=status, reason=reason, until=limit.ends if limit else None, now=now
    )

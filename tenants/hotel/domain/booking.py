"""Bookings: an order whose lines are stays; what cancelling costs, in money fixed at purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.commerce.orders.domain import Fulfilment, Line, Order, Payment, State
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.plan import RatePlan, Secured, Step, Terms
from tenants.hotel.domain.property import Property, text

if TYPE_CHECKING:
    from chalicelib.payments.port import Receipt
    from tenants.hotel.domain.offer import Offer, Stay
    from tenants.hotel.domain.rooms import Hourly, RoomType


class PriceChanged(Refusal):
    code = "hotel.booking.price-changed"
    detail = N_("价格已变为 %(amount)s,与您看到的不同。")
    remedy = N_("请重新查看价格后再预订。")


class NeedsMoney(Refusal):
    code = "hotel.booking.needs-money"
    detail = N_("此价格计划须先付款,不能只作担保。")
    remedy = N_("请收款后确认,或改用可担保的价格计划。")


class NotBooked(Refusal):
    code = "hotel.booking.not-booked"
    detail = N_("订单尚未确认或已取消。")


class FeeChanged(Refusal):
    code = "hotel.cancel.fee-changed"
    detail = N_("现在取消可退 %(amount)s,费用 %(fee)s,与您看到的不同。")
    remedy = N_("请重新查看金额后再确认。")


@dataclass(frozen=True, kw_only=True)
class Cancelling:
    """What cancelling means at a moment: the fee, what comes back, and what is still owed of the fee."""

    fee: Money
    back: Money
    owing: Money
    next: Step | None


def stay_line(
    offer: Offer, *, stay: Stay, rooms: int, kind: RoomType, plan: RatePlan, property: Property, locale: str
) -> Line:
    """Rooms of one type under one plan: one line, with its nights, taxes and terms as facts."""
    return Line(
        kind="night",
        product=kind.id,
        title=text(kind.names, locale),
        option=plan.id,
        resource=kind.resource,
        slot=f"{stay.period.start.isoformat()}/{stay.period.end.isoformat()}",
        starts=property.arrival(stay.period.start),
        ends=property.departure(stay.period.end),
        count=rooms,
        price=offer.total.amount,
        facts={
            "nightly": list(offer.nightly),
            "people": [stay.adults, stay.children],
            "meal": str(plan.meal),
            "secured": str(plan.secured),
            "due": offer.due.amount,
            "taxes": [[code, amount.amount, included] for code, amount, included in offer.taxes],
            **terms_facts(offer.terms),
        },
    )


def hours_line(
    kind: RoomType, hourly: Hourly, *, starts: datetime, ends: datetime, slot: str, locale: str
) -> Line:
    """A room for some hours: paid before it is had, free to cancel until it begins."""
    return Line(
        kind="night",
        product=kind.id,
        title=text(kind.names, locale),
        option="hours",
        resource=f"hour:{kind.id}",
        slot=slot,
        starts=starts,
        ends=ends,
        count=1,
        price=hourly.price,
        facts={
            "secured": str(Secured.PREPAID),
            "due": hourly.price,
            **terms_facts(Terms(steps=(Step(until=starts, fee=0),), after=hourly.price)),
        },
    )


def due(order: Order) -> Money:
    """What must be paid before the booking is firm."""
    return Money(sum(line.facts["due"] * line.count for line in order.lines))


def guaranteed(order: Order) -> Order:
    """Firm on the desk's word. Raises ``NeedsMoney``."""
    if any(line.facts["secured"] != Secured.GUARANTEE for line in order.lines):
        raise NeedsMoney(amount=due(order))
    return replace(
        order,
        state=State.CONFIRMED,
        fulfilment=Fulfilment.ISSUED,
        reason="guaranteed",
        version=order.version + 1,
    )


def settled(order: Order, receipt: Receipt) -> Order:
    """A guaranteed booking that is now paid. Raises ``NotBooked``."""
    if order.state is not State.CONFIRMED or order.payment is not Payment.NONE:
        raise NotBooked(state=str(order.state), payment=str(order.payment))
    return replace(order, payment=Payment.PAID, receipt=receipt, reason="", version=order.version + 1)


def cancelling(order: Order, *, now: datetime) -> Cancelling:
    """What cancelling all of a firm booking would cost and return at ``now``. Raises ``NotBooked``."""
    if order.state is not State.CONFIRMED:
        raise NotBooked(state=str(order.state))
    fee = sum(terms_of(line).fee(now=now) * line.count for line in order.lines)
    paid = order.paid.amount
    return Cancelling(
        fee=Money(fee),
        back=Money(max(0, paid - fee)),
        owing=Money(max(0, fee - paid)),
        next=min(
            (step for line in order.lines for step in terms_of(line).steps if step.until >= now),
            key=lambda step: step.until,
            default=None,
        ),
    )


def cancelled(order: Order, quote: Cancelling) -> Order:
    """The booking after it was cancelled for the quoted money: its nights are given back."""
    return replace(
        order.less(order.giving_back(quote.back.amount)),
        state=State.CANCELLED,
        payment=Payment.REFUNDING if quote.back else order.payment,
        fulfilment=Fulfilment.NONE,
        holds=(),
        change=None,
        reason="cancelled",
        version=order.version + 1,
    )


def terms_of(line: Line) -> Terms:
    """The cancellation terms as they were when the line was bought, for one room."""
    steps = (Step(until=datetime.fromtimestamp(until, UTC), fee=fee) for until, fee in line.facts["steps"])
    return Terms(steps=tuple(steps), after=line.facts["after"])


def people(line: Line) -> Sequence[int]:
    """(adults, children) in each room of a line; nothing for hours."""
    found: Sequence[int] = line.facts.get("people", ())
    return found


def terms_facts(terms: Terms) -> Mapping[str, Any]:
    """Terms as they are kept with a line."""
    return {
        "steps": [[int(step.until.timestamp()), step.fee] for step in terms.steps],
        "after": terms.after,
    }

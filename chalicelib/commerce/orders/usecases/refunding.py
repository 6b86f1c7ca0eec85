"""Giving money back: what was quoted and agreed is owed in one work, then sent through its provider once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.commerce.orders import events
from chalicelib.commerce.orders.domain import Fulfilment, Order, Payment, Quote, QuoteChanged, State, Unit
from chalicelib.commerce.orders.ports import Orders, PendingRefund
from chalicelib.commerce.stock import Hold
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Payments, Receipt

Publish = Callable[[Event], None]


def refund(
    order: Order,
    units: Sequence[Unit],
    *,
    quote: Quote,
    locks: Sequence[str],
    agreed: int | None,
    orders: Orders,
    now: datetime,
) -> tuple[Order, PendingRefund]:
    """Give back the quoted units; ``agreed`` is the amount (fen) the person was shown.

    ``units`` are all that were not given back before: when none of them is left, the order ends. ``locks``
    are those of the people who gave theirs back: they may book the day again.
    """
    if agreed is not None and agreed != quote.amount.amount:
        raise QuoteChanged(amount=quote.amount)
    left = [unit for unit in units if not any(unit.number == number for number, _ in quote.units)]
    whole = not left
    used = bool(left) and not any(unit.usable for unit in left)
    holds = _return_places(order, units, quote, orders=orders)
    after = replace(
        order,
        payment=Payment.REFUNDING,
        state=State.CANCELLED if whole else order.state,
        fulfilment=Fulfilment.USED if used else order.fulfilment,
        holds=holds,
        refunded=order.refunded + quote.amount.amount,
        version=order.version + 1,
    )
    assert order.receipt is not None
    owed = owed_from(order, order.receipt, quote.amount, reason="asked", now=now)
    orders.keep(after, before=order)
    orders.unlock_with(locks, order=order.id)
    orders.owe(owed)
    return after, owed


def settle_refund(
    order: Order,
    owed: PendingRefund,
    *,
    payments: Payments,
    orders: Orders,
    publish: Publish,
    now: datetime,
    more: bool = False,
) -> Order:
    """Send the money (the refund's id is the provider's key: it goes once), then say so (U18). Where nothing
    was left to give back, no money moved: none is said.

    ``more``: another refund of this order is still owed, so the order is not through with it.
    """
    if owed.amount:
        payments.refund(owed.ref, amount=owed.amount, key=owed.id)
    orders.settle(owed)
    if any(one.ref == owed.ref for one in order.beside):  # it never was the order's money
        events.tell_money(publish, order, amount=owed.amount, refund=True, now=now, ref=owed.ref)
        return order
    ended = order.state is State.CANCELLED
    through = Payment.REFUNDED if ended else Payment.PARTLY_REFUNDED
    after = replace(
        order,
        payment=Payment.REFUNDING if more else through,
        fulfilment=Fulfilment.NONE if ended else order.fulfilment,
        version=order.version + 1,
    )
    orders.keep(after, before=order)
    events.tell_money(publish, after, amount=owed.amount, refund=True, now=now, ref=owed.ref)
    return after


def owed_from(order: Order, receipt: Receipt, amount: Money, *, reason: str, now: datetime) -> PendingRefund:
    """So much of a payment that must go back."""
    return PendingRefund(
        id=new_id("rf", now=now),
        order=order.id,
        provider=receipt.provider,
        ref=receipt.ref,
        amount=amount,
        reason=reason,
    )


def _return_places(order: Order, units: Sequence[Unit], quote: Quote, *, orders: Orders) -> tuple[Hold, ...]:
    back: dict[tuple[str, str], int] = {}
    lines = {unit.number: order.lines[unit.line] for unit in units}
    for number, _ in quote.units:
        line = lines[number]
        back[(line.resource, line.slot)] = back.get((line.resource, line.slot), 0) + 1
    kept = []
    for hold in order.holds:
        count = min(back.get((hold.resource, hold.slot), 0), hold.count)
        if count:
            orders.give_back(order, hold, count=count)
            back[(hold.resource, hold.slot)] -= count
        if hold.count - count:
            kept.append(replace(hold, count=hold.count - count))
    return tuple(kept)

"""Paying for an order: the payment is opened, its money arrives, or comes for what can no longer be given."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.commerce.orders import events
from chalicelib.commerce.orders.domain import NotHeld, Order, Payment, State
from chalicelib.commerce.orders.ports import Orders, PendingRefund
from chalicelib.commerce.orders.usecases.refunding import Publish, owed_from
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Charge, Method, Payments, Receipt, Started

PAY_WITHIN = timedelta(minutes=31)  # Stripe's shortest Checkout Session lives 30 minutes
LOST_PLACE, LOST_PERSON = "hold-expired-sold-out", "person-already-has"
PAID_AFTER = "paid-after-cancelled"

Fulfil = Callable[[Order], None]
"""Called inside the confirming work: the module makes its tickets or keys and says its own events."""


def start_payment(
    order: Order,
    *,
    method: Method,
    urls: tuple[str, str],
    title: str,
    payments: Payments,
    orders: Orders,
    now: datetime,
    amount: Money | None = None,
) -> Started:
    """Open a payment with the provider (of all, or of ``amount``). The hold is extended to outlive it."""
    order.require_held(now=now)
    until, asked = now + PAY_WITHIN, amount if amount is not None else order.total
    started = open_payment(
        order, asked, method=method, urls=urls, title=title, payments=payments, until=until
    )
    orders.extend(replace(order, until=until, paying=started.ref, version=order.version + 1), before=order)
    return started


def open_payment(
    order: Order,
    amount: Money,
    *,
    method: Method,
    urls: tuple[str, str],
    title: str,
    payments: Payments,
    until: datetime,
) -> Started:
    """Ask the provider to take ``amount`` for an order; the order's version and the method are the key."""
    return payments.start(
        Charge(
            order=order.id,
            amount=amount,
            title=title,
            method=method,
            success_url=urls[0],
            cancel_url=urls[1],
            locale=order.locale,
            expires=until,
        ),
        key=f"{order.id}-{order.version}-{method}",
    )


def confirm(
    order: Order,
    *,
    receipt: Receipt,
    orders: Orders,
    fulfil: Fulfil,
    publish: Publish,
    buyer: str,
    now: datetime,
) -> Order:
    """The money is there: holds and locks become permanent and the goods are made, in one work."""
    if order.state is not State.HELD:
        raise NotHeld(state=str(order.state))
    after = order.confirmed(receipt)
    orders.keep(after, before=order)
    orders.confirm_holds(after)
    fulfil(after)
    publish(events.order_placed(after, buyer=buyer, now=now))
    events.tell_money(publish, after, amount=receipt.amount, refund=False, now=now)
    return after


def turn_away(
    order: Order, *, receipt: Receipt, reason: str, orders: Orders, publish: Publish, now: datetime
) -> tuple[Order, PendingRefund]:
    """Money came for what can no longer be given: the order ends, all of it goes back, the reason is kept.

    Once: an order that has a receipt was dealt with by another message of the same money (``NotHeld``).
    """
    if order.receipt is not None:
        raise NotHeld(state=str(order.state))
    after = replace(
        order,
        state=State.CANCELLED,
        payment=Payment.REFUNDING,
        receipt=receipt,
        reason=reason,
        refunded=receipt.amount.amount,
        version=order.version + 1,
    )
    refund = owed_from(order, receipt, receipt.amount, reason=reason, now=now)
    orders.keep(after, before=order)
    orders.owe(refund)
    events.tell_money(publish, after, amount=receipt.amount, refund=False, now=now)
    return after, refund

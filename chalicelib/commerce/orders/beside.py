"""Money beside an order: a payment that buys nothing (the order was paid, or its change had lapsed).

It never becomes the order's: it is owed back whole, once, and the city is told that it came and that it went
(U18), as of all money that moved. The order remembers it: however often it is told, it is one payment.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.commerce.orders import events
from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.orders.ports import Orders, PendingRefund
from chalicelib.commerce.orders.usecases import Publish
from chalicelib.payments.port import Receipt

PAID_TWICE = "paid-twice"


def owe_back(
    order: Order, *, receipt: Receipt, reason: str, orders: Orders, publish: Publish, now: datetime
) -> Order:
    """The order that remembers this money, for the caller to keep; what is owed joins the work."""
    after = replace(order, beside=(*order.beside, receipt))
    orders.owe(
        PendingRefund(
            id=f"rf-{receipt.ref}",  # one debt per payment
            order=order.id,
            provider=receipt.provider,
            ref=receipt.ref,
            amount=receipt.amount,
            reason=reason,
        )
    )
    events.tell_money(publish, after, amount=receipt.amount, refund=False, now=now, ref=receipt.ref)
    return after


def paid_twice(order: Order, *, receipt: Receipt, orders: Orders, publish: Publish, now: datetime) -> Order:
    """A second payment of a paid order goes back. The same receipt again is nothing."""
    if order.receipt is None or order.knows(receipt.ref):
        return order
    owing = owe_back(order, receipt=receipt, reason=PAID_TWICE, orders=orders, publish=publish, now=now)
    after = replace(owing, version=order.version + 1)
    orders.keep(after, before=order)
    return after

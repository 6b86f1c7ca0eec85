"""Changing a firm order: other dates, fewer pieces. What costs more is paid for first, its places held
meanwhile; what costs less goes back at once. One transaction makes the order what it becomes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.commerce.orders import events
from chalicelib.commerce.orders.domain import Change, HoldOver, NotHeld, Order, Payment, State
from chalicelib.commerce.orders.ports import Orders
from chalicelib.commerce.orders.usecases import PAY_WITHIN, Publish, open_payment, owed_from
from chalicelib.commerce.stock import Hold
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Method, Payments, Receipt, Started

LAPSED = "change-lapsed"
"""Why money for a change goes back: its places were sold meanwhile, or the order was changed otherwise."""


def propose(order: Order, change: Change, *, orders: Orders) -> Order:
    """Keep what the order is to become until it is paid for."""
    after = replace(order, change=change, version=order.version + 1)
    orders.keep(after, before=order)
    return after


def drop(order: Order, *, orders: Orders) -> Order:
    """The order stays as it is; whoever calls gives the places back."""
    after = replace(order, change=None, version=order.version + 1)
    orders.keep(after, before=order)
    return after


def start_payment(
    order: Order,
    *,
    method: Method,
    urls: tuple[str, str],
    title: str,
    payments: Payments,
    orders: Orders,
    now: datetime,
) -> Started:
    """Open a payment of what a change costs; its places are kept until the payment ends."""
    change = living(order, now=now)
    until = now + PAY_WITHIN
    started = open_payment(
        order, Money(change.due), method=method, urls=urls, title=title, payments=payments, until=until
    )
    orders.extend_more(order, change.holds, until=until)
    propose(order, replace(change, until=until, paying=started.ref), orders=orders)
    return started


def apply(
    order: Order,
    change: Change,
    *,
    back: Sequence[tuple[Hold, int]],
    refund: int,
    receipt: Receipt | None,
    orders: Orders,
    publish: Publish,
    now: datetime,
) -> Order:
    """The order becomes what the change says. ``back``: places of it that return; ``refund``: fen."""
    if order.state is not State.CONFIRMED:
        raise NotHeld(state=str(order.state))
    orders.confirm_more(order, change.holds)
    for hold, count in back:
        orders.give_back(order, hold, count=count)
    after = replace(
        order,
        lines=change.lines,
        holds=(*_less(order.holds, back), *change.holds),
        change=None,
        version=order.version + 1,
    )
    if receipt is not None:
        first = after.receipt is None
        after = replace(
            after,
            receipt=receipt if first else after.receipt,
            gone=order.returned,
            more=() if first else (*after.more, receipt),
            payment=Payment.PAID,
            reason="",
        )
    parts = after.giving_back(refund)
    if parts:
        after = replace(after.less(parts), payment=Payment.REFUNDING)
    orders.keep(after, before=order)
    for payment, fen in parts:
        orders.owe(owed_from(order, payment, Money(fen), reason="asked", now=now))
    if receipt is not None:
        events.tell_money(publish, after, amount=receipt.amount, refund=False, now=now, ref=receipt.ref)
    return after


def living(order: Order, *, now: datetime) -> Change:
    """The change that waits to be paid. Raises ``NotHeld``, ``HoldOver``."""
    if order.change is None or order.state is not State.CONFIRMED:
        raise NotHeld(state=str(order.state))
    if order.change.until <= now:
        raise HoldOver
    return order.change


def _less(holds: Sequence[Hold], back: Sequence[tuple[Hold, int]]) -> tuple[Hold, ...]:
    gone = {(hold.resource, hold.slot, hold.bucket): count for hold, count in back}
    kept = (
        replace(hold, count=hold.count - gone.get((hold.resource, hold.slot, hold.bucket), 0))
        for hold in holds
    )
    return tuple(hold for hold in kept if hold.count)

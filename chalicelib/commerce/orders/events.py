"""What the city learns of an order: U17 and U18. Amounts and pseudonyms, never a person."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.events import Event
from chalicelib.kernel.money import Money

_PLACED_WITHIN = timedelta(minutes=1)
_SETTLED_WITHIN = timedelta(minutes=5)

ELEMENTS = {"ticket": "游", "night": "住", "table": "食", "goods": "购", "ride": "行", "show": "娱"}


def order_placed(order: Order, *, buyer: str, now: datetime) -> Event:
    """U17: a sale was made. ``buyer`` is a keyed pseudonym (piiclass p1)."""
    first = order.lines[0]
    return Event(
        type="tourism.commerce.order.placed.v1",
        subject=order.id,
        at=now,
        personal="p1",
        due=now + _PLACED_WITHIN,
        data={
            "element": ELEMENTS.get(first.kind, "购"),
            "productKind": first.kind,
            "channel": order.channel,
            "amount": order.total.amount,
            "currency": order.total.currency,
            "buyer": buyer,
            "lines": len(order.lines),
        },
    )


def payment_settled(order: Order, *, amount: Money, refund: bool, now: datetime, ref: str = "") -> Event:
    """U18: money moved for an order, in or out, by the payment ``ref`` (none: the first)."""
    known = (*order.receipts, *order.beside)
    receipt = next((one for one in known if one.ref == ref), order.receipt)
    assert receipt is not None
    return money_moved(
        order.id, method=receipt.method, provider=receipt.provider, amount=amount, refund=refund, now=now
    )


def tell_money(
    publish: Callable[[Event], None],
    order: Order,
    *,
    amount: Money,
    refund: bool,
    now: datetime,
    ref: str = "",
) -> None:
    """Join the work: say U18. Of nothing, no money moved (a free order, a refund of 0): none is said."""
    if amount:
        publish(payment_settled(order, amount=amount, refund=refund, now=now, ref=ref))


def money_moved(
    subject: str, *, method: str, provider: str, amount: Money, refund: bool, now: datetime
) -> Event:
    """U18: money moved, in or out, for an order or an account (``subject``)."""
    return Event(
        type="tourism.commerce.payment.settled.v1",
        subject=subject,
        at=now,
        personal="p1",
        due=now + _SETTLED_WITHIN,
        data={
            "order": subject,
            "method": method,
            "provider": provider,
            "amount": amount.amount,
            "currency": amount.currency,
            "refund": refund,
        },
    )

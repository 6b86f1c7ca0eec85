"""Money outside a request: payments that arrive, refunds that are owed. For every selling module."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.beside import paid_twice
from chalicelib.commerce.orders.domain import AlreadyHas, Order, Payment, State
from chalicelib.commerce.orders.ports import Orders
from chalicelib.commerce.stock import HoldLost, SoldOut
from chalicelib.kernel.errors import Clash
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import is_id
from chalicelib.payments.port import Payments, Receipt


class Till(Protocol):
    """What of a module's own world around one unit of work the money needs."""

    @property
    def now(self) -> datetime: ...

    @property
    def orders(self) -> Orders: ...

    def publish(self, *events: Event) -> None: ...


AnyTill = TypeVar("AnyTill", bound=Till)
Work = Callable[[str], AbstractContextManager[AnyTill]]
"""A fresh till around a fresh unit of work, named by its action; committed when its block ends."""


def receive(
    id: str,
    *,
    receipt: Receipt,
    unit: Work[AnyTill],
    kind: str,
    confirm: Callable[[Order, Receipt, AnyTill], Order],
    again: Callable[[Order, AnyTill], Order],
) -> Order:
    """Money arrived for an order: confirm it, whatever happened to the hold in between.

    A hold that is over but whose places are still there is confirmed; places taken back are claimed anew
    (``again`` returns the order with its new holds, or raises ``SoldOut``); if that fails, or the person has
    booked otherwise, everything is owed back with the reason kept.
    """
    try:
        with unit(f"{kind}.confirm-order") as till:
            order = till.orders.get(id)
            if order.state is not State.HELD:
                return _late(order, receipt, till)
            return confirm(order, receipt, till)
    except (HoldLost, AlreadyHas) as refusal:
        person = isinstance(refusal, AlreadyHas)
    if not person:
        try:
            with unit(f"{kind}.confirm-order") as till:
                order = till.orders.get(id)
                if order.state is not State.HELD:  # another message of the same money was quicker
                    return _late(order, receipt, till)
                return confirm(again(order, till), receipt, till)
        except SoldOut:
            person = False
        except AlreadyHas:
            person = True
    with unit(f"{kind}.turn-away") as till:
        order = till.orders.get(id)
        if order.state is not State.HELD:
            return _late(order, receipt, till)
        reason = orders.LOST_PERSON if person else orders.LOST_PLACE
        after, _ = orders.turn_away(
            order, receipt=receipt, reason=reason, orders=till.orders, publish=till.publish, now=till.now
        )
    return after


def settle_refunds(
    *,
    till: Till,
    unit: Work[AnyTill],
    kind: str,
    provider: Callable[[str], Payments],
    order: str | None = None,
) -> int:
    """Send every owed refund (or one order's) back through its provider; how many went.

    What is owed for something else than an order (a hotel's folio) is settled by the module it belongs to.
    """
    settled = 0
    waiting = [owed for owed in till.orders.owed() if is_id(owed.order, "or") and order in {None, owed.order}]
    for number, owed in enumerate(waiting, start=1):
        payments = provider(owed.provider)
        try:
            with unit(f"{kind}.settle-refund") as inner:
                orders.settle_refund(
                    inner.orders.get(owed.order),
                    owed,
                    payments=payments,
                    orders=inner.orders,
                    publish=inner.publish,
                    now=inner.now,
                    more=any(other.order == owed.order for other in waiting[number:]),
                )
        except Clash:  # somebody settles it at this moment; if not, the next round does
            continue
        settled += 1
    return settled


def _late(order: Order, receipt: Receipt, till: Till) -> Order:
    """Money for an order that is not held: nothing if it is the same money, else it is owed back."""
    if order.keeps(receipt):
        return order  # the same message again, or the visitor was back before it
    if order.state is State.CANCELLED and order.payment is Payment.NONE:
        after, _ = orders.turn_away(
            order,
            receipt=receipt,
            reason=orders.PAID_AFTER,
            orders=till.orders,
            publish=till.publish,
            now=till.now,
        )
        return after
    return paid_twice(order, receipt=receipt, orders=till.orders, publish=till.publish, now=till.now)

"""Paying online: off to the provider's page and back, and a look at a payment under way."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

from chalicelib import telemetry
from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.ports import Orders
from chalicelib.kernel.errors import Clash, Refusal
from chalicelib.payments.port import Method, Payments, Receipt, Started
from chalicelib.payments.providers import named
from chalicelib.web.http import Asked, Call, Page, Redirect
from chalicelib.web.orders.links import absolute, order_path

ONLINE = "stripe"
Urls = tuple[str, str]
"""Where the provider sends the payer: when it is paid, and when not."""


class PayForm(Asked):
    method: Literal["wechat_pay", "alipay", "card"]


def pay(call: Call, order: Order, *, start: Callable[[Urls], Started]) -> Page:
    """Off to the payment provider's page, and back to the order's."""
    urls = (absolute(order_path(call, order.id, paid="1")), absolute(order_path(call, order.id)))
    try:
        return Redirect(start(urls).url)
    except Refusal:
        if order.state is State.HELD and not order.over(now=call.now):
            raise
        return Redirect(order_path(call, order.id))  # its page says why it cannot be paid


def looked_after(
    call: Call,
    order: Order,
    *,
    orders: Orders,
    receive: Callable[[str, Receipt, datetime], Any],
    provider: Callable[[str], Payments] = named,
) -> Order:
    """The order, a payment under way (of it, or of a change) asked about, so that nobody waits for a message.

    That the provider does not answer must not close the page.
    """
    under_way = order.paying if order.state is State.HELD else order.change.paying if order.change else ""
    if not under_way:
        return order
    receipt = None
    try:
        receipt = provider(ONLINE).receipt(under_way, now=call.now)
    except Refusal:
        return order  # busy: the provider's own message will come
    except Exception:  # whatever a provider's library throws; the webhook stays the way that counts
        telemetry.alarm("orders.payment-unread", use_case=call.use_case, request=call.request_id)
    if receipt is None:
        return order
    with suppress(Clash):  # the provider's message came in the same moment: it has done it
        receive(order.id, receipt, call.now)
    return orders.get(order.id)


__all__ = ["Method", "PayForm", "looked_after", "pay"]

"""Orders through the API: hold, look, pay at the desk, quote, refund, cancel."""

from typing import Any

from chalicelib.commerce.orders import store as order_store
from chalicelib.commerce.orders.domain import AmountDiffers
from chalicelib.kernel.period import business_day
from chalicelib.payments.desk import taken
from chalicelib.web.http import (
    Call,
    Empty,
    Member,
    endpoint,
)
from chalicelib.web.orders.links import mark
from tenants.scenic.routes.models import (
    OrderAsked,
    OrdersQuery,
    OrdersView,
    OrderView,
    PaymentAsked,
    QuoteView,
    RefundAsked,
    RefundQuery,
    order_view,
    quote_view,
)
from tenants.scenic.routes.money import settle
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale

_WRITE = Member("orders.write", "desk", kind="scenic")
_READ = Member("orders.read", "orders.write", "desk", kind="scenic")


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/scenic/orders",
    use_case="scenic.hold-order",
    door=_WRITE,
    body=OrderAsked,
    answers=OrderView,
    status=201,
    entitlement="scenic.tickets",
    summary="Hold tickets for 15 minutes",
)
def hold_order(call: Call, asked: OrderAsked) -> OrderView:
    """The order is held; pay it before ``pay_before``. The same Idempotency-Key gets the same order."""
    call.idempotent_by_itself()
    order = sale.hold(
        sale.Booking(
            product=asked.product,
            day=asked.day,
            start=asked.start,
            visitors=tuple(visitor.visitor() for visitor in asked.visitors),
            channel="api",
            locale="zh",
        ),
        mark=mark(call.command),
        shop=ScenicShop(call.work),
    )
    return order_view(order, now=call.now)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/scenic/orders",
    use_case="scenic.list-orders",
    door=_READ,
    query=OrdersQuery,
    answers=OrdersView,
    summary="The newest orders of a business day",
)
def list_orders(call: Call) -> OrdersView:
    """Newest first; ``day`` defaults to today."""
    day = call.query.day or business_day(call.now)
    orders = order_store.listed(day=day, newest=call.query.limit)
    return OrdersView(day=day, orders=[order_view(order, now=call.now) for order in orders])


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/scenic/orders/{order}",
    use_case="scenic.show-order",
    door=_READ,
    answers=OrderView,
    summary="One order with its tickets",
)
def show_order(call: Call) -> OrderView:
    """The order; once paid, its tickets with the text of their QR codes."""
    shop = ScenicShop(call.work)
    order = shop.orders.get(call.path["order"])
    return order_view(order, now=call.now, tickets=sale.coded(order, shop=shop))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/scenic/orders/{order}/payment",
    use_case="scenic.pay-at-desk",
    door=_WRITE,
    body=PaymentAsked,
    answers=OrderView,
    summary="Confirm that the money was taken at the desk",
)
def pay(call: Call, asked: PaymentAsked) -> OrderView:
    """Confirms the order and issues its tickets, in one transaction with the events U08, U17 and U18."""
    shop = ScenicShop(call.work)
    id = call.path["order"]
    order = shop.orders.expected(id)
    if asked.amount.money != order.total:
        raise AmountDiffers(amount=order.total)
    receipt = taken(order=id, amount=order.total, now=call.now)
    after, tickets = sale.pay_at_desk(order, receipt=receipt, shop=shop)
    return order_view(after, now=call.now, tickets=tickets)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/scenic/orders/{order}/refund",
    use_case="scenic.quote-refund",
    door=_READ,
    query=RefundQuery,
    answers=QuoteView,
    summary="What a refund would return now",
)
def quote_refund(call: Call) -> QuoteView:
    """Nothing changes; the amount holds until the policy's next step."""
    shop = ScenicShop(call.work)
    quote, _ = sale.quote(shop.orders.get(call.path["order"]), numbers=call.query.numbers, shop=shop)
    return quote_view(quote)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/scenic/orders/{order}/refund",
    use_case="scenic.refund-order",
    door=_WRITE,
    body=RefundAsked,
    answers=OrderView,
    summary="Give tickets back for the quoted amount",
)
def refund(call: Call, asked: RefundAsked) -> OrderView:
    """The tickets stop working and the places return at once; the money goes back through its provider."""
    shop = ScenicShop(call.work)
    id = call.path["order"]
    after = sale.refund(id, numbers=asked.tickets, agreed=asked.amount.amount, shop=shop)
    answer = order_view(after, now=call.now)
    call.then(lambda: settle(id, now=call.now))
    return answer


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/scenic/orders/{order}/cancel",
    use_case="scenic.cancel-hold",
    door=_WRITE,
    body=Empty,
    answers=OrderView,
    summary="Let a hold go before its time",
)
def cancel(call: Call, _: Any) -> OrderView:
    """The places are free again at once."""
    return order_view(sale.cancel(call.path["order"], shop=ScenicShop(call.work)), now=call.now)

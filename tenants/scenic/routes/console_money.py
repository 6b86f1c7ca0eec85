"""Money at the desk: take it, let a hold go, give it back."""

from typing import Annotated

from pydantic import Field

from chalicelib.commerce.orders.domain import AmountDiffers, Order, QuoteChanged
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.payments.desk import taken
from chalicelib.web.http import (
    Asked,
    Call,
    Html,
    Page,
    Pressed,
    Redirect,
    page,
)
from tenants.scenic.routes.desk import DESK, console
from tenants.scenic.routes.goods import goods_of
from tenants.scenic.routes.money import settle
from tenants.scenic.routes.refunding import RefundForm, TicketNumbers, offered
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale


class RefundQuery(Asked):
    ticket: TicketNumbers = Field(default=[])


class PayForm(Asked):
    amount: Annotated[int, Field(ge=0, le=10**9)]


@page(
    BLUEPRINT,
    "POST",
    "/console/orders/{order}/payment",
    use_case="scenic.take-payment",
    door=DESK,
    body=PayForm,
)
def pay(call: Call, asked: PayForm) -> Page:
    """The clerk has the money: the tickets are made."""
    shop = ScenicShop(call.work)
    order = shop.orders.get(call.path["order"])
    if asked.amount != order.total.amount:
        raise AmountDiffers(amount=order.total)
    sale.pay_at_desk(order, receipt=taken(order=order.id, amount=order.total, now=call.now), shop=shop)
    return Redirect(f"/console/orders/{order.id}?done=paid")


@page(
    BLUEPRINT,
    "GET",
    "/console/orders/{order}/cancel",
    use_case="scenic.ask-desk-cancel",
    door=DESK,
)
def ask_cancel(call: Call) -> Page:
    """What letting a hold go means."""
    order = ScenicShop(call.work).orders.get(call.path["order"])
    return console(
        call,
        "scenic/console_confirm.html",
        place="home",
        title=call.translate(N_("取消订单 %(number)s?"), number=short_number(order.id)),
        text=call.translate(N_("保留的名额会立即放回,订单不能恢复。")),
        yes=call.translate(N_("取消订单")),
        action=f"/console/orders/{order.id}/cancel",
        back=f"/console/orders/{order.id}",
        fields={},
    )


@page(
    BLUEPRINT,
    "POST",
    "/console/orders/{order}/cancel",
    use_case="scenic.cancel-at-desk",
    door=DESK,
    body=Pressed,
)
def cancel(call: Call, _: Pressed) -> Page:
    """Let the hold go."""
    order = sale.cancel(call.path["order"], shop=ScenicShop(call.work))
    return Redirect(f"/console/orders/{order.id}?done=cancelled")


@page(
    BLUEPRINT,
    "GET",
    "/console/orders/{order}/refund",
    use_case="scenic.ask-desk-refund",
    door=DESK,
    query=RefundQuery,
)
def ask_refund(call: Call) -> Page:
    """Choose tickets; then the amount, before anything is done."""
    shop = ScenicShop(call.work)
    order = shop.orders.get(call.path["order"])
    return _refund_page(call, order, shop, numbers=call.query.ticket)


@page(
    BLUEPRINT,
    "POST",
    "/console/orders/{order}/refund",
    use_case="scenic.refund-at-desk",
    door=DESK,
    body=RefundForm,
)
def refund(call: Call, asked: RefundForm) -> Page:
    """Give the tickets back for the amount that was shown."""
    shop = ScenicShop(call.work)
    order = shop.orders.get(call.path["order"])
    try:
        sale.refund(order.id, numbers=asked.ticket, agreed=asked.agreed, shop=shop)
    except QuoteChanged:
        return _refund_page(call, order, shop, numbers=asked.ticket, changed=True).with_status(
            QuoteChanged.status
        )
    id, now = order.id, call.now
    call.then(lambda: settle(id, now=now))
    return Redirect(f"/console/orders/{id}?done=refunded")


def _refund_page(
    call: Call, order: Order, shop: ScenicShop, *, numbers: list[int], changed: bool = False
) -> Html:
    _, product = goods_of(order, shop)
    here = f"/console/orders/{order.id}"
    return console(
        call,
        "scenic/console_refund.html",
        place="home",
        number=short_number(order.id),
        offer=offered(call, order, shop=shop, product=product, numbers=numbers, changed=changed),
        action=f"{here}/refund",
        ask=f"{here}/refund",
        token="",
        back=here,
    )

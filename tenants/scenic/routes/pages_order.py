"""Visitors' order pages: pay, see the tickets, cancel, give back. Whoever has the link has the order."""

from typing import Any

from pydantic import Field

from chalicelib.commerce.orders.domain import Order, Payment, QuoteChanged, State
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.kernel.personal import masked_name
from chalicelib.payments.desk import taken
from chalicelib.payments.providers import named, provider_for
from chalicelib.web.formats import money
from chalicelib.web.http import (
    Call,
    Confirmed,
    Html,
    Page,
    Public,
    Redirect,
    page,
)
from chalicelib.web.orders import paying
from chalicelib.web.orders.links import LinkQuery, absolute, opened, order_path, remember, token_of
from chalicelib.web.orders.paying import PayForm
from chalicelib.web.orders.words import label_of, methods, money_back
from tenants.scenic.domain.product import text
from tenants.scenic.routes.goods import goods_of
from tenants.scenic.routes.money import receive, settle
from tenants.scenic.routes.refunding import RefundForm, TicketNumbers, offered
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale
from tenants.scenic.words import (
    bill,
    ending,
    policy_dates,
    ticket_shown,
)

_OPEN = Public(kind="scenic")
_ALWAYS = Public(kind="scenic", always=True)


class RefundQuery(LinkQuery):
    ticket: TicketNumbers = Field(default=[])


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}",
    use_case="scenic.show-own-order",
    door=_ALWAYS,
    query=LinkQuery,
)
def show_order(call: Call) -> Page:
    """The order as it stands; a payment under way is asked about, so that nobody waits for a message."""
    shop = ScenicShop(call.work)
    order = opened(call, orders=shop.orders)
    order = paying.looked_after(call, order, orders=shop.orders, receive=receive, provider=named)
    remember(call, order.id)
    area, product = goods_of(order, shop)
    say, locale = call.translate, call.locale
    tickets = sale.coded(order, shop=shop) if order.receipt is not None else []
    shown = [
        ticket_shown(
            ticket,
            code,
            area=area,
            product=product,
            holder=masked_name(shop.vault.shown(ticket.person)["name"]),
            say=say,
            locale=locale,
        )
        for ticket, code in tickets
    ]
    held = order.state is State.HELD and not order.over(now=call.now)
    back = money_back(order, say=say, locale=locale) if order.state is State.CONFIRMED else ""
    return Html(
        "scenic/order.html",
        number=short_number(order.id),
        order_id=order.id,
        label=label_of(order, now=call.now, say=say),
        title=text(product.titles, locale) if product is not None else order.lines[0].title,
        area_name=text(area.names, locale),
        starts=order.lines[0].starts,
        ends=order.lines[0].ends,
        placed=order.placed,
        bill=bill(order, product, locale),
        total=order.total.amount,
        refunded=order.refunded,
        held=held,
        until=order.until,
        # The link says so after the provider's page; the money itself may take a moment.
        awaited=held and bool(call.query.paid),
        again=call.url,
        pay=order_path(call, order.id, "/pay"),
        claim=order_path(call, order.id, "/claim"),
        methods=methods(order.total, say=say, locale=locale),
        cancel=order_path(call, order.id, "/cancel") if held else "",
        tickets=shown,
        refund=order_path(call, order.id, "/refund")
        if any(ticket["state"] == "valid" for ticket in shown)
        else "",
        rules=policy_dates(order.policy, starts=order.starts, now=call.now, say=say, locale=locale),
        ended=ending(order, now=call.now, say=say, locale=locale),
        back=back,
        done=_done(call, order),
        link=absolute(order_path(call, order.id)),
        again_href=f"/s/{call.tenant.slug}/p/{product.id}"
        if product is not None
        else f"/s/{call.tenant.slug}",
    )


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/pay",
    use_case="scenic.start-payment",
    door=_OPEN,
    query=LinkQuery,
    body=PayForm,
)
def pay(call: Call, asked: PayForm) -> Page:
    """Off to the payment provider's page, and back here."""
    shop = ScenicShop(call.work)
    order = opened(call, orders=shop.orders)
    return paying.pay(
        call,
        order,
        start=lambda urls: sale.start_payment(
            order, method=asked.method, urls=urls, payments=provider_for(asked.method), shop=shop
        ),
    )


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/claim",
    use_case="scenic.claim-free",
    door=_OPEN,
    query=LinkQuery,
)
def claim(call: Call) -> Page:
    """Tickets that cost nothing need no provider: asking for them confirms them."""
    shop = ScenicShop(call.work)
    order = opened(call, orders=shop.orders)
    if order.total.amount or order.state is not State.HELD or order.over(now=call.now):
        return Redirect(order_path(call, order.id))
    sale.pay_at_desk(order, receipt=taken(order=order.id, amount=order.total, now=call.now), shop=shop)
    return Redirect(order_path(call, order.id, paid="1"))


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}/cancel",
    use_case="scenic.ask-cancel",
    door=_ALWAYS,
    query=LinkQuery,
)
def ask_cancel(call: Call) -> Page:
    """What cancelling means."""
    order = opened(call, orders=ScenicShop(call.work).orders)
    if order.state is not State.HELD or order.over(now=call.now):
        return Redirect(order_path(call, order.id))
    return Html(
        "scenic/order_cancel.html",
        number=short_number(order.id),
        action=order_path(call, order.id, "/cancel"),
        back=order_path(call, order.id),
    )


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/cancel",
    use_case="scenic.cancel-online",
    door=_ALWAYS,
    query=LinkQuery,
    body=Confirmed,
)
def cancel(call: Call, _: Confirmed) -> Page:
    """Let the places go."""
    shop = ScenicShop(call.work)
    order = opened(call, orders=shop.orders)
    if order.state is State.HELD and not order.over(now=call.now):
        sale.cancel(order.id, shop=shop)
    return Redirect(order_path(call, order.id))


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}/refund",
    use_case="scenic.ask-refund",
    door=_ALWAYS,
    query=RefundQuery,
)
def ask_refund(call: Call) -> Page:
    """Choose tickets; then the amount, before anything is done."""
    shop = ScenicShop(call.work)
    order = opened(call, orders=shop.orders)
    return _refund_page(call, order, shop, numbers=call.query.ticket)


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/refund",
    use_case="scenic.refund-online",
    door=_ALWAYS,
    query=RefundQuery,
    body=RefundForm,
)
def refund(call: Call, asked: RefundForm) -> Page:
    """Give the tickets back for the amount that was shown."""
    shop = ScenicShop(call.work)
    order = opened(call, orders=shop.orders)
    try:
        sale.refund(order.id, numbers=asked.ticket, agreed=asked.agreed, shop=shop)
    except QuoteChanged:
        return _refund_page(call, order, shop, numbers=asked.ticket, changed=True).with_status(
            QuoteChanged.status
        )
    id, now = order.id, call.now
    call.then(lambda: settle(id, now=now))
    return Redirect(order_path(call, id, done="refunded"))


def _refund_page(
    call: Call, order: Order, shop: ScenicShop, *, numbers: list[int], changed: bool = False
) -> Html:
    area, product = goods_of(order, shop)
    return Html(
        "scenic/refund.html",
        number=short_number(order.id),
        offer=offered(call, order, shop=shop, product=product, numbers=numbers, changed=changed),
        area_name=text(area.names, call.locale),
        action=order_path(call, order.id, "/refund"),
        # The form that only looks sends its fields as a query of its own: the token is one of them.
        token=token_of(order.id, now=call.now),
        ask=f"/s/{call.tenant.slug}/orders/{order.id}/refund",
        back=order_path(call, order.id),
    )


def _done(call: Call, order: Order) -> dict[str, Any] | None:
    """What the last step did, said at the top."""
    say = call.translate
    if call.query.done == "refunded" and order.payment is not Payment.PAID and not order.refunded:
        return {"text": say(N_("退票成功:按退票规则,没有应退的款项。"))}
    if call.query.done == "refunded" and order.refunded:
        amount = money(order.refunded, locale=call.locale)
        return {"text": say(N_("退票成功:共退 %(amount)s,按原付款方式退回。"), amount=amount)}
    if call.query.paid and order.state is State.CONFIRMED and not order.refunded:
        return {"text": say(N_("付款成功,门票已出。") if order.total else N_("门票已出。"))}
    return None

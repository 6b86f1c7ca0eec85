"""One order at the desk: what it is, who it is for, what happened; its tickets on paper."""

from collections.abc import Mapping
from typing import Any, Literal

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.documents import DocumentKind
from chalicelib.kernel.errors import N_
from chalicelib.kernel.personal import Erased, masked_document, masked_name
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.web.formats import money
from chalicelib.web.http import (
    Asked,
    Call,
    Html,
    Page,
    Pressed,
    page,
)
from chalicelib.web.i18n import Translate
from chalicelib.web.orders.words import CHANNELS, METHODS, label_of
from tenants.scenic.domain.area import Area
from tenants.scenic.domain.product import text
from tenants.scenic.domain.ticket import State as TicketState
from tenants.scenic.domain.ticket import Ticket
from tenants.scenic.routes.desk import DESK, READ, console
from tenants.scenic.routes.goods import goods_of
from tenants.scenic.routes.registered import BLUEPRINT
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale
from tenants.scenic.words import (
    DOCUMENTS,
    TICKETS,
    bill,
    class_title,
    ending,
    policy_dates,
    ticket_shown,
)

_DONE = {
    "held": N_("名额已保留,请收款。"),
    "paid": N_("收款已确认,门票已出。"),
    "refunded": N_("退票已办理,款项按原付款方式退回。"),
    "cancelled": N_("订单已取消,名额已放回。"),
}


class ShownQuery(Asked):
    """What has just been done."""

    done: Literal["", "held", "paid", "refunded", "cancelled"] = ""


@page(
    BLUEPRINT,
    "GET",
    "/console/orders/{order}",
    use_case="scenic.show-desk-order",
    door=READ,
    query=ShownQuery,
)
def show_order(call: Call) -> Page:
    """The order, its people masked."""
    shop = ScenicShop(call.work)
    return _order_page(call, shop.orders.get(call.path["order"]), shop, done=call.query.done)


@page(
    BLUEPRINT,
    "POST",
    "/console/orders/{order}/people",
    use_case="scenic.reveal-people",
    door=DESK,
    body=Pressed,
)
def reveal(call: Call, _: Pressed) -> Page:
    """The people by name and number. First it is written who looked, then they are shown."""
    shop = ScenicShop(call.work)
    order = shop.orders.get(call.path["order"])
    # A work of its own: the page with the names must not be kept as a command's answer.
    seen = UnitOfWork(action=call.use_case, now=call.now)
    seen.witness(order.id)
    seen.commit()
    call.set_header("Cache-Control", "no-store")
    return _order_page(call, order, shop, revealed=True)


@page(
    BLUEPRINT,
    "GET",
    "/console/orders/{order}/tickets",
    use_case="scenic.print-tickets",
    door=DESK,
)
def print_tickets(call: Call) -> Page:
    """The usable tickets, for the printer beside the desk."""
    shop = ScenicShop(call.work)
    order = shop.orders.get(call.path["order"])
    area, product = goods_of(order, shop)
    tickets = [
        ticket_shown(
            ticket,
            code,
            area=area,
            product=product,
            holder=masked_name(shop.vault.shown(ticket.person)["name"]),
            say=call.translate,
            locale=call.locale,
        )
        for ticket, code in sale.coded(order, shop=shop)
        if ticket.state is TicketState.ISSUED
    ]
    return console(
        call,
        "scenic/console_tickets.html",
        place="home",
        number=short_number(order.id),
        tickets=tickets,
        back=f"/console/orders/{order.id}",
    )


def _order_page(
    call: Call, order: Order, shop: ScenicShop, *, done: str = "", revealed: bool = False
) -> Html:
    say, locale = call.translate, call.locale
    area, product = goods_of(order, shop)
    tickets = list(shop.tickets.of(order.id)) if order.receipt is not None else []
    held = order.state is State.HELD and not order.over(now=call.now)
    usable = any(ticket.state is TicketState.ISSUED for ticket in tickets)
    here = f"/console/orders/{order.id}"
    writes = bool(call.context.roles & {"owner", "desk"})
    first = order.lines[0]
    return console(
        call,
        "scenic/console_order.html",
        place="home",
        flash=[{"text": say(_DONE[done])}] if done else [],
        number=short_number(order.id),
        order_id=order.id,
        label=label_of(order, now=call.now, say=say),
        title=first.title,
        area_name=text(area.names, locale),
        starts=first.starts,
        ends=first.ends,
        channel=say(CHANNELS[order.channel]) if order.channel in CHANNELS else order.channel,
        bill=bill(order, product, locale),
        total=order.total.amount,
        refunded=order.refunded,
        held=held,
        until=order.until,
        ended=ending(order, now=call.now, say=say, locale=locale),
        rules=policy_dates(order.policy, starts=order.starts, now=call.now, say=say, locale=locale),
        people=_people(order, tickets, call, shop, revealed=revealed),
        revealed=revealed,
        events=_timeline(order, tickets, area, call),
        writes=writes,
        people_href=f"{here}/people",
        pay_href=f"{here}/payment",
        cancel_href=f"{here}/cancel",
        refund_href=f"{here}/refund" if usable else "",
        print_href=f"{here}/tickets" if usable else "",
    )


def _people(
    order: Order, tickets: list[Ticket], call: Call, shop: ScenicShop, *, revealed: bool
) -> list[dict[str, Any]]:
    say = call.translate
    area, product = goods_of(order, shop)
    people = shop.vault.shown(order.people)
    gone = isinstance(people, Erased)
    rows = []
    for index, person in enumerate(tickets if gone else people):
        ticket = tickets[index] if index < len(tickets) else None
        row = {
            "number": index + 1,
            "class": class_title(product, person.concession if gone else person["class"], call.locale),
            "name": people["name"] if gone else person["name"] if revealed else masked_name(person["name"]),
            "document": people["number"] if gone else _document(person, say, revealed=revealed),
            "state": {"text": "—", "tone": "off"},
            "used": "",
        }
        if ticket is not None:
            word, state = TICKETS[ticket.state]
            row["state"] = {
                "text": say(word),
                "tone": {"valid": "good", "used": "calm", "void": "off"}[state],
            }
            if ticket.at is not None:
                row["used"] = area.gate(ticket.gate, call.locale)
        rows.append(row)
    return rows


def _document(person: Mapping[str, Any], say: Translate, *, revealed: bool) -> str:
    number = person["number"] if revealed else masked_document(person["number"])
    return f"{say(DOCUMENTS[DocumentKind(person['kind'])])} {number}"


def _timeline(order: Order, tickets: list[Ticket], area: Area, call: Call) -> list[dict[str, Any]]:
    say, locale = call.translate, call.locale
    items: list[dict[str, Any]] = [{"title": say(N_("下单")), "at": order.placed}]
    if order.state is State.HELD:
        over = order.over(now=call.now)
        words = N_("付款时间已过,名额已释放") if over else N_("等待付款")
        items.append(
            {"title": say(words), "at": order.until if over else None, "state": "done" if over else "now"}
        )
    if order.receipt is not None:
        items.append(
            {
                "title": say(N_("付款 %(amount)s"), amount=money(order.receipt.amount, locale=locale)),
                "at": order.receipt.at,
                "text": say(METHODS[order.receipt.method]) if order.receipt.amount else say(N_("免费票")),
            }
        )
    items += [
        {
            "title": say(N_("第 %(number)s 张票入园"), number=ticket.number),
            "at": ticket.at,
            "text": area.gate(ticket.gate, call.locale),
        }
        for ticket in sorted(
            (ticket for ticket in tickets if ticket.at is not None), key=lambda ticket: str(ticket.at)
        )
    ]
    if order.refunded:
        items.append({"title": say(N_("退款 %(amount)s"), amount=money(order.refunded, locale=locale))})
    elif order.state is State.CANCELLED:
        items.append({"title": say(N_("已取消"))})
    return items

"""Giving tickets back, as the visitor's and the desk's pages show it: each ticket, the rule, the amount."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.commerce.orders.domain import NothingToRefund, NotPaid, Order
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.kernel.personal import masked_name
from chalicelib.web.http import Asked, Call, Several
from chalicelib.web.orders.words import refused_in_words, share
from tenants.scenic.domain.product import Product
from tenants.scenic.domain.ticket import State, clock
from tenants.scenic.store import ScenicShop
from tenants.scenic.usecases import sale
from tenants.scenic.words import TICKETS, class_title, policy_dates

_Number = Annotated[int, Field(ge=1, le=99)]
TicketNumbers = Annotated[
    list[_Number],
    Several,
    Field(max_length=99),
]
"""Ticket numbers as a form sends them: one is no list there."""


class RefundForm(Asked):
    """The tickets, and the amount (fen) that the page showed."""

    ticket: TicketNumbers
    agreed: Annotated[int, Field(ge=0, le=10**9)]
    confirm: Annotated[str, Field(max_length=3)] = ""


def offered(
    call: Call,
    order: Order,
    *,
    shop: ScenicShop,
    product: Product | None,
    numbers: list[int],
    changed: bool = False,
) -> dict[str, Any]:
    """What would come back now. Without ``numbers`` nothing is chosen yet: every usable ticket is offered.

    A single usable ticket needs no choosing, so its amount is shown at once.
    """
    say, locale = call.translate, call.locale
    try:
        quote, tickets = sale.quote(order, numbers=numbers or None, shop=shop)
    except (NothingToRefund, NotPaid) as refusal:
        return {"none": refused_in_words(refusal, locale=locale)}
    amounts = dict(quote.units)
    usable = [ticket for ticket in tickets if ticket.state is State.ISSUED]
    rows = [
        {
            "number": ticket.number,
            "code": f"{short_number(order.id)}-{ticket.number}",
            "title": class_title(product, ticket.concession, locale),
            "holder": masked_name(shop.vault.shown(ticket.person)["name"]),
            "when": f"{clock(ticket.start)}–{clock(ticket.end)}",
            "usable": ticket.state is State.ISSUED,
            "state": say(TICKETS[ticket.state][0]),
            "amount": amounts.get(ticket.number, 0),
            "chosen": ticket.number in amounts,
        }
        for ticket in tickets
    ]
    return {
        "none": None,
        "final": bool(numbers) or len(usable) == 1,
        "changed": changed,
        "rows": rows,
        "chosen": [row for row in rows if row["chosen"]],
        "amount": quote.amount.amount,
        "fee": quote.fee.amount,
        "rule": say(N_("现在退票按票价的 %(share)s 退款。"), share=share(quote.permille)),
        "rules": policy_dates(order.policy, starts=order.starts, now=call.now, say=say, locale=locale),
    }

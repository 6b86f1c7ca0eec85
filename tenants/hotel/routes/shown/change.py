"""What changing a booking costs or returns, as the guest's page and the desk's show it."""

from typing import Any

from chalicelib.commerce.orders.domain import Order
from chalicelib.web.http import Call
from tenants.hotel.domain.amending import Amending
from tenants.hotel.routes.shown.bill import bill_of, rooms_shown
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases.quoting import place_of


def change_shown(
    call: Call, order: Order, found: Amending | None, hotel: HotelStore
) -> dict[str, Any] | None:
    """Lines and amounts (fen) for ``hotel/shown/quote.html``; nothing where there is no quote."""
    if found is None:
        return None
    house = hotel.setup.house()
    say, locale = call.translate, call.locale
    lines = [line for line in found.lines if line.count]
    return {
        "bill": bill_of(lines, house=house, say=say, locale=locale),
        "total": found.total.amount,
        "paid": order.paid.amount,
        "before": order.total.amount,
        "fee": found.fee.amount,
        "pay": found.pay.amount,
        "back": found.back.amount,
        "rest": max(0, found.total.amount - order.paid.amount - found.pay.amount),
        "rooms": rooms_shown(
            lines, property=place_of(order, house), house=house, now=call.now, say=say, locale=locale
        ),
    }

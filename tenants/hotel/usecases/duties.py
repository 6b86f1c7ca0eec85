"""What runs by itself: refunds that are owed, the close of a day."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from chalicelib.commerce.orders import usecases as orders
from chalicelib.payments.port import Payments
from tenants.hotel.domain.events import day_closed
from tenants.hotel.usecases.ports import Hotel, Unit


def settle_refunds(
    *, hotel: Hotel, unit: Unit, provider: Callable[[str], Payments], order: str | None = None
) -> int:
    """Send every owed refund (or one order's) back through its provider; how many went."""
    settled = 0
    for owed in hotel.orders.owed():
        if order is not None and owed.order != order:
            continue
        with unit("hotel.settle-refund") as inner:
            orders.settle_refund(
                inner.orders.get(owed.order),
                owed,
                payments=provider(owed.provider),
                orders=inner.orders,
                publish=inner.publish,
                now=inner.now,
            )
        settled += 1
    return settled


def close_day(*, day: date, sent: Mapping[str, Any], previous: str, hotel: Hotel) -> None:
    """Say the day's manifest: what was sent, so that the bureau can tell silence from zero."""
    hotel.publish(day_closed(day=day, sent=sent, previous=previous, now=hotel.now))

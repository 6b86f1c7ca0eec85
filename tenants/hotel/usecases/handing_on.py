"""Bookings of places that another holder has had until now: a group's, a calendar's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.commerce.orders import events as order_events
from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.domain import Line, Order
from chalicelib.commerce.orders.usecases import Mark, Wish
from chalicelib.commerce.stock import Hold
from tenants.hotel.domain import booking as firm
from tenants.hotel.usecases import booking, stays
from tenants.hotel.usecases.ports import Hotel


def begun(line: Line, *, contact: Mapping[str, str], channel: str, mark: Mark, hotel: Hotel) -> Order:
    """An order of this line without places of its own; sent again, the one that this command made before."""
    wish = Wish(
        lines=(line,),
        claims=(),
        locks=(),
        tails=(),
        policy=(),
        people=hotel.vault.seal({"contact": dict(contact), "guests": []}),
        channel=channel,
        locale="zh",
    )
    return orders.hold_order(wish, mark=mark, orders=hotel.orders, stock=hotel.stock({}), now=hotel.now)


def made_firm(id: str, taken: Sequence[Hold], *, names: Sequence[str] = (), hotel: Hotel) -> Order:
    """Join the work that hands these places on: the order has them and is firm, its stays are expected."""
    held = hotel.orders.get(id)
    held.require_held(now=hotel.now)
    after = firm.guaranteed(replace(held, holds=tuple(taken)))
    hotel.orders.keep(after, before=held)
    stays.expect(after, hotel=hotel, names=names)
    hotel.publish(order_events.order_placed(after, buyer=booking.buyer(after, hotel=hotel), now=hotel.now))
    return after

"""Money that moves outside a request's own transaction: arriving payments and refunds that are owed."""

from datetime import datetime

from chalicelib.commerce.orders.arrivals import settle_refunds
from chalicelib.commerce.orders.domain import Order
from chalicelib.payments.port import Receipt
from chalicelib.payments.providers import named
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.scenic.store import ScenicShop, new_unit
from tenants.scenic.usecases import sale


def receive(order: str, receipt: Receipt, now: datetime) -> Order:
    """A provider says that an order was paid; what must go back goes back at once."""
    after = sale.receive(order, receipt=receipt, unit=new_unit(now))
    if not after.keeps(receipt):
        settle(order, now=now)
    return after


def settle(order: str | None, *, now: datetime) -> int:
    """Send the refunds that are owed for one order, or for all of them."""
    shop = ScenicShop(UnitOfWork(action="scenic.settle-refund", now=now))
    return settle_refunds(till=shop, unit=new_unit(now), kind="scenic", provider=named, order=order)

"""Money that moves outside a request's own transaction: arriving payments and refunds that are owed."""

from datetime import datetime

from chalicelib.commerce.orders.arrivals import settle_refunds
from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.ids import is_id
from chalicelib.payments.port import Receipt
from chalicelib.payments.providers import named
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.folio import Folio
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.store.accounts import AccountsStore, accounts_unit
from tenants.hotel.usecases import booking, takings


def receive(order: str, receipt: Receipt, now: datetime) -> Order | Folio:
    """A provider says that an order or a folio was paid; what must go back goes back at once."""
    if not is_id(order, "or"):
        with accounts_unit(now)("hotel.receive-on-folio") as accounts:
            folio = takings.receive(order, receipt, accounts=accounts)
        settle(order, now=now)
        return folio
    after = booking.receive(order, receipt=receipt, unit=new_unit(now))
    if not after.keeps(receipt):
        settle(order, now=now)
    return after


def settle(id: str | None, *, now: datetime) -> int:
    """Send the refunds that are owed for one order or one folio, or for everything; how many went."""
    sent = 0
    if id is None or is_id(id, "or"):
        hotel = HotelStore(UnitOfWork(action="hotel.settle-refund", now=now))
        sent += settle_refunds(till=hotel, unit=new_unit(now), kind="hotel", provider=named, order=id)
    if id is None or not is_id(id, "or"):
        accounts = AccountsStore(UnitOfWork(action="hotel.settle-folio-refund", now=now))
        sent += takings.settle_refunds(accounts=accounts, unit=accounts_unit(now), provider=named, folio=id)
    return sent

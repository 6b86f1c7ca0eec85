"""Every port of money around one unit of work."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from chalicelib.commerce.orders.store import OrderStore
from chalicelib.kernel.events import Event
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from tenants.hotel.store.audits import AuditStore
from tenants.hotel.store.days import BookStore
from tenants.hotel.store.desk import ChargeStore, CompanyStore, ShiftStore
from tenants.hotel.store.fapiaos import FapiaoStore
from tenants.hotel.store.folios import FolioStore
from tenants.hotel.store.guest_vault import GuestVault
from tenants.hotel.store.setup import SetupStore


class AccountsStore:
    """The ``Accounts`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self.now, self.by = work.now, current().actor
        self.setup = SetupStore(work)
        self.orders = OrderStore(work)
        self.folios = FolioStore(work)
        self.book = BookStore(work.now, self.setup)
        self.shifts = ShiftStore(work)
        self.companies = CompanyStore(work)
        self.audits = AuditStore(work)
        self.fapiaos = FapiaoStore(work)
        self.charges = ChargeStore(work)
        self.vault = GuestVault(work.now)

    def publish(self, *events: Event) -> None:
        self._work.publish(*events)

    def because(self, reason: str) -> None:
        self._work.because(reason)


def accounts_unit(now: datetime) -> Callable[[str], AbstractContextManager[AccountsStore]]:
    """The ``AccountsUnit`` port: fresh accounts around a fresh work, committed when its block ends well."""

    @contextmanager
    def unit(action: str) -> Iterator[AccountsStore]:
        work = UnitOfWork(action=action, now=now)
        yield AccountsStore(work)
        if not work.empty:
            work.commit()

    return unit

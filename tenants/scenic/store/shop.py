"""The shop: every port of the module around one unit of work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from chalicelib.commerce.orders.store import OrderStore
from chalicelib.commerce.stock import Stock
from chalicelib.commerce.stock.store import BucketStore
from chalicelib.kernel.events import Event, envelope
from chalicelib.persistence import vault
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from tenants.scenic.store.catalogue import CatalogueStore
from tenants.scenic.store.flow import FlowStore
from tenants.scenic.store.limits import LimitStore
from tenants.scenic.store.tickets import TicketStore


class SealedVault:
    """The ``Vault`` port for visitors' data."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def seal(self, value: Any) -> bytes:
        return vault.seal(value, now=self._now)

    def unseal(self, sealed: bytes) -> Any:
        return vault.unseal(sealed, now=self._now)

    def shown(self, sealed: bytes) -> Any:
        return vault.shown(sealed, now=self._now)

    def blind(self, value: str) -> str:
        return vault.blind(value, now=self._now)


class ScenicShop:
    """The ``Shop`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self.now = work.now
        self.orders = OrderStore(work)
        self.stock = Stock(BucketStore(), who=current().tenant.id)
        self.catalogue = CatalogueStore()
        self.tickets = TicketStore(work)
        self.flow = FlowStore(work)
        self.limits = LimitStore(work)
        self.vault = SealedVault(work.now)

    def publish(self, *events: Event) -> None:
        self._work.publish(*events)

    def envelope(self, event: Event) -> Mapping[str, Any]:
        tenant = current().tenant
        return envelope(
            event,
            tenant=tenant.id,
            kind=tenant.kind,
            slug=tenant.slug,
            district=tenant.district,
            now=self.now,
        )


def new_unit(now: datetime) -> Any:
    """The ``Unit`` port: a fresh shop around a fresh work, committed when its block ends well."""

    @contextmanager
    def unit(action: str) -> Iterator[ScenicShop]:
        work = UnitOfWork(action=action, now=now)
        yield ScenicShop(work)
        if not work.empty:
            work.commit()

    return unit

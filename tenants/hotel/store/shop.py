"""Every port of the module around one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.commerce.orders.store import OrderStore
from chalicelib.commerce.stock import PooledStock, Slot, Stock
from chalicelib.commerce.stock.store import BucketStore
from chalicelib.kernel.events import Event
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from tenants.hotel.store import memory
from tenants.hotel.store.calendar import CalendarStore, look
from tenants.hotel.store.guest_vault import GuestVault
from tenants.hotel.store.setup import SetupStore

if TYPE_CHECKING:
    from tenants.hotel.domain.rooms import Pool
    from tenants.hotel.store.accounts import AccountsStore
    from tenants.hotel.store.albums import AlbumStore
    from tenants.hotel.store.blocks import BlockStore
    from tenants.hotel.store.board import BoardStore
    from tenants.hotel.store.caps import CapStore
    from tenants.hotel.store.cells import CellStore
    from tenants.hotel.store.channels import ChannelStore
    from tenants.hotel.store.codes import CodeStore
    from tenants.hotel.store.devices import DeviceStore, GrantStore
    from tenants.hotel.store.groups import GroupStore
    from tenants.hotel.store.guests import GuestStore
    from tenants.hotel.store.hires import HireStore
    from tenants.hotel.store.marks import MarkStore
    from tenants.hotel.store.office import OfficeStore
    from tenants.hotel.store.stays import StayStore
    from tenants.hotel.store.tasks import TaskStore
    from tenants.hotel.store.units import UnitStore
    from tenants.hotel.store.waits import WaitStore


class HotelStore:
    """The ``Hotel`` port. A part is imported when it is first asked for: a start pays for what it uses."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self.now = work.now
        self.orders = OrderStore(work)
        self.setup = SetupStore(work)
        self.calendar = CalendarStore(work.now, capacities=self._capacities)
        self.vault = GuestVault(work.now)

    @cached_property
    def albums(self) -> AlbumStore:
        from tenants.hotel.store.albums import AlbumStore

        return AlbumStore(self._work)

    @cached_property
    def cells(self) -> CellStore:
        from tenants.hotel.store.cells import CellStore

        return CellStore(self._work)

    @cached_property
    def blocks(self) -> BlockStore:
        from tenants.hotel.store.blocks import BlockStore

        return BlockStore(self._work)

    @cached_property
    def channels(self) -> ChannelStore:
        from tenants.hotel.store.channels import ChannelStore

        return ChannelStore(self._work)

    @cached_property
    def caps(self) -> CapStore:
        from tenants.hotel.store.caps import CapStore

        return CapStore(self._work)

    @cached_property
    def codes(self) -> CodeStore:
        from tenants.hotel.store.codes import CodeStore

        return CodeStore(self._work)

    @cached_property
    def marks(self) -> MarkStore:
        from tenants.hotel.store.marks import MarkStore

        return MarkStore(self._work)

    @cached_property
    def hires(self) -> HireStore:
        from tenants.hotel.store.hires import HireStore

        return HireStore(self._work)

    @cached_property
    def stays(self) -> StayStore:
        from tenants.hotel.store.stays import StayStore

        return StayStore(self._work)

    @cached_property
    def guests(self) -> GuestStore:
        from tenants.hotel.store.guests import GuestStore

        return GuestStore(self._work)

    @cached_property
    def tasks(self) -> TaskStore:
        from tenants.hotel.store.tasks import TaskStore

        return TaskStore(self._work)

    @cached_property
    def groups(self) -> GroupStore:
        from tenants.hotel.store.groups import GroupStore

        return GroupStore(self._work)

    @cached_property
    def waits(self) -> WaitStore:
        from tenants.hotel.store.waits import WaitStore

        return WaitStore(self._work)

    @cached_property
    def office(self) -> OfficeStore:
        from tenants.hotel.store.office import OfficeStore

        return OfficeStore(self._work)

    @cached_property
    def units(self) -> UnitStore:
        from tenants.hotel.store.units import UnitStore

        return UnitStore(self._work)

    @cached_property
    def board(self) -> BoardStore:
        from tenants.hotel.store.board import BoardStore

        return BoardStore(self._work)

    @cached_property
    def devices(self) -> DeviceStore:
        from tenants.hotel.store.devices import DeviceStore

        return DeviceStore(self._work)

    @cached_property
    def grants(self) -> GrantStore:
        from tenants.hotel.store.devices import GrantStore

        return GrantStore(self._work)

    @cached_property
    def accounts(self) -> AccountsStore:
        from tenants.hotel.store.accounts import AccountsStore

        return AccountsStore(self._work)

    def stock(self, pools: Mapping[str, tuple[Pool, ...]]) -> Stock:
        return PooledStock(
            BucketStore(), who=current().tenant.id, hints=memory.hints(), pools=pools, sight=_look
        )

    def _capacities(self) -> dict[str, int]:
        house = self.setup.house()
        pools = [kind.pools for kind in house.types.values()] + [one.pools for one in house.extras.values()]
        return {pool.resource: pool.capacity for each in pools for pool in each}

    def publish(self, *events: Event) -> None:
        self._work.publish(*events)

    def because(self, reason: str) -> None:
        self._work.because(reason)

    def if_refused(self, step: Callable[[], object]) -> None:
        self._work.if_refused(step)


def new_unit(now: datetime) -> Callable[[str], AbstractContextManager[HotelStore]]:
    """The ``Unit`` port: a fresh hotel around a fresh work, committed when its block ends well."""

    @contextmanager
    def unit(action: str) -> Iterator[HotelStore]:
        work = UnitOfWork(action=action, now=now)
        yield HotelStore(work)
        if not work.empty:
            work.commit()

    return unit


def _look(slots: Sequence[Slot]) -> None:
    look(slots, hints=memory.hints())

"""What the use cases need from the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.kernel.late import dataclass

if TYPE_CHECKING:  # the ports of money name some of these
    from chalicelib.commerce.orders.ports import Orders
    from chalicelib.commerce.stock import Hold, Pick, Slot, Stock
    from chalicelib.kernel.events import Event
    from tenants.hotel.domain.cap import CapSheet, Piece
    from tenants.hotel.domain.channel import Channel, Closure, Dropped
    from tenants.hotel.domain.codes import Codes
    from tenants.hotel.domain.nights import Counts, Nights
    from tenants.hotel.domain.offer import Sheets
    from tenants.hotel.domain.rooms import Pool
    from tenants.hotel.domain.sheet import Sheet
    from tenants.hotel.usecases.accounts import Accounts
    from tenants.hotel.usecases.desk_ports import Board, Guests, Stays, Units
    from tenants.hotel.usecases.hire_ports import Hires
    from tenants.hotel.usecases.house_ports import Groups, Office, Tasks, Waits
    from tenants.hotel.usecases.key_ports import Devices, Grants
    from tenants.hotel.usecases.photo_ports import Albums
    from tenants.hotel.usecases.setup_ports import Setup
    from tenants.hotel.usecases.vault_ports import Vault


@dataclass(frozen=True, kw_only=True)
class Block:
    """A room out of order for nights ``[first, last)``, with the places that it holds."""

    id: str
    room: str
    property: str
    type: str
    first: date
    last: date
    reason: str
    holds: tuple[Hold, ...]


class Cells(Protocol):
    """Prices and restrictions, a sheet a (type, month)."""

    def read(self, keys: Sequence[tuple[str, str, str]], *, fresh: bool) -> Sheets:
        """Sheets by (property, type, month); ``fresh=False``: may be seconds old. Missing ones are new."""

    def keep(self, property: str, sheet: Sheet) -> None:
        """Join the work: write the sheet if its version is still the one before."""


class Calendar(Protocol):
    """What is taken of the nights."""

    def nights(self, property: str, first: date, last: date, *, fresh: bool) -> Nights:
        """Every touched (resource, slot) with its slot in ``[first, last]``: one query a month."""

    def taken(self, property: str, first: date, last: date) -> Counts:
        """The same for offers, by less: a second old at most, and nothing of what is broken."""

    def of(self, slots: Sequence[Slot]) -> Nights:
        """What is taken of just these, as it is now: one batch for every hundred buckets."""

    def hours(self, property: str, day: date) -> Nights:
        """Every touched (resource, hour) of a day: rooms by the hour, meeting rooms. One query."""


class Blocks(Protocol):
    """Rooms out of order."""

    def find(self, property: str, id: str) -> Block | None: ...

    def all(self, property: str) -> Sequence[Block]: ...

    def keep(self, block: Block, *, taken: Sequence[Pick]) -> None:
        """Join the work: the block is there and its places are taken."""

    def drop(self, block: Block) -> None:
        """Join the work: the block is gone and its places return."""


class Channels(Protocol):
    """Channels and what they have taken."""

    def all(self) -> Sequence[Channel]: ...

    def find(self, id: str) -> Channel | None: ...

    def keep(self, channel: Channel, *, before: Channel | None) -> None:
        """Join the work: a new channel (``before`` None), or the next version of one."""

    def drop(self, channel: Channel) -> None: ...

    def closures(self, channel: str) -> Mapping[str, Closure]:
        """Everything a channel has taken or wants, by its id."""

    def close(self, closure: Closure, *, before: Closure | None) -> None:
        """Join the work: the closure is there and its places stay taken; those of ``before`` return."""

    def reopen(self, closure: Closure) -> None:
        """Join the work: the closure is gone and its places return."""

    def hand_on(self, closure: Closure, *, before: Closure) -> None:
        """Join the work: the places of ``before`` are the booking's that ``closure`` names."""

    def dropped(self, site: str) -> Sequence[Dropped]:
        """Bookings of a house whose entries are in no calendar any more, by the day of arrival."""

    def note(self, dropped: Dropped) -> None:
        """Join the work: somebody must decide about this booking."""

    def decided(self, site: str, order: str) -> None:
        """Join the work: somebody has."""


class Caps(Protocol):
    """How many rooms systems outside let us sell, a sheet a (type, month)."""

    def read(self, site: str, type: str, month: str) -> CapSheet:
        """Strongly consistent; a missing one is new."""

    def between(self, site: str, months: Sequence[str]) -> Sequence[CapSheet]:
        """Every sheet of these months: one query each."""

    def keep(
        self, sheet: CapSheet, *, holder: str, taken: Sequence[Pick], given: Mapping[Piece, int]
    ) -> None:
        """Join the work: the sheet if its version is the next; ``taken`` is the holder's."""


class CodeBook(Protocol):
    """The names that systems outside give to types and plans, a page a property."""

    def read(self, site: str) -> Codes: ...

    def keep(self, codes: Codes) -> None:
        """Join the work: the page if its version is still the one before."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A puller that acknowledges one by one: versions that it was told, and what it took (``id@version``)."""

    told: Mapping[str, int] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()


class Marks(Protocol):
    """How far systems that pull bookings have read."""

    def find(self, puller: str) -> datetime | None: ...

    def keep(self, puller: str, upto: datetime) -> None:
        """Join the work: never back in time."""

    def told(self, puller: str) -> Told: ...

    def tell(self, puller: str, told: Told) -> None:
        """Join the work."""

    def touched(self, *, since: datetime) -> Iterable[tuple[str, datetime]]:
        """(booking, when) of every command since then that changed one; in no order, repeated."""


class Hotel(Protocol):
    """Everything a use case of this module may touch, around one unit of work."""

    @property
    def now(self) -> datetime: ...

    @property
    def orders(self) -> Orders: ...

    @property
    def setup(self) -> Setup: ...

    @property
    def albums(self) -> Albums: ...

    @property
    def cells(self) -> Cells: ...

    @property
    def calendar(self) -> Calendar: ...

    @property
    def blocks(self) -> Blocks: ...

    @property
    def channels(self) -> Channels: ...

    @property
    def caps(self) -> Caps: ...

    @property
    def codes(self) -> CodeBook: ...

    @property
    def marks(self) -> Marks: ...

    @property
    def stays(self) -> Stays: ...

    @property
    def guests(self) -> Guests: ...

    @property
    def units(self) -> Units: ...

    @property
    def board(self) -> Board: ...

    @property
    def devices(self) -> Devices: ...

    @property
    def grants(self) -> Grants: ...

    @property
    def tasks(self) -> Tasks: ...

    @property
    def groups(self) -> Groups: ...

    @property
    def waits(self) -> Waits: ...

    @property
    def office(self) -> Office: ...

    @property
    def hires(self) -> Hires: ...

    @property
    def vault(self) -> Vault: ...

    @property
    def accounts(self) -> Accounts:
        """The money of the same unit of work."""

    def stock(self, pools: Mapping[str, tuple[Pool, ...]]) -> Stock:
        """The kernel, spreading a claim on a type over these pools."""

    def publish(self, *events: Event) -> None: ...

    def because(self, reason: str) -> None:
        """Beside the audit's action: why somebody decided against the rule. A code and figures."""

    def if_refused(self, step: Callable[[], object]) -> None:
        """What was held ahead of this work and goes back at once when it is refused."""


Unit = Callable[[str], AbstractContextManager[Hotel]]
"""A fresh hotel around a fresh unit of work, named by its action; committed when its block ends."""

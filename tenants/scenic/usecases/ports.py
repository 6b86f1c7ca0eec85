"""What the use cases need from the outside."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Protocol

from chalicelib.commerce.orders.ports import Orders
from chalicelib.commerce.stock import Stock
from chalicelib.kernel.events import Event
from chalicelib.kernel.late import dataclass
from tenants.scenic.domain.area import Area, Capacity, Gauge
from tenants.scenic.domain.limit import Limit
from tenants.scenic.domain.passing import Leaving, Passing
from tenants.scenic.domain.product import Product
from tenants.scenic.domain.ticket import Pass, Ticket


class Catalogue(Protocol):
    """Areas and products of the tenant."""

    def area(self, id: str) -> Area: ...

    def areas(self) -> Sequence[Area]: ...

    def product(self, id: str) -> Product: ...

    def products(self) -> Sequence[Product]: ...


class Areas(Protocol):
    """Areas as the set-up changes them."""

    def get(self, id: str) -> Area:
        """The area as it is now, or ``Missing``."""

    def keep(self, area: Area) -> None:
        """Join the work: the area changed, unless somebody wrote it since ``get``."""


class Vault(Protocol):
    """Sealed personal data of the bound tenant."""

    def seal(self, value: Any) -> bytes: ...

    def unseal(self, sealed: bytes) -> Any: ...

    def shown(self, sealed: bytes) -> Any:
        """The same to be shown among others: ``ERASED`` where its key was destroyed."""

    def blind(self, value: str) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Admission:
    """One person through one gate. ``nonce`` names the scan: the same scan again is the same answer."""

    order: str
    number: int
    area: str
    gate: str
    nonce: str
    at: datetime


class Tickets(Protocol):
    """Tickets and their signing key."""

    def issue(self, tickets: Sequence[Ticket]) -> None:
        """Join the work: new tickets."""

    def of(self, order: str) -> Sequence[Ticket]:
        """Every ticket of an order, in order of number."""

    def one(self, order: str, number: int) -> Ticket | None:
        """One ticket, by its order's 16 characters."""

    def take_back(self, tickets: Sequence[Ticket]) -> None:
        """Join the work: refunded, if not used in the meantime."""

    def admit(self, admission: Admission, *, passing: Passing, said: Mapping[str, Any]) -> bool:
        """One conditional write: issued → used by this passing, with its event; whether it happened now."""

    def confirms(self, passing: Passing) -> bool:
        """Whether this passing admitted its ticket. Where it did not, it never will: the ticket is marked."""

    def refuse(self, admission: Admission, *, reason: str, said: Mapping[str, Any]) -> None:
        """Keep a refused scan, with its event, once."""

    def code(self, pass_: Pass) -> str:
        """The signed code of a pass, as printed in the QR."""

    def read(self, code: str) -> Pass:
        """The pass in a code whose signature holds, else ``CodeInvalid``."""


@dataclass(frozen=True, kw_only=True)
class Minute:
    """What has been counted of one minute of one area: who was admitted where, who was refused why."""

    area: str
    minute: datetime
    seen: frozenset[str] = frozenset()
    version: int = 0


class Flow(Protocol):
    """Gauges and counted minutes."""

    def gauge(self, area: str, day: date, *, exact: bool = False) -> Gauge:
        """Who is inside. ``exact``: strongly consistent."""

    def enter(
        self, area: str, day: date, *, passing: Passing, capacity: Capacity
    ) -> tuple[Gauge, Passing] | None:
        """One conditional write: count in, unless a maximum would be passed. The gauge after it, and the
        passing that holds the place: this one, or the one that an earlier sending of the same scan left.
        """

    def confirmed(self, area: str, day: date, passing: Passing) -> None:
        """The ticket says so too: the passing comes off with a later write, at no cost."""

    def passings(self, area: str, day: date) -> Sequence[Passing]:
        """Every passing that the gauge still carries, strongly consistent, the oldest first."""

    def let_go(self, area: str, day: date, passing: Passing) -> None:
        """The ticket says so too: the passing comes off now, and the place stays taken."""

    def give_back(self, area: str, day: date, passing: Passing) -> Gauge | None:
        """One conditional write: the passing comes off and its place is free again; once. Nobody is counted
        below nought: where the person was counted out already, only the day's count goes down.
        """

    def leave(
        self, area: str, day: date, *, leaving: Leaving, said: Mapping[str, Any]
    ) -> tuple[Gauge, Leaving] | None:
        """One conditional write: count out, if so many are inside. The gauge after it, and the leaving that
        it carries: this one, or the one that an earlier sending of the same count left."""

    def noted(self, area: str, day: date, scan: str) -> str:
        """The turn by which these people were counted out for good; none yet: empty. Strongly consistent."""

    def note(self, area: str, day: date, leaving: Leaving) -> str:
        """One conditional write: they were counted out by this turn, unless another was noted; which it was.
        Its own leaving comes off the gauge with a later write, at no cost."""

    def leavings(self, area: str, day: date) -> Sequence[Leaving]:
        """Every leaving that the gauge still carries, strongly consistent, the oldest first."""

    def take_off(self, area: str, day: date, leaving: Leaving) -> None:
        """It is noted: the leaving comes off now."""

    def count_back(self, area: str, day: date, leaving: Leaving) -> Gauge | None:
        """One conditional write: another turn was noted, so these people are counted in again; once."""

    def announce(self, area: str, day: date, *, before: Gauge, after: Gauge) -> None:
        """Join the work: the announced levels and status change, if nobody announced in between."""

    def minute(self, area: str, minute: datetime) -> Minute: ...

    def counted(self, minute: Minute, *, more: frozenset[str]) -> None:
        """Join the work: these scans are counted now."""


class Limits(Protocol):
    """Capacity orders from above, and what was announced of them."""

    def orders(self) -> Sequence[Limit]:
        """Real orders that hold now or later."""

    def said(self, area: str) -> str:
        """The orders that U12 has announced for an area: ids, joined."""

    def say(self, area: str, *, before: str, after: str) -> None:
        """Join the work: these are announced now, if nobody announced in between."""


class Shop(Protocol):
    """Everything a use case of this module may touch, around one unit of work."""

    @property
    def now(self) -> datetime: ...

    @property
    def orders(self) -> Orders: ...

    @property
    def stock(self) -> Stock: ...

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def tickets(self) -> Tickets: ...

    @property
    def flow(self) -> Flow: ...

    @property
    def limits(self) -> Limits: ...

    @property
    def vault(self) -> Vault: ...

    def publish(self, *events: Event) -> None: ...

    def envelope(self, event: Event) -> Mapping[str, Any]:
        """The event as it would be sent, for a row that carries its own outbox."""


Unit = Callable[[str], AbstractContextManager[Shop]]
"""A fresh shop around a fresh unit of work, named by its action; committed when its block ends."""

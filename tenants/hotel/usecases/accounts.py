"""What the use cases of money need from the outside: folios, the business day, shifts, the city ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.kernel.late import dataclass

if TYPE_CHECKING:
    from chalicelib.commerce.orders.ports import Orders
    from chalicelib.kernel.events import Event
    from tenants.hotel.domain.charges import Charge, TaxPart
    from tenants.hotel.domain.fapiao import Fapiao, Seller
    from tenants.hotel.domain.folio import Entry, Folio
    from tenants.hotel.domain.receivable import Company, Line
    from tenants.hotel.domain.shift import Shift
    from tenants.hotel.usecases.audit_ports import Audits
    from tenants.hotel.usecases.setup_ports import Setup
    from tenants.hotel.usecases.vault_ports import Vault


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A folio before (nothing: it is new) and after, with the entries between the two."""

    before: Folio | None
    after: Folio
    entries: tuple[Entry, ...] = ()


class Folios(Protocol):
    """Folios. What is not closed can be listed; whatever is read is what was committed last."""

    def find(self, id: str, *, closed: bool = True) -> Folio | None:
        """The folio, if it is there; ``closed=False``: only among those that are not."""

    def get(self, id: str) -> Folio:
        """The folio, or ``Missing``."""

    def several(self, ids: Iterable[str]) -> Mapping[str, Folio]: ...

    def windows(self, account: str) -> Sequence[Folio]:
        """Every folio of an account, in order."""

    def entries(self, folio: Folio) -> Sequence[Entry]:
        """Every entry, in order."""

    def open(self) -> Sequence[Folio]:
        """Every folio that is not closed."""

    def post(self, postings: Sequence[Posting], *, day: date | None) -> None:
        """Join the work: folios, entries and the day book, once a work. Versions are checked.

        day: the business day that must still be open (``BusinessDayMoved``); nothing: the audit itself posts.
        """

    def keep(self, folio: Folio, *, before: Folio) -> None:
        """Join the work: a change without entries."""


class DayBook(Protocol):
    """Every entry of a business day, whatever folio it stands on; and which day it is."""

    def today(self, property: str) -> date:
        """The business day of a property: it ends when the night audit says so, not at midnight."""

    def entries(self, property: str, day: date) -> Sequence[Entry]: ...


class Shifts(Protocol):
    """Cashiers' shifts."""

    def mine(self, cashier: str, *, site: str) -> Shift | None:
        """The open shift of a cashier in a house."""

    def all_open(self, *, site: str | None = None) -> Sequence[Shift]:
        """Of a house, or of every house."""

    def closed(self, month: str, *, site: str | None = None) -> Sequence[Shift]:
        """Shifts that were closed in a month ``yyyymm``, newest first; of a house, or of every house."""

    def keep(self, shift: Shift, *, before: Shift | None) -> None:
        """Join the work: open, change or close a shift."""


class Companies(Protocol):
    """The city ledger."""

    def all(self) -> Sequence[Company]: ...

    def get(self, id: str) -> Company: ...

    def find(self, id: str) -> Company | None: ...

    def lines(self, company: Company, *, first: int = 1) -> Sequence[Line]:
        """The lines of an account from number ``first`` on."""

    def keep(self, company: Company, *, before: Company | None, line: Line | None = None) -> None:
        """Join the work."""


class Charges(Protocol):
    """Charge codes as this property uses them."""

    def get(self, code: str) -> Charge:
        """The charge, or ``ChargeUnknown``."""

    def all(self) -> Sequence[Charge]: ...

    def taxes(self, charge: Charge, amount: int, *, day: date) -> tuple[TaxPart, ...]:
        """The tax that such an amount contains on that day."""


class Fapiaos(Protocol):
    """Invoices. Writing joins the work."""

    def get(self, id: str) -> Fapiao: ...

    def of_folio(self, folio: Folio) -> Sequence[Fapiao]: ...

    def of_month(self, month: str) -> Sequence[Fapiao]:
        """Those asked for in a month ``yyyymm``, newest first."""

    def waiting(self) -> Sequence[Fapiao]:
        """Those that the tax platform is still to be asked about."""

    def create(self, fapiao: Fapiao, *, folio: Folio) -> None: ...

    def keep(self, fapiao: Fapiao, *, before: Fapiao) -> None: ...

    def seller(self, site: str) -> Seller: ...

    def keep_seller(self, site: str, seller: Seller) -> None: ...


class Accounts(Protocol):
    """Everything a use case of money may touch, around one unit of work."""

    @property
    def now(self) -> datetime: ...

    @property
    def by(self) -> str:
        """Who acts."""

    @property
    def folios(self) -> Folios: ...

    @property
    def book(self) -> DayBook: ...

    @property
    def shifts(self) -> Shifts: ...

    @property
    def companies(self) -> Companies: ...

    @property
    def charges(self) -> Charges: ...

    @property
    def fapiaos(self) -> Fapiaos: ...

    @property
    def audits(self) -> Audits: ...

    @property
    def setup(self) -> Setup: ...

    @property
    def orders(self) -> Orders: ...

    @property
    def vault(self) -> Vault: ...

    def publish(self, *events: Event) -> None: ...

    def because(self, reason: str) -> None:
        """Beside the audit's action: why somebody decided against the rule. A code and figures."""


AccountsUnit = Callable[[str], AbstractContextManager[Accounts]]
"""Fresh accounts around a fresh unit of work, named by its action; committed when its block ends."""

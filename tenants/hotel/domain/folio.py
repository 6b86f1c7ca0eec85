"""The folio 账单: who owes what. Entries are only ever added; what was wrong is answered by a contra entry.

An account (a stay, an order before arrival, a group, a visitor off the street) has windows; a window is a
folio. Its balance is the sum of its entries, kept with it and provable from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.charges import Department, TaxPart
from tenants.hotel.domain.folio_refusals import (
    BalanceOpen,
    FolioOver,
    RouteCircular,
)

_NEVER = datetime.min.replace(tzinfo=UTC)


class Payer(StrEnum):
    GUEST = "guest"
    GROUP = "group"
    COMPANY = "company"


class State(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
    CLOSED = "closed"


class Sort(StrEnum):
    CHARGE = "charge"
    PAYMENT = "payment"
    DEPOSIT = "deposit"


class Means(StrEnum):
    """How money moved. ``prepaid``: with the order, long ago; ``ledger``: a company owes it from now on."""

    CASH = "cash"
    TERMINAL = "terminal"
    SCAN = "scan"
    TRANSFER = "transfer"
    ONLINE = "online"
    PREPAID = "prepaid"
    LEDGER = "ledger"


BY_HAND = frozenset({Means.CASH, Means.TERMINAL, Means.SCAN, Means.TRANSFER})
"""Money that a person took: a mistake in it is answered by a contra. What a provider took is refunded."""


class Link(StrEnum):
    """How an entry belongs to the one that ``of`` names."""

    CONTRA = "contra"
    MOVED = "moved"
    PART = "part"
    REFUND = "refund"
    APPLIED = "applied"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a folio. ``amount`` in fen: charges above nothing, payments below; ``taxes`` are inside it.

    of: ``<folio>#<number>`` of the entry that ``link`` speaks of. ref: ``<provider>|<its reference>``.
    order: whose receipt the money came with. Until it is posted, an entry has no folio and no number.
    """

    sort: Sort
    code: str
    amount: int
    taxes: tuple[TaxPart, ...] = ()
    department: Department = Department.OTHER
    text: str = ""
    room: str = ""
    stay: str = ""
    link: Link | None = None
    of: str = ""
    ref: str = ""
    order: str = ""
    folio: str = ""
    number: int = 0
    day: date = date.min
    at: datetime = _NEVER
    by: str = ""
    shift: str = ""

    @property
    def key(self) -> str:
        """Its name everywhere."""
        return f"{self.folio}#{self.number}"

    @property
    def tax(self) -> int:
        return sum(part.amount for part in self.taxes)

    @property
    def net(self) -> int:
        return self.amount - self.tax

    @property
    def means(self) -> Means | None:
        """How the money moved; nothing for a charge."""
        return None if self.sort is Sort.CHARGE else Means(self.code)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """When, on which business day, by whom and in which cashier's shift entries are posted."""

    at: datetime
    day: date
    by: str
    shift: str = ""


@dataclass(frozen=True, kw_only=True)
class Folio:
    """A window of an account. ``balance`` is what its payer owes (below nothing: has to their credit).

    company: the city ledger's account that answers for it. routes: department, code or ``*`` → the folio that
    takes such charges. night: the last night whose room was charged from here. countries: how many of the
    stay's guests come from where. beside: refs of payments that came once it was closed, and went back.
    """

    id: str
    site: str
    payer: Payer
    title: str
    opened: date
    room: str = ""
    stay: str = ""
    order: str = ""
    company: str = ""
    state: State = State.OPEN
    charged: int = 0
    paid: int = 0
    deposits: int = 0
    entries: int = 0
    routes: Mapping[str, str] = field(default_factory=dict)
    night: date | None = None
    countries: Mapping[str, int] = field(default_factory=dict)
    ended: date | None = None
    beside: tuple[str, ...] = ()
    version: int = 0

    @property
    def account(self) -> str:
        """What its windows have in common."""
        return self.id.rpartition(".")[0]

    @property
    def window(self) -> int:
        return int(self.id.rpartition(".")[2])

    @property
    def balance(self) -> int:
        return self.charged - self.paid - self.deposits

    def posted(self, entries: Sequence[Entry], stamp: Stamp) -> "tuple[Folio, tuple[Entry, ...]]":
        """The folio after these entries, and the entries with their numbers. Raises ``FolioOver``."""
        if self.state is not State.OPEN:
            raise FolioOver(folio=self.id, state=str(self.state))
        made = tuple(
            replace(
                entry,
                folio=self.id,
                number=self.entries + place,
                day=stamp.day,
                at=stamp.at,
                by=stamp.by,
                shift=stamp.shift,
                room=entry.room or self.room,
                stay=entry.stay or self.stay,
            )
            for place, entry in enumerate(entries, start=1)
        )
        sums = {sort: sum(entry.amount for entry in made if entry.sort is sort) for sort in Sort}
        after = replace(
            self,
            charged=self.charged + sums[Sort.CHARGE],
            paid=self.paid - sums[Sort.PAYMENT],
            deposits=self.deposits - sums[Sort.DEPOSIT],
            entries=self.entries + len(made),
            version=self.version + 1,
        )
        return after, made

    def settled(self, day: date) -> "Folio":
        """Nothing is owed either way: the bill is final unless it is opened again. Raises ``BalanceOpen``."""
        if self.state is not State.OPEN:
            raise FolioOver(folio=self.id, state=str(self.state))
        if self.balance or self.deposits:
            raise BalanceOpen(folio=self.id, balance=Money(self.balance), deposits=Money(self.deposits))
        return replace(self, state=State.SETTLED, ended=day, version=self.version + 1)

    def reopened(self) -> "Folio":
        """A settled bill takes entries again: something was found late. A closed one never does."""
        if self.state is not State.SETTLED:
            raise FolioOver(folio=self.id, state=str(self.state))
        return replace(self, state=State.OPEN, ended=None, version=self.version + 1)

    def closed(self) -> "Folio":
        """For good."""
        if self.state is not State.SETTLED:
            raise FolioOver(folio=self.id, state=str(self.state))
        return replace(self, state=State.CLOSED, version=self.version + 1)

    def turned_away(self, ref: str) -> "Folio":
        """Money came for it after it was closed: none of its own, but known, however often it is told."""
        return replace(self, beside=(*self.beside, ref), version=self.version + 1)

    def through(self, night: date) -> "Folio":
        """Its stay's nights are posted up to and with this one, wherever they went."""
        return replace(self, night=night, version=self.version + 1)

    def routed(self, routes: Mapping[str, str], others: Mapping[str, "Folio"]) -> "Folio":
        """Send kinds of charges to other windows. A folio that itself sends on cannot receive."""
        for target in routes.values():
            other = others.get(target)
            if other is None or other.state is not State.OPEN:
                raise FolioOver(folio=target, state=str(other.state) if other is not None else "missing")
            if target == self.id or other.routes:
                raise RouteCircular(folio=target)
        return replace(self, routes=dict(routes), version=self.version + 1)

    def route(self, code: str, department: Department) -> str:
        """The folio that takes such a charge: the narrowest rule that fits."""
        for rule in (code, str(department), "*"):
            if rule in self.routes:
                return self.routes[rule]
        return self.id


def summed(folio: Folio, entries: Iterable[Entry]) -> Folio:
    """The folio with its sums computed from its entries: what the kept ones must equal."""
    sums = dict.fromkeys(Sort, 0)
    count = 0
    for entry in entries:
        sums[entry.sort] += entry.amount
        count += 1
    return replace(
        folio,
        charged=sums[Sort.CHARGE],
        paid=-sums[Sort.PAYMENT],
        deposits=-sums[Sort.DEPOSIT],
        entries=count,
    )


def living(entries: Sequence[Entry]) -> list[Entry]:
    """What still stands: neither a contra nor answered by one."""
    gone = {entry.of for entry in entries if entry.link is Link.CONTRA}
    return [entry for entry in entries if entry.link is not Link.CONTRA and entry.key not in gone]

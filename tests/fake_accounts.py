"""The ports of money in memory: the same conditions and refusals, no table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import Event
from tenants.hotel.domain.charges import BY_CODE, CHARGES, Charge, TaxPart, contained, permille_on
from tenants.hotel.domain.folio import Entry, Folio, State
from tenants.hotel.domain.folio_refusals import BusinessDayMoved, ChargeUnknown, FolioThere, ShiftThere
from tenants.hotel.domain.receivable import Company, Line
from tenants.hotel.domain.shift import Shift
from tenants.hotel.usecases.accounts import Posting
from tests.fake_hotel import FakeHotel, HotelMemory
from tests.fakes import Work


@dataclass
class Books(HotelMemory):
    """What one hotel has, with its money."""

    folios: dict[str, Folio] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    shifts: dict[str, Shift] = field(default_factory=dict)
    past: list[Shift] = field(default_factory=list)
    companies: dict[str, Company] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)


class FakeAccounts(FakeHotel):
    """The ``Accounts`` port around one work."""

    def __init__(self, work: Work, *, by: str = "member:cashier") -> None:
        super().__init__(work)
        assert isinstance(work.memory, Books)
        self.books, self.by = work.memory, by
        self.folios = FakeFolios(self.books, work)
        self.book = FakeBook(self.books, self)
        self.shifts = FakeShifts(self.books, work)
        self.companies = FakeCompanies(self.books, work)
        self.charges = FakeCharges()

    def publish(self, *events: Event) -> None:
        self._work.publish(*events)


class FakeFolios:
    """The ``Folios`` port."""

    def __init__(self, books: Books, work: Work) -> None:
        self._books, self._work = books, work

    def find(self, id: str) -> Folio | None:
        return self._books.folios.get(id)

    def get(self, id: str) -> Folio:
        found = self.find(id)
        if found is None:
            raise Missing(folio=id)
        return found

    def several(self, ids: Iterable[str]) -> Mapping[str, Folio]:
        return {id: self._books.folios[id] for id in ids if id in self._books.folios}

    def windows(self, account: str) -> Sequence[Folio]:
        found = [one for one in self._books.folios.values() if one.account == account]
        return sorted(found, key=lambda one: one.window)

    def entries(self, folio: Folio) -> Sequence[Entry]:
        return [one for one in self._books.entries if one.folio == folio.id and one.number <= folio.entries]

    def open(self) -> Sequence[Folio]:
        found = [one for one in self._books.folios.values() if one.state is not State.CLOSED]
        return sorted(found, key=lambda one: one.id)

    def post(self, postings: Sequence[Posting], *, day: date | None) -> None:
        for posting in postings:
            self._head(posting.after, posting.before)
        made = [entry for posting in postings for entry in posting.entries]
        self._work.join(lambda: True, lambda: self._books.entries.extend(made))
        site = postings[0].after.site
        if day is not None:
            days = self._books.days
            self._work.join(lambda: days.get(site, day) == day, lambda: None, BusinessDayMoved())

    def keep(self, folio: Folio, *, before: Folio) -> None:
        self._head(folio, before)

    def _head(self, after: Folio, before: Folio | None) -> None:
        folios = self._books.folios

        def same() -> bool:
            kept = folios.get(after.id)
            return kept is None if before is None else kept is not None and kept.version == before.version

        there = FolioThere() if before is None else None
        self._work.join(same, lambda: folios.update({after.id: after}), there)


class FakeBook:
    """The ``DayBook`` port."""

    def __init__(self, books: Books, accounts: FakeAccounts) -> None:
        self._books, self._accounts = books, accounts

    def today(self, property: str) -> date:
        open_ = self._books.days.get(property)
        return open_ or self._books.properties[property].night_of(self._accounts.now)

    def entries(self, property: str, day: date) -> Sequence[Entry]:
        folios = self._books.folios
        return [one for one in self._books.entries if one.day == day and folios[one.folio].site == property]


class FakeShifts:
    """The ``Shifts`` port."""

    def __init__(self, books: Books, work: Work) -> None:
        self._books, self._work = books, work

    def mine(self, cashier: str) -> Shift | None:
        return self._books.shifts.get(cashier)

    def all_open(self) -> Sequence[Shift]:
        return list(self._books.shifts.values())

    def closed(self, month: str) -> Sequence[Shift]:
        return list(reversed(self._books.past))

    def keep(self, shift: Shift, *, before: Shift | None) -> None:
        shifts = self._books.shifts

        def same() -> bool:
            kept = shifts.get(shift.cashier)
            return kept is None if before is None else kept is not None and kept.version == before.version

        def change() -> None:
            if shift.closed is None:
                shifts[shift.cashier] = shift
            else:
                shifts.pop(shift.cashier)
                self._books.past.append(shift)

        self._work.join(same, change, ShiftThere() if before is None else None)


class FakeCompanies:
    """The ``Companies`` port."""

    def __init__(self, books: Books, work: Work) -> None:
        self._books, self._work = books, work

    def all(self) -> Sequence[Company]:
        return list(self._books.companies.values())

    def find(self, id: str) -> Company | None:
        return self._books.companies.get(id)

    def get(self, id: str) -> Company:
        found = self.find(id)
        if found is None:
            raise Missing(company=id)
        return found

    def lines(self, company: Company, *, first: int = 1) -> Sequence[Line]:
        return [line for line in self._books.lines.get(company.id, []) if line.number >= first]

    def keep(self, company: Company, *, before: Company | None, line: Line | None = None) -> None:
        companies, lines = self._books.companies, self._books.lines

        def same() -> bool:
            kept = companies.get(company.id)
            return kept is None if before is None else kept is not None and kept.version == before.version

        def change() -> None:
            companies[company.id] = company
            if line is not None:
                lines.setdefault(company.id, []).append(line)

        self._work.join(same, change)


class FakeCharges:
    """The ``Charges`` port: the usual codes."""

    def get(self, code: str) -> Charge:
        if code not in BY_CODE:
            raise ChargeUnknown(code=code)
        return BY_CODE[code]

    def all(self) -> Sequence[Charge]:
        return CHARGES

    def taxes(self, charge: Charge, amount: int, *, day: date) -> tuple[TaxPart, ...]:
        return contained(amount, code="vat", permille=permille_on(charge.rate, day))

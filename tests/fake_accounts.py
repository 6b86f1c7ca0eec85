"""The ports of money in memory: the same conditions and refusals, no table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import Event
from tenants.hotel.domain.charges import BY_CODE, CHARGES, Charge, TaxPart, contained, permille_on
from tenants.hotel.domain.fapiao import Fapiao, Seller
from tenants.hotel.domain.folio import Entry, Folio, State
from tenants.hotel.domain.folio_refusals import BusinessDayMoved, ChargeUnknown, FolioThere, ShiftThere
from tenants.hotel.domain.night_audit import AuditRules, DayFigures, Position, Report, RoomNight
from tenants.hotel.domain.receivable import Company, Line
from tenants.hotel.domain.shift import Shift
from tenants.hotel.usecases.accounts import Posting
from tenants.hotel.usecases.audit_ports import Snapshot
from tests.fakes import Work


class FakeAccounts:
    """The ``Accounts`` port around one work."""

    def __init__(self, hotel: Any, work: Work, *, by: str = "member:cashier") -> None:
        books = work.memory
        self._work, self.now, self.by = work, work.now, by
        self.setup, self.orders, self.vault = hotel.setup, hotel.orders, hotel.vault
        self.folios = FakeFolios(books, work)
        self.book = FakeBook(books, self)
        self.shifts = FakeShifts(books, work)
        self.companies = FakeCompanies(books, work)
        self.charges = FakeCharges()
        self.audits = FakeAudits(books, work)
        self.fapiaos = FakeFapiaos(books, work)

    def publish(self, *events: Event) -> None:
        self._work.publish(*events)

    def because(self, reason: str) -> None:
        self._work.because(reason)


class FakeFolios:
    """The ``Folios`` port."""

    def __init__(self, books: Any, work: Work) -> None:
        self._books, self._work = books, work

    def find(self, id: str, *, closed: bool = True) -> Folio | None:
        found: Folio | None = self._books.folios.get(id)
        return None if found is not None and found.state is State.CLOSED and not closed else found

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
            days = self._books.days.open
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

    def __init__(self, books: Any, accounts: FakeAccounts) -> None:
        self._books, self._accounts = books, accounts

    def today(self, property: str) -> date:
        open_ = self._books.days.open.get(property)
        return open_ or self._books.properties[property].night_of(self._accounts.now)

    def entries(self, property: str, day: date) -> Sequence[Entry]:
        folios = self._books.folios
        return [one for one in self._books.entries if one.day == day and folios[one.folio].site == property]


class FakeShifts:
    """The ``Shifts`` port."""

    def __init__(self, books: Any, work: Work) -> None:
        self._books, self._work = books, work

    def mine(self, cashier: str, *, site: str) -> Shift | None:
        return next((one for one in self.all_open(site=site) if one.cashier == cashier), None)

    def all_open(self, *, site: str | None = None) -> Sequence[Shift]:
        return [one for one in self._books.shifts.values() if one.serves(site)]

    def closed(self, month: str, *, site: str | None = None) -> Sequence[Shift]:
        return [one for one in reversed(self._books.past) if one.serves(site)]

    def keep(self, shift: Shift, *, before: Shift | None) -> None:
        shifts, own = self._books.shifts, (shift.cashier, shift.site)

        def same() -> bool:
            kept = shifts.get(own)
            return kept is None if before is None else kept is not None and kept.version == before.version

        def change() -> None:
            if shift.closed is None:
                shifts[own] = shift
            else:
                shifts.pop(own)
                self._books.past.append(shift)

        self._work.join(same, change, ShiftThere() if before is None else None)


class FakeCompanies:
    """The ``Companies`` port."""

    def __init__(self, books: Any, work: Work) -> None:
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


@dataclass
class Days:
    """Business days: open, being closed, and what is kept of closed ones."""

    open: dict[str, date] = field(default_factory=dict)
    closing: dict[str, tuple[date, datetime]] = field(default_factory=dict)
    rules: dict[str, AuditRules] = field(default_factory=dict)
    facts: list[tuple[str, RoomNight]] = field(default_factory=list)
    reports: dict[tuple[str, date], Report] = field(default_factory=dict)
    figures: dict[tuple[str, date], DayFigures] = field(default_factory=dict)
    snapshots: dict[tuple[str, date], Snapshot] = field(default_factory=dict)


class FakeAudits:
    """The ``Audits`` port."""

    def __init__(self, books: Any, work: Work) -> None:
        self._days: Days = books.days
        self._work = work

    def rules(self, property: str) -> AuditRules:
        return self._days.rules.get(property, AuditRules())

    def keep_rules(self, property: str, rules: AuditRules) -> None:
        self._work.join(lambda: True, lambda: self._days.rules.update({property: rules}))

    def position(self, property: str) -> Position | None:
        if property not in self._days.open:
            return None
        closing, began = self._days.closing.get(property, (None, None))
        return Position(open=self._days.open[property], closing=closing, began=began)

    def begin(self, property: str, day: date, *, at: datetime) -> None:
        days = self._days

        def change() -> None:
            days.open[property] = day + timedelta(days=1)
            days.closing[property] = (day, at)

        self._work.join(lambda: days.open.get(property, day) == day and property not in days.closing, change)

    def facts(self, property: str, day: date) -> Sequence[RoomNight]:
        return [fact for site, fact in self._days.facts if site == property and fact.day == day]

    def note(self, property: str, facts: Sequence[RoomNight]) -> None:
        known = {(site, fact.night, fact.stay) for site, fact in self._days.facts}
        fresh = [(property, fact) for fact in facts]
        self._work.join(
            lambda: not any((property, fact.night, fact.stay) in known for fact in facts),
            lambda: self._days.facts.extend(fresh),
        )

    def finish(self, report: Report, figures: DayFigures, snapshot: Snapshot) -> None:
        days, key = self._days, (report.site, report.day)

        def change() -> None:
            days.reports[key], days.figures[key], days.snapshots[key] = report, figures, snapshot
            days.closing.pop(report.site)

        self._work.join(lambda: days.closing.get(report.site, (None,))[0] == report.day, change)

    def report(self, property: str, day: date) -> Report | None:
        return self._days.reports.get((property, day))

    def reports(self, property: str, month: str) -> Sequence[Report]:
        found = [one for (site, _), one in self._days.reports.items() if site == property]
        return sorted(found, key=lambda one: one.day, reverse=True)

    def figures(self, property: str, first: date, last: date) -> Sequence[DayFigures]:
        found = [
            one
            for (site, day), one in self._days.figures.items()
            if site == property and first <= day <= last
        ]
        return sorted(found, key=lambda one: one.day)

    def snapshots(self, property: str, days: Sequence[date]) -> Mapping[date, Snapshot]:
        return {day: one for (_, day), one in self._days.snapshots.items() if day in days}


class FakeFapiaos:
    """The ``Fapiaos`` port."""

    def __init__(self, books: Any, work: Work) -> None:
        self._kept: dict[str, Fapiao] = books.fapiaos
        self._sellers: dict[str, Seller] = books.sellers
        self._work = work

    def get(self, id: str) -> Fapiao:
        if id not in self._kept:
            raise Missing(invoice=id)
        return self._kept[id]

    def of_folio(self, folio: Folio) -> Sequence[Fapiao]:
        return [one for one in self._kept.values() if one.folio == folio.id]

    def of_month(self, month: str) -> Sequence[Fapiao]:
        return sorted(self._kept.values(), key=lambda one: one.id, reverse=True)

    def waiting(self) -> Sequence[Fapiao]:
        return [one for one in self._kept.values() if one.waits]

    def create(self, fapiao: Fapiao, *, folio: Folio) -> None:
        kept = self._kept
        self._work.join(lambda: fapiao.id not in kept, lambda: kept.update({fapiao.id: fapiao}))

    def keep(self, fapiao: Fapiao, *, before: Fapiao) -> None:
        kept = self._kept
        self._work.join(
            lambda: kept[fapiao.id].version == before.version, lambda: kept.update({fapiao.id: fapiao})
        )

    def seller(self, site: str) -> Seller:
        return self._sellers.get(site, Seller())

    def keep_seller(self, site: str, seller: Seller) -> None:
        self._work.join(lambda: True, lambda: self._sellers.update({site: seller}))

"""The city ledger 应收账: companies that pay later, with a limit, what is open, and how old it is."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.folio_refusals import CompanyOff, CreditOver, SettledTooMuch

BANDS = (0, 30, 60, 90)
"""Days overdue at which an open amount moves to the next column: not due, 1–30, 31–60, 61–90, more."""


class Move(StrEnum):
    TRANSFER = "transfer"
    SETTLEMENT = "settlement"
    RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a company's account: what a folio sent (above nothing), what it paid or got back (below)."""

    number: int
    move: Move
    amount: int
    day: date
    due: date
    folio: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Company:
    """A company account. ``days`` to pay; ``limit`` fen, 0: none is given. ``number``: its 统一社会信用代码.

    Money received settles the oldest first: ``first`` is the number of the oldest line that is not covered,
    ``rest`` what of it is covered already. So its age is known without reading what was paid long ago.
    """

    id: str
    name: str
    number: str = ""
    limit: int = 0
    days: int = 30
    on: bool = True
    balance: int = 0
    lines: int = 0
    first: int = 1
    rest: int = 0
    version: int = 0

    def charged(
        self, amount: int, *, folio: str, text: str, day: date, by: str, at: datetime
    ) -> "tuple[Company, Line]":
        """A folio's balance becomes the company's debt. Raises ``CompanyOff``, ``CreditOver``."""
        if not self.on:
            raise CompanyOff(company=self.id)
        if self.balance + amount > self.limit:
            raise CreditOver(after=Money(self.balance + amount), limit=Money(self.limit))
        due = date.fromordinal(day.toordinal() + self.days)
        line = self._line(Move.TRANSFER, amount, folio=folio, text=text, day=day, due=due, by=by, at=at)
        return self._with(line), line

    def paid(
        self,
        amount: int,
        *,
        text: str,
        day: date,
        by: str,
        at: datetime,
        open: Sequence[Line],
        folio: str = "",
        move: Move = Move.SETTLEMENT,
    ) -> "tuple[Company, Line]":
        """Money arrives, or a folio takes something back: the oldest of ``open`` (every line from ``first``
        on) is settled first. Raises ``SettledTooMuch``."""
        if not 0 < amount <= self.balance:
            raise SettledTooMuch(owed=Money(self.balance))
        line = self._line(move, -amount, folio=folio, text=text, day=day, due=day, by=by, at=at)
        first, rest = self.first, self.rest + amount
        for old in sorted(open, key=lambda one: one.number):
            if old.number < first:
                continue
            if old.amount > 0:
                if rest < old.amount:
                    break
                rest -= old.amount
            first = old.number + 1
        return replace(self._with(line), first=first, rest=rest), line

    def _with(self, line: Line) -> "Company":
        return replace(self, balance=self.balance + line.amount, lines=line.number, version=self.version + 1)

    def _line(
        self,
        move: Move,
        amount: int,
        *,
        folio: str,
        text: str,
        day: date,
        due: date,
        by: str,
        at: datetime,
    ) -> Line:
        return Line(
            number=self.lines + 1,
            move=move,
            amount=amount,
            day=day,
            due=due,
            folio=folio,
            text=text,
            by=by,
            at=at,
        )


def ageing(company: Company, open: Iterable[Line], *, today: date) -> tuple[int, ...]:
    """What is open by age: not due, then one sum a band of ``BANDS``. Adds up to the balance."""
    bands = [0] * (len(BANDS) + 1)
    rest = company.rest
    for line in sorted(open, key=lambda one: one.number):
        if line.amount <= 0 or line.number < company.first:
            continue
        covered = min(rest, line.amount)
        rest -= covered
        overdue = (today - line.due).days
        bands[sum(1 for band in BANDS if overdue > band)] += line.amount - covered
    return tuple(bands)

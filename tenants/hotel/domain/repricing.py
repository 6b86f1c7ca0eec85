"""Repricing: how a price becomes another one, and what a change means cell by cell before it is written."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.sheet import FREE, Change, Rule, Sheet, days_in

STEPS = (1, 100, 500, 1000)
"""What a raised price is rounded to, in fen: a fen, one yuan, five, ten."""


class How(StrEnum):
    """Set a price; change it by thousandths of itself; change it by an amount."""

    SET = "set"
    SHARE = "share"
    ADD = "add"


@dataclass(frozen=True, kw_only=True)
class Pricing:
    """``value``: fen (set, add) or thousandths (share: 100 is ten per cent more). ``step``: rounded to it."""

    how: How
    value: int
    step: int = 1

    def of(self, price: int | None) -> int | None:
        """The price after it; a price that nobody set has nothing to be raised from."""
        if self.how is How.SET:
            return self.value
        if price is None:
            return None
        thousandths = price * (1000 + self.value) if self.how is How.SHARE else (price + self.value) * 1000
        return max(0, (thousandths * 2 + self.step * 1000) // (self.step * 2000) * self.step)


@dataclass(frozen=True)
class PriceEdit:
    """A night's price of a base plan, in fen: before (nothing: never set) and after."""

    type: str
    plan: str
    day: date
    before: int | None
    after: int | None


@dataclass(frozen=True)
class RuleEdit:
    """A day's restrictions of a type: before and after."""

    type: str
    day: date
    before: Rule
    after: Rule


def edits(
    before: Sheet, changes: Iterable[tuple[int, Change]]
) -> tuple[tuple[PriceEdit, ...], tuple[RuleEdit, ...]]:
    """What these changes would make different on a sheet; a cell that stays as it is does not count."""
    after = before.with_changes(changes)
    year, month = int(before.month[:4]), int(before.month[4:])
    return (
        tuple(_prices(before, after, year, month)),
        tuple(
            RuleEdit(before.type, date(year, month, day), was, becomes)
            for day in sorted({*before.rules, *after.rules})
            if (was := before.rules.get(day, FREE)) != (becomes := after.rules.get(day, FREE))
        ),
    )


def seal(prices: Iterable[PriceEdit], rules: Iterable[RuleEdit]) -> str:
    """A short word for exactly these edits: what was shown is what is written, or it is shown again."""
    return hashlib.sha256(repr((tuple(prices), tuple(rules))).encode()).hexdigest()[:32]


def _prices(before: Sheet, after: Sheet, year: int, month: int) -> Iterator[PriceEdit]:
    empty = (None,) * days_in(before.month)
    for plan, becomes in sorted(after.prices.items()):
        was = before.prices.get(plan, empty)
        for place, (old, new) in enumerate(zip(was, becomes, strict=True)):
            if old != new:
                yield PriceEdit(before.type, plan, date(year, month, place + 1), old, new)

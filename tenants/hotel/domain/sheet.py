"""Cells: the price of a (type, plan, day) and the restrictions of a (type, day), a type's month a sheet.

Per-day cells and no rules: there is nothing to merge, and a month is read and written as one piece.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import date

from chalicelib.kernel.late import dataclass

Prices = tuple[int | None, ...]
NAMES = (
    "stop_sell",
    "closed_to_arrival",
    "closed_to_departure",
    "min_arrival",
    "max_arrival",
    "min_through",
    "max_through",
)


@dataclass(frozen=True)
class Rule:
    """The restrictions of one day. Lengths in nights, 0: none.

    ``*_arrival`` bind a stay that begins this day; ``*_through`` every stay that has this night in it;
    ``closed_to_departure`` a stay that ends this day.
    """

    stop_sell: bool = False
    closed_to_arrival: bool = False
    closed_to_departure: bool = False
    min_arrival: int = 0
    max_arrival: int = 0
    min_through: int = 0
    max_through: int = 0


FREE = Rule()


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one row of an update says of a day. ``None`` leaves a cell alone; a length of 0 takes it away.

    ``clear``: the plan has no price that day any more.
    """

    plan: str | None = None
    price: int | None = None
    clear: bool = False
    rule: Mapping[str, int | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A type's month: prices by base plan (one place a day) and the days that have restrictions."""

    type: str
    month: str
    prices: Mapping[str, Prices] = field(default_factory=dict)
    rules: Mapping[int, Rule] = field(default_factory=dict)
    version: int = 0

    def price(self, plan: str, day: date) -> int | None:
        """The price of a base plan's night in fen, if one was set."""
        prices = self.prices.get(plan)
        return prices[day.day - 1] if prices is not None else None

    def rule(self, day: date) -> Rule:
        """The restrictions of a day of this month."""
        return self.rules.get(day.day, FREE)

    def with_changes(self, changes: Iterable[tuple[int, Change]]) -> "Sheet":
        """The sheet after ``(day of month, change)`` in their order; a later one wins."""
        empty = [None] * days_in(self.month)
        prices = {plan: list(row) for plan, row in self.prices.items()}
        rules: dict[int, dict[str, int | bool]] = {}
        for day, change in changes:
            if (change.price is not None or change.clear) and change.plan is not None:
                prices.setdefault(change.plan, list(empty))[day - 1] = change.price
            if change.rule:
                rules.setdefault(day, {}).update(change.rule)
        made = dict(self.rules)
        for day, words in rules.items():
            rule = replace(made.get(day, FREE), **words)  # type: ignore[arg-type]  # names checked at the edge
            if rule == FREE:
                made.pop(day, None)
            else:
                made[day] = rule
        return replace(
            self,
            prices={plan: tuple(row) for plan, row in prices.items()},
            rules=made,
            version=self.version + 1,
        )


def month_of(day: date) -> str:
    """``yyyymm``."""
    return f"{day.year:04d}{day.month:02d}"


def months(first: date, last: date) -> tuple[str, ...]:
    """Every month from the one of ``first`` to the one of ``last``."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(
        f"{first.year + (first.month - 1 + step) // 12:04d}{(first.month - 1 + step) % 12 + 1:02d}"
        for step in range(count)
    )


def days_in(month: str) -> int:
    """How many days ``yyyymm`` has."""
    return monthrange(int(month[:4]), int(month[4:]))[1]

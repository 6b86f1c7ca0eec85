"""Usage times prices, and how the sum came about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from infra.cost.prices import PriceTable
from infra.cost.usage import Usage


@dataclass(frozen=True, kw_only=True)
class Line:
    """One item: how much of what, its cost in the table's currency, whether its price is verified."""

    name: str
    amount: float
    unit: str
    cost: float
    verified: bool


@dataclass(frozen=True)
class Bill:
    """The items, the dearest first."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> float:
        """The sum of all items."""
        return sum(line.cost for line in self.lines)

    @property
    def verified_share(self) -> float:
        """The part of the sum whose prices were read on AWS's own pages (0 to 1)."""
        return sum(line.cost for line in self.lines if line.verified) / self.total if self.total else 1.0

    def shown(self, *, currency: str) -> Iterator[str]:
        """The bill as text; an unverified price carries a question mark."""
        for line in self.lines:
            mark = " " if line.verified else "?"
            yield f"  {line.cost:>12.6f} {currency}{mark} {line.amount:>14,.3f}  {line.unit}"
        yield f"  {self.total:>12.6f} {currency}"


def bill(usage: Usage, table: PriceTable) -> Bill:
    """What ``usage`` costs. A name that the table does not know raises ``KeyError``."""
    lines = [
        Line(
            name=name,
            amount=amount,
            unit=table.items[name].unit,
            cost=amount * table.items[name].each,
            verified=table.items[name].verified,
        )
        for name, amount in usage.amounts.items()
        if amount
    ]
    return Bill(tuple(sorted(lines, key=lambda line: (-line.cost, line.name))))

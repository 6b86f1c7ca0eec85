"""What AWS would count: amounts by the names of the price table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Usage:
    """Amounts by price item, e.g. ``{"write_units": 8.0}``; what is not named is nothing."""

    amounts: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, **amounts: float) -> Self:
        """Usage of these amounts; none may be below zero."""
        if below := [name for name, amount in amounts.items() if amount < 0]:
            raise ValueError(f"less than nothing of {', '.join(below)}")
        return cls(amounts)

    @classmethod
    def sum(cls, parts: Iterable[Usage]) -> Usage:
        """All of ``parts`` together."""
        total = Usage()
        for part in parts:
            total += part
        return total

    def __add__(self, other: Usage) -> Usage:
        names = self.amounts.keys() | other.amounts.keys()
        return Usage({name: self[name] + other[name] for name in sorted(names)})

    def __mul__(self, times: float) -> Usage:
        return Usage({name: amount * times for name, amount in self.amounts.items()})

    def __getitem__(self, name: str) -> float:
        return self.amounts.get(name, 0.0)

    def beyond(self, other: Usage) -> Usage:
        """What this has more than ``other``, name by name; never below zero."""
        return Usage({name: max(0.0, amount - other[name]) for name, amount in self.amounts.items()})

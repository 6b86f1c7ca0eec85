"""The price table and the assumptions, read from the data files beside this one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Price:
    """``amount`` (in the table's currency) for ``per`` units. ``verified``: read on a public page."""

    amount: float
    per: float
    unit: str
    verified: bool
    source: str

    @property
    def each(self) -> float:
        """The price of one unit."""
        return self.amount / self.per


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """List prices of one region on one day, by the names that ``Usage`` counts under."""

    region: str
    currency: str
    read: date
    items: Mapping[str, Price]

    @classmethod
    def load(cls, path: Path = _HERE / "prices.json") -> Self:
        """The table of ``path``."""
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return cls(
            region=said["region"],
            currency=said["currency"],
            read=date.fromisoformat(said["read"]),
            items={
                name: Price(
                    amount=one["price"],
                    per=one["per"],
                    unit=one["unit"],
                    verified=one["verified"],
                    source=one["source"],
                )
                for name, one in said["items"].items()
            },
        )


@dataclass(frozen=True)
class Assumptions:
    """Figures that nothing here can measure, by name; an unknown name raises ``KeyError``."""

    values: Mapping[str, float]

    @classmethod
    def load(cls, path: Path = _HERE / "assumptions.json") -> Self:
        """The assumptions of ``path``."""
        said = json.loads(path.read_text("utf-8"))["values"]
        return cls({name: float(one["value"]) for name, one in said.items()})

    def __getitem__(self, name: str) -> float:
        return self.values[name]

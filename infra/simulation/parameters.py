"""The parameters of the simulation, from ``parameters.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

PLACE = Path(__file__).parent / "parameters.json"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit: per second unless its name says otherwise. ``ask``: what to raise."""

    value: float
    adjustable: bool
    verified: bool
    source: str
    ask: str


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Loads, costs and limits. An unknown name raises ``KeyError``. ``read``: when the limits were."""

    streams: Mapping[str, int]
    hours: tuple[float, ...]
    day: Mapping[str, float]
    flood: Mapping[str, float]
    costs: Mapping[str, float]
    limits: Mapping[str, Limit]
    read: str

    @classmethod
    def load(cls, path: Path = PLACE) -> Self:
        """The parameters as shipped."""
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
        weights = said["day"]["hours"]
        return cls(
            streams=said["day"]["streams"],
            hours=tuple(weight / sum(weights) for weight in weights),
            day=_numbers(said["day"]),
            flood=_numbers(said["flood"]),
            costs=_numbers(said["costs"]),
            limits={
                name: Limit(
                    value=one["value"],
                    adjustable=one["adjustable"],
                    verified=one["verified"],
                    source=one["source"],
                    ask=one["raise"],
                )
                for name, one in said["limits"].items()
            },
            read=said["read"],
        )

    def raised(self, path: Path = PLACE) -> Parameters:
        """The same with what one would ask for before a release."""
        said = json.loads(path.read_text("utf-8"))["raised"]
        return self.but(limits=said["limits"], costs=said["costs"])

    def but(
        self, *, limits: Mapping[str, float] | None = None, costs: Mapping[str, float] | None = None
    ) -> Parameters:
        """The same with other values for some names."""
        changed = {name: replace(self.limits[name], value=value) for name, value in (limits or {}).items()}
        if unknown := (costs or {}).keys() - self.costs.keys():
            raise KeyError(*unknown)
        return replace(self, limits={**self.limits, **changed}, costs={**self.costs, **(costs or {})})

    def limit(self, name: str) -> float:
        """A limit's value."""
        return self.limits[name].value

    @property
    def events(self) -> int:
        """Events of the whole day."""
        return sum(self.streams.values())


def _numbers(said: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in said.items() if isinstance(value, int | float)}

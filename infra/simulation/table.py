"""An on-demand table: partitions with a limit each, and a ceiling that follows the traffic.

A key lies in one partition, and a partition does 1,000 write units and 3,000 read units a second, or
a mixture. What is said about AWS stops there; where it is silent the model takes the worse reading: a
hot key is never split off into a partition of its own, and unused capacity is not saved up for later.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from infra.simulation.parameters import Parameters

#: From so many keys on, a group counts as spread evenly.
_MANY = 512


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a group of rows is asked for in one second: units over all of its ``keys`` together."""

    group: str
    keys: int
    writes: float = 0.0
    reads: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Served:
    """What a second came to: by group the share that was served, and units overall."""

    shares: Mapping[str, float]
    writes: float
    reads: float
    throttled: float
    busiest: float

    def share(self, group: str) -> float:
        """The share (0 to 1) of a group's demand that was served; a group that asked nothing has all."""
        return self.shares.get(group, 1.0)


@dataclass
class Table:
    """One table over time. ``ceiling``: write units a second it takes at this moment."""

    parameters: Parameters
    ceiling: float = 0.0
    _seconds: int = 0
    _peaks: deque[tuple[int, float]] = field(default_factory=deque)
    _former: float = 0.0

    def __post_init__(self) -> None:
        self.ceiling = self.ceiling or min(
            self.parameters.limit("new_table_writes"), self.parameters.limit("table_writes")
        )

    @property
    def partitions(self) -> int:
        """How many there are; they are never joined again."""
        return max(1, round(-(-self.ceiling // self.parameters.limit("partition_writes"))))

    def second(self, demands: Sequence[Demand]) -> Served:
        """Serve one second, and let the table grow by what it saw half an hour ago."""
        served = self._served(demands)
        self._grow(served.writes)
        return served

    def _served(self, demands: Sequence[Demand]) -> Served:
        writes, reads = self.parameters.limit("partition_writes"), self.parameters.limit("partition_reads")
        load = [0.0] * self.partitions
        spread = {demand.group: _spread(demand.group, demand.keys, self.partitions) for demand in demands}
        for demand in demands:
            for partition, part in spread[demand.group]:
                load[partition] += part * (demand.writes / writes + demand.reads / reads)
        passed = [min(1.0, 1.0 / each) if each > 0 else 1.0 for each in load]
        asked = sum(demand.writes for demand in demands)
        shares = {
            demand.group: sum(part * passed[partition] for partition, part in spread[demand.group])
            for demand in demands
        }
        done = sum(demand.writes * shares[demand.group] for demand in demands)
        whole = min(1.0, self.ceiling / done) if done > 0 else 1.0
        shares = {group: share * whole for group, share in shares.items()}
        done, read = done * whole, sum(demand.reads * shares[demand.group] for demand in demands)
        wished = asked + sum(demand.reads for demand in demands)
        return Served(
            shares=shares, writes=done, reads=read, throttled=wished - done - read, busiest=max(load)
        )

    def _grow(self, writes: float) -> None:
        self._seconds += 1
        self._peaks.append((self._seconds, writes))
        horizon = self._seconds - self.parameters.limit("growth_minutes") * 60
        while self._peaks and self._peaks[0][0] <= horizon:
            self._former = max(self._former, self._peaks.popleft()[1])
        allowed = min(self._former * self.parameters.limit("growth"), self.parameters.limit("table_writes"))
        self.ceiling = max(self.ceiling, allowed)


@lru_cache(maxsize=256)
def _spread(group: str, keys: int, partitions: int) -> tuple[tuple[int, float], ...]:
    """Which part of a group lies in which partition: by the keys' hashes, evenly where they are many."""
    if keys >= _MANY:
        return tuple((number, 1.0 / partitions) for number in range(partitions))
    parts: dict[int, float] = {}
    for number in range(keys):
        digest = sha256(f"{group}#{number}".encode()).digest()
        place = int.from_bytes(digest[:4]) * partitions >> 32
        parts[place] = parts.get(place, 0.0) + 1.0 / keys
    return tuple(sorted(parts.items()))

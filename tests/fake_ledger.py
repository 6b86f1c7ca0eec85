"""A ledger in memory that keeps what the real one keeps, by the same functions."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.messaging.manifest import id_weight
from chalicelib.messaging.schemas import contracts
from tenants.bureau.domain.entry import Entry, Filed, entry_of
from tenants.bureau.domain.figures import Counters, Gauge, added, gauge_day, gauges
from tenants.bureau.domain.wall import Day


class FakeLedger:
    """``take`` files envelopes; ``days`` and ``filed`` read as the port says. ``asked`` counts reads."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._by: dict[tuple[str, str], str] = {}
        self._refused: dict[tuple[date, str], Counters] = defaultdict(dict)
        self.asked = 0

    def take(self, *envelopes: dict[str, Any], received: datetime | None = None) -> None:
        """Each a moment after it happened, or all at ``received``."""
        for one in envelopes:
            at = datetime.fromisoformat(one["time"])
            entry = entry_of(
                one,
                received=received or at + timedelta(seconds=2),
                weight=id_weight(one["id"]),
                due=contracts()[one["type"]].due,
            )
            self._entries.setdefault((entry.sender, entry.id), entry)
            if entry.corrects:
                self._by[entry.sender, entry.corrects] = entry.id

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        """Everything that was taken, in the order it came."""
        return [dict(entry.envelope) for entry in self._entries.values()]

    def refuse(self, *, sender: str, day: date, count: int = 1) -> None:
        """So many events of a sender were refused on a day."""
        counters = self._refused[day, sender]
        self._refused[day, sender] = added([counters, {"quarantined": count}])

    def days(self, day: date) -> list[Day]:
        self.asked += 1
        counters: dict[str, list[Counters]] = defaultdict(list)
        latest: dict[str, dict[str, Gauge]] = defaultdict(dict)
        heard: dict[str, str] = {}
        for key, entry in self._entries.items():
            stands = key not in self._by
            if entry.day == day:
                counters[entry.sender] += [entry.receipt, entry.figures if stands else {"replaced": 1}]
                heard[entry.sender] = max(heard.get(entry.sender, ""), entry.received)
            if stands and gauge_day(entry.envelope) == day:
                for name, gauge in gauges(entry.envelope).items():
                    known = latest[entry.sender]
                    known[name] = max(known.get(name, gauge), gauge, key=lambda one: (one.at, one.id))
        for (at, sender), refused in self._refused.items():
            if at == day:
                counters[sender].append(refused)
        return [
            Day(
                sender=sender,
                counters=added(counters[sender]),
                gauges=latest[sender],
                heard=heard.get(sender, ""),
            )
            for sender in sorted({*counters, *latest})
        ]

    def day(self, sender: str, day: date) -> Day | None:
        return next((one for one in self.days(day) if one.sender == sender), None)

    def filed(
        self, *, sender: str, hour: str, type: str, before: str = "", most: int | None = None
    ) -> Iterator[Filed]:
        self.asked += 1
        found = [
            Filed(entry=entry, by=self._by.get(key))
            for key, entry in sorted(self._entries.items(), reverse=True)
            if entry.sender == sender and entry.slot == f"{hour}#{type}" and (not before or entry.id < before)
        ]
        yield from found[:most]

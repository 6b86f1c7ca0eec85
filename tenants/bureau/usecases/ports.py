"""The ports: what the bureau's use cases need, and nothing of how it is kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Any, Protocol

from chalicelib.kernel.late import dataclass
from chalicelib.messaging.schemas import Problem
from chalicelib.tenancy.context import Tenant
from tenants.bureau.domain.entry import Aside, Entry, Fate, Filed
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.wall import Day, Known

Directory = Callable[[str], Tenant | None]
"""The tenant with this id."""


class Judge(Protocol):
    """What is wrong with an envelope that ``tenant`` is said to have sent."""

    def __call__(self, envelope: Any, *, tenant: Tenant | None, now: datetime) -> list[Problem]: ...


@dataclass(frozen=True, kw_only=True)
class Told:
    """A gauge of a sender's day. ``beside``: gauges of the same event that are the newest of their names
    wherever this one is.
    """

    sender: str
    day: date
    name: str
    gauge: Gauge
    beside: Mapping[str, Gauge] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of one entry, and the entry that it replaced, when it replaced one."""

    fate: Fate
    replaced: Entry | None = None


class Ledger(Protocol):
    """The append-only ledger and the figures that are kept beside it."""

    def record(self, entries: Sequence[Entry]) -> list[Recorded]:
        """File entries and add their figures, exactly once each, together or not at all."""
        ...

    def tell(self, told: Iterable[Told]) -> None:
        """Set gauges where the word is newer than the one that stands."""
        ...

    def retell(self, old: Told, new: Gauge | None) -> None:
        """Put ``new`` in the place of a gauge that was taken back, if it still stands."""
        ...

    def set_aside(self, aside: Aside) -> None:
        """Keep what was refused, and count it for its sender's day; a second time changes nothing."""
        ...

    def days(self, day: date) -> list[Day]:
        """Every sender's figures of a business day: one partition, however long the history."""
        ...

    def day(self, sender: str, day: date) -> Day | None:
        """One sender's figures of a business day."""
        ...

    def corrections(self, known: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """Of these entries (sender, id) those that a correction stands for, with its id; one read."""
        ...

    def entry(self, *, sender: str, id: str) -> Filed | None:
        """The event with this id, wherever it is filed."""
        ...

    def filed(
        self, *, sender: str, hour: str, type: str, before: str = "", most: int | None = None
    ) -> Iterator[Filed]:
        """Entries of one hour (``2026-11-22T09``) and type, newest id first, those below ``before``."""
        ...

    def parked(self) -> list[Aside]:
        """What waits for its contract, whatever the day."""
        ...

    def release(self, aside: Aside, *, now: datetime, problem: Problem | None = None) -> None:
        """A parked event was taken in; or, with its contract here, is refused for ``problem``. Once."""
        ...

    def asides(self, *, day: date, before: str = "", most: int) -> list[Aside]:
        """What was set aside on a day of receipt, newest id first, those below ``before``."""
        ...


class Senders(Protocol):
    """Who ought to report."""

    def __call__(self) -> list[Known]: ...

"""Module: what a kind of tenant declares about itself, and nothing the core could not use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from chalicelib.kernel.late import dataclass

Consumer = Callable[[Mapping[str, Any], datetime], None]
"""An inbox: one CloudEvents envelope and the present moment; raises when it must come again."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """An envelope as the bus delivered it: its lane, and the archive's replay it came from, if any."""

    envelope: Mapping[str, Any]
    lane: str
    replay: str | None = None


class BatchConsumer(Protocol):
    """An inbox that takes a whole batch, where one transaction may serve several events."""

    def batch(self, arrivals: Sequence[Arrival], now: datetime) -> set[int]:
        """Take in ``arrivals``; the positions that must come again."""
        ...


Inbox = Consumer | BatchConsumer


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What an enterprise's own books say of one figure of a period (money in fen): from how many closed days,
    and the page that leads down to what was counted.
    """

    value: int
    days: int
    href: str = ""


Books = Callable[[date, date, datetime], Mapping[str, Booked]]
"""By the figures' names in the forms of returns: first day, last day, the present moment."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A recurring duty run once per tenant of the module's kind, under that tenant's context.

    carried: for the tenants of the kinds that the module carries, instead of its own.
    needs: the group of optional dependencies (pyproject: ``lake``, ``seal``) that it imports; its function
    gets a package with them, so that the others stay small.
    """

    name: str
    minutes: int
    run: Callable[[datetime], None]
    needs: str = ""
    carried: bool = False


@dataclass(frozen=True, kw_only=True)
class Module:
    """A manifest. ``tenants.modules()`` finds it; app, infrastructure and rules derive from it.

    key: singular noun, the folder's name and the tenants' ``kind``.
    routes: imports the module's routes (their decorators register on the returned blueprint).
    consumes: detail-type patterns its queue listens to (``tourism.capacity.*``); empty: no queue.
    sources: the bus sources (up, down, inside) its rule matches.
    own: only events of tenants of this kind reach the inbox, and under that tenant's context;
    otherwise (the bureau) the inbox works under ``home``, its own single tenant. Either may take batches.
    carries: kinds without a module of their own: what goes down to their tenants is taken in for them, under
    each of them, so that they find it in their console and their systems pull it.
    frame: what the module's pages have around them (site, nav, who), for pages of the core in its console:
    called with the call and the place that is open.
    books: what the enterprise's own books say of a period, for the statutory returns it signs.
    lent: the roles that one of its people holds besides for the moment, by actor and moment.
    receives: takes money that a provider says has arrived for one of the kind's orders.
    entitlements: sales features a plan may gate. duties: statutory ones, never gated.
    """

    key: str
    routes: Callable[[], Any] | None = None
    publishes: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    inbox: Callable[[], Inbox] | None = None
    own: bool = True
    carries: tuple[str, ...] = ()
    frame: Callable[[Any, str], Mapping[str, Any]] | None = None
    books: Books | None = None
    lent: Callable[[str, datetime], frozenset[str]] | None = None
    receives: Callable[[str, Any, datetime], Any] | None = None
    schedules: tuple[Schedule, ...] = ()
    entitlements: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def contract(self) -> Path:
        """The module's public contract: JSON Schemas of the events it publishes."""
        return Path(__file__).parents[2] / "tenants" / self.key / "events.json"

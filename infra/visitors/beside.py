"""The demo tenants beside the play: visitors and guests through their pages, gates and desks.

What they do happens now and is said now, under today's date: the product believes nobody's clock but its own.
The virtual clock only sets the pace: when people come, how long they stay, when the mountain is full.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from infra.visitors.client import Client, SoldOut, Unexpected
from infra.visitors.curves import EVENING, MORNING_AND_AFTERNOON, expected, poisson
from infra.visitors.guests import House
from infra.visitors.town import Town
from infra.visitors.walkers import Area, Party, order_of_capacity

_STAY = (60 * 60, 180 * 60)  # virtual seconds inside the area
_LIMIT_FROM, _LIMIT_UNTIL = 11 * 3600, 12 * 3600 + 1800
_AT_ONCE = 3  # of each in one turn: the demo keeps up with what a browser can do
_BREATH = 0.5


@dataclass
class Beside:
    """What the demo tenants do on a day. ``parties`` and ``bookings``: about how many. ``full``: who came and
    found everything sold. ``trouble``: what could not be done, by kind; ``why``: the last of it in words.
    """

    town: Town
    seed: int = 1
    parties: int = 90
    bookings: int = 12
    full: int = 0
    trouble: dict[str, int] = field(default_factory=dict)
    why: str = ""
    _from: int = -1
    _inside: list[tuple[int, Party]] = field(default_factory=list)
    _stays: list[tuple[int, str]] = field(default_factory=list)
    _limit: str = ""
    _limited: bool = False

    def __post_init__(self) -> None:
        self._dice = random.Random(f"beside {self.seed}")  # noqa: S311 - a play, not a secret
        # Two plays on one day are other people: nobody gets two tickets for one.
        people = random.Random()  # noqa: S311
        self.area, self.house = Area(self.town, people), House(self.town, people)
        self._bureau = Client(self.town.base_url, key=self.town.tenant("bureau")["api_key"])

    def turn(self, second: int) -> None:
        """Do what falls between the last turn and this virtual second; what goes wrong is counted."""
        since, self._from = self._from, second
        if since < 0:
            return
        self._peak(second)
        for _ in range(self._how_many(self.parties, MORNING_AND_AFTERNOON, since, second)):
            self._try("visit", lambda: self._visit(second))
        for _ in range(self._how_many(self.bookings, EVENING, since, second)):
            self._try("stay", lambda: self._stay(second))
        for due, party in [one for one in self._inside if one[0] <= second]:
            self._inside.remove((due, party))
            self._try("exit", lambda party=party: self.area.leave(party))  # type: ignore[misc]
        for due, stay in [one for one in self._stays if one[0] <= second]:
            self._stays.remove((due, stay))
            self._try("departure", lambda stay=stay: self.house.check_out(stay))  # type: ignore[misc]

    def end(self) -> None:
        """The last ones go home, and no order of the play stays in force."""
        self._lift()
        self.turn(10**9)

    def news(self) -> str:
        """What has happened so far, in a few words."""
        told = Counter(self.area.counts) + Counter(self.house.counts)
        if self.full:
            told["found it full"] = self.full
        if self._limited:
            told["limited by order"] = 1
        said = " · ".join(f"{name} {n}" for name, n in told.items())
        wrong = ", ".join(f"{name} {n}" for name, n in self.trouble.items())
        return f"demo: {said or 'nobody yet'}{f' (failed: {wrong}; last: {self.why})' if wrong else ''}"

    def _how_many(self, total: int, curve: tuple[int, ...], since: int, second: int) -> int:
        span = min(second - since, 3600)
        wanted = expected(total, curve, minute=since // 60, step=1) * span / 60
        return min(poisson(wanted, self._dice), _AT_ONCE)

    def _visit(self, second: int) -> None:
        party = self.area.buy()
        if self._dice.random() < 0.08 and len(party.codes) > 1:
            self.area.refund(party)
        self.area.enter(party)
        self._inside.append((second + self._dice.randint(*_STAY), party))

    def _stay(self, second: int) -> None:
        stay = self.house.check_in(self.house.book())
        if stay and self._dice.random() < 0.6:  # called away the same day; the others stay the night
            self._stays.append((second + self._dice.randint(3600, 3 * 3600), stay))

    def _peak(self, second: int) -> None:
        """At eleven the city orders that only a few more may come in; at half past twelve it lifts that."""
        if _LIMIT_FROM <= second < _LIMIT_UNTIL and not self._limited:
            self._limited = True
            self._try("order", self._order)
        elif second >= _LIMIT_UNTIL:
            self._lift()

    def _order(self) -> None:
        inside = sum(party.inside for _, party in self._inside)
        to = [self.town.tenant("scenic")["id"]]
        body = {**order_of_capacity(inside), "to": to}
        self._limit = self._bureau.post("/api/v1/bureau/commands", body, expect=201)["id"]

    def _lift(self) -> None:
        if self._limit:
            self._try("order", self._end_order)

    def _end_order(self) -> None:
        id, self._limit = self._limit, ""
        try:
            self._bureau.post(f"/api/v1/bureau/commands/{id}/lift", {}, expect=200)
        except OSError:
            self._limit = id  # nobody answered: once more with the next turn
            raise
        self._limited = False

    def _try(self, what: str, work: Callable[[], object]) -> None:
        try:
            work()
        except SoldOut:
            self.full += 1
        except (Unexpected, OSError, KeyError, StopIteration) as problem:
            self.trouble[what] = self.trouble.get(what, 0) + 1
            self.why = str(problem)[:300]


class Pacer:
    """A thread of its own for the demo tenants: the foreign enterprises do not wait for a browser."""

    def __init__(self, beside: Beside, second: Callable[[], int]) -> None:
        self._beside, self._second = beside, second
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Beside:
        self._thread.start()
        return self._beside

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._beside.end()

    def _run(self) -> None:
        while not self._over.wait(_BREATH):
            self._beside.turn(self._second())

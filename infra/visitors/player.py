"""The day player: a virtual day runs at ``speed`` times the clock, and everybody says what has happened.

Events carry the time of the virtual day; the bureau receives them now and says so. It refuses what lies more
than ten minutes in the future, so the virtual day never overtakes the clock: of today only what has happened
is told, and from there on the play goes at the clock's own pace.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.kernel.period import SHANGHAI, business_day
from chalicelib.messaging.manifest import CLOSED, day_manifest
from infra.visitors.beside import Beside, Pacer
from infra.visitors.cast import Operator, cast
from infra.visitors.curves import at
from infra.visitors.day import CLOSE_SECOND, Pace, day_of, instant_of
from infra.visitors.mess import corrections
from infra.visitors.post import Sender, Tally
from infra.visitors.said import Envelope
from infra.visitors.town import Closes, Town, register

HANDS = 3
_BEAT = 600  # virtual seconds between two posts of one enterprise
_FIRST = 5 * 3600
_SILENT_FROM = 12 * 3600

Say = Callable[[str], None]


class NotYet(Exception):
    """A day that cannot be played; the message says why and what can."""


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is played. ``silent`` and ``rubbish``: slugs of the one that stops at noon and the one whose
    system has lost its mind.
    """

    day: date
    speed: float = 60
    seed: int = 1
    scenic: int = 9
    hotels: int = 60
    homestays: int = 28
    agencies: int = 14
    until: int = CLOSE_SECOND + 60
    silent: str = "v-hotel-007"
    rubbish: str = "v-homestay-005"


@dataclass
class Part:
    """One enterprise's part: what it will say, and how far it has come."""

    operator: Operator
    sender: Sender
    script: list[Envelope]
    beat: int
    said: int = 0
    rubbish: bool = False
    spoken: set[int] = field(default_factory=set)


class Clock:
    """Virtual time: seconds of the day, never ahead of what the machine's clock says of that day."""

    def __init__(self, day: date, *, speed: float, first: int = _FIRST) -> None:
        self._day, self._speed, self._began, self._first = day, speed, time.monotonic(), first

    def second(self) -> int:
        """The second of the virtual day it is."""
        wanted = self._first + (time.monotonic() - self._began) * self._speed
        reached = (datetime.now(UTC) - at(self._day, 0)).total_seconds()
        return int(min(wanted, reached))

    def caught_up(self) -> bool:
        """Whether the play has reached the present, and goes on at the clock's pace."""
        reached = (datetime.now(UTC) - at(self._day, 0)).total_seconds()
        return self._first + (time.monotonic() - self._began) * self._speed > reached


def play(
    town: Town,
    wanted: Play,
    *,
    say: Say,
    beside: Beside | None = None,
) -> Tally:
    """Play the day to its end. ``beside``: what the demo tenants do meanwhile, in a thread of its own."""
    today = business_day(datetime.now(UTC))
    if wanted.day > today:
        raise NotYet(
            f"{wanted.day} has not come yet, and the bureau refuses what lies in the future: "
            f"choose a day up to {today}."
        )
    tally = Tally()
    parts = _parts(town, wanted, tally)
    total = sum(len(part.script) for part in parts)
    say(
        f"{wanted.day}: {len(parts)} enterprises will say {total:,} things; "
        f"a minute of it takes {60 / wanted.speed:g} s"
    )
    say(
        f"falls silent at noon: {_name(parts, wanted.silent)} · sends rubbish: {_name(parts, wanted.rubbish)}"
    )
    clock = Clock(wanted.day, speed=wanted.speed)
    shown, told = -1, False
    with ThreadPoolExecutor(HANDS) as hands, _pace(beside, clock) as demo:
        while True:
            second = clock.second()
            due = [one for one in parts if _due(one, second)]
            list(hands.map(_speak, due, [second] * len(due)))
            if clock.caught_up() and not told:
                told = True
                say(
                    "the virtual day has reached the present; it goes on at the clock's pace (Ctrl-C ends it)"
                )
            if second // 1800 != shown:
                shown = second // 1800
                done = sum(part.said for part in parts)
                say(_progress(second, done, total, tally, demo.news() if demo is not None else ""))
            if second >= wanted.until:
                break
            time.sleep(0.5)
        list(hands.map(_speak, parts, [wanted.until] * len(parts)))
    news = f"{beside.news()}  the day is over" if beside is not None else "the day is over"
    say(_progress(wanted.until, sum(part.said for part in parts), total, tally, news))
    return tally


def _pace(beside: Beside | None, clock: Clock) -> AbstractContextManager[Beside | None]:
    return Pacer(beside, clock.second) if beside is not None else nullcontext()


def _parts(town: Town, wanted: Play, tally: Tally) -> list[Part]:
    operators = cast(
        seed=wanted.seed,
        scenic=wanted.scenic,
        hotels=wanted.hotels,
        homestays=wanted.homestays,
        agencies=wanted.agencies,
    )
    parts: list[Part] = []
    closes = Closes(town)
    pace = Pace(step=10, detail=0.35, service=0.3)
    for number, (operator, key) in enumerate(register(town, operators, now=datetime.now(UTC))):
        previous = closes.get(operator.slug, wanted.day - timedelta(days=1))
        script = day_of(operator, wanted.day, seed=wanted.seed, pace=pace, previous=previous)
        dice = random.Random(f"{wanted.seed} {wanted.day} {operator.slug} corrections")  # noqa: S311
        script = sorted(
            [*script, *corrections(script[:-1], share=0.005, dice=dice)], key=lambda one: one["time"]
        )
        if operator.slug == wanted.silent:
            noon = at(wanted.day, _SILENT_FROM)
            script = [one for one in script if instant_of(one) < noon]
        script = _closing(script)
        closes.keep(operator.slug, wanted.day, script)
        parts.append(
            Part(
                operator=operator,
                sender=Sender(town.base_url, key, tally),
                script=script,
                beat=number * _BEAT // max(len(operators), 1),
                rubbish=operator.slug == wanted.rubbish,
            )
        )
    closes.write()
    return parts


def _closing(script: list[Envelope]) -> list[Envelope]:
    """The close names the corrections too."""
    if not script or not script[-1]["type"].endswith(CLOSED):
        return script
    data: dict[str, Any] = {**script[-1]["data"], "sent": day_manifest(script[:-1])}
    return [*script[:-1], {**script[-1], "data": data}]


def _due(part: Part, second: int) -> bool:
    beat = (second + part.beat) // _BEAT
    if beat in part.spoken:
        return False
    part.spoken.add(beat)
    return True


def _speak(part: Part, second: int) -> None:
    now = at_second(part, second)
    start = part.said
    while part.said < len(part.script) and instant_of(part.script[part.said]) <= now:
        part.said += 1
    events: list[Any] = list(part.script[start : part.said])
    if part.rubbish and second % 3600 < _BEAT:
        events += rubbish(part.operator, now)
    if events:
        part.sender.send(events)


def at_second(part: Part, second: int) -> datetime:
    """The instant of a virtual second."""
    day = instant_of(part.script[0]).astimezone(SHANGHAI).date() if part.script else date(2000, 1, 1)
    return at(day, second)


def rubbish(operator: Operator, now: datetime) -> list[Any]:
    """What a system says that has lost its mind: each is refused for another reason."""
    good: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"x-{operator.slug}-{int(now.timestamp())}",
        "source": operator.source,
        "type": "tourism.lodging.availability.changed.v1",
        "time": now.isoformat(),
        "data": {"roomType": "standard", "date": now.date().isoformat(), "free": 1, "outOfOrder": 0},
    }
    return [
        {**good, "id": good["id"] + "a", "data": {**good["data"], "guestName": "示例"}},
        {**good, "id": good["id"] + "b", "type": "tourism.lodging.availability.changed.v2"},
        {**good, "id": good["id"] + "c", "type": "tourism.lodging.dragon.seen.v1"},
        {**good, "id": good["id"] + "d", "source": "/tenants/somebody-else/hotel"},
        {**good, "id": good["id"] + "e", "time": (datetime.now(UTC) + timedelta(hours=5)).isoformat()},
        {**good, "id": good["id"] + "f", "piiclass": "p2"},
        # The door knows the contract and not the calendar: the bureau itself sends this one back.
        {**good, "id": good["id"] + "g", "data": {**good["data"], "date": "2026-02-31"}},
        "not even an event",
    ]


def _progress(second: int, done: int, total: int, tally: Tally, news: str) -> str:
    clock = f"{second // 3600 % 24:02d}:{second % 3600 // 60:02d}"
    outcomes = tally.outcomes
    line = f"{clock}  said {done:,}/{total:,}  accepted {outcomes['accepted']:,}"
    if outcomes["duplicate"]:
        line += f"  known already {outcomes['duplicate']:,}"
    if outcomes["refused"]:
        line += f"  refused {outcomes['refused']:,}"
    if tally.failed:
        line += f"  undelivered {tally.failed:,}"
    return f"{line}  {news}".rstrip()


def _name(parts: Sequence[Part], slug: str) -> str:
    return next((part.operator.name for part in parts if part.operator.slug == slug), "nobody")

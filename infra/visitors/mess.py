"""What happens to events on their way: they come late, twice, in another order, and some are put right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra.visitors.day import instant_of
from infra.visitors.said import Envelope

_NUMBERS = ("quantity", "price", "admitted", "amount", "partySize", "inside", "roomsSold", "pax", "nights")
"""Fields that a correction may change without breaking a contract."""
_MONEY = frozenset({"price", "amount"})


@dataclass(frozen=True, kw_only=True)
class Mess:
    """Shares of all events."""

    doubled: float = 0.05
    late: float = 0.05
    corrected: float = 0.01


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event reaches the bureau at a moment."""

    at: datetime
    envelope: Envelope


def corrections(said: Sequence[Envelope], *, share: float, dice: random.Random) -> list[Envelope]:
    """Events that put others right: the same moment, another number. A close is never corrected."""
    found: list[Envelope] = []
    for wrong in said:
        changed = _changed(wrong["data"], dice)
        if changed is None or dice.random() >= share:
            continue
        right = {**wrong, "id": f"{wrong['id']}c", "corrects": wrong["id"], "data": changed}
        found.append(right)
    return found


def deliveries(said: Sequence[Envelope], *, mess: Mess, dice: random.Random) -> list[Delivery]:
    """When each arrives, in the order of arrival: within a minute, or hours late; some a second time.

    Neighbours overtake one another, and a correction may come before what it corrects.
    """
    found: list[Delivery] = []
    for envelope in said:
        times = 2 if dice.random() < mess.doubled else 1
        for time in range(times):
            late = dice.random() < mess.late
            delay = dice.uniform(3_600, 40 * 3_600) if late else dice.uniform(0.5, 55)
            if time:
                delay += dice.uniform(1, 6 * 3_600)
            found.append(Delivery(at=instant_of(envelope) + timedelta(seconds=delay), envelope=envelope))
    return sorted(found, key=lambda one: (one.at, one.envelope["id"]))


def _changed(data: Mapping[str, Any], dice: random.Random) -> dict[str, Any] | None:
    names = [name for name in _NUMBERS if isinstance(data.get(name), int) and data[name] > 0]
    if not names:
        return None
    name = dice.choice(names)
    unit = 100 if name in _MONEY else 1
    return {**data, name: max(unit, data[name] + unit * dice.choice((-1, 1, 2)))}

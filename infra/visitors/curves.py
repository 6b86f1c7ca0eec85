"""When things happen on a day: curves over local hours, and dice that throw around them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from chalicelib.kernel.period import local

MORNING_AND_AFTERNOON = (*([0] * 7), 1, 4, 9, 12, 10, 6, 7, 9, 7, 3, 1, *([0] * 6))
EVENING = (*([0] * 12), 2, 4, 8, 11, 12, 12, 10, 8, 6, 4, 2, 1)
BEFORE_NOON = (*([0] * 6), 1, 4, 8, 11, 12, 9, 4, 1, *([0] * 10))
ALL_DAY = (*([0] * 7), 2, 4, 6, 8, 8, 6, 6, 8, 8, 7, 6, 5, 5, 4, 3, 1, 0)


def poisson(mean: float, dice: random.Random) -> int:
    """How many, when ``mean`` are expected."""
    if mean <= 0:
        return 0
    if mean > 30:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    left, count = math.exp(-mean), -1
    chance = 1.0
    while chance > left:
        chance *= dice.random()
        count += 1
    return count


def expected(total: float, curve: Sequence[int], *, minute: int, step: int) -> float:
    """Of ``total`` a day how many fall into the ``step`` minutes from ``minute`` of the day on."""
    return total * curve[minute // 60 % 24] * step / 60 / sum(curve)


def moments(total: float, curve: Sequence[int], *, day: date, dice: random.Random) -> list[datetime]:
    """Moments of a day, about ``total`` of them, in order."""
    count = poisson(total, dice)
    hours = dice.choices(range(24), weights=curve, k=count)
    return sorted(at(day, hour * 3600 + dice.randrange(3600)) for hour in hours)


def at(day: date, second: int) -> datetime:
    """The instant of a second of a local day (which may lie on the next)."""
    return local(day, time(0)) + timedelta(seconds=second)

"""A day of one enterprise: everything it says, in the order of its happening, and the close at its end."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kernel.period import business_day, parse_instant
from chalicelib.messaging.manifest import close_digest, day_manifest
from infra.visitors.areas import visits
from infra.visitors.cast import Operator
from infra.visitors.curves import at
from infra.visitors.houses import stays
from infra.visitors.journeys import groups, service
from infra.visitors.said import Envelope, Voice

CLOSE_SECOND = 86_400 + 20 * 60
"""When a day is closed: twenty past midnight."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How much is said. ``step``: minutes between two counts of a gate. ``detail``: share of orders said.
    ``service``: complaints an enterprise has on a day.
    """

    step: int = 5
    detail: float = 1.0
    service: float = 0.5


def day_of(
    operator: Operator, day: date, *, seed: int, pace: Pace, previous: Mapping[str, Any] | None = None
) -> list[Envelope]:
    """What an enterprise says of a day, its close last. ``previous``: the data of the close before."""
    dice = random.Random(f"{seed} {day} {operator.slug}")  # noqa: S311 - a play, not a secret
    voice = Voice(operator, f"v{seed}-{day:%y%m%d}")
    voice.say("operator.profile.changed.v1", _profile(operator, day), at=at(day, 300))
    if operator.kind == "scenic":
        visits(operator, day, dice=dice, voice=voice, step=pace.step, detail=pace.detail)
    elif operator.kind == "agency":
        groups(operator, day, dice=dice, voice=voice)
    else:
        stays(operator, day, dice=dice, voice=voice, detail=pace.detail)
    service(operator, day, dice=dice, voice=voice, load=pace.service)
    said = [one for one in voice.said if business_day(parse_instant(one["time"])) == day]
    close(voice, day, said, previous=previous)
    return sorted([*said, voice.said[-1]], key=lambda one: (one["time"], one["id"]))


def close(
    voice: Voice, day: date, said: Sequence[Envelope], *, previous: Mapping[str, Any] | None
) -> Envelope:
    """The manifest of a day: per type how many were sent, with a digest; and the digest of the one before."""
    data = {
        "day": day.isoformat(),
        "sent": day_manifest(said),
        "previous": close_digest(previous) if previous else "",
    }
    return voice.say(
        f"{voice.operator.kind}.day.closed.v1", data, at=at(day, CLOSE_SECOND), subject=day.isoformat()
    )


def instant_of(envelope: Mapping[str, Any]) -> datetime:
    """When it happened."""
    return parse_instant(envelope["time"])


def _profile(operator: Operator, day: date) -> dict[str, Any]:
    level = {"scenic": "4a", "hotel": "3s", "homestay": "grade-b", "agency": "none"}[operator.kind]
    size: dict[str, Any] = {
        "scenic": {"instantCapacity": operator.size, "dayCapacity": operator.size * 3},
        "hotel": {"rooms": operator.size, "beds": operator.size * 2},
        "homestay": {"rooms": operator.size, "beds": operator.size * 2},
        "agency": {"guides": operator.size * 2},
    }[operator.kind]
    since = (day - timedelta(days=day.timetuple().tm_yday - 1)).isoformat()
    return {"licence": f"DEMO-{operator.slug}", "level": level, "status": "open", "validFrom": since, **size}

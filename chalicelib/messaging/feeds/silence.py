"""An address of an enterprise that takes nothing: what the city is told of it. Pure.

The city sees that its words do not arrive, since when and how many wait; of the address only under which
domain it stands: path, query and whatever stands before the domain may be somebody's secret.
"""

import ipaddress
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from chalicelib.kernel.events import Event
from chalicelib.messaging.feeds.domain import Hook

OBSERVED: Final = "tourism.feed.delivery.observed.v1"
NOTICED: Final = 3
"""Tries in a row without success before the city hears of it: half an hour, no hiccup."""
MOST_COUNTED: Final = 500
_SHORT: Final = 3  # com.cn, gov.cn: what stands before it names the owner


def trouble(hook: Hook) -> Literal["", "failing", "silent", "gone"]:
    """``failing``: it is tried on; ``silent``, ``gone``: it is switched off for it. Empty: nothing of it."""
    match hook.off:
        case "silent" | "gone":
            return hook.off
    return "failing" if not hook.off and hook.failed >= NOTICED else ""


def observed(before: Hook, after: Hook | None, *, waiting: Callable[[], int], now: datetime) -> Event | None:
    """What is said of a change: each further failure, and once that it is over (it takes again, a person
    switched it, it was removed: ``after`` None). Nothing of the feed that the city sends itself.
    """
    was, present = trouble(before), trouble(after) if after is not None else ""
    if before.feed != "down" or not (was or present):
        return None
    if after is not None and present == was and after.failed == before.failed:
        return None
    since = (after.since if after is not None else "") or before.since
    return Event(
        type=OBSERVED,
        subject=before.id,
        at=now,
        data={
            "hook": before.id,
            "domain": domain_of(before.url),
            "delivery": present or "over",
            "waiting": min(waiting(), MOST_COUNTED) if after is not None else 0,
            **({"failingSince": since} if since else {}),
        },
    )


def domain_of(url: str) -> str:
    """The last parts of the host, by which its owner knows it: ``example.com``, ``example.com.cn``."""
    host = urlsplit(url).hostname or ""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        parts = host.split(".")
    kept = 3 if len(parts) > 2 and len(parts[-2]) <= _SHORT and len(parts[-1]) <= _SHORT else 2
    return ".".join(parts[-kept:])[:100]

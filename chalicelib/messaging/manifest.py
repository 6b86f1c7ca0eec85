"""The day manifest: what a tenant says it sent on a business day, small enough to be compared.

A module publishes it as ``tourism.<kind>.day.closed.v1`` with ``data = {day, sent, previous}``:
``sent`` is ``day_manifest`` of the day's envelopes and ``previous`` the ``close_digest`` of its
last close: a chain.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.kernel.events import UP
from chalicelib.kernel.period import SHANGHAI, parse_instant
from chalicelib.messaging.schemas import contracts

CLOSED = "day.closed.v1"


def day_manifest(envelopes: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """``{type: {count, first, last, digest}}`` of these envelopes; an id that comes twice counts
    once.

    Give it the envelopes whose ``time`` lies on the business day, whatever their status. Ids sort
    by time, so ``first`` and ``last`` frame what was said. The close itself is left out.
    """
    ids: dict[str, set[str]] = {}
    for envelope in envelopes:
        contract = contracts().get(envelope["type"])
        if contract is not None and contract.lane == UP and not envelope["type"].endswith(f".{CLOSED}"):
            ids.setdefault(envelope["type"], set()).add(envelope["id"])
    return {
        type: {
            "count": len(said),
            "first": min(said),
            "last": max(said),
            "digest": sum_text(sum(id_weight(id) for id in said)),
        }
        for type, said in sorted(ids.items())
    }


def hour_manifest(said: Iterable[tuple[str, int, str]]) -> list[dict[str, Any]]:
    """``[{type, hour, count, digest}]`` of events given as (type, local hour, id): ranges small enough to
    say which of them is not whole. An id that comes twice counts once.
    """
    ids: dict[tuple[str, int], set[str]] = {}
    for type, hour, id in said:
        ids.setdefault((type, hour), set()).add(id)
    return [
        {"type": type, "hour": hour, "count": len(of), "digest": sum_text(sum(map(id_weight, of)))}
        for (type, hour), of in sorted(ids.items())
    ]


def lacking(envelopes: Iterable[dict[str, Any]], held: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of these envelopes those of the hours of which something else is held than was said."""
    said = [(one["type"], _hour(one), one["id"], one) for one in envelopes]
    whole = {_range(one) for one in held}
    same = {
        (one["type"], one["hour"])
        for one in hour_manifest((type, hour, id) for type, hour, id, _ in said)
        if _range(one) in whole
    }
    return [one for type, hour, _, one in said if (type, hour) not in same]


def _range(one: Mapping[str, Any]) -> tuple[str, int, int, str]:
    return one["type"], one["hour"], one["count"], one["digest"]


def _hour(envelope: Mapping[str, Any]) -> int:
    return parse_instant(envelope["time"]).astimezone(SHANGHAI).hour


def id_weight(id: str) -> int:
    """The first eight bytes of SHA-256 of the id.

    A set's digest is the sum of its weights, not their exclusive or: a sum can be kept by
    DynamoDB's ADD in the transaction that stores the event, so comparing a closed day reads one row
    instead of the day. Eight bytes leave room for 1e9 events in the 28 digits that every engine
    adds exactly.
    """
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:8])


def sum_text(total: int) -> str:
    """A digest as it stands in the manifest: 24 hex digits."""
    return f"{total:024x}"


def close_digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of a close's data, keys sorted: what the next close names as ``previous``."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

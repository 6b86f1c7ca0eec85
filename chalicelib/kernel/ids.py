"""Identifiers: a short prefix that says what it is, then a ULID (26 characters, sorts by time)."""

import hashlib
import re
import secrets
from datetime import UTC, datetime
from typing import NewType

from chalicelib.kernel.errors import Missing

TenantId = NewType("TenantId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32, lower case
_SHAPE = re.compile(r"[a-z]{2,3}_[0-9a-hjkmnp-tv-z]{26}")
_LATEST = 221_845_392_000_000  # milliseconds of 9000-01-01: 48 bits reach further than calendars do


def new_id(prefix: str, *, now: datetime) -> str:
    """A fresh id such as ``or_01k…``: 48 bits of milliseconds, 80 random bits."""
    return f"{prefix}_{_encode(_millis(now) << 80 | secrets.randbits(80))}"


def first_id(prefix: str, *, now: datetime) -> str:
    """The lowest id that could have been made at this instant: where a range of ids begins."""
    return f"{prefix}_{_encode(_millis(now) << 80)}"


def derived_id(prefix: str, *, now: datetime, seed: str) -> str:
    """The id that belongs to ``seed`` on this business moment's millisecond zero of the day.

    The same seed on the same UTC day gives the same id: a retried command addresses the same row,
    so the row itself is the idempotency record and no second row has to be written.
    """
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    digest = hashlib.sha256(seed.encode()).digest()
    return f"{prefix}_{_encode(_millis(day) << 80 | int.from_bytes(digest[:10]))}"


def is_id(value: str, prefix: str) -> bool:
    """Whether ``value`` has the shape of an id with this prefix (nothing is looked up)."""
    return value.startswith(f"{prefix}_") and _SHAPE.fullmatch(value) is not None


def moment_of(value: str) -> datetime:
    """The instant (UTC, milliseconds) that an id carries; ``Missing`` where it carries none."""
    number = 0
    try:
        for char in value.rsplit("_", 1)[1]:
            number = number << 5 | _ALPHABET.index(char)
    except (ValueError, IndexError):
        raise Missing(id=value) from None
    if number >> 80 >= _LATEST:
        raise Missing(id=value)
    return datetime.fromtimestamp((number >> 80) / 1000, UTC)


def lane_of(value: str, *, lanes: int) -> int:
    """A stable lane in ``[0, lanes)`` that spreads ids evenly over partitions."""
    return int.from_bytes(hashlib.blake2s(value.encode(), digest_size=2).digest()) % lanes


def _millis(now: datetime) -> int:
    return int(now.timestamp() * 1000)


def _encode(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))

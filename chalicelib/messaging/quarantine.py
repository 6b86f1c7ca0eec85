"""Quarantine in a tenant's own rows: events that the relay refused, each with its reason."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.schemas import Problem
from chalicelib.persistence.table import Row, tenant_key

KEPT_BYTES = 65_536
"""An unvalidated body is kept up to this size; of a larger one only its length and hash."""


class QuarantineRow(Row, discriminator="quarantine"):
    """One refused event: pk ``QUARANTINE#<day>``, sk its digest: a second refusal changes nothing."""

    code = UnicodeAttribute()
    at = UnicodeAttribute()
    words = UnicodeAttribute()
    body = UnicodeAttribute()
    refused = UnicodeAttribute()


def quarantine(body: Any, problem: Problem, *, now: datetime) -> None:
    """Keep a refused event of the bound tenant, with the reason a person can read."""
    text, digest = kept_text(body)
    QuarantineRow(
        tenant_key("QUARANTINE", business_day(now).isoformat()),
        digest,
        code=problem.code,
        at=problem.at or "-",
        words=problem.words,
        body=text,
        refused=rfc3339(now),
    ).put()


def quarantined(*, day: date, after: str = "", most: int | None = None) -> Iterator[QuarantineRow]:
    """What the relay refused of the bound tenant on a business day, in the order of the digests.

    ``after``: only those behind this digest. ``most``: at most so many.
    """
    further = QuarantineRow.sk > after if after else None
    return iter(QuarantineRow.query(tenant_key("QUARANTINE", day.isoformat()), further, limit=most))


def kept_text(body: Any) -> tuple[str, str]:
    """What is kept of an unvalidated body, and the SHA-256 of all of it in hex."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    raw = text.encode("utf-8", "replace")
    digest = hashlib.sha256(raw).hexdigest()
    if len(raw) > KEPT_BYTES:
        return json.dumps({"bytes": len(raw), "sha256": digest}), digest
    return raw.decode("utf-8"), digest

"""Quarantine in a tenant's own rows: events that were refused on their way, each with its reason.

Refused by our relay before they left (then the whole event is kept), or by the authority on arrival (then its
id and hash are, and the event itself stands in the audit rows).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.schemas import WORDS, Problem, problems
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

KEPT_BYTES = 65_536
"""An unvalidated body is kept up to this size; of a larger one only its length and hash."""

_BACK = 3
"""Days before its refusal among which a refused event is looked for in the audit rows."""


class StillRefused(Refusal):
    code = "feed.still-refused"
    status = 422
    detail = N_("这条记录仍然不符合要求,没有发出。")
    remedy = N_("请先在原系统中改正,再作为新的记录上报。")


class ResentBefore(Refusal):
    code = "feed.resent-before"
    detail = N_("这条记录已重新报送过。")


class QuarantineRow(Row, discriminator="quarantine"):
    """One refused event: pk ``QUARANTINE#<day>``, sk its digest: a second refusal changes nothing.

    ``by`` is ``above`` where the authority refused it; ``body`` is then its id.
    """

    code = UnicodeAttribute()
    at = UnicodeAttribute()
    words = UnicodeAttribute()
    body = UnicodeAttribute()
    refused = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    type = UnicodeAttribute(null=True)
    resent = UnicodeAttribute(null=True)

    @property
    def event_type(self) -> str:
        """The type that the event claims; empty where it cannot be read."""
        return self.type or str(_read(self.body).get("type", ""))[:80]


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


def refused_above(data: Mapping[str, Any], *, work: UnitOfWork) -> None:
    """Keep that the authority refused an event of ours: ``data`` of its word about it."""
    key = tenant_key("QUARANTINE", business_day(work.now).isoformat()), data["sha256"]
    if QuarantineRow.find(*key) is not None:
        return
    row = QuarantineRow(
        *key,
        code=data["code"],
        at=data["at"],
        words=WORDS.get(data["code"], WORDS[""]),
        body=data["event"],
        refused=rfc3339(work.now),
        by="above",
        type=data["type"],
    )
    work.create(row)
    work.about(data["event"])


def resend(day: date, digest: str, *, work: UnitOfWork) -> None:
    """Send a refused event again, once whatever was wrong with it is right: it is judged anew.

    Raises ``Missing``, ``StillRefused`` with the problem's code and place, ``ResentBefore``.
    """
    row = QuarantineRow.find(tenant_key("QUARANTINE", day.isoformat()), digest)
    if row is None:
        raise Missing
    if row.resent:
        raise ResentBefore
    envelope = _said(row.body, day) if row.by == "above" else _read(row.body)
    found = problems(envelope, tenant=current().tenant, now=work.now)
    if found:
        raise StillRefused(problem=found[0].code, at=found[0].at)
    work.update(
        row,
        [QuarantineRow.resent.set(rfc3339(work.now))],
        QuarantineRow.resent.does_not_exist(),
        otherwise=ResentBefore(),
    )
    work.forward(envelope)


def quarantined(*, day: date, after: str = "", most: int | None = None) -> Iterator[QuarantineRow]:
    """What was refused of the bound tenant on a business day, in the order of the digests.

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


def _read(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _said(id: str, day: date) -> dict[str, Any]:
    """An event of ours by its id, from the audit rows of the last days; empty where it is not found."""
    for back in range(_BACK + 1):
        for row in audited(day=day - timedelta(days=back)):
            for envelope in envelopes_of(row):
                if envelope["id"] == id:
                    return envelope
    return {}

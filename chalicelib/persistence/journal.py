"""The three rows that stand beside every change: outbox (to publish), audit (for ever), command (24 h)."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.kernel.ids import first_id, lane_of, new_id
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.persistence.table import LANES, Row, tenant_key
from chalicelib.tenancy.context import current

COMMAND_LIFE = timedelta(hours=24)


class _Packed(BinaryAttribute):
    """Envelopes as they are written now; also as text, as the release before wrote them: while one rolls out,
    both write, and what waits is read by whichever finds it."""

    def get_value(self, value: dict[str, Any]) -> bytes:
        return zlib.compress(value["S"].encode()) if "S" in value else bytes(super().get_value(value))


class OutboxRow(Row, discriminator="outbox"):
    """Envelopes waiting for the bus, ``packed``. The relay deletes the row once the bus has them: that is the
    receipt."""

    events = _Packed(legacy_encoding=False)


class AuditRow(Row, discriminator="audit"):
    """Who did what, when, by which door; with the events as they were sent. Never updated, never deleted."""

    action = UnicodeAttribute()
    actor = UnicodeAttribute()
    door = UnicodeAttribute()
    subject = UnicodeAttribute()
    at = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    events = BinaryAttribute(null=True, legacy_encoding=False)


class CommandRow(Row, discriminator="command"):
    """A command that was carried out: its body's hash and the answer that was given."""

    digest = UnicodeAttribute()
    answer = UnicodeAttribute()


def packed(envelopes: Sequence[Mapping[str, Any]]) -> bytes:
    """Envelopes as both rows keep them: JSON, compressed (what is written twice is paid by the kilobyte)."""
    return zlib.compress(_json(envelopes).encode())


def unpacked(events: bytes) -> Any:
    """What was ``packed``. Raises ``ValueError`` or ``zlib.error`` where it was not."""
    return json.loads(zlib.decompress(events))


def outbox_row(events: bytes, *, id: str) -> OutboxRow:
    """The outbox row of one command; ``id`` orders the lane by time."""
    lane = lane_of(id, lanes=LANES)
    return OutboxRow(tenant_key("OUTBOX", str(lane)), id, events=events)


def audit_row(
    *,
    action: str,
    subject: str,
    events: bytes | None,
    now: datetime,
    id: str,
    reason: str | None = None,
) -> AuditRow:
    """The audit row of one command, with its envelopes ``packed`` (they are resent from here). ``reason``: a
    code and figures, where somebody decided against the rule."""
    context = current()
    return AuditRow(
        tenant_key("AUDIT", business_day(now).isoformat(), str(lane_of(id, lanes=LANES))),
        id,
        action=action,
        actor=context.actor,
        door=context.door,
        subject=subject,
        at=rfc3339(now),
        reason=reason,
        events=events,
    )


def command_row(*, key: str, digest: str, answer: Any, now: datetime) -> CommandRow:
    """The idempotency row: its key is the caller's Idempotency-Key under the caller."""
    return CommandRow(
        tenant_key("COMMAND", current().actor, key),
        "-",
        digest=digest,
        answer=_json(answer),
        ttl=int((now + COMMAND_LIFE).timestamp()),
    )


def find_command(*, key: str, now: datetime) -> CommandRow | None:
    """The stored command, unless its 24 hours are over (TTL deletion is not prompt)."""
    row = CommandRow.find(tenant_key("COMMAND", current().actor, key), "-")
    return row if row is not None and row.ttl is not None and row.ttl > now.timestamp() else None


def audited(*, day: date) -> Iterator[AuditRow]:
    """Every audit row of the bound tenant on a business day, lane by lane, each in order of time."""
    for lane in range(LANES):
        yield from AuditRow.query(tenant_key("AUDIT", day.isoformat(), str(lane)), consistent_read=True)


def decided(*, day: date) -> Iterator[AuditRow]:
    """What somebody decided against the rule on a business day: the rows that say why, lane by lane."""
    for lane in range(LANES):
        key = tenant_key("AUDIT", day.isoformat(), str(lane))
        yield from AuditRow.query(key, filter_condition=AuditRow.reason.exists(), consistent_read=True)


def audited_since(*, since: datetime, now: datetime) -> Iterator[AuditRow]:
    """Every audit row written at ``since`` or later, lane by lane: one query a lane and day."""
    first = first_id("jn", now=since)
    day = business_day(since)
    while day <= business_day(now):
        for lane in range(LANES):
            key = tenant_key("AUDIT", day.isoformat(), str(lane))
            yield from AuditRow.query(key, AuditRow.sk >= first, consistent_read=True)
        day += timedelta(days=1)


def envelopes_of(row: AuditRow | OutboxRow) -> list[dict[str, Any]]:
    """The envelopes that this command published."""
    return list(unpacked(row.events)) if row.events else []


def journal_id(*, now: datetime) -> str:
    """An id shared by a command's outbox and audit rows."""
    return new_id("jn", now=now)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

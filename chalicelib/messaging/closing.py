"""The close of a day: what a tenant sent about it, said once, so that the bureau can tell silence from zero.

Rows: pk ``CLOSED``, sk the day; each keeps the digest that the next close names (``manifest.py``).
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.events import Event
from chalicelib.kernel.period import business_day, local, parse_instant
from chalicelib.messaging.manifest import CLOSED, close_digest, day_manifest
from chalicelib.persistence import vault
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

_CLOSE_AT = time(0, 10)
_CATCH_UP = timedelta(days=7)


class ClosedDayRow(Row, discriminator="closed-day"):
    """A day that was closed, and the digest of what was said in its close."""

    digest = UnicodeAttribute()


def close_days(*, action: str, now: datetime, settle: Callable[[date], object] | None = None) -> bool:
    """Close yesterday, and up to a week of days before it that were missed; whether there was any to close.

    Called every quarter of an hour it closes each day once, not before ten past midnight. ``settle`` brings
    a day's books in order first. Afterwards personal data whose time is over go (``vault.let_go``).
    """
    days = _days_to_close(now)
    for day in days:
        if settle is not None:
            settle(day)
        _close(day, action=action, now=now)
    if days:
        vault.let_go(now=now)
    return bool(days)


def _days_to_close(now: datetime) -> list[date]:
    today = business_day(now)
    if now < local(today, _CLOSE_AT):
        return []
    last, yesterday = _last_closed(), today - timedelta(days=1)
    first = yesterday if last is None else max(last[0] + timedelta(days=1), yesterday - _CATCH_UP)
    return [first + timedelta(days=ahead) for ahead in range((today - first).days)]


def _close(day: date, *, action: str, now: datetime) -> None:
    """Say what was sent about ``day``: the audit rows of that day and the next know every envelope."""
    last = _last_closed()
    said = [
        envelope
        for written in (day, day + timedelta(days=1))
        for row in audited(day=written)
        for envelope in envelopes_of(row)
        if business_day(parse_instant(envelope["time"])) == day
    ]
    data = {
        "day": day.isoformat(),
        "sent": day_manifest(said),
        "previous": last[1] if last is not None else "",
    }
    work = UnitOfWork(action=action, now=now)
    work.create(ClosedDayRow(tenant_key("CLOSED"), day.isoformat(), digest=close_digest(data)))
    kind = current().tenant.kind
    work.publish(Event(type=f"tourism.{kind}.{CLOSED}", subject=day.isoformat(), at=now, data=data))
    work.commit()


def _last_closed() -> tuple[date, str] | None:
    """The last day that was closed, and its digest."""
    rows: Any = ClosedDayRow.query(tenant_key("CLOSED"), scan_index_forward=False, limit=1)
    row = next(iter(rows), None)
    return (date.fromisoformat(row.sk), row.digest) if row is not None else None

"""Closed days: one row each, so that a day is closed once and the next close can name it."""

from datetime import date
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork


class ClosedDayRow(Row, discriminator="hotel-closed-day"):
    """pk ``CLOSED``, sk the day: the digest of what was said in its close."""

    digest = UnicodeAttribute()


def last_closed() -> tuple[date, str] | None:
    """The last day that was closed and its digest."""
    rows: Any = ClosedDayRow.query(tenant_key("CLOSED"), scan_index_forward=False, limit=1)
    row = next(iter(rows), None)
    return (date.fromisoformat(row.sk), row.digest) if row is not None else None


def close(work: UnitOfWork, *, day: date, digest: str) -> None:
    """Join the work: this day is closed now, if it was not."""
    work.create(ClosedDayRow(tenant_key("CLOSED"), day.isoformat(), digest=digest))

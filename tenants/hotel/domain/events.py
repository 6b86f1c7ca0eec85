"""What a hotel says: U06 upward. Counts only; no person."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kernel.events import Event
from tenants.hotel.domain.nights import Nights, free
from tenants.hotel.domain.rooms import RoomType

_WITHIN = timedelta(minutes=5)


def availability_changed(
    touched: Iterable[tuple[str, date]], *, types: Mapping[str, RoomType], nights: Nights, now: datetime
) -> tuple[Event, ...]:
    """U06, one for each type and night: rooms free and out of order as read at ``now``.

    Held places count as not free. A whole house is no room of its own: its parts speak for it.
    """
    made = []
    for type, night in touched:
        kind = types.get(type)
        if kind is None or kind.house:
            continue
        count, broken = free(kind, night, nights)
        made.append(
            Event(
                type="tourism.lodging.availability.changed.v1",
                subject=f"{type}/{night.isoformat()}",
                at=now,
                due=now + _WITHIN,
                data={
                    "roomType": type,
                    "date": night.isoformat(),
                    "free": max(0, count),
                    "outOfOrder": broken,
                },
            )
        )
    return tuple(made)


def day_closed(*, day: date, sent: Mapping[str, Any], previous: str, now: datetime) -> Event:
    """The day's manifest: per type how many, the first and last id, and a digest of all."""
    return Event(
        type="tourism.hotel.day.closed.v1",
        subject=day.isoformat(),
        at=now,
        data={"day": day.isoformat(), "sent": dict(sent), "previous": previous},
    )

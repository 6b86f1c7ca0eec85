"""What a scenic area says: U08 to U12 upward, scans inside. Counts and ids; no person."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.events import INSIDE, Event
from chalicelib.kernel.period import rfc3339
from tenants.scenic.domain.area import Area, Gauge

_MINUTE = timedelta(minutes=1)


def tickets_issued(
    order: Order,
    *,
    concessions: Mapping[str, int],
    origins: Mapping[str, int],
    amount: int,
    sign: int,
    now: datetime,
) -> Event:
    """U08. A refund takes tickets back: quantity and price are negative (``sign=-1``)."""
    first = order.lines[0]
    return Event(
        type="tourism.scenic.ticket.issued.v1",
        subject=order.id,
        at=now,
        personal="p1",
        due=now + _MINUTE,
        data={
            "product": first.product,
            "area": first.resource,
            "slotStart": rfc3339(first.starts),
            "quantity": sign * sum(concessions.values()),
            "price": sign * amount,
            "channel": order.channel,
            "concession": {code: sign * count for code, count in concessions.items()},
            "resident": {origin: sign * count for origin, count in origins.items()},
        },
    )


def entries_counted(
    *, area: str, gate: str, minute: datetime, admitted: int, refused: Mapping[str, int], now: datetime
) -> Event:
    """U09: a minute at a gate; further scans of the same minute come as a further event, and add up."""
    return Event(
        type="tourism.scenic.entry.counted.v1",
        subject=f"{area}/{gate}",
        at=minute,
        due=now + 2 * _MINUTE,
        data={
            "area": area,
            "gate": gate,
            "minute": rfc3339(minute),
            "admitted": admitted,
            "refused": dict(refused),
        },
    )


def flow_observed(
    *, area: Area, gauge: Gauge, window: datetime, seconds: int, entered: int, exited: int, now: datetime
) -> Event:
    """U10: who is inside, as the gates count it."""
    return Event(
        type="tourism.scenic.flow.observed.v1",
        subject=area.id,
        at=now,
        due=now + 5 * _MINUTE,
        data={
            "windowStart": rfc3339(window),
            "windowSeconds": seconds,
            "entered": entered,
            "exited": exited,
            "inside": gauge.inside,
            "instantCapacity": area.capacity.instant,
            "dayCapacity": area.capacity.day,
            "enteredToday": gauge.entered,
            "zone": area.id,
            "quality": "gate",
        },
    )


def capacity_crossed(*, area: Area, level: int, direction: str, cap: str, count: int, now: datetime) -> Event:
    """U11: a level of the ladder was passed; the law wants the public and the government told."""
    return Event(
        type="tourism.scenic.capacity.crossed.v1",
        subject=area.id,
        at=now,
        due=now + _MINUTE,
        data={
            "area": area.id,
            "level": level,
            "direction": direction,
            "cap": cap,
            "count": count,
            "limit": area.capacity.instant if cap == "instant" else area.capacity.day,
        },
    )


def status_changed(
    *, area: str, status: str, reason: str, now: datetime, until: datetime | None = None
) -> Event:
    """U12: open, limited or closed; ``until``: when that ends by itself."""
    return Event(
        type="tourism.scenic.status.changed.v1",
        subject=area,
        at=now,
        due=now + 5 * _MINUTE,
        data={
            "area": area,
            "status": status,
            "reason": reason,
            **({"until": rfc3339(until)} if until is not None else {}),
        },
    )


def ticket_scanned(*, area: str, gate: str, ticket: str, outcome: str, at: datetime, nonce: str) -> Event:
    """Inside the module: one scan at a gate, to be counted into its minute."""
    return Event(
        type="tourism.scenic.ticket.scanned.v1",
        subject=ticket,
        at=at,
        lane=INSIDE,
        personal="p1",
        data={
            "area": area,
            "gate": gate,
            "ticket": ticket,
            "outcome": outcome,
            "at": rfc3339(at),
            "nonce": nonce,
        },
    )


def visitors_left(*, area: str, gate: str, count: int, at: datetime, nonce: str) -> Event:
    """Inside the module: people counted out at a gate."""
    return Event(
        type="tourism.scenic.visitors.left.v1",
        subject=f"{area}/{gate}",
        at=at,
        lane=INSIDE,
        data={"area": area, "gate": gate, "count": count, "at": rfc3339(at), "nonce": nonce},
    )


def tally(values: Sequence[str]) -> dict[str, int]:
    """How often each value occurs, in order of first appearance."""
    return {value: list(values).count(value) for value in dict.fromkeys(values)}

"""What a hotel says: U03 to U06 upward. Counts and pseudonyms; no person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.events import Event
from tenants.hotel.domain.figures import rates
from tenants.hotel.domain.nights import Nights, free

if TYPE_CHECKING:
    from tenants.hotel.domain.night_audit import DayFigures
    from tenants.hotel.domain.rooms import RoomType
    from tenants.hotel.domain.stay import Stay

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


PURPOSES = ("leisure", "business", "family", "event", "health", "study", "other", "unknown")
_CHANNELS = {"online": "online", "desk": "desk", "ota": "ota"}
_BANDS = (
    (0, "0"),
    (199, "1-199"),
    (399, "200-399"),
    (799, "400-799"),
    (1599, "800-1599"),
    (3199, "1600-3199"),
)


def checked_in(
    stay: Stay, *, guest: str, party: int, origin: tuple[str, str], purpose: str, now: datetime
) -> Event:
    """U03. guest: the first one's keyed pseudonym; origin: (country, province) as the document tells."""
    return Event(
        type="tourism.lodging.stay.checkedin.v1",
        subject=stay.id,
        at=now,
        personal="p1",
        due=now + _WITHIN,
        data={
            "guest": guest,
            "partySize": party,
            "originCountry": origin[0],
            "originProvince": origin[1],
            "purpose": purpose,
            "channel": _CHANNELS.get(stay.channel, "api"),
        },
    )


def checked_out(stay: Stay, *, guest: str, now: datetime) -> Event:
    """U04: nights, and the band of the room revenue in yuan."""
    return Event(
        type="tourism.lodging.stay.checkedout.v1",
        subject=stay.id,
        at=now,
        personal="p1",
        due=now + _WITHIN,
        data={"guest": guest, "nights": len(stay.nights), "revenueBand": band(sum(stay.nightly))},
    )


def registration_reported(
    *, subject: str, receipt: str, foreign: bool, accepted: bool, delay: timedelta, now: datetime
) -> Event:
    """U05: an answer of the police lane. delay: from the guest's arrival until the form was handed in."""
    return Event(
        type="tourism.lodging.registration.reported.v1",
        subject=subject,
        at=now,
        data={
            "receipt": receipt,
            "foreign": foreign,
            "result": "accepted" if accepted else "rejected",
            "delaySeconds": int(delay.total_seconds()),
        },
    )


def band(fen: int) -> str:
    """The band of an amount, in whole yuan."""
    return next((name for most, name in _BANDS if fen // 100 <= most), "3200+")


def night_audit_closed(figures: DayFigures, *, countries: Mapping[str, int], now: datetime) -> Event:
    """U07: the figures of a business day; money in fen, tax included.

    Where more was corrected than earned, the revenue says nothing and a shortfall by how much: revenue less
    shortfall, summed over any days, is what stands on the bills. An average price is never below nothing.
    """
    room, other = figures.room[0], figures.food[0] + figures.other[0]
    shortfalls = {"roomShortfall": -room, "otherShortfall": -other}
    return Event(
        type="tourism.lodging.nightaudit.closed.v1",
        subject=f"{figures.site}/{figures.day.isoformat()}",
        at=now,
        data={
            "property": figures.site,
            "date": figures.day.isoformat(),
            "rooms": figures.rooms,
            "outOfOrder": figures.out_of_order,
            "roomsAvailable": max(0, figures.available),
            "roomsSold": figures.let,
            "complimentary": figures.complimentary,
            "dayUse": figures.day_use,
            "guests": figures.guests,
            "roomRevenue": max(0, room),
            "otherRevenue": max(0, other),
            **{name: amount for name, amount in shortfalls.items() if amount > 0},
            "averagePrice": max(0, int(rates(figures).average_price * 100)),
            "nightsByCountry": dict(countries),
        },
    )

"""Events in: the bureau's requests; and the duties that a schedule starts."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.kernel.period import business_day, local, parse_instant
from chalicelib.messaging.directives import inbox as above
from chalicelib.messaging.manifest import close_digest, day_manifest
from chalicelib.persistence import vault
from chalicelib.persistence.journal import audited, envelopes_of
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.store import HotelStore, closing, new_unit
from tenants.hotel.usecases import duties, groups, housekeeping, night_audit, photos, waiting

_CLOSE_AT = time(0, 10)
_CATCH_UP = timedelta(days=7)


def take(envelope: Mapping[str, Any], now: datetime) -> None:
    """Directives, and requests to send a day's events again: people act on the former, we on the latter."""
    above.take(envelope, now=now)


def close_yesterday(now: datetime) -> None:
    """After midnight: the manifest of the day that ended, and of days before it that were missed."""
    yesterday = business_day(now) - timedelta(days=1)
    if now < local(business_day(now), _CLOSE_AT):
        return
    last = closing.last_closed()
    day = yesterday if last is None else max(last[0] + timedelta(days=1), yesterday - _CATCH_UP)
    while day <= yesterday:
        close_day(day, now=now)
        if day == yesterday:
            sweep_photos(now)
            vault.let_go(now=now)
        day += timedelta(days=1)


def sweep_photos(now: datetime) -> None:
    """Once a day, after the close: files of pictures that no album names any more."""
    photos.sweep(hotel=HotelStore(UnitOfWork(action="hotel.sweep-photos", now=now)))


def close_day(day: date, *, now: datetime) -> None:
    """Say what was sent about ``day``: the audit rows know every envelope."""
    last = closing.last_closed()
    said = [
        envelope
        for written in (day, day + timedelta(days=1))
        for row in audited(day=written)
        for envelope in envelopes_of(row)
        if business_day(parse_instant(envelope["time"])) == day
    ]
    sent, previous = day_manifest(said), last[1] if last is not None else ""
    work = UnitOfWork(action="hotel.close-day", now=now)
    digest = close_digest({"day": day.isoformat(), "sent": sent, "previous": previous})
    closing.close(work, day=day, digest=digest)
    duties.close_day(day=day, sent=sent, previous=previous, hotel=HotelStore(work))
    work.commit()


def audit_nights(now: datetime) -> None:
    """Close the business day of every property whose night is over; one that broke off is finished."""
    for property in _properties(now):
        night_audit.run_due(property, unit=new_unit(now))


def plan_cleaning(now: datetime) -> None:
    """In the morning: the rooms of everybody who stays on are dirty and to be cleaned."""
    for property in _properties(now):
        housekeeping.plan_day(property, unit=new_unit(now))


def look_through_waitlists(now: datetime) -> None:
    """Offer nights that came free; release groups whose date has come first, they free some."""
    for property in _properties(now):
        groups.release_due(property, unit=new_unit(now), now=now)
        waiting.look_through(property, unit=new_unit(now))


def _properties(now: datetime) -> list[str]:
    with new_unit(now)("hotel.look-at-properties") as hotel:
        return list(hotel.setup.house().properties)

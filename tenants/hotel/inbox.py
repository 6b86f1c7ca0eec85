"""Events in: the bureau's requests; and the duties that a schedule starts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.messaging import closing
from chalicelib.messaging.directives import inbox as above
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import groups, housekeeping, night_audit, photos, waiting


def take(envelope: Mapping[str, Any], now: datetime) -> None:
    """Directives, and requests to send a day's events again: people act on the former, we on the latter."""
    above.take(envelope, now=now)


def close_days(now: datetime) -> None:
    """After midnight: the manifest of each day that ended; then files that nobody names any more."""
    if closing.close_days(action="hotel.close-day", now=now):
        sweep_photos(now)


def sweep_photos(now: datetime) -> None:
    """Once a day, after the close: files of pictures that no album names any more."""
    photos.sweep(hotel=HotelStore(UnitOfWork(action="hotel.sweep-photos", now=now)))


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

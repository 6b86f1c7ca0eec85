"""What runs by itself: the close of a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tenants.hotel.domain.events import day_closed
from tenants.hotel.usecases.ports import Hotel


def close_day(*, day: date, sent: Mapping[str, Any], previous: str, hotel: Hotel) -> None:
    """Say the day's manifest: what was sent, so that the bureau can tell silence from zero."""
    hotel.publish(day_closed(day=day, sent=sent, previous=previous, now=hotel.now))

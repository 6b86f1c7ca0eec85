"""Time in words: instants are UTC RFC 3339, business days are local dates (Asia/Shanghai)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from chalicelib.kernel.late import dataclass

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """The clock port: the only way in which the present enters the product."""

    def __call__(self) -> datetime: ...


def business_day(instant: datetime) -> date:
    """The local calendar date of an instant."""
    return instant.astimezone(SHANGHAI).date()


def local(day: date, at: time) -> datetime:
    """The instant (UTC) of a wall-clock time on a business day."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


@lru_cache(maxsize=1024)  # an answer says the same few instants many times
def rfc3339(instant: datetime) -> str:
    """UTC with milliseconds and a Z: ``2026-10-02T01:30:00.000Z``."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """The reverse of ``rfc3339``; an instant without an offset is an error."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(UTC)


@dataclass(frozen=True)
class Period:
    """Half-open local dates ``[start, end)``: a stay of three nights has three days in it."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period ends after it starts")

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days))

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

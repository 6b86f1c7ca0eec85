"""Deadlines: when an event of a type is due, and when a day's books are closed. Rows, each with its validity.

A type without a row here follows its contract (``due_minutes``). The sender's own ``dueby`` can only make a
deadline earlier: nobody grants himself time.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day, local, parse_instant
from chalicelib.kernel.workdays import holiday_on

CLOSE = ".day.closed.v1"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When a type (or every type with this ending) is due.

    minutes: after the occurrence; holiday_minutes: the same on statutory holidays. at: by this time of the
    day after the business day that the event is about.
    """

    type: str
    source: str
    since: date
    until: date | None = None
    minutes: int | None = None
    holiday_minutes: int | None = None
    at: time | None = None

    def holds(self, type: str, day: date) -> bool:
        """Whether this row speaks of ``type`` on ``day``."""
        named = type.endswith(self.type) if self.type.startswith(".") else type == self.type
        return named and self.since <= day and (self.until is None or day < self.until)

    def due(self, *, at: datetime, about: date) -> datetime | None:
        """The last instant that is in time."""
        if self.at is not None:
            return local(about + timedelta(days=1), self.at)
        minutes = self.holiday_minutes if holiday_on(business_day(at)) else self.minutes
        return None if minutes is None else at + timedelta(minutes=minutes)


@dataclass(frozen=True, kw_only=True)
class Books:
    """When the books of a business day are closed: the time of the next day."""

    at: time
    source: str
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """How long an enterprise of a kind may say nothing on a working day before it is a finding."""

    kind: str
    after: timedelta
    source: str
    opens: time = time(8, 0)
    shuts: time = time(21, 0)


_ASSUMED = "default of the feed's catalogue, to be confirmed by the bureau"
_ALWAYS = date(2020, 1, 1)

DEADLINES: tuple[Deadline, ...] = (
    Deadline(type=CLOSE, at=time(6, 0), source=_ASSUMED, since=_ALWAYS),
    Deadline(type="tourism.lodging.nightaudit.closed.v1", at=time(6, 0), source=_ASSUMED, since=_ALWAYS),
    Deadline(
        type="tourism.lodging.availability.changed.v1",
        minutes=60,
        holiday_minutes=5,
        source=_ASSUMED,
        since=_ALWAYS,
    ),
)
BOOKS: tuple[Books, ...] = (Books(at=time(6, 0), source=_ASSUMED, since=_ALWAYS),)
QUIET: tuple[Quiet, ...] = (
    Quiet(kind="scenic", after=timedelta(minutes=30), source=_ASSUMED),
    Quiet(kind="hotel", after=timedelta(hours=4), source=_ASSUMED),
    Quiet(kind="homestay", after=timedelta(hours=10), source=_ASSUMED),
    Quiet(kind="agency", after=timedelta(hours=10), source=_ASSUMED),
)


def fell_silent(kind: str, *, heard: str, now: datetime) -> bool:
    """Whether somebody who spoke today has said nothing for longer than its kind may. ``heard``: RFC 3339."""
    row = next((one for one in QUIET if one.kind == kind), None)
    if row is None or not heard or not row.opens <= now.astimezone(SHANGHAI).time() <= row.shuts:
        return False
    return now - parse_instant(heard) > row.after


def due_of(envelope: Mapping[str, Any], *, at: datetime, contract: timedelta | None) -> datetime | None:
    """The last instant at which this event is in time; None: it has no deadline.

    ``at``: its occurrence. ``contract``: what its contract grants where no row speaks of it.
    """
    row = next((one for one in DEADLINES if one.holds(envelope["type"], business_day(at))), None)
    given = [parse_instant(envelope["dueby"])] if "dueby" in envelope else []
    if row is not None:
        ours = row.due(at=at, about=_about(envelope, at))
        given += [ours] if ours is not None else []
    elif contract is not None:
        given.append(at + contract)
    return min(given, default=None)


def books_close(day: date) -> datetime:
    """When the books of a business day are closed: what comes later restates it. A day before the first row
    (somebody may ask for any) is held to that row."""
    held = (one for one in BOOKS if one.since <= day and (one.until is None or day < one.until))
    row = next(held, BOOKS[0])
    return local(day + timedelta(days=1), row.at)


def _about(envelope: Mapping[str, Any], at: datetime) -> date:
    """The business day that an event closes or reports; of any other the day of its occurrence."""
    data = envelope["data"]
    for name in ("day", "date"):
        said = data.get(name)
        if isinstance(said, str):
            try:
                return date.fromisoformat(said)
            except ValueError:  # the schema knows digits, not calendars
                break
    return business_day(at)

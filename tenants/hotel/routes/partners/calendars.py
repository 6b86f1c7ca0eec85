"""Calendars in iCalendar (RFC 5545): read from others, shown to them, kept up by a schedule."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import telemetry
from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.kernel.period import SHANGHAI, Period
from chalicelib.outward import Unreachable, ask
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.web.http import Attachment, Call, Page, Public, page
from tenants.hotel.domain.channel import Busy, Channel, FeedWrong, Health
from tenants.hotel.domain.property import text
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import channels
from tenants.hotel.usecases.channels import Feed

_FREE = "TRANSPARENT"
_OFF = "CANCELLED"
_GONE = frozenset({401, 403, 404, 410})


class CalendarFeeds:
    """The ``Feeds`` port: calendars by https."""

    def read(self, address: str, *, tag: str) -> Feed:
        headers = {"Accept": "text/calendar"} | ({"If-None-Match": tag} if tag else {})
        reply = ask("GET", address, headers=headers)
        if reply.status == 304 and tag:
            return Feed(busy=None, tag=tag)
        if reply.status in _GONE:  # waiting would not help: the address has to be copied again
            raise FeedWrong
        if reply.status != 200:
            raise Unreachable(why=f"HTTP {reply.status}")
        return Feed(busy=parsed(reply.body), tag=reply.headers.get("etag", "")[:200])


def parsed(body: bytes) -> Sequence[Busy]:
    """The busy dates of a calendar. Raises ``FeedWrong`` where it is none.

    Entries that are cancelled or leave the time free take nothing; an hour of a day takes its night. Names
    and remarks are not looked at. One entry that cannot be read spoils the whole reading: to take it as
    "not there" would sell its nights again.
    """
    from icalendar import Calendar  # a cold start reads no calendar

    try:
        calendar: Any = Calendar.from_ical(body)
        if calendar.name != "VCALENDAR":
            raise FeedWrong
        return [
            _busy(entry)
            for entry in calendar.walk("VEVENT")
            if str(entry.get("STATUS", "")).upper() != _OFF and str(entry.get("TRANSP", "")).upper() != _FREE
        ]
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        raise FeedWrong from None


def rendered(busy: Sequence[Period], *, channel: Channel, name: str, now: datetime) -> bytes:
    """The calendar that we show: whole days, no names, ids that stay."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Songyun//Calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for period in busy:
        event = Event()
        event.add("uid", f"{period.start.isoformat()}-{channel.id}@songyun")
        event.add("dtstamp", now)
        event.add("dtstart", period.start)
        event.add("dtend", period.end)
        event.add("summary", "CLOSED")
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/calendars/{channel}/{secret}",
    use_case="hotel.show-calendar",
    door=Public(kind="hotel", always=True),
)
def show_calendar(call: Call) -> Page:
    """For the channel that knows the secret: when the type has nothing left. A suspended hotel shows it too:
    a calendar that goes silent is a room sold twice."""
    hotel = HotelStore(call.work)
    secret = call.path["secret"].removesuffix(".ics")
    channel = hotel.channels.find(call.path["channel"])
    if channel is None or not channel.opens(secret):
        raise Missing
    kind = hotel.setup.house().types.get(channel.type)
    body = rendered(
        channels.shown(channel, hotel=hotel),
        channel=channel,
        name=text(kind.names, call.locale) if kind is not None else channel.name,
        now=call.now,
    )
    call.set_header("Cache-Control", "no-store")
    return Attachment(body, content_type="text/calendar; charset=utf-8", name="calendar.ics")


def read_due(now: datetime) -> None:
    """The schedule: read what is due; alarm for a calendar that has gone stale."""
    hotel = HotelStore(UnitOfWork(action="hotel.read-calendars", now=now))
    failed = channels.sync_due(feeds=CalendarFeeds(), hotel=hotel, unit=new_unit(now))
    for channel in hotel.channels.all():
        if channel.health(now=now) is Health.STALE:
            refusal: Refusal | None = failed.get(channel.id)
            why = refusal.code if refusal is not None else channel.error
            telemetry.alarm("hotel.calendar-stale", channel=channel.id, why=why)


def _busy(entry: Any) -> Busy:
    first = _day(entry.decoded("DTSTART"))
    if "DTEND" in entry:
        last = _day(entry.decoded("DTEND"))
    elif "DURATION" in entry:
        last = first + max(entry.decoded("DURATION"), timedelta(days=1))
    else:
        last = first + timedelta(days=1)
    uid = str(entry.get("UID") or f"{first}/{last}")
    return Busy(uid[:500], first, max(last, first + timedelta(days=1)))


def _day(moment: date | datetime) -> date:
    """The local date: of an instant, the day on which it falls; one that ends at noon frees that night."""
    if isinstance(moment, datetime):
        return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()
    return moment

"""Channels through the API: connect, read now, disconnect; nights that two have sold."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.config import settings
from chalicelib.web.http import (
    Answered,
    Asked,
    Call,
    Empty,
    endpoint,
)
from tenants.hotel.domain.channel import Channel, Closure
from tenants.hotel.routes.partners.calendars import CalendarFeeds
from tenants.hotel.routes.registered import BLUEPRINT, RATES, READ, SELLS, WRITE
from tenants.hotel.routes.words import (
    Name,
)
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import channels, double_booking

Address = Annotated[
    str, Field(max_length=1_000, description="https address of an iCalendar feed; empty: none")
]
_Label = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]


class ChannelBody(Asked):
    name: _Label
    type: Name
    address: Address = ""


class ChangeBody(Asked):
    name: _Label
    address: Annotated[Address | None, Field(description="left out: as it was; empty: read nothing")] = None
    renew: Annotated[bool, Field(description="a new secret address of our calendar; the old one ends")] = (
        False
    )


class PlaceBody(Asked):
    type: Name


class ChannelView(Answered):
    """A channel. ``calendar`` is the address to give to the other side: said when it is made, never again."""

    id: str
    name: str
    type: str
    reads: Annotated[bool, Field(description="whether an address is set; it is never shown again")]
    health: Literal["new", "fresh", "stale", "out"]
    tried: datetime | None
    read: datetime | None
    busy: int
    error: str
    calendar: str | None = None


class ChannelsView(Answered):
    channels: list[ChannelView]


class SyncedView(Answered):
    made: int
    returned: int
    conflicts: int


class ProposalView(Answered):
    type: str
    left: int


class ConflictView(Answered):
    """An entry of a channel's calendar that found no place, and where its guest could sleep."""

    id: str
    channel: str
    type: str
    first: date
    last: date
    since: datetime
    proposals: list[ProposalView]


class ConflictsView(Answered):
    conflicts: list[ConflictView]


class ClosureView(Answered):
    id: str
    channel: str
    asked: str
    type: str
    first: date
    last: date


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/channels",
    use_case="hotel.list-channels",
    door=READ,
    answers=ChannelsView,
    summary="Channels and how their calendars are",
)
def list_channels(call: Call) -> ChannelsView:
    """Every channel; ``stale`` is one that could not be read for three hours."""
    found = HotelStore(call.work).channels.all()
    return ChannelsView(channels=[channel_view(channel, now=call.now) for channel in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/channels",
    use_case="hotel.connect-channel",
    door=RATES,
    body=ChannelBody,
    answers=ChannelView,
    status=201,
    entitlement=SELLS,
    summary="Connect a channel by calendars",
)
def connect_channel(call: Call, body: ChannelBody) -> ChannelView:
    """A wrong address is refused at once. ``calendar`` in the answer is said this once."""
    channel, secret = channels.connect(
        name=body.name,
        type=body.type,
        address=body.address,
        feeds=CalendarFeeds(),
        hotel=HotelStore(call.work),
    )
    return channel_view(channel, now=call.now, calendar=calendar_address(call, channel, secret))


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/channels/{channel}",
    use_case="hotel.change-channel",
    door=RATES,
    body=ChangeBody,
    answers=ChannelView,
    entitlement=SELLS,
    summary="Change a channel",
)
def change_channel(call: Call, body: ChangeBody) -> ChannelView:
    """Its name, the address that we read, the secret of the one that we show."""
    channel, secret = channels.change(
        call.path["channel"],
        name=body.name,
        address=body.address,
        renew=body.renew,
        feeds=CalendarFeeds(),
        hotel=HotelStore(call.work),
    )
    calendar = calendar_address(call, channel, secret) if secret else None
    return channel_view(channel, now=call.now, calendar=calendar)


@endpoint(
    BLUEPRINT,
    "DELETE",
    "/api/v1/hotel/channels/{channel}",
    use_case="hotel.disconnect-channel",
    door=RATES,
    answers=ChannelsView,
    summary="Disconnect a channel",
)
def disconnect_channel(call: Call) -> ChannelsView:
    """Every place that it held is free again."""
    hotel = HotelStore(call.work)
    channels.disconnect(call.path["channel"], hotel=hotel, unit=new_unit(call.now))
    left = [one for one in hotel.channels.all() if one.id != call.path["channel"]]
    return ChannelsView(channels=[channel_view(channel, now=call.now) for channel in left])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/channels/{channel}/reading",
    use_case="hotel.read-channel",
    door=WRITE,
    body=Empty,
    answers=SyncedView,
    summary="Read a channel's calendar now",
)
def read_channel(call: Call, _: Empty) -> SyncedView:
    """What it says is busy is taken, what it no longer says is given back."""
    done = channels.sync(
        channels.reading(call.path["channel"], hotel=HotelStore(call.work)),
        feeds=CalendarFeeds(),
        hotel=HotelStore(call.work),
        unit=new_unit(call.now),
    )
    call.work.witness(call.path["channel"])
    return SyncedView(made=done.made, returned=done.returned, conflicts=done.conflicts)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/conflicts",
    use_case="hotel.list-conflicts",
    door=READ,
    answers=ConflictsView,
    summary="Nights that a channel and somebody else have sold",
)
def list_conflicts(call: Call) -> ConflictsView:
    """The first fifty, with the types that have room on all their nights."""
    hotel = HotelStore(call.work)
    found = double_booking.conflicts(hotel=hotel)[:50]
    return ConflictsView(conflicts=[_conflict(closure, hotel=hotel) for closure in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/conflicts/{channel}/{closure}",
    use_case="hotel.place-conflict",
    door=WRITE,
    body=PlaceBody,
    answers=ClosureView,
    summary="Give the guest of a conflict a room of another type",
)
def place_conflict(call: Call, body: PlaceBody) -> ClosureView:
    """Refused where that type is full too."""
    closure = double_booking.place(
        call.path["channel"], call.path["closure"], type=body.type, hotel=HotelStore(call.work)
    )
    return ClosureView(
        id=closure.id,
        channel=closure.channel,
        asked=closure.asked,
        type=closure.type,
        first=closure.first,
        last=closure.last,
    )


def channel_view(channel: Channel, *, now: datetime, calendar: str | None = None) -> ChannelView:
    """A channel as it is told."""
    return ChannelView(
        id=channel.id,
        name=channel.name,
        type=channel.type,
        reads=bool(channel.address),
        health=channel.health(now=now).value,
        tried=channel.tried,
        read=channel.read,
        busy=channel.busy,
        error=channel.error,
        calendar=calendar,
    )


def calendar_address(call: Call, channel: Channel, secret: str) -> str:
    """Where the other side reads our calendar."""
    return f"{settings().base_url}/s/{call.tenant.slug}/calendars/{channel.id}/{secret}.ics"


def _conflict(closure: Closure, *, hotel: HotelStore) -> ConflictView:
    return ConflictView(
        id=closure.id,
        channel=closure.channel,
        type=closure.asked,
        first=closure.first,
        last=closure.last,
        since=closure.since,
        proposals=[
            ProposalView(type=one.type, left=one.left)
            for one in double_booking.proposals(closure, hotel=hotel)
        ],
    )

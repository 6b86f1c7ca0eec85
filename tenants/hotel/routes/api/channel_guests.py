"""Guests of a channel through the API: entries of its calendar, their bookings, what it has dropped."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from chalicelib.web.http import Answered, Asked, Call, Empty, MoneyView, endpoint
from chalicelib.web.orders.links import mark
from tenants.hotel.domain.channel import Closure
from tenants.hotel.routes.models.stay import BookingView, ContactAsked, booking_view
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.words import Name, PropertyQuery
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import channel_guests
from tenants.hotel.usecases.search import chosen


class ChannelGuestAsked(Asked):
    """Who comes. The calendar has no names, plans or prices: they are in the platform's own message."""

    contact: ContactAsked
    plan: Name
    price: Annotated[MoneyView, Field(description="the rooms of the whole stay; taxes on top come on top")]
    adults: Annotated[int, Field(ge=1, le=20)] = 1


class EntryView(Answered):
    """Nights of a type that a calendar has taken."""

    id: str
    type: str
    first: date
    last: date
    conflict: Annotated[bool, Field(description="no place was free: see the conflicts")]
    booking: Annotated[str, Field(description="the booking that has its places now, if there is one")]


class EntriesView(Answered):
    entries: list[EntryView]


class DroppedView(Answered):
    """A booking whose entry its channel's calendar has no longer: called off there, or moved."""

    booking: str
    channel: str
    first: date
    last: date
    since: datetime


class DroppedsView(Answered):
    dropped: list[DroppedView]


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/channels/{channel}/entries",
    use_case="hotel.list-entries",
    door=DESK,
    answers=EntriesView,
    summary="What a channel's calendar has taken",
)
def list_entries(call: Call) -> EntriesView:
    """Every entry of now and later, by its first night."""
    found = HotelStore(call.work).channels.closures(call.path["channel"]).values()
    return EntriesView(entries=[_entry(one) for one in sorted(found, key=lambda one: (one.first, one.id))])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/channels/{channel}/entries/{entry}/booking",
    use_case="hotel.channel-guest",
    door=DESK,
    body=ChannelGuestAsked,
    answers=BookingView,
    status=201,
    entitlement=SELLS,
    summary="Make a booking of what a channel's calendar has taken",
)
def take_over(call: Call, asked: ChannelGuestAsked) -> BookingView:
    """Its places change hands; an entry that has a booking answers it."""
    call.idempotent_by_itself()
    guest = channel_guests.Guest(
        plan=asked.plan,
        rooms=asked.price.amount,
        contact=asked.contact.model_dump(),
        adults=asked.adults,
    )
    order = channel_guests.take_over(
        call.path["channel"], call.path["entry"], guest, mark=mark(call.command), unit=new_unit(call.now)
    )
    return booking_view(order, now=call.now)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/dropped-bookings",
    use_case="hotel.list-dropped",
    door=DESK,
    query=PropertyQuery,
    answers=DroppedsView,
    summary="Bookings that their channel's calendar has no longer",
)
def list_dropped(call: Call) -> DroppedsView:
    """They stand until somebody cancels or moves them, and says so."""
    hotel = HotelStore(call.work)
    where = chosen(hotel.setup.house(), call.query.property)
    return DroppedsView(
        dropped=[
            DroppedView(
                booking=one.order, channel=one.channel, first=one.first, last=one.last, since=one.since
            )
            for one in hotel.channels.dropped(where.id)
        ]
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/dropped-bookings/{order}/decision",
    use_case="hotel.decide-dropped-booking",
    door=DESK,
    query=PropertyQuery,
    body=Empty,
    answers=DroppedsView,
    summary="Say that a dropped booking was looked after",
)
def decide(call: Call, _: Empty) -> DroppedsView:
    """It is not asked about any more; answers what is left."""
    hotel = HotelStore(call.work)
    where = chosen(hotel.setup.house(), call.query.property)
    channel_guests.decide(where.id, call.path["order"], hotel=hotel)
    return DroppedsView(
        dropped=[one for one in list_dropped(call).dropped if one.booking != call.path["order"]]
    )


def _entry(closure: Closure) -> EntryView:
    return EntryView(
        id=closure.id,
        type=closure.type,
        first=closure.first,
        last=closure.last,
        conflict=closure.conflict,
        booking=closure.order,
    )

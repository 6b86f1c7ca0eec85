"""Guests of a channel at the desk: an entry becomes a booking; what the calendar drops is decided."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Asked, Call, Html, Page, Pressed, Redirect, page
from chalicelib.web.orders.links import mark
from tenants.hotel.domain.channel import Closure
from tenants.hotel.domain.property import text
from tenants.hotel.routes.forms.again import FIRST, Again, or_again
from tenants.hotel.routes.forms.contact import Phone
from tenants.hotel.routes.forms.typed import Fen, errors_of
from tenants.hotel.routes.frame import desk_page, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.shown.stay import plan_options
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import channel_guests, channels, double_booking

_HOME = "/hotel/channels"
_ENTRY = _HOME + "/{channel}/entries/{closure}"


class GuestForm(Asked):
    """Who comes, as the platform's message says it; ``amount``: yuan for the whole stay."""

    contact: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Phone
    plan: Name
    amount: Fen
    adults: Annotated[int, Field(ge=1, le=20)] = 1


@page(BLUEPRINT, "GET", _ENTRY, use_case="hotel.ask-channel-guest", door=DESK)
def ask(call: Call) -> Page:
    """Who comes on these nights; an entry that is a booking leads to it."""
    hotel = HotelStore(call.work)
    entry = _entry(call, hotel)
    if entry.order:
        return Redirect(stay_href(entry.order, hotel))
    return _form(call)


def _form(call: Call, again: Again = FIRST) -> Html:
    hotel = HotelStore(call.work)
    entry, house = _entry(call, hotel), hotel.setup.house()
    channel = hotel.channels.find(entry.channel)
    kind = house.types.get(entry.type)
    sold = {plan.id for plan in channel_guests.plans_of(entry, hotel=hotel)}
    return desk_page(
        call,
        "hotel/desk/channel_guest.html",
        place="channels",
        flashes=again.flash([]),
        form=again.filled,
        conflict=entry.conflict,
        channel={"name": channel.name if channel is not None else "", "href": f"{_HOME}/{entry.channel}"},
        action=f"{_HOME}/{entry.channel}/entries/{entry.id}",
        first=entry.first.isoformat(),
        last=entry.last.isoformat(),
        nights=len(entry.nights),
        type=text(kind.names, call.locale) if kind is not None else entry.type,
        others=[
            {"type": one.type, "name": text(house.types[one.type].names, call.locale), "left": one.left}
            for one in double_booking.others(entry, hotel=hotel)
        ],
        move=f"{_HOME}/{entry.channel}/conflicts/{entry.id}",
        plans=[one for one in plan_options(house, call.locale) if one[0] in sold],
    )


def _again(call: Call) -> Page:
    return _form(call, Again(typed=call.form, errors=errors_of(call, money=("amount",)))).with_status(422)


@page(
    BLUEPRINT,
    "POST",
    _ENTRY,
    use_case="hotel.channel-guest-page",
    door=DESK,
    body=GuestForm,
    entitlement=SELLS,
    invalid=_again,
)
@or_again("guest", _form)
def take_over(call: Call, asked: GuestForm) -> Page:
    """A firm booking with the entry's own places; then its stay's page."""
    call.idempotent_by_itself()
    guest = channel_guests.Guest(
        plan=asked.plan,
        rooms=asked.amount,
        contact={"name": asked.contact, "phone": asked.phone},
        adults=asked.adults,
    )
    order = channel_guests.take_over(
        call.path["channel"],
        call.path["closure"],
        guest,
        mark=mark(call.command),
        unit=new_unit(call.now),
    )
    return Redirect(stay_href(order.id, HotelStore(call.work)) + "?done=reserved")


@page(
    BLUEPRINT,
    "POST",
    _HOME + "/dropped/{order}",
    use_case="hotel.decide-dropped",
    door=DESK,
    body=Pressed,
)
def decide(call: Call, _: Pressed) -> Page:
    """Somebody has looked after it: it is not asked about any more."""
    hotel = HotelStore(call.work)
    channel_guests.decide(property_of(hotel.setup).id, call.path["order"], hotel=hotel)
    return Redirect(f"{_HOME}?done=decided")


def entry_rows(
    entries: Sequence[Closure], call: Call, hotel: HotelStore, *, linked: bool
) -> list[dict[str, Any]]:
    """Entries of a calendar as rows of a list; ``linked``: each leads to who comes."""
    types = hotel.setup.house().types
    return [
        {
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "type": text(types[one.type].names, call.locale) if one.type in types else one.type,
            "state": _state(one, call),
            "href": f"{_HOME}/{one.channel}/entries/{one.id}" if linked and not one.conflict else "",
        }
        for one in entries
    ]


def dropped_rows(hotel: HotelStore, *, site: str) -> list[dict[str, Any]]:
    """Bookings whose entries are gone, each with its page and the way to say that it was looked after."""
    return [
        {
            "channel": channel.name if (channel := hotel.channels.find(one.channel)) is not None else "",
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "since": one.since,
            "href": stay_href(one.order, hotel),
            "action": f"{_HOME}/dropped/{one.order}",
        }
        for one in hotel.channels.dropped(site)
    ]


def stay_href(order: str, hotel: HotelStore) -> str:
    """The page of a booking's stay."""
    (stay, *_) = hotel.stays.of_order(hotel.orders.get(order))
    return f"/hotel/stays/{stay.id}"


def _state(entry: Closure, call: Call) -> dict[str, str]:
    if entry.conflict:
        return {"text": call.translate(N_("重复预订")), "tone": "urgent"}
    if entry.order:
        return {"text": call.translate(N_("已登记预订")), "tone": "good"}
    return {"text": call.translate(N_("已占房")), "tone": "calm"}


def _entry(call: Call, hotel: HotelStore) -> Closure:
    return channels.entry(call.path["channel"], call.path["closure"], hotel=hotel)

"""What the desk can sell for some nights, as its forms offer it: prices by type, rooms by number."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from chalicelib.kernel.errors import N_, Invalid
from chalicelib.web import formats
from chalicelib.web.formats import sentences
from chalicelib.web.http import Asked, Blank, Call
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.offer import Offer
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.rooms import Room
from tenants.hotel.routes.shown.stay import type_name
from tenants.hotel.routes.words import Name, RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import search

WrittenOffer = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}\|[a-z0-9-]{1,40}\|[0-9]{1,12}$")]
"""``type|plan|fen`` as it was shown."""


class Span(Asked):
    """Until when, and for how many. ``plans``: every plan, not each type's usual one. ``type``, ``room``:
    what the room plan's free cell was of."""

    depart: Annotated[date | None, Blank] = None
    plans: Literal["", "all"] = ""
    adults: Annotated[int, Field(ge=1, le=20)] = 1
    children: Annotated[int, Field(ge=0, le=20)] = 0
    type: Annotated[Name | None, Blank] = None
    room: Annotated[RoomNumber | None, Blank] = None


AnySpan = TypeVar("AnySpan", bound=Span)


def span_of(form: Mapping[str, Any], kind: type[AnySpan]) -> AnySpan:
    """What can be read of a form that was refused."""
    kept = {name: form[name] for name in kind.model_fields if name in form}
    try:
        return kind(**kept)
    except ValueError:
        return kind()


def offers_of(
    call: Call, where: Property, span: Span, *, arrive: date, depart: date, hotel: HotelStore
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """What can be had for these nights, the cheapest types first; and why nothing can be asked."""
    asked = search.Asked(
        arrive=arrive, depart=depart, adults=span.adults, children=span.children, property=where.id
    )
    try:
        found = search.availability(asked, hotel=hotel).found
    except Invalid as refusal:
        said = refused_in_words(refusal, locale=call.locale)
        return [], [{"text": sentences(said["detail"], said["remedy"], locale=call.locale), "tone": "warn"}]
    plans, say = hotel.setup.house().plans, call.translate
    made = []
    for one in found:
        for offer in (one.offers if span.plans else _usual(one.offers)) if one.left > 0 else ():
            note = [text(plans[offer.plan].names, call.locale), say(N_("余 %(left)s 间"), left=one.left)]
            if offer.due.amount:
                due = formats.money(offer.due.amount, locale=call.locale)
                note.append(say(N_("先付 %(amount)s"), amount=due))
            made.append(
                {
                    "value": f"{one.kind.id}|{offer.plan}|{offer.total.amount}",
                    "type": one.kind.id,
                    "title": text(one.kind.names, call.locale),
                    "note": " · ".join(note),
                    "price": offer.total.amount,
                    "least": min(each.total.amount for each in one.offers),
                }
            )
    told = []
    if made and span.type and all(one["type"] != span.type for one in made):
        wanted = type_name(hotel.setup.house(), span.type, call.locale)
        full = say(N_("%(type)s 这几晚没有了,或住不下这么多人,请从下面选。"), type=wanted)
        told.append({"text": full, "tone": "warn"})
    return sorted(made, key=lambda one: (one["least"], one["title"], one["price"])), told


def chosen_offer(call: Call, span: Span, offers: Sequence[dict[str, Any]]) -> str:
    """The offer that is marked: the one that was chosen, that of the type asked for, or the cheapest."""
    values = [one["value"] for one in offers]
    if call.form.get("offer") in values:
        return str(call.form["offer"])
    return next((one["value"] for one in offers if one["type"] == span.type), "") or next(iter(values), "")


def named_room(span: Span, offers: Sequence[dict[str, Any]]) -> str:
    """The room that was asked for, while its type is among the offers."""
    known = span.type is None or any(one["type"] == span.type for one in offers)
    return span.room or "" if known else ""


def rooms_of(call: Call, rooms: Sequence[Room], *, hotel: HotelStore) -> list[tuple[str, str]]:
    """Rooms as a select offers them, each with its type."""
    house = hotel.setup.house()
    return [(one.number, f"{one.number} · {type_name(house, one.type, call.locale)}") for one in rooms]


def room_wrong(
    call: Call, room: str | None, offer: str, free: Collection[str], *, site: str, hotel: HotelStore
) -> dict[str, str]:
    """Why a room that is named cannot go with an offer, by field, before anything is sold."""
    if not room:
        return {}
    house, type = hotel.setup.house(), offer.partition("|")[0]
    say, kind = call.translate, house.types.get(type)
    if kind is not None and kind.house:
        return {"room": say(N_("整栋出售时不用选房间。"))}
    named = next((one for one in hotel.setup.rooms(site) if one.number == room), None)
    if named is None or named.type != type:
        sold = type_name(house, type, call.locale)
        return {"room": say(N_("%(room)s 房不是%(type)s,请选同一房型的房间。"), room=room, type=sold)}
    if room not in free:
        return {"room": say(N_("%(room)s 房这几晚不空或还没打扫好,请换一间。"), room=room)}
    return {}


def _usual(offers: Sequence[Offer]) -> list[Offer]:
    """The cheapest that wants no money first, else the cheapest; none where there is none."""
    return sorted(offers, key=lambda offer: (offer.due.amount > 0, offer.total.amount))[:1]

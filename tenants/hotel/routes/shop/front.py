"""Visitors' first pages: the hotel's front, and which rooms can be had for which dates."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from chalicelib.kernel import images
from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.ids import is_id
from chalicelib.web.formats import sentences
from chalicelib.web.http import Attachment, Call, Filled, Html, Page, Public, page
from chalicelib.web.orders.links import absolute, own_orders
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.album import Album
from tenants.hotel.domain.hire import HIRED
from tenants.hotel.domain.offer import HORIZON, MOST_NIGHTS
from tenants.hotel.domain.property import Property, text
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shop.choice import Choice, ChoiceQuery, choice_of
from tenants.hotel.routes.shop.picture import picture
from tenants.hotel.routes.shown.offers import extra_shown, kind_shown, left_words, offer_shown, people_words
from tenants.hotel.routes.shown.photo import photos_of
from tenants.hotel.routes.words import in_words
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import search
from tenants.hotel.usecases.basket import Rooms
from tenants.hotel.usecases.search import Availability, Found
from tenants.hotel.usecases.setup_ports import House

SHOP = Public(kind="hotel")
_PICTURE_KEPT = "public, max-age=86400"


@page(BLUEPRINT, "GET", "/s/{slug}", use_case="hotel.show-shop", door=SHOP, query=ChoiceQuery)
def show_shop(call: Call) -> Page:
    """The hotel's front: when to come, what the rooms are, what a night costs."""
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    if not house.properties:
        return Html("hotel/shop/front_empty.html")
    where = property_of(house, call.query.property)
    tonight = where.night_of(call.now)
    first = max(where.today(call.now), tonight)
    cheapest, albums = _cheapest(where, first, hotel=hotel), hotel.albums.all()
    kinds = [kind for kind in house.types.values() if kind.site == where.id and kind.on and kind.capacity]
    return Html(
        "hotel/shop/front.html",
        place=place_shown(where, call),
        places=_places(house, where, call),
        form=search_form(call, where, choice=Choice(arrive=first, depart=first + timedelta(days=1))),
        photos=photos_of(f"property:{where.id}", albums, call),
        kinds=[{**kind_shown(kind, call, albums=albums), "from": cheapest.get(kind.id)} for kind in kinds],
        extras=[
            extra_shown(extra, call, left=None)
            for extra in house.extras.values()
            if extra.on and extra.site == where.id
        ],
        hires=f"/s/{call.tenant.slug}/hires?property={where.id}"
        if any(extra.on and extra.kind in HIRED and extra.site == where.id for extra in house.extras.values())
        else "",
        hourly=f"/s/{call.tenant.slug}/hours?property={where.id}"
        if any(kind.hourly is not None and kind.hourly.on for kind in kinds)
        else "",
        orders=own_orders(call),
        linked=[_linked(where, call, prices=list(cheapest.values()))],
    )


@page(BLUEPRINT, "GET", "/s/{slug}/rooms", use_case="hotel.show-rooms", door=SHOP, query=ChoiceQuery)
def show_rooms(call: Call) -> Page:
    """Which types can be had for the dates and people, at which price and terms; why others cannot."""
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    where = property_of(house, call.query.property or _chosen_place(call, house))
    choice = choice_of(call.query, url=call.url, extras=house.extras)
    choice, errors = dated(choice, where, call)
    found: Availability | None = None
    if not errors:
        asked = search.Asked(
            arrive=choice.arrive or call.now.date(),
            depart=choice.depart or call.now.date(),
            adults=call.query.adults,
            children=call.query.children,
            property=where.id,
        )
        try:
            found = search.availability(asked, hotel=hotel)
        except Refusal as refusal:
            errors = {"arrive": in_words(refusal, locale=call.locale)}
    shown = Html(
        "hotel/shop/rooms.html",
        place=place_shown(where, call),
        form=search_form(call, where, choice=choice, errors=errors),
        errors=errors,
        arrive=choice.arrive.isoformat() if choice.arrive else "",
        depart=choice.depart.isoformat() if choice.depart else "",
        nights=len(found.stay.nights) if found is not None else 0,
        people=people_words(call.query.adults, call.query.children, say=call.translate),
        found=_found(found, choice, house=house, albums=hotel.albums.all(), call=call)
        if found is not None
        else [],
        chosen=choice.count,
        basket=choice.href(f"/s/{call.tenant.slug}/stay") if not choice.empty else "",
    )
    shown.status = 422 if errors else None
    return shown


@page(BLUEPRINT, "GET", "/s/{slug}/pictures/{type}", use_case="hotel.show-picture", door=SHOP)
def show_picture(call: Call) -> Page:
    """The drawing of a room type."""
    kind = HotelStore(call.work).setup.house().types.get(call.path["type"])
    if kind is None:
        raise Missing
    call.set_header("Cache-Control", _PICTURE_KEPT)
    return Attachment(picture(kind.id, kind.beds, house=kind.house), content_type="image/svg+xml")


@page(BLUEPRINT, "GET", "/s/{slug}/photos/{photo}", use_case="hotel.show-photo", door=SHOP)
def show_photo(call: Call) -> Page:
    """A picture that the owner uploaded: what it shows never changes, so it is kept for ever."""
    name = call.path["photo"]
    body = HotelStore(call.work).albums.read(name) if is_id(name.removesuffix(".s"), "ph") else None
    kind = images.kind_of(body) if body is not None else None
    if body is None or kind is None:
        raise Missing
    return Attachment(body, content_type=kind, lasting=True)


def property_of(house: House, id: str | None) -> Property:
    """The property of this id, else the first that has something to sell. Raises ``Missing``."""
    if id is not None:
        return search.chosen(house, id)
    found = next(iter([*_selling(house), *house.properties.values()]), None)
    if found is None:
        raise Missing
    return found


def _selling(house: House) -> list[Property]:
    """The houses that have rooms on sale: one that is being set up is not shown beside them."""
    sold = {kind.site for kind in house.types.values() if kind.on and kind.capacity}
    return [one for one in house.properties.values() if one.id in sold]


def dated(choice: Choice, where: Property, call: Call) -> tuple[Choice, dict[str, str]]:
    """The choice with dates, tonight for one night where none were given; and what is wrong with them."""
    say = call.translate
    first = max(where.today(call.now), where.night_of(call.now))
    arrive = choice.arrive or first
    depart = choice.depart or arrive + timedelta(days=1)
    dates = Choice(arrive=arrive, depart=depart, rooms=choice.rooms, items=choice.items, extras=choice.extras)
    if arrive < where.night_of(call.now):
        return dates, {"arrive": say(N_("入住日期已经过去,请选今天或以后的日期。"))}
    if depart <= arrive:
        return dates, {"depart": say(N_("离店日期应晚于入住日期。"))}
    if (depart - arrive).days > MOST_NIGHTS:
        return dates, {"depart": say(N_("一次最多预订 %(most)s 晚,请分开预订。"), most=MOST_NIGHTS)}
    return dates, {}


def search_form(
    call: Call, where: Property, *, choice: Choice, errors: dict[str, str] | None = None
) -> dict[str, Any]:
    """The form that asks for dates and people; what was chosen so far goes along."""
    query: ChoiceQuery = call.query
    tonight = where.night_of(call.now)
    return {
        "action": f"/s/{call.tenant.slug}/rooms",
        "property": where.id,
        "boxes": Filled(
            {
                "arrive": choice.arrive.isoformat() if choice.arrive else "",
                "depart": choice.depart.isoformat() if choice.depart else "",
                "adults": query.adults,
                "children": query.children,
            },
            errors,
        ),
        "first": tonight.isoformat(),
        "last": (tonight + HORIZON).isoformat(),
        "carried": [pair for pair in choice.pairs() if pair[0] not in {"arrive", "depart"}],
    }


def place_shown(where: Property, call: Call) -> dict[str, Any]:
    """The property as guests know it."""
    locale = call.locale
    return {
        "name": text(where.names, locale),
        "about": text(where.about, locale),
        "notice": text(where.notice, locale),
        "address": text(where.address, locale),
        "phone": where.phone,
        "stars": where.stars,
        "check_in": f"{where.check_in:%H:%M}",
        "check_out": f"{where.check_out:%H:%M}",
        "place": f"{where.place[0]:.4f}, {where.place[1]:.4f}" if where.place else "",
    }


def _found(
    found: Availability, choice: Choice, *, house: House, albums: Mapping[str, Album], call: Call
) -> list[dict[str, Any]]:
    """Every type that takes the people: those that can be had first, the cheapest on top."""
    shown = [
        {**_one(each, found, choice, house=house, call=call), **kind_shown(each.kind, call, albums=albums)}
        for each in found.found
        if each.kind.capacity
    ]
    return sorted(
        shown, key=lambda one: (not one["offers"], one["offers"][0]["total"] if one["offers"] else 0)
    )


def _one(each: Found, found: Availability, choice: Choice, *, house: House, call: Call) -> dict[str, Any]:
    query: ChoiceQuery = call.query
    offers = sorted(each.offers, key=lambda offer: offer.total.amount) if each.left > 0 else []
    rows = []
    for offer in offers:
        room = Rooms(type=each.kind.id, plan=offer.plan, adults=query.adults, children=query.children)
        row = offer_shown(
            offer,
            house.plans[offer.plan],
            property=found.property,
            nights=len(found.stay.nights),
            call=call,
        )
        rows.append({**row, "href": choice.with_room(room).href(f"/s/{call.tenant.slug}/stay")})
    said = refused_in_words(each.forbidden, locale=call.locale) if each.forbidden is not None else None
    return {
        "left": left_words(each.left, say=call.translate),
        "offers": rows,
        "why": sentences(said["detail"], said["remedy"], locale=call.locale) if said is not None else "",
    }


def _cheapest(where: Property, first: date, *, hotel: HotelStore) -> dict[str, int]:
    """The lowest price of a night from today on, by type: what "from" means on the front."""
    asked = search.Asked(arrive=first, depart=first + timedelta(days=1), property=where.id)
    found = search.availability(asked, hotel=hotel)
    return {one.kind.id: min(offer.total.amount for offer in one.offers) for one in found.found if one.offers}


def _chosen_place(call: Call, house: House) -> str | None:
    """The property of the rooms that were chosen already."""
    for room in call.query.room:
        kind = house.types.get(room.partition(".")[0])
        if kind is not None:
            return kind.site
    return None


def _places(house: House, where: Property, call: Call) -> list[dict[str, Any]]:
    selling = _selling(house)
    if len(selling) < 2:
        return []
    return [
        {
            "label": text(one.names, call.locale),
            "href": f"/s/{call.tenant.slug}?property={one.id}",
            "current": one.id == where.id,
        }
        for one in selling
    ]


def _linked(where: Property, call: Call, *, prices: list[int]) -> dict[str, Any]:
    """The property as schema.org knows it, for search engines."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Hotel",
        "name": text(where.names, call.locale),
        "url": absolute(f"/s/{call.tenant.slug}"),
        "checkinTime": f"{where.check_in:%H:%M}",
        "checkoutTime": f"{where.check_out:%H:%M}",
    }
    if where.stars:
        found["starRating"] = {"@type": "Rating", "ratingValue": where.stars}
    if where.phone:
        found["telephone"] = where.phone
    if where.address:
        found["address"] = text(where.address, call.locale)
    if where.place:
        found["geo"] = {"@type": "GeoCoordinates", "latitude": where.place[0], "longitude": where.place[1]}
    if prices:
        found["priceRange"] = f"CNY {min(prices) / 100:.0f}–{max(prices) / 100:.0f}"
    return found

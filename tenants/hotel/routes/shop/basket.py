"""Visitors' second and third page: what goes with the rooms, and who comes; submitting holds all of it."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import N_, KeyReused, Refusal
from chalicelib.web.http import Call, Html, Page, Redirect, page
from chalicelib.web.orders.links import mark, order_path, own_orders, remember
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.booking import PriceChanged
from tenants.hotel.domain.extra import Extra, Per
from tenants.hotel.domain.hire import HIRED
from tenants.hotel.domain.nights import least
from tenants.hotel.domain.property import Property, text
from tenants.hotel.routes.forms.contact import Contact, ContactForm, checked
from tenants.hotel.routes.registered import BLUEPRINT, SELLS
from tenants.hotel.routes.shop.choice import MOST_ROOMS, Choice, ChoiceQuery, choice_of, room_word
from tenants.hotel.routes.shop.front import SHOP, dated, place_shown, property_of
from tenants.hotel.routes.shown.bill import bill_of, rooms_shown
from tenants.hotel.routes.shown.offers import extra_shown, people_words
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import booking, search
from tenants.hotel.usecases.basket import Filled, Rooms, filled
from tenants.hotel.usecases.setup_ports import House


class GuestsForm(ContactForm):
    """Who comes, and the total that was shown (fen)."""

    agreed: Annotated[int, Field(ge=0, le=10**9)] = 0


@page(BLUEPRINT, "GET", "/s/{slug}/stay", use_case="hotel.show-basket", door=SHOP, query=ChoiceQuery)
def show_basket(call: Call) -> Page:
    """The rooms with their numbers, what may go with them, and what it costs so far."""
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    choice = choice_of(call.query, url=call.url, extras=house.extras)
    where = _place(choice, house)
    errors: dict[str, str] = {}
    if choice.rooms:
        choice, errors = dated(choice, where, call)
    found, refused = (None, None) if errors or choice.empty else _filled(choice, call, hotel)
    lines = found.basket.lines if found is not None else ()
    left = left_of(choice, where, hotel=hotel) if choice.rooms and not errors else {}
    short = {
        room_word(rooms): call.translate(
            N_("只剩 %(left)s 间,请减少间数或换房型。"), left=max(left[rooms.type], 0)
        )
        for rooms in choice.rooms
        if rooms.type in left and left[rooms.type] < wanted_of(choice, rooms.type)
    }
    shown = Html(
        "hotel/shop/basket.html",
        place=place_shown(where, call),
        dates=_dates(choice),
        rows=[
            _row(rooms, house=house, call=call, error=short.get(room_word(rooms))) for rooms in choice.rooms
        ],
        hidden=_hidden(choice),
        extras=_extras_offered(choice, where, house=house, hotel=hotel, call=call),
        items=_items(choice, house=house, call=call),
        hires=choice.href(f"/s/{call.tenant.slug}/hires", property=where.id)
        if any(extra.on and extra.kind in HIRED and extra.site == where.id for extra in house.extras.values())
        else "",
        bill=bill_of(lines, house=house, say=call.translate, locale=call.locale),
        rooms=rooms_shown(
            lines, property=where, house=house, now=call.now, say=call.translate, locale=call.locale
        ),
        total=sum(line.total for line in lines),
        most=MOST_ROOMS,
        refused=refused,
        errors=errors,
        empty=choice.empty,
        ready=found is not None and not short,
        here=f"/s/{call.tenant.slug}/stay",
        next=f"/s/{call.tenant.slug}/guests",
        more=choice.href(f"/s/{call.tenant.slug}/rooms", property=where.id),
    )
    shown.status = 422 if errors else None
    return shown


@page(BLUEPRINT, "GET", "/s/{slug}/guests", use_case="hotel.show-guests", door=SHOP, query=ChoiceQuery)
def show_guests(call: Call) -> Page:
    """Whom to expect, beside what it costs and what cancelling would cost."""
    hotel = HotelStore(call.work)
    choice, where, problem = _complete(call, hotel)
    if problem:
        return Redirect(choice.href(f"/s/{call.tenant.slug}/stay"))
    return guests_page(call, choice, where, hotel, contact=Contact())


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/guests",
    use_case="hotel.hold-online",
    door=SHOP,
    query=ChoiceQuery,
    body=GuestsForm,
    entitlement=SELLS,
)
def hold(call: Call, asked: GuestsForm) -> Page:
    """Hold it all; what was typed comes back beside what was wrong with it, to this browser only."""
    call.idempotent_by_itself()
    which = mark(call.command)
    hotel = HotelStore(call.work)
    choice, where, problem = _complete(call, hotel)
    if problem:
        return Redirect(choice.href(f"/s/{call.tenant.slug}/stay"))
    contact = checked(asked, say=call.translate)
    if contact.errors:
        return guests_page(call, choice, where, hotel, contact=contact).with_status(422)
    wanted = choice.booking(
        contact=contact.contact,
        guests=contact.guests,
        wishes=contact.wishes,
        agreed=asked.agreed,
        channel="online",
        locale=call.locale,
    )
    try:
        order: Order = booking.hold(wanted, mark=which, hotel=hotel)
    except Refusal as refusal:
        return guests_page(call, choice, where, hotel, contact=contact, refusal=refusal).with_status(
            refusal.status
        )
    remember(call, order.id)
    return Redirect(order_path(call, order.id))


def _complete(call: Call, hotel: HotelStore) -> tuple[Choice, Property, bool]:
    """The choice, its property, and whether something is still wrong with it."""
    house = hotel.setup.house()
    choice = choice_of(call.query, url=call.url, extras=house.extras)
    where = _place(choice, house)
    if choice.rooms:
        choice, errors = dated(choice, where, call)
        return choice, where, bool(errors)
    return choice, where, choice.empty


def guests_page(
    call: Call,
    choice: Choice,
    where: Property,
    hotel: HotelStore,
    *,
    contact: Contact,
    refusal: Refusal | None = None,
) -> Html:
    """The form of who comes; ``contact``: what was typed."""
    # Names and numbers of people: not even the browser keeps this page.
    call.set_header("Cache-Control", "no-store")
    house = hotel.setup.house()
    found, refused = _filled(choice, call, hotel)
    lines = found.basket.lines if found is not None else ()
    total = sum(line.total for line in lines)
    due = sum(line.facts["due"] * line.count for line in lines)
    back = _back(choice, call)
    return Html(
        "hotel/shop/guests.html",
        place=place_shown(where, call),
        dates=_dates(choice),
        form=contact.filled,
        most=sum(rooms.count for rooms in choice.rooms) or 1,
        bill=bill_of(lines, house=house, say=call.translate, locale=call.locale),
        rooms=rooms_shown(
            lines, property=where, house=house, now=call.now, say=call.translate, locale=call.locale
        ),
        total=total,
        due=due,
        action=choice.href(f"/s/{call.tenant.slug}/guests"),
        back=back,
        refused=_way_on(call, refusal, back) if refusal is not None else refused,
        ready=found is not None,
    )


def _back(choice: Choice, call: Call) -> str:
    """Where the choice is changed: the hours' page for hours, else the basket."""
    if choice.hours and not choice.rooms:
        return f"/s/{call.tenant.slug}/hours?day={choice.hours[0].day.isoformat()}"
    return choice.href(f"/s/{call.tenant.slug}/stay")


def _way_on(call: Call, refusal: Refusal, back: str) -> dict[str, Any]:
    """A refusal in words, and where to go from it."""
    say = call.translate
    told: dict[str, Any] = {**refused_in_words(refusal, locale=call.locale)}
    links = [{"label": say(N_("修改房型或日期")), "href": back}]
    if isinstance(refusal, KeyReused):
        told |= {"detail": say(N_("您刚才已经提交过这张表,客房正为您保留。")), "remedy": ""}
    if isinstance(refusal, SoldOut):
        told["detail"] = say(N_("您选的客房或服务刚刚被订完。"))
        told["remedy"] = say(N_("请换一个房型、日期,或减少数量。"))
    if isinstance(refusal, PriceChanged):
        told["remedy"] = say(N_("下面是新的价格;同意就再提交一次。"))
    if isinstance(refusal, KeyReused):
        links = [
            {"label": say(N_("查看订单 %(number)s"), number=order["number"]), "href": order["href"]}
            for order in own_orders(call)[:1]
        ] + links
    return {**told, "links": links}


def _filled(choice: Choice, call: Call, hotel: HotelStore) -> tuple[Filled | None, dict[str, Any] | None]:
    """The priced basket, or why it cannot be had."""
    try:
        return filled(choice.booking(locale=call.locale), hotel=hotel, fresh=False), None
    except Refusal as refusal:
        told: dict[str, Any] = {**refused_in_words(refusal, locale=call.locale)}
        told["links"] = [
            {
                "label": call.translate(N_("重新选择客房")),
                "href": Choice(arrive=choice.arrive, depart=choice.depart).href(
                    f"/s/{call.tenant.slug}/rooms"
                ),
            }
        ]
        return None, told


def _place(choice: Choice, house: House) -> Property:
    """The property of what was chosen, else the first."""
    for type in (*(rooms.type for rooms in choice.rooms), *(hours.type for hours in choice.hours)):
        if type in house.types:
            return property_of(house, house.types[type].site)
    for add in choice.items:
        if add.extra in house.extras:
            return property_of(house, house.extras[add.extra].site)
    return property_of(house, None)


def _dates(choice: Choice) -> dict[str, Any] | None:
    if choice.arrive is None or choice.depart is None or not choice.rooms:
        return None
    return {
        "arrive": choice.arrive.isoformat(),
        "depart": choice.depart.isoformat(),
        "nights": (choice.depart - choice.arrive).days,
    }


def _row(rooms: Rooms, *, house: House, call: Call, error: str | None) -> dict[str, Any]:
    """A kind of room in the basket with its number box."""
    kind, plan = house.types.get(rooms.type), house.plans.get(rooms.plan)
    return {
        "word": room_word(rooms),
        "title": text(kind.names, call.locale) if kind is not None else rooms.type,
        "plan": text(plan.names, call.locale) if plan is not None else rooms.plan,
        "people": people_words(rooms.adults, rooms.children, say=call.translate),
        "count": rooms.count,
        "error": error,
    }


def _hidden(choice: Choice) -> list[tuple[str, str]]:
    """What the form carries beside its own boxes."""
    return [pair for pair in choice.pairs() if pair[0] in {"arrive", "depart", "hours", "item"}]


def _items(choice: Choice, *, house: House, call: Call) -> list[dict[str, str]]:
    """What was chosen for a time of its own, each with the link that leaves it out."""
    found = []
    for place, add in enumerate(choice.items):
        extra = house.extras.get(add.extra)
        kept = replace(choice, items=choice.items[:place] + choice.items[place + 1 :])
        found.append(
            {
                "title": text(extra.names, call.locale) if extra is not None else add.extra,
                "day": add.day.isoformat() if add.day is not None else "",
                "href": kept.href(f"/s/{call.tenant.slug}/stay"),
            }
        )
    return found


def wanted_of(choice: Choice, type: str) -> int:
    """How many rooms of a type were chosen, under whatever plan."""
    return sum(rooms.count for rooms in choice.rooms if rooms.type == type)


def left_of(choice: Choice, where: Property, *, hotel: HotelStore) -> dict[str, int]:
    """What can be had of each chosen type; an answer of a second ago, it decides nothing."""
    if choice.arrive is None or choice.depart is None:
        return {}
    asked = search.Asked(arrive=choice.arrive, depart=choice.depart, property=where.id)
    found = search.availability(asked, hotel=hotel)
    return {one.kind.id: one.left for one in found.found}


def _extras_offered(
    choice: Choice, where: Property, *, house: House, hotel: HotelStore, call: Call
) -> list[dict[str, Any]]:
    """The extras that go with the nights, with what is left of those that can run out."""
    if not choice.rooms or choice.arrive is None or choice.depart is None or choice.depart <= choice.arrive:
        return []
    offered = [
        extra
        for extra in house.extras.values()
        if extra.on and extra.site == where.id and extra.per in {Per.ORDER, Per.NIGHT}
    ]
    if not offered:
        return []
    last = choice.depart
    nights = hotel.calendar.taken(where.id, choice.arrive, last)
    days = [choice.arrive.fromordinal(day) for day in range(choice.arrive.toordinal(), last.toordinal())]

    def left(extra: Extra) -> int | None:
        touched = days if extra.per is Per.NIGHT else days[:1]
        slots = [day.isoformat() for day in touched]
        return least(extra.pools, slots, nights) if extra.limited else None

    return [
        {**extra_shown(extra, call, left=left(extra)), "count": choice.extras.get(extra.id, 0)}
        for extra in offered
    ]

"""The waitlist 候补: who would have a room if a night came free; offered by itself, or now."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import business_day
from chalicelib.payments.desk import taken
from chalicelib.payments.port import Receipt
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Pressed, Redirect, page
from tenants.hotel.domain.booking import due
from tenants.hotel.domain.stay import ids
from tenants.hotel.domain.waitlist import WaitState
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.models.groups import WaitAsked
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.shown.house import WAITS
from tenants.hotel.routes.shown.stay import plan_options, tag, type_name
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import waiting
from tenants.hotel.usecases.waiting import WaitShown

HOME = "/hotel/waiting"
DAY = timedelta(days=1)
DONE = {
    "added": N_("已记下,有房时会自动留出两小时。"),
    "free": N_("已记下。这些日期现在就有房:点“现在看有没有空房”,马上为客人留出。"),
    "offered": N_("有空房,已为排在前面的客人留出两小时,请马上联系。"),
    "none": N_("现在还没有空出来的房。"),
    "withdrawn": N_("已撤下,留着的房已放回。"),
}


class WaitingQuery(Asked):
    """text: part of a name, a phone or a type."""

    text: Annotated[str, Field(max_length=60)] = ""
    done: Annotated[str, Field(max_length=10)] = ""


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-waiting", door=DESK, query=WaitingQuery)
def show_waiting(call: Call) -> Page:
    """In the order in which they came; who looks is on record."""
    hotel, query = HotelStore(call.work), call.query
    return desk_page(
        call,
        "hotel/desk/waiting.html",
        place="waiting",
        flash=flash_of(call, query.done, DONE),
        rows=_rows(call, hotel, query.text),
        text=query.text,
        now=call.now,
    )


@page(BLUEPRINT, "GET", "/hotel/waiting.csv", use_case="hotel.export-waiting", door=DESK, query=WaitingQuery)
def export_waiting(call: Call) -> Page:
    """The list as a file; that it went out is kept."""
    say, hotel = call.translate, HotelStore(call.work)
    heads = (N_("姓名"), N_("电话"), N_("房型"), N_("入住"), N_("离店"), N_("间数"), N_("状态"))
    rows = [
        [*(row[key] for key in ("name", "phone", "type", "arrive", "depart", "count")), row["state"]["text"]]
        for row in _rows(call, hotel, call.query.text)
    ]
    return csv_file(say(N_("候补")), [say(head) for head in heads], rows, day=business_day(call.now))


def _form(call: Call, *, told: dict[str, str] | None = None) -> Html:
    hotel = HotelStore(call.work)
    where, house = property_of(hotel.setup), hotel.setup.house()
    tonight = where.night_of(call.now)
    return desk_page(
        call,
        "hotel/desk/wait_new.html",
        place="waiting",
        flash=[told] if told is not None else [],
        types=[
            (kind.id, type_name(house, kind.id, call.locale))
            for kind in sorted(
                house.types.values(), key=lambda one: one.house
            )  # a whole house is asked for least
            if kind.site == where.id
        ],
        plans=plan_options(house, call.locale),
        form=Filled(
            {"arrive": tonight.isoformat(), "depart": (tonight + DAY).isoformat(), **call.form},
            errors_of(call),
        ),
        least=tonight.isoformat(),
    )


@page(BLUEPRINT, "GET", "/hotel/waiting/new", use_case="hotel.show-new-wait", door=DESK)
def show_new(call: Call) -> Page:
    """The form."""
    return _form(call)


@page(
    BLUEPRINT,
    "POST",
    HOME,
    use_case="hotel.wait-for-rooms-page",
    door=DESK,
    body=WaitAsked,
    invalid=_form,
)
def add(call: Call, asked: WaitAsked) -> Page:
    """Write a wish down; where there is room after all, that is said."""
    hotel = HotelStore(call.work)
    try:
        made = waiting.wait_for(asked.wanted(property_of(hotel.setup).id), hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _form(call, told=told))
    return Redirect(f"{HOME}?done={'free' if waiting.free(made, hotel=hotel) else 'added'}")


@page(
    BLUEPRINT, "POST", "/hotel/waiting/offers", use_case="hotel.offer-waiting-page", door=DESK, body=Pressed
)
def offer(call: Call, _: Pressed) -> Page:
    """Look now, not at the next five minutes, whether something has come free."""
    site = property_of(HotelStore(call.work).setup).id
    changed = waiting.look_through(site, unit=new_unit(call.now))
    offered = any(one.state is WaitState.OFFERED for one in changed)
    return Redirect(f"{HOME}?done={'offered' if offered else 'none'}")


@page(BLUEPRINT, "GET", "/hotel/waiting/{wait}", use_case="hotel.ask-withdraw-waiting", door=DESK)
def ask_withdraw(call: Call) -> Page:
    """What withdrawing means."""
    hotel = HotelStore(call.work)
    wait = hotel.waits.get(property_of(hotel.setup).id, call.path["wait"])
    contact = hotel.vault.shown(wait.contact)
    call.work.witness(wait.id)
    shown = WaitShown(wait=wait, name=contact["name"], phone=contact["phone"])
    return desk_page(
        call, "hotel/desk/wait_end.html", place="waiting", wait=_row(shown, call, hotel), back=HOME
    )


@page(BLUEPRINT, "GET", "/hotel/waiting/{wait}/acceptance", use_case="hotel.ask-accept-waiting", door=DESK)
def ask_accept(call: Call) -> Page:
    """What taking the offer means: the nights, and the money that the plan wants first."""
    hotel = HotelStore(call.work)
    wait = hotel.waits.get(property_of(hotel.setup).id, call.path["wait"])
    wait.require(WaitState.OFFERED)
    call.work.witness(wait.id)
    order, contact = hotel.orders.get(wait.order), hotel.vault.shown(wait.contact)
    shown = WaitShown(wait=wait, name=contact["name"], phone=contact["phone"])
    return desk_page(
        call,
        "hotel/desk/wait_take.html",
        place="waiting",
        wait=_row(shown, call, hotel),
        total=order.total.amount,
        due=due(order).amount,
        back=HOME,
    )


@page(
    BLUEPRINT,
    "POST",
    "/hotel/waiting/{wait}/acceptance",
    use_case="hotel.accept-waiting",
    door=DESK,
    body=Pressed,
    entitlement=SELLS,
)
def accept(call: Call, _: Pressed) -> Page:
    """The booking is firm; money that is due was taken at the desk. Next is its first room."""
    hotel, now = HotelStore(call.work), call.now

    def receipt(order: str, amount: Money) -> Receipt:
        return taken(order=order, amount=amount, now=now)

    site = property_of(hotel.setup).id
    wait = waiting.accept(call.path["wait"], receipt=receipt, property=site, hotel=hotel)
    return Redirect(f"/hotel/stays/{ids(hotel.orders.get(wait.order), 0)[0]}?done=reserved")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/waiting/{wait}/withdrawal",
    use_case="hotel.withdraw-waiting-page",
    door=DESK,
    body=Pressed,
)
def withdraw(call: Call, _: Pressed) -> Page:
    """They want no room any more."""
    hotel = HotelStore(call.work)
    waiting.withdraw(call.path["wait"], property=property_of(hotel.setup).id, hotel=hotel)
    return Redirect(f"{HOME}?done=withdrawn")


def _rows(call: Call, hotel: HotelStore, wanted: str) -> list[dict[str, Any]]:
    found = waiting.waiting(property=property_of(hotel.setup).id, hotel=hotel)
    call.work.witness(f"waiting/{len(found)}")
    sought = wanted.strip().casefold()
    rows = [_row(one, call, hotel) for one in found]
    return [row for row in rows if sought in f"{row['name']} {row['phone']} {row['type']}".casefold()]


def _row(shown: WaitShown, call: Call, hotel: HotelStore) -> dict[str, Any]:
    wait = shown.wait
    return {
        "id": wait.id,
        "name": shown.name,
        "phone": shown.phone,
        "type": type_name(hotel.setup.house(), wait.type, call.locale),
        "arrive": wait.arrive.isoformat(),
        "depart": wait.depart.isoformat(),
        "count": wait.count,
        "people": wait.adults + wait.children,
        "state": tag(WAITS[wait.state], call),
        "until": wait.until,
        "order": short_number(wait.order) if wait.order else "",
        "offered": wait.state is WaitState.OFFERED,
        "href": f"{HOME}/{wait.id}",
    }

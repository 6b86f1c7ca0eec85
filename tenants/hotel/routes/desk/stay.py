"""One stay at the desk: what it is, who is in it, its bill, its key, and what can be done with it."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.kernel.personal import masked_document
from chalicelib.web.http import (
    Asked,
    Call,
    Confirmed,
    Html,
    Page,
    Redirect,
    page,
)
from chalicelib.web.orders.links import absolute
from tenants.hotel.domain.device import DeviceKind
from tenants.hotel.domain.property import text
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.frame import desk_page, flash_of, witnessed
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.guest import guest_row
from tenants.hotel.routes.shown.hires_left import beside
from tenants.hotel.routes.shown.room_link import room_path
from tenants.hotel.routes.shown.stay import hours_of, state_of, type_name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import advances, billing, front, keys, length, sealing

DONE = {
    "reserved": N_("已订好。"),
    "assigned": N_("已排房。"),
    "moved": N_("已换房。"),
    "planned": N_("已安排好换房,换房那天“今日”页会提醒。"),
    "freed": N_("已撤销排房。"),
    "undone": N_("已撤销上一步。"),
    "extended": N_("已延住。"),
    "shortened": N_("离店日期已提前,空出的房晚已放回可售。"),
    "late": N_("已登记延迟退房。"),
    "out": N_("已退房,房间转为待打扫。"),
    "no-show": N_("已记为未到店。"),
    "cancelled": N_("预订已取消。"),
    "given-up": N_("这一间已取消,其他客房不变。"),
    "rebooked": N_("日期已改。"),
    "expected": N_("已恢复为待入住。"),
    "guest": N_("登记已保存。"),
    "joined": N_("客人已入住。"),
    "removed": N_("已删除。"),
}
KEY_DONE = {"new": N_("新密码已生效,请告知客人。")}
LIVE = {StayState.EXPECTED, StayState.IN_HOUSE}


class DoneQuery(Asked):
    done: Annotated[str, Field(max_length=20)] = ""


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}", use_case="hotel.show-stay-page", door=DESK, query=DoneQuery)
def show(call: Call) -> Page:
    """The stay, its people masked."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    return stay_page(call, stay, hotel, flash=flash_of(call, call.query.done, DONE))


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}/key", use_case="hotel.show-key-page", door=DESK, query=DoneQuery)
def show_key(call: Call) -> Page:
    """The keys with their codes; that somebody looked is kept."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    found = keys.shown(stay, hotel=hotel)
    witnessed(call, stay.id)
    return desk_page(
        call,
        "hotel/desk/key.html",
        place="stays",
        came=call.query.done == "in",
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        grants=[
            {
                "rooms": "·".join(grant.rooms),
                "code": f"{code[:4]} {code[4:7]} {code[7:]}",
                "since": grant.window.since,
                "until": grant.window.until,
            }
            for grant, code in found.values()
        ],
        room_page=absolute(room_path(call, stay.id)),
        outside=any(guest.outside for guest in hotel.guests.of_stay(stay.id)),
        bill=bill_of(stay, hotel=hotel)["href"],
        flash=flash_of(call, call.query.done, KEY_DONE),
        locks=_has_locks(stay, hotel=hotel),
    )


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/key",
    use_case="hotel.reissue-key-page",
    door=DESK,
    body=Confirmed,
)
def give_key(call: Call, _: Confirmed) -> Page:
    """Another key: the codes that were known open nothing any more."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    keys.reissued(stay, property=length.property_of(stay, hotel=hotel), hotel=hotel)
    return Redirect(f"/hotel/stays/{stay.id}/key?done=new")


def stay_page(call: Call, stay: Stay, hotel: HotelStore, *, flash: list[dict[str, str]]) -> Html:
    """The page of a stay."""
    shown = front.shown([stay], hotel=hotel)[0]
    guests = hotel.guests.of_stay(stay.id)
    live = [one for one in hotel.grants.of(stay.id) if one.live(now=call.now)]
    return desk_page(
        call,
        "hotel/desk/stay.html",
        place="stays",
        flash=flash,
        name=shown.name,
        phone=masked_document(shown.phone),
        stay=facts(stay, call, hotel),
        guests=[guest_row(one, sealing.shown(one, hotel=hotel), stay=stay, call=call) for one in guests],
        bill=bill_of(stay, hotel=hotel),
        hires=beside(call, stay, hotel=hotel),
        keys=[{"rooms": "·".join(one.rooms), "until": one.window.until} for one in live],
        undo=stay.version if stay.previous is not None and stay.state in LIVE else None,
        now=call.now,
    )


def _has_locks(stay: Stay, *, hotel: HotelStore) -> bool:
    """Whether a door of the stay has a lock that we can give a code to."""
    found = hotel.devices.all(stay.site)
    return any(one.kind is DeviceKind.LOCK and one.on and one.place in stay.has for one in found)


def bill_of(stay: Stay, *, hotel: HotelStore) -> dict[str, Any]:
    """Where the stay's bill is and what is open on it (fen); before arrival, what was prepaid; the booking's
    own bill on which the desk has taken money, and how much of it would come over to this room."""
    folios = hotel.accounts.folios
    windows = folios.windows(stay.id)
    order = hotel.orders.get(stay.order)
    shared = advances.share(stay, order, hotel=hotel)
    advance = shared[0] if shared is not None else None
    prepaid = 0 if windows else billing.share_of(stay, order)
    return {
        "href": f"/hotel/folios/{windows[0].id}" if windows else None,
        "balance": sum(one.balance for one in windows),
        "deposits": sum(one.deposits for one in windows),
        "prepaid": prepaid,
        "advance": {
            "href": f"/hotel/folios/{advance.id}",
            "deposits": advance.deposits,
            "paid": advance.paid,
            "rooms": len(hotel.stays.of_order(order)),
            "share": 0 if windows else shared[1],
        }
        if advance is not None and shared is not None
        else None,
    }


def facts(stay: Stay, call: Call, hotel: HotelStore) -> dict[str, Any]:
    """A stay as its pages show it."""
    house = hotel.setup.house()
    where = house.properties[stay.site]
    today, night = where.today(call.now), where.night_of(call.now)
    kind, plan = house.types.get(stay.type), house.plans.get(stay.plan)
    return {
        "id": stay.id,
        "href": f"/hotel/stays/{stay.id}",
        "order": short_number(stay.order),
        "type": type_name(house, stay.type, call.locale),
        "house": kind is not None and kind.house,
        "plan": text(plan.names, call.locale) if plan is not None else stay.plan,
        "room": stay.room or "",
        "segments": [
            {"room": one.room, "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in stay.segments
        ],
        "split": len({one.first for one in stay.segments}) > 1,
        "arrive": stay.arrive.isoformat(),
        "depart": stay.depart.isoformat(),
        "nights": len(stay.nights),
        "hours": hours_of(stay),
        "total": sum(stay.nightly),
        "nightly": [
            {"text": on.isoformat(), "amount": price}
            for on, price in zip(stay.nights, stay.nightly, strict=False)
        ],
        "people": stay.adults + stay.children,
        "arrived": _iso(stay.arrived),
        "left": _iso(stay.left),
        "late": _iso(stay.late),
        "out_by": where.departure(stay.depart).isoformat() if stay.hours is None else "",
        "state": state_of(stay, today=today, night=night, call=call),
        "expected": stay.state is StayState.EXPECTED,
        "in_house": stay.state is StayState.IN_HOUSE,
        "no_show": stay.state is StayState.NO_SHOW,
        "due_in": stay.state is StayState.EXPECTED and stay.arrive <= today,
        "early": stay.state is StayState.IN_HOUSE and stay.depart > today,
    }


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""

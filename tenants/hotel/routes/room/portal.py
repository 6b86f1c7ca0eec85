"""The room's own page, on the television or the guest's phone: key, information, requests, films, the bill.

Whoever has the stay's link has the page, as with an order: the token is a keyed hash of the stay's id. It
shows a key and takes requests only while the guests are in the house.
"""

import hmac
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.ids import is_id
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Public, Redirect, WallTime, page
from tenants.hotel.domain.folio import Payer, State
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.request import Guide, Request, RequestKind, RequestState, WakeUpWrong
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.frame import refused
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shown.bill_link import bill_path
from tenants.hotel.routes.shown.room_link import room_path, token_of
from tenants.hotel.store import HotelStore
from tenants.hotel.store.requests import RequestStore
from tenants.hotel.usecases import keys, requests

_OPEN = Public(kind="hotel", always=True)
KINDS = {
    RequestKind.TOWELS: N_("毛巾与用品"),
    RequestKind.CLEANING: N_("打扫房间"),
    RequestKind.REPAIR: N_("报修"),
    RequestKind.LUGGAGE: N_("搬运行李"),
    RequestKind.WAKE_UP: N_("叫醒"),
    RequestKind.OTHER: N_("其他"),
}
STATES = {
    RequestState.ASKED: (N_("已收到"), "calm"),
    RequestState.TAKEN: (N_("正在办理"), "calm"),
    RequestState.DONE: (N_("已办好"), "good"),
    RequestState.CANCELLED: (N_("已取消"), "off"),
}
_DONE = {"asked": N_("已告诉前台,我们马上处理。"), "called": N_("已取消这项请求。")}


class RoomQuery(Asked):
    t: Annotated[str, Field(max_length=64)] = ""
    done: Literal["", "asked", "called"] = ""


class AskForm(Asked):
    kind: Literal["towels", "cleaning", "repair", "luggage", "wake-up", "other"]
    note: Annotated[str, Field(max_length=200)] = ""
    at: WallTime | None = None


class CallOffForm(Asked):
    request: Annotated[str, Field(pattern=r"^rq_[0-9a-z]{26}$")]


@page(BLUEPRINT, "GET", "/s/{slug}/stays/{stay}", use_case="hotel.show-room", door=_OPEN, query=RoomQuery)
def show_room(call: Call) -> Page:
    """Everything a guest needs in the room, on one page."""
    return _room(call)


def _room(call: Call, *, told: dict[str, str] | None = None) -> Html:
    hotel, shelf = HotelStore(call.work), RequestStore(call.work)
    stay = _stay(call, hotel=hotel)
    where = hotel.setup.house().properties[stay.site]
    say = call.translate
    here = stay.state is StayState.IN_HOUSE
    asked = shelf.of_stay(stay.id) if here else []
    return Html(
        "hotel/room/portal.html",
        site={"name": text(where.names, call.locale), "href": f"/s/{call.tenant.slug}"},
        stay={
            "room": stay.room,
            "here": here,
            "over": stay.state not in {StayState.EXPECTED, StayState.IN_HOUSE},
            "arrive": stay.arrive,
            "depart": stay.depart,
            "from": f"{where.check_in:%H:%M}",
            "until": f"{where.check_out:%H:%M}",
        },
        keys=_keys(stay, where, hotel=hotel) if here else [],
        guide=_guide(shelf.guide(stay.site), call.locale, here=here),
        kinds=[(kind.value, say(words)) for kind, words in KINDS.items()],
        requests=[_request(one, where, say=say, hotel=hotel) for one in reversed(asked)],
        bills=_bills(stay, call, hotel=hotel) if here else [],
        done={"text": say(_DONE[call.query.done])} if call.query.done and told is None else None,
        told=told,
        form=Filled(call.form, {"at": told["text"]} if told is not None else None),
        ask=room_path(call, stay.id, "/requests"),
        call_off=room_path(call, stay.id, "/requests/cancel"),
        again=room_path(call, stay.id),
    )


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/stays/{stay}/requests",
    use_case="hotel.ask-from-room",
    door=_OPEN,
    query=RoomQuery,
    body=AskForm,
)
def ask(call: Call, form: AskForm) -> Page:
    """Tell the house what is wanted."""
    hotel = HotelStore(call.work)
    stay = _stay(call, hotel=hotel)
    where = hotel.setup.house().properties[stay.site]
    try:
        requests.ask(
            stay,
            kind=RequestKind(form.kind),
            note=form.note,
            at=_next(form.at, where, now=call.now)
            if form.kind == "wake-up" and form.at is not None
            else None,
            requests=RequestStore(call.work),
            hotel=hotel,
        )
    except WakeUpWrong as refusal:
        return refused(call, refusal, lambda told: _room(call, told=told))
    return Redirect(room_path(call, stay.id, done="asked"))


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/stays/{stay}/requests/cancel",
    use_case="hotel.call-off-request",
    door=_OPEN,
    query=RoomQuery,
    body=CallOffForm,
)
def call_off(call: Call, form: CallOffForm) -> Page:
    """It is no longer wanted."""
    hotel = HotelStore(call.work)
    stay = _stay(call, hotel=hotel)
    requests.move_on(
        stay.id,
        form.request,
        state=RequestState.CANCELLED,
        by="guest",
        requests=RequestStore(call.work),
        hotel=hotel,
    )
    return Redirect(room_path(call, stay.id, done="called"))


def _stay(call: Call, *, hotel: HotelStore) -> Stay:
    id = call.path["stay"]
    call.set_header("Cache-Control", "no-store")
    if not is_id(id, "st"):
        raise Missing
    if not hmac.compare_digest(token_of(id, now=call.now).encode(), call.query.t.encode()):
        raise Missing
    return hotel.stays.get(id)


def _next(at: time, where: Property, *, now: datetime) -> datetime:
    """The next moment at which the property's clock shows this time."""
    today = where.instant(now.astimezone(ZoneInfo(where.zone)).date(), at)
    return today if today > now else today + timedelta(days=1)


def _bills(stay: Stay, call: Call, *, hotel: HotelStore) -> list[dict[str, Any]]:
    """The guests' own bills of the stay: what is owed, and where it is paid. A company's are not theirs."""
    return [
        {"href": bill_path(call.tenant.slug, one.id, now=call.now), "balance": max(0, one.balance)}
        for one in hotel.accounts.folios.windows(stay.id)
        if one.payer is Payer.GUEST and one.state is State.OPEN
    ]


def _keys(stay: Stay, where: Property, *, hotel: HotelStore) -> list[dict[str, Any]]:
    zone = ZoneInfo(where.zone)
    return [
        {
            "code": f"{code[:4]} {code[4:7]} {code[7:]}",
            "rooms": "·".join(grant.rooms),
            "floors": list(grant.floors),
            "until": grant.window.until.astimezone(zone),
        }
        for grant, code in keys.shown(stay, hotel=hotel).values()
    ]


def _guide(guide: Guide, locale: str, *, here: bool) -> dict[str, Any]:
    return {
        "network": guide.network,
        "password": guide.password if here else "",
        "phone": guide.phone,
        "breakfast": guide.breakfast,
        "note": guide.notes.get(locale) or guide.notes.get("zh", ""),
        "films": [
            {"title": text(film.titles, locale), "minutes": film.minutes, "path": film.path}
            for film in guide.films
        ],
    }


def _request(
    request: Request, where: Property, *, say: Callable[..., str], hotel: HotelStore
) -> dict[str, Any]:
    words, tone = STATES[request.state]
    at = request.at or request.made
    return {
        "id": request.id,
        "what": say(KINDS[request.kind]),
        "note": hotel.vault.shown(request.note) if request.note else "",
        "at": at.astimezone(ZoneInfo(where.zone)),
        "state": say(words),
        "tone": tone,
        "open": request.open,
    }

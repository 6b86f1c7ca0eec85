"""Guests' requests in the console: what waits, what somebody is at, what was done today."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.tenancy.context import current
from chalicelib.web.http import Asked, Blank, Call, Html, Page, Redirect, page
from tenants.hotel.domain.request import Request, RequestKind, RequestState
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.registered import BLUEPRINT, HOUSE
from tenants.hotel.store import HotelStore
from tenants.hotel.store.requests import RequestStore
from tenants.hotel.usecases import requests

HOME = "/hotel/requests"
KINDS = {
    RequestKind.TOWELS: N_("毛巾用品"),
    RequestKind.CLEANING: N_("打扫客房"),
    RequestKind.REPAIR: N_("维修"),
    RequestKind.LUGGAGE: N_("行李"),
    RequestKind.WAKE_UP: N_("叫醒"),
    RequestKind.OTHER: N_("其他"),
}
_STATES = {
    RequestState.ASKED: (N_("待受理"), "warn"),
    RequestState.TAKEN: (N_("办理中"), "calm"),
    RequestState.DONE: (N_("已完成"), "good"),
    RequestState.CANCELLED: (N_("已取消"), "off"),
}
_LISTS = {"asked": N_("待受理"), "taken": N_("办理中"), "over": N_("今日办结")}
_DONE = {
    "taken": N_("已受理,客人的房间页上会显示。"),
    "done": N_("已完成,客人的房间页上会显示。"),
    "cancelled": N_("已取消。"),
}
_SLOW = 900


class ListQuery(Asked):
    list: Literal["asked", "taken", "over"] = "asked"
    text: Annotated[str, Field(max_length=20)] = ""
    day: Annotated[date | None, Blank] = None
    done: Annotated[str, Field(max_length=20)] = ""


class MoveForm(Asked):
    state: Literal["taken", "done", "cancelled"]
    list: Literal["asked", "taken", "over"] = "asked"


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-requests", door=HOUSE, query=ListQuery)
def show_requests(call: Call) -> Page:
    """The oldest first; what waits for long stands out."""
    return _shown(call, call.query.list, flash_of(call, call.query.done, _DONE))


@page(BLUEPRINT, "POST", HOME + "/{stay}/{request}", use_case="hotel.move-request", door=HOUSE, body=MoveForm)
def move(call: Call, asked: MoveForm) -> Page:
    """Take it, say it is done, or call it off."""
    try:
        requests.move_on(
            call.path["stay"],
            call.path["request"],
            state=RequestState(asked.state),
            by=current().actor,
            requests=RequestStore(call.work),
            hotel=HotelStore(call.work),
        )
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _shown(call, asked.list, [told]))
    return Redirect(f"{HOME}?list={asked.list}&done={asked.state}")


@page(BLUEPRINT, "GET", HOME + ".csv", use_case="hotel.export-requests", door=HOUSE, query=ListQuery)
def export_requests(call: Call) -> Page:
    """A day's requests for a spreadsheet, without what guests wrote."""
    hotel, say = HotelStore(call.work), call.translate
    site = property_of(hotel.setup)
    day = call.query.day or site.today(call.now)
    rows = [
        [
            one.room,
            say(KINDS[one.kind]),
            say(_STATES[one.state][0]),
            _clock(one.made, site),
            _clock(one.moved, site),
        ]
        for one in RequestStore(call.work).over(site.id, day)
    ]
    heads = [say(head) for head in (N_("房间"), N_("需求"), N_("状态"), N_("提出"), N_("办结"))]
    return csv_file(say(N_("客人需求")), heads, rows, day=day)


def _shown(call: Call, list: str, flashes: list[dict[str, str]]) -> Html:
    hotel, store = HotelStore(call.work), RequestStore(call.work)
    site = property_of(hotel.setup)
    query = call.query if isinstance(call.query, ListQuery) else ListQuery()
    day = query.day or site.today(call.now)
    open_ = store.open(site.id)
    found = {
        "asked": [one for one in open_ if one.state is RequestState.ASKED],
        "taken": [one for one in open_ if one.state is RequestState.TAKEN],
        "over": list_reversed(store.over(site.id, day)),
    }
    chosen = [one for one in found[list] if query.text.strip() in one.room]
    if any(one.note for one in chosen):
        call.work.witness(f"requests/{len(chosen)}")
    return desk_page(
        call,
        "hotel/desk/requests.html",
        place="requests",
        flashes=flashes,
        list=list,
        text=query.text,
        day=day.isoformat(),
        lists=[
            {
                "key": key,
                "label": call.translate(words),
                "count": len(found[key]),
                "href": f"{HOME}?list={key}",
            }
            for key, words in _LISTS.items()
        ],
        rows=[_row(one, call, hotel) for one in chosen],
    )


def list_reversed(found: Any) -> list[Request]:
    """The last one first."""
    return sorted(found, key=lambda one: one.id, reverse=True)


def _row(one: Request, call: Call, hotel: HotelStore) -> dict[str, Any]:
    words, tone = _STATES[one.state]
    waits = int((call.now - one.made).total_seconds())
    return {
        "room": one.room,
        "kind": call.translate(KINDS[one.kind]),
        "note": hotel.vault.shown(one.note) if one.note else "",
        "made": one.made,
        "at": one.at,
        "moved": one.moved,
        "state": {"text": call.translate(words), "tone": tone},
        "slow": one.state is RequestState.ASKED and waits > _SLOW,
        "minutes": waits // 60,
        "asked": one.state is RequestState.ASKED,
        "open": one.open,
        "action": f"{HOME}/{one.stay}/{one.id}",
    }


def _clock(moment: Any, site: Any) -> str:
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(site.zone)).strftime("%Y-%m-%d %H:%M") if moment is not None else ""

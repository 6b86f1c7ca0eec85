"""Rooms out of order 维修房: which, for how long, why; taking one out, putting it back."""

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Pressed, Redirect, page
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import tag, type_name
from tenants.hotel.routes.words import RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import repairs
from tenants.hotel.usecases.ports import Block

HOME = "/hotel/blocks"
DAY = timedelta(days=1)
DONE = {"out": N_("已设为维修房,这几晚不再出售。"), "back": N_("已恢复,这间房可以再卖。")}


class BlocksQuery(Asked):
    """text: part of a room's number or of the reason. room, first: what the form begins with."""

    text: Annotated[str, Field(max_length=60)] = ""
    room: Annotated[RoomNumber | None, Blank] = None
    first: Annotated[date | None, Blank] = None
    done: Annotated[str, Field(max_length=8)] = ""


class BlockForm(Asked):
    """last: the morning on which the room can be sold again."""

    room: RoomNumber
    first: date
    last: date
    reason: Annotated[str, Field(min_length=1, max_length=60)]


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-blocks", door=DESK, query=BlocksQuery)
def show_blocks(call: Call) -> Page:
    """What is out of order now or later, and the form for another."""
    query = call.query
    first = query.first.isoformat() if query.first is not None else ""
    given = {"room": query.room or "", "first": first}
    return _page(call, text=query.text, typed=given, flash=flash_of(call, query.done, DONE))


@page(BLUEPRINT, "GET", "/hotel/blocks.csv", use_case="hotel.export-blocks", door=DESK, query=BlocksQuery)
def export_blocks(call: Call) -> Page:
    """The list as a file."""
    say, hotel = call.translate, HotelStore(call.work)
    rows = _rows(call, hotel, call.query.text)
    heads = (N_("房间"), N_("房型"), N_("从"), N_("到"), N_("原因"))
    cells = [[row[key] for key in ("room", "type", "first", "last", "reason")] for row in rows]
    return csv_file(say(N_("维修房")), [say(head) for head in heads], cells, day=business_day(call.now))


@page(
    BLUEPRINT,
    "POST",
    HOME,
    use_case="hotel.take-room-out-page",
    door=DESK,
    body=BlockForm,
    invalid=lambda call: _page(call, typed=call.form, errors=errors_of(call)),
)
def take_out(call: Call, asked: BlockForm) -> Page:
    """Not sold, not given to anybody for these nights."""
    hotel = HotelStore(call.work)
    try:
        repairs.take_out(
            asked.room,
            property=property_of(hotel.setup).id,
            first=asked.first,
            last=asked.last,
            reason=asked.reason,
            hotel=hotel,
        )
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _page(call, typed=call.form, flash=[told]))
    return Redirect(f"{HOME}?done=out")


@page(BLUEPRINT, "GET", "/hotel/blocks/{block}", use_case="hotel.ask-put-room-back", door=DESK)
def ask_back(call: Call) -> Page:
    """What putting back means."""
    hotel = HotelStore(call.work)
    block = hotel.blocks.find(property_of(hotel.setup).id, call.path["block"])
    if block is None:
        raise Missing(block=call.path["block"])
    return desk_page(
        call, "hotel/house/block_back.html", place="blocks", block=_row(block, call, hotel), back=HOME
    )


@page(
    BLUEPRINT,
    "POST",
    "/hotel/blocks/{block}/end",
    use_case="hotel.put-room-back-page",
    door=DESK,
    body=Pressed,
)
def put_back(call: Call, _: Pressed) -> Page:
    """It is in order again."""
    hotel = HotelStore(call.work)
    repairs.put_back(call.path["block"], property=property_of(hotel.setup).id, hotel=hotel)
    return Redirect(f"{HOME}?done=back")


def _page(
    call: Call,
    *,
    text: str = "",
    typed: dict[str, Any],
    errors: dict[str, str] | None = None,
    flash: list[dict[str, str]] | None = None,
) -> Html:
    hotel = HotelStore(call.work)
    where, house = property_of(hotel.setup), hotel.setup.house()
    tonight = where.night_of(call.now)
    begin = typed.get("first") or tonight.isoformat()
    return desk_page(
        call,
        "hotel/house/blocks.html",
        place="blocks",
        flash=flash or [],
        rows=_rows(call, hotel, text),
        text=text,
        file=f"/hotel/blocks.csv?text={text}" if text else "/hotel/blocks.csv",
        rooms=[
            (room.number, f"{room.number} · {type_name(house, room.type, call.locale)}")
            for room in hotel.setup.rooms(where.id)
        ],
        form=Filled({"last": (tonight + DAY).isoformat(), **typed, "first": begin}, errors),
        least=tonight.isoformat(),
        most=repairs.MOST_NIGHTS,
    )


def _rows(call: Call, hotel: HotelStore, text: str) -> list[dict[str, Any]]:
    found = repairs.out_of_order(property=property_of(hotel.setup).id, hotel=hotel)
    wanted = text.strip().casefold()
    some = [one for one in found if wanted in f"{one.room} {one.reason}".casefold()]
    return [_row(one, call, hotel) for one in sorted(some, key=lambda one: (one.first, one.room))]


def _row(block: Block, call: Call, hotel: HotelStore) -> dict[str, Any]:
    tonight = property_of(hotel.setup).night_of(call.now)
    now = block.first <= tonight
    return {
        "id": block.id,
        "room": block.room,
        "type": type_name(hotel.setup.house(), block.type, call.locale),
        "first": block.first.isoformat(),
        "last": block.last.isoformat(),
        "nights": (block.last - block.first).days,
        "reason": block.reason,
        "state": tag((N_("维修中"), "warn") if now else (N_("已安排"), "calm"), call),
        "href": f"{HOME}/{block.id}",
    }

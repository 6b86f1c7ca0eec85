"""A stay's room at the desk: assigning, moving, taking back."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, Several, page
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.domain.units import NoRoomFree, RoomOfAnother
from tenants.hotel.routes.desk.stay import facts
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import CLEAN, type_name
from tenants.hotel.routes.words import RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import fitting, front, placing
from tenants.hotel.usecases.placing import Wish

_SHOWN = 24


class RoomForm(Asked):
    """No room: the assignment is taken back. ``other``: a room of another type is meant; ``dirty``: guests
    who move want it as it is."""

    room: RoomNumber | None = None
    since: date | None = None
    other: Literal["", "yes"] = ""
    dirty: Literal["", "yes"] = ""


class PartsForm(Asked):
    """Which room from which night on, as the page proposed it."""

    parts: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,12}@[0-9]{4}-[0-9]{2}-[0-9]{2}$")]],
        Several,
        Field(min_length=1, max_length=fitting.MOST_PARTS),
    ]


class UndoForm(Asked):
    version: int = Field(ge=0, le=10**9)


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}/room", use_case="hotel.choose-room", door=DESK)
def choose(call: Call) -> Page:
    """Rooms that would do."""
    hotel = HotelStore(call.work)
    return _room_page(call, hotel.stays.get(call.path["stay"]), hotel)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/room",
    use_case="hotel.assign-room-page",
    door=DESK,
    body=RoomForm,
)
def assign(call: Call, asked: RoomForm) -> Page:
    """Assign, move, or take back."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    before = hotel.stays.get(id)
    wish = Wish(room=asked.room, since=asked.since, other=bool(asked.other), dirty=bool(asked.dirty))
    try:
        after = placing.assign(id, wish, hotel=hotel)
    except RoomOfAnother as refusal:
        return refused(call, refusal, lambda told: _room_page(call, before, hotel, told=told, asked=asked))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _room_page(call, before, hotel, told=told))
    later = after.state is StayState.IN_HOUSE and after.has == before.has  # they move on another day
    key = "freed" if not after.segments else "moved" if before.segments else "assigned"
    return Redirect(f"/hotel/stays/{id}?done={'planned' if later else key}")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/parts",
    use_case="hotel.assign-parts-page",
    door=DESK,
    body=PartsForm,
)
def assign_parts(call: Call, asked: PartsForm) -> Page:
    """Rooms one after the other, where none is free for all nights."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    before = hotel.stays.get(id)
    try:
        named = [one.rpartition("@")[::2] for one in asked.parts]
        parts = [(room, date.fromisoformat(day)) for room, day in named]
        placing.assign_parts(id, parts, hotel=hotel)
    except (Refusal, ValueError) as fault:
        refusal = fault if isinstance(fault, Refusal) else NoRoomFree()
        return refused(call, refusal, lambda told: _room_page(call, before, hotel, told=told))
    return Redirect(f"/hotel/stays/{id}?done={'moved' if before.segments else 'assigned'}")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/undo",
    use_case="hotel.undo-room-page",
    door=DESK,
    body=UndoForm,
)
def undo(call: Call, asked: UndoForm) -> Page:
    """Take the last change of rooms back."""
    placing.undo(call.path["stay"], version=asked.version, hotel=HotelStore(call.work))
    return Redirect(f"/hotel/stays/{call.path['stay']}?done=undone")


def room_choices(stay: Stay, free: Sequence[str], *, call: Call, hotel: HotelStore) -> list[dict[str, str]]:
    """Rooms that would do, in their order, each with how clean it is."""
    board = hotel.board.all(stay.site)
    made = []
    for number in free[:_SHOWN]:
        status = board.get(number)
        note = call.translate(CLEAN[status.state][0]) if status is not None else ""
        if status is not None and status.occupant:
            note = call.translate(N_("上一位客人未退房"))
        made.append({"value": number, "title": number, "note": note})
    return made


def _room_page(
    call: Call,
    stay: Stay,
    hotel: HotelStore,
    *,
    told: dict[str, str] | None = None,
    asked: RoomForm | None = None,
) -> Html:
    house, found = hotel.setup.house(), fitting.ways(stay, hotel=hotel)
    since = found.since
    return desk_page(
        call,
        "hotel/desk/room.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        rooms=room_choices(stay, found.rooms, call=call, hotel=hotel),
        parts=[
            {"room": one.room, "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in found.parts
        ],
        others=[
            (room.number, f"{room.number} · {type_name(house, room.type, call.locale)}")
            for room in fitting.rooms_between(
                stay.site, since, max(stay.depart, since + fitting.DAY), hotel=hotel
            )
            if room.type != stay.type
        ],
        since=since.isoformat(),
        last=stay.nights[-1].isoformat() if stay.nights else "",
        partly=len(stay.nights) > 1 and bool(stay.segments),
        asked={"room": asked.room, "since": asked.since.isoformat() if asked.since else ""}
        if asked is not None
        else None,
        in_house=stay.state is StayState.IN_HOUSE,
    )

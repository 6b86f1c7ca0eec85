"""The house-keeping board 房务: every room, how clean, who cleans it, what comes next. For one thumb."""

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import business_day
from chalicelib.web.formats import listed
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, Several, page
from tenants.hotel.domain.cleaning import Step
from tenants.hotel.domain.housekeeping import Found
from tenants.hotel.routes.api.house import seen
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.house.board_rows import (
    HOME,
    SHOWS,
    BoardView,
    among,
    belongs,
    in_state,
    people,
    rows,
    todo,
)
from tenants.hotel.routes.registered import BLUEPRINT, DESK, HOUSE
from tenants.hotel.routes.words import RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import housekeeping
from tenants.hotel.usecases.housekeeping import MOST_ROOMS

DONE = {
    "start": N_("已开始打扫。"),
    "done": N_("已打扫好,等查房。"),
    "skip": N_("已记免打扰。"),
    "pass": N_("查房通过。"),
    "again": N_("已退回重扫。"),
    "asked": N_("已加一项打扫。"),
    "seen": N_("房态已上报。"),
    "settled": N_("房态已核对。"),
    "given": N_("已分派。"),
    "find": N_("失物已登记。"),
}


class BoardQuery(BoardView):
    done: Annotated[str, Field(max_length=8)] = ""
    room: Annotated[str, Field(max_length=12)] = ""


class StepForm(BoardView):
    step: Step
    note: Annotated[str, Field(max_length=200)] = ""


class CleanForm(BoardView):
    note: Annotated[str, Field(max_length=200)] = ""


class SeenForm(BoardView):
    """found: what was seen; nothing: the desk has looked into it."""

    found: Found | None = None


class GiveForm(Asked):
    rooms: Annotated[list[RoomNumber], Several, Field(min_length=1, max_length=MOST_ROOMS)]
    name: Annotated[str, Field(max_length=20)] = ""


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-board", door=HOUSE, query=BoardQuery)
def show_board(call: Call) -> Page:
    """Every room of today, by floor."""
    query = call.query
    flash = flash_of(call, query.done, DONE)
    if flash and query.room:
        flash[0]["text"] = f"{query.room} · {flash[0]['text']}"
    return board_page(call, query, flash=flash)


@page(BLUEPRINT, "GET", "/hotel/housekeeping.csv", use_case="hotel.export-board", door=HOUSE, query=BoardView)
def export_board(call: Call) -> Page:
    """The rooms that were asked for, as a file."""
    say, hotel = call.translate, HotelStore(call.work)
    _, rooms = housekeeping.board(property=property_of(hotel.setup).id, hotel=hotel)
    heads = (N_("房间"), N_("房型"), N_("楼层"), N_("房况"), N_("住客"), N_("任务"), N_("进度"), N_("谁打扫"))
    cells = [
        [
            *(row["number"], row["type"], row["floor"], row["clean"]["text"]),
            listed(row["guests"], locale=call.locale),
            *((row["kind"], row["state"]["text"], row["who"]) if row["task"] else ("", "", "")),
        ]
        for row in rows([one for one in rooms if among(one, call.query)], hotel.setup.house(), call)
    ]
    return csv_file(say(N_("房务")), [say(head) for head in heads], cells, day=business_day(call.now))


@page(BLUEPRINT, "GET", "/hotel/housekeeping/give", use_case="hotel.show-rooms-to-give", door=HOUSE)
def show_give(call: Call) -> Page:
    """Rooms of today to tick, and whom they go to."""
    return _give_page(call)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/housekeeping/give",
    use_case="hotel.give-rooms-page",
    door=HOUSE,
    body=GiveForm,
    invalid=lambda call: _give_page(call, missing=True),
)
def give(call: Call, asked: GiveForm) -> Page:
    """They are this one's to clean."""
    hotel = HotelStore(call.work)
    housekeeping.assign(asked.rooms, asked.name, property=property_of(hotel.setup).id, hotel=hotel)
    query = urlencode({name: value for name, value in (("who", asked.name), ("done", "given")) if value})
    return Redirect(f"{HOME}?{query}")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/housekeeping/rooms/{room}/task",
    use_case="hotel.go-on-with-task-page",
    door=HOUSE,
    body=StepForm,
)
def go_on(call: Call, asked: StepForm) -> Page:
    """Start, finish, skip, pass or refuse."""
    hotel, room = HotelStore(call.work), call.path["room"]
    try:
        where = property_of(hotel.setup)
        housekeeping.step(room, asked.step, property=where.id, note=asked.note, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: board_page(call, asked, flash=[told]))
    return back(asked, room, str(asked.step))


@page(
    BLUEPRINT,
    "POST",
    "/hotel/housekeeping/rooms/{room}/cleaning",
    use_case="hotel.ask-for-cleaning-page",
    door=HOUSE,
    body=CleanForm,
)
def ask_for_cleaning(call: Call, asked: CleanForm) -> Page:
    """A room is to be cleaned (again)."""
    hotel, room = HotelStore(call.work), call.path["room"]
    housekeeping.ask(room, property=property_of(hotel.setup).id, note=asked.note, hotel=hotel)
    return back(asked, room, "asked")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/housekeeping/rooms/{room}/seen",
    use_case="hotel.report-room-page",
    door=HOUSE,
    body=SeenForm,
)
def report(call: Call, asked: SeenForm) -> Page:
    """What was found in a room, or that the desk has looked into it."""
    hotel, room = HotelStore(call.work), call.path["room"]
    seen(room, asked.found, property=property_of(hotel.setup).id, hotel=hotel)
    return back(asked, room, "seen" if asked.found is not None else "settled")


def back(view: BoardView, room: str, done: str) -> Redirect:
    """The board again, at the room."""
    query = urlencode({**view.fields(), "done": done, "room": room})
    return Redirect(f"{HOME}?{query}#room-{room}")


def board_page(call: Call, view: BoardView, *, flash: list[dict[str, str]]) -> Html:
    """The board, narrowed."""
    hotel, say = HotelStore(call.work), call.translate
    where, rooms = housekeeping.board(property=property_of(hotel.setup).id, hotel=hotel)
    mine = [one for one in rooms if belongs(one, view)]
    floors: dict[str, list[dict[str, Any]]] = {}
    for row in rows([one for one in mine if in_state(one, view.show)], hotel.setup.house(), call):
        floors.setdefault(row["floor"], []).append(row)
    kept = {name: value for name, value in view.fields().items() if name != "show"}
    return desk_page(
        call,
        "hotel/house/housekeeping.html",
        place="housekeeping",
        flash=flash,
        day=where.night_of(call.now).isoformat(),
        floors=[{"name": floor, "rooms": some} for floor, some in floors.items()],
        shown=sum(len(some) for some in floors.values()),
        view=view.fields(),
        tabs=[
            {
                "label": say(words),
                "count": sum(1 for one in mine if in_state(one, show)),
                "href": f"{HOME}?{urlencode({**kept, 'show': show})}"
                if show
                else f"{HOME}?{urlencode(kept)}",
                "current": show == view.show,
            }
            for show, words in SHOWS.items()
        ],
        people=[(name, name) for name in people(rooms)],
        storeys=[(floor, floor or "—") for floor in sorted({one.room.floor for one in rooms})],
        cleaner=view.who,
        floor=view.floor,
        text=view.text,
        file=f"/hotel/housekeeping.csv?{urlencode(view.fields())}",
        desk=bool(call.context.roles & set(DESK.roles)),
    )


def _give_page(call: Call, *, missing: bool = False) -> Html:
    hotel = HotelStore(call.work)
    _, found = housekeeping.board(property=property_of(hotel.setup).id, hotel=hotel)
    dirty = [one for one in found if todo(one)]
    floors: dict[str, list[dict[str, Any]]] = {}
    for row in rows(dirty, hotel.setup.house(), call):
        floors.setdefault(row["floor"], []).append(row)
    return desk_page(
        call,
        "hotel/house/housekeeping_give.html",
        place="housekeeping",
        floors=[{"name": floor, "rooms": some} for floor, some in floors.items()],
        people=people(found),
        missing=missing,
        name=call.form.get("name", ""),
        most=MOST_ROOMS,
    )

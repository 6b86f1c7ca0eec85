"""The room plan 房态图: rooms by nights. What its script drags, links and forms do as well."""

from datetime import date, timedelta
from urllib.parse import urlencode

from chalicelib.kernel.errors import Refusal
from chalicelib.web.http import Call, Html, Page, Redirect, page
from tenants.hotel.domain.housekeeping import RoomNotReady
from tenants.hotel.domain.rooms import Room
from tenants.hotel.domain.stay import Stay
from tenants.hotel.domain.units import RoomNotFree, RoomOfAnother
from tenants.hotel.routes.frame import desk_page, property_of, refused
from tenants.hotel.routes.plan.ask import dates_page, move_page
from tenants.hotel.routes.plan.grid import href
from tenants.hotel.routes.plan.models import (
    AskQuery,
    CellQuery,
    DatesForm,
    MoveForm,
    PlanQuery,
    UndoForm,
    View,
)
from tenants.hotel.routes.plan.page import plan_page, told_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import hours_of, type_name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front, length, placing
from tenants.hotel.usecases.placing import Wish

DAY = timedelta(days=1)


@page(BLUEPRINT, "GET", "/hotel/plan", use_case="hotel.show-plan", door=DESK, query=PlanQuery)
def show_plan(call: Call) -> Page:
    """The plan, from yesterday on."""
    query = call.query
    return plan_page(call, query, picking=query.stay, told=told_of(call, query))


@page(
    BLUEPRINT, "GET", "/hotel/plan/rooms/{room}", use_case="hotel.show-free-night", door=DESK, query=CellQuery
)
def show_free(call: Call) -> Page:
    """A free night of a room: who could have it, and what else can be done with it."""
    hotel, view = HotelStore(call.work), call.query
    where = property_of(hotel.setup)
    room = hotel.setup.room(where.id, call.path["room"])
    tonight = where.night_of(call.now)
    day = max(view.day or tonight, tonight)
    plan = front.room_plan(property=where.id, first=day, days=31, hotel=hotel)
    taken = [bar.first for bar in plan.bars if bar.room == room.number and bar.last > day]
    house = hotel.setup.house()
    fitting = [
        one for one in plan.lane if one.stay.arrive <= day < max(one.stay.depart, one.stay.arrive + DAY)
    ]
    return desk_page(
        call,
        "hotel/plan/room.html",
        place="plan",
        room={"number": room.number, "type": type_name(house, room.type, call.locale), "kind": room.type},
        day=day.isoformat(),
        tonight=day == tonight,
        until=min(taken).isoformat() if taken else "",
        taken=bool(taken) and min(taken) <= day,
        sell=_sell(room, day, tonight=day == tonight),
        back=href(view),
        view=view.fields(),
        stays=[
            {
                "name": one.name,
                "href": f"/hotel/stays/{one.stay.id}",
                "action": f"/hotel/plan/stays/{one.stay.id}",
                "type": type_name(house, one.stay.type, call.locale),
                "same": one.stay.type == room.type,
                "arrive": one.stay.arrive.isoformat(),
                "depart": one.stay.depart.isoformat(),
                "hours": hours_of(one.stay),
            }
            for one in sorted(fitting, key=lambda one: one.stay.type != room.type)
        ],
    )


def _sell(room: Room, day: date, *, tonight: bool) -> str:
    """Where this night of this room is sold: to who stands at the desk, or for a later day."""
    what = {"type": room.type, "room": room.number, "depart": (day + DAY).isoformat()}
    if tonight:
        return f"/hotel/walk-in?{urlencode(what)}"
    return f"/hotel/reserve?{urlencode({'arrive': day.isoformat(), **what})}"


@page(BLUEPRINT, "GET", "/hotel/plan/stays/{stay}", use_case="hotel.ask-plan", door=DESK, query=AskQuery)
def ask(call: Call) -> Page:
    """What a move or another day of departure means, before it is done."""
    hotel, asked = HotelStore(call.work), call.query
    stay = hotel.stays.get(call.path["stay"])
    try:
        if asked.depart is not None:
            return dates_page(call, stay, asked.depart, asked, hotel)
        return move_page(call, stay, asked, hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: plan_page(call, asked, told=told))


@page(
    BLUEPRINT,
    "POST",
    "/hotel/plan/stays/{stay}/room",
    use_case="hotel.assign-room-plan",
    door=DESK,
    body=MoveForm,
)
def move(call: Call, asked: MoveForm) -> Page:
    """Assign, move, or take the assignment back."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    before = hotel.stays.get(id)
    wish = Wish(room=asked.room, since=asked.since, other=bool(asked.other), dirty=bool(asked.dirty))
    try:
        after = placing.assign(id, wish, hotel=hotel)
    except (RoomOfAnother, RoomNotReady) as refusal:
        return _asked_again(call, before, asked, refusal)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: plan_page(call, asked, told=told))
    return _back(asked, done="placed" if after.segments else "freed", last=id)


def _asked_again(call: Call, before: Stay, asked: MoveForm, refusal: Refusal) -> Html:
    """What has to be confirmed first. A room that is taken cannot be: that is refused at once."""
    hotel = HotelStore(call.work)
    try:
        return refused(call, refusal, lambda told: move_page(call, before, asked, hotel, told=told))
    except RoomNotFree as taken:
        return refused(call, taken, lambda told: plan_page(call, asked, told=told))


@page(
    BLUEPRINT,
    "POST",
    "/hotel/plan/stays/{stay}/dates",
    use_case="hotel.change-departure-plan",
    door=DESK,
    body=DatesForm,
)
def change_dates(call: Call, asked: DatesForm) -> Page:
    """Further nights at the price that was shown; or nights given up."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    stay = hotel.stays.get(id)
    try:
        if asked.depart < stay.depart:
            length.shorten(id, depart=asked.depart, hotel=hotel)
        else:
            length.extend(id, depart=asked.depart, agreed=asked.price, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: plan_page(call, asked, told=told))
    done = "shorter" if asked.depart < stay.depart else "longer"
    return _back(asked, done=done, last=id, was=stay.depart.isoformat())


@page(
    BLUEPRINT, "POST", "/hotel/plan/stays/{stay}/undo", use_case="hotel.undo-plan", door=DESK, body=UndoForm
)
def undo(call: Call, asked: UndoForm) -> Page:
    """Take the last change of rooms back, unless the stay has changed since."""
    id = call.path["stay"]
    try:
        placing.undo(id, version=asked.version, hotel=HotelStore(call.work))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: plan_page(call, asked, told=told))
    return _back(asked, done="undone", last=id)


def _back(view: View, *, done: str, last: str, **more: str) -> Redirect:
    return Redirect(href(view, done=done, last=last, **more))

"""The room plan's page: the grid, the tray, what the last step did."""

from datetime import timedelta
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.web import formats
from chalicelib.web.http import Call, Html
from tenants.hotel.domain.stay import Stay
from tenants.hotel.routes.frame import desk_page, property_of
from tenants.hotel.routes.plan.grid import grid, href
from tenants.hotel.routes.plan.models import SPANS, PlanQuery, View
from tenants.hotel.routes.shown.stay import hours_of, type_name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front

DAY = timedelta(days=1)
DONE = {
    "placed": N_("%(name)s 已排到 %(room)s 房。"),
    "freed": N_("%(name)s 的排房已撤回。"),
    "undone": N_("已撤销:%(name)s 现在是 %(room)s 房。"),
    "longer": N_("%(name)s 已延住到 %(depart)s。"),
    "shorter": N_("%(name)s 改为 %(depart)s 离店,空出的房晚可以再卖。"),
}
SHOWS = (
    ("", N_("全部")),
    ("free", N_("今晚空着")),
    ("ready", N_("今晚可入住")),
    ("dirty", N_("待打扫")),
    ("taken", N_("有人在住")),
    ("broken", N_("有维修")),
)


def plan_page(call: Call, view: View, *, picking: str = "", told: dict[str, Any] | None = None) -> Html:
    """The plan; ``picking``: the stay for which a free cell is looked for."""
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    house = hotel.setup.house()
    plan = front.room_plan(property=where.id, first=view.first, days=view.days, hotel=hotel)
    picked = hotel.stays.get(picking) if picking else None
    first, today = plan.days[0], where.night_of(call.now)
    say = call.translate
    types = {room.type for room in plan.rooms}
    return desk_page(
        call,
        "hotel/plan/plan.html",
        place="plan",
        told=told,
        view=view.fields(),
        first=first.isoformat(),
        last=plan.days[-1].isoformat(),
        span=view.days,
        spans=[(str(span), say(N_("%(days)s 天"), days=span)) for span in SPANS],
        query={"type": view.type or "", "floor": view.floor, "show": view.show, "text": view.text},
        filtered=bool(view.type or view.floor or view.show or view.text),
        shows=[(name, say(words)) for name, words in SHOWS],
        types=[(type, type_name(house, type, call.locale)) for type in sorted(types)],
        floors=[(floor, floor or "—") for floor in sorted({room.floor for room in plan.rooms})],
        before=href(view, first=(first - DAY * 7).isoformat(), part=None),
        now_href=href(view, first=None, part=None),
        after=href(view, first=(first + DAY * 7).isoformat(), part=None),
        all_href="/hotel/plan",
        stop_href=href(view),
        tonight=today.isoformat(),
        plan=grid(plan, view, picked=picked, house=house, call=call),
        picked=_picked(picked, call, hotel) if picked is not None else None,
    )


def _picked(stay: Stay, call: Call, hotel: HotelStore) -> dict[str, Any]:
    shown = front.shown([stay], hotel=hotel)[0]
    return {
        "name": shown.name,
        "href": f"/hotel/stays/{stay.id}",
        "type": type_name(hotel.setup.house(), stay.type, call.locale),
        "arrive": stay.arrive.isoformat(),
        "depart": stay.depart.isoformat(),
        "hours": hours_of(stay),
    }


def told_of(call: Call, query: PlanQuery) -> dict[str, Any] | None:
    """What the last step did; with it the way back."""
    if query.done not in DONE or not query.last:
        return None
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(query.last)
    name = front.shown([stay], hotel=hotel)[0].name
    told: dict[str, Any] = {
        "tone": "success",
        "text": call.translate(
            DONE[query.done],
            name=name,
            room=stay.room or "—",
            depart=formats.day(stay.depart, style="short", locale=call.locale),
        ),
    }
    action = f"/hotel/plan/stays/{stay.id}"
    if query.done in {"placed", "freed"} and stay.previous is not None:
        return {**told, "undo": f"{action}/undo", "version": stay.version}
    if query.was is not None and query.was != stay.depart:
        changes = {"depart": query.was.isoformat()}
        return {**told, "again": href(query, **changes).replace("/hotel/plan", action, 1), "was": query.was}
    return told

"""The room plan as rows of cells: who is in which room on which night, what is free, what is out of order."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Call
from tenants.hotel.domain.housekeeping import Cleanliness, RoomStatus
from tenants.hotel.domain.rooms import Room
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.plan.models import View
from tenants.hotel.routes.shown.stay import CLEAN, hours_of, tag, type_name
from tenants.hotel.usecases.front import Bar, Position, RoomPlan, Shown
from tenants.hotel.usecases.setup_ports import House

DAY = timedelta(days=1)
MOST_CELLS = 1000
"""Of one page: 70 rooms by 14 nights, 35 by 28. A larger house is shown in parts."""

_LIVING = {StayState.EXPECTED, StayState.IN_HOUSE}


def grid(plan: RoomPlan, view: View, *, picked: Stay | None, house: House, call: Call) -> dict[str, Any]:
    """What the plan's template reads: heads of the days, floors with their rooms, the tray, the parts.

    picked: the stay that a free cell leads to a room for.
    """
    tonight = plan.property.night_of(call.now)
    bars: dict[str, list[Bar]] = {}
    for bar in plan.bars:
        bars.setdefault(bar.room, []).append(bar)
    rooms = [room for room in plan.rooms if _shown(room, plan, view, bars.get(room.number, ()), tonight)]
    size = max(1, MOST_CELLS // len(plan.days))
    part = min(view.part, max(0, (len(rooms) - 1) // size))
    some = rooms[part * size : (part + 1) * size]
    floors: dict[str, list[dict[str, Any]]] = {}
    for room in sorted(some, key=lambda one: (one.floor, one.number)):
        cells = _cells(room, plan, bars.get(room.number, ()), view=view, picked=picked, call=call)
        row = _row(room, plan, list(cells), house=house, call=call)
        floors.setdefault(room.floor, []).append(row)
    tray = [one for one in plan.lane if not view.type or one.stay.type == view.type]
    return {
        "days": [_head(one, tonight) for one in plan.position],
        "floors": [{"name": floor, "rooms": rows} for floor, rows in floors.items()],
        "tray": [_waiting(one, view, plan, house=house, call=call) for one in tray],
        "rooms": len(rooms),
        "all_rooms": len(plan.rooms),
        "parts": [
            {
                "text": f"{rooms[start].number}–{rooms[min(start + size, len(rooms)) - 1].number}",
                "href": href(view, part=start // size),
                "current": start // size == part,
            }
            for start in range(0, len(rooms), size)
        ]
        if len(rooms) > size
        else [],
    }


def href(view: View, **changes: Any) -> str:
    """This plan, a little otherwise; ``None`` takes a parameter away."""
    given = {**view.fields(), **{name: str(value) for name, value in changes.items() if value is not None}}
    for name in (name for name, value in changes.items() if value is None):
        given.pop(name, None)
    kept = {name: value for name, value in given.items() if value not in {"", "0"}}
    return f"/hotel/plan?{urlencode(kept)}" if kept else "/hotel/plan"


def _shown(room: Room, plan: RoomPlan, view: View, bars: Sequence[Bar], tonight: date) -> bool:
    """Whether a room is among those asked for."""
    if (view.type and room.type != view.type) or (view.floor and room.floor != view.floor):
        return False
    if view.text:
        wanted = view.text.strip().casefold()
        found = any(bar.shown is not None and bar.shown.fits(view.text) for bar in bars)
        if wanted not in room.number.casefold() and not found:
            return False
    status = plan.board.get(room.number) or RoomStatus(room=room.number)
    taken = any(bar.first <= tonight < bar.last for bar in bars)
    return {
        "": True,
        "free": not taken and not status.occupant,
        "ready": not taken and status.ready,
        "dirty": status.state is Cleanliness.DIRTY,
        "taken": bool(status.occupant),
        "broken": any(bar.block is not None for bar in bars),
    }[view.show]


def _head(one: Position, tonight: date) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "today": one.day == tonight,
        "rest": one.day.weekday() >= 5,
        "free": one.free,
        "over": -one.free if one.free < 0 else 0,
        "sold": one.sold,
        "broken": one.broken,
        "arriving": one.arriving,
        "leaving": one.leaving,
    }


def _row(
    room: Room, plan: RoomPlan, cells: Sequence[dict[str, Any]], *, house: House, call: Call
) -> dict[str, Any]:
    status = plan.board.get(room.number) or RoomStatus(room=room.number)
    return {
        "number": room.number,
        "kind": room.type,
        "type": type_name(house, room.type, call.locale),
        "clean": tag(CLEAN[status.state], call),
        "occupied": bool(status.occupant),
        "disagrees": status.disagrees,
        "cells": cells,
    }


def _cells(
    room: Room,
    plan: RoomPlan,
    bars: Sequence[Bar],
    *,
    view: View,
    picked: Stay | None,
    call: Call,
) -> Iterable[dict[str, Any]]:
    """The nights of a room from left to right: free ones, and bars over several. What is by the hour stands
    in the cell of its day, beside whoever has the night."""
    hours: dict[date, list[dict[str, Any]]] = {}
    nights = []
    seen = f"&{urlencode(view.fields())}" if view.fields() else ""

    def free(day: date) -> dict[str, Any]:
        link = _link(room, day, picked, seen) if day >= tonight else ""
        return {"span": 1, "href": link, "bars": hours.get(day, [])}

    for bar in sorted(bars, key=lambda one: one.first):
        if bar.shown is not None and bar.shown.stay.hours is not None:
            hours.setdefault(bar.first, []).append(_bar(bar, plan, call=call))
        else:
            nights.append(bar)
    days, tonight = plan.days, plan.property.night_of(call.now)
    end, at = days[-1] + DAY, days[0]
    for bar in nights:
        first, last = max(bar.first, at), min(bar.last, end)
        if first >= last:
            continue
        yield from map(free, _days(at, first))
        inside = [one for day in _days(first, last) for one in hours.get(day, ())]
        yield {
            "span": (last - first).days,
            "href": "",
            "bars": [_bar(bar, plan, call=call), *inside],
        }
        at = last
    yield from map(free, _days(at, end))


def _link(room: Room, day: date, picked: Stay | None, seen: str) -> str:
    """Where a free cell leads: to what can be done with it, or to giving it to the picked stay."""
    if picked is None:
        return f"/hotel/plan/rooms/{room.number}?day={day.isoformat()}{seen}"
    if not picked.arrive <= day < max(picked.depart, picked.arrive + DAY):
        return ""
    since = f"&since={day.isoformat()}" if day > picked.arrive else ""
    return f"/hotel/plan/stays/{picked.id}?room={room.number}{since}{seen}"


def _bar(bar: Bar, plan: RoomPlan, *, call: Call) -> dict[str, Any]:
    """A stay or a repair as it is drawn: its word and its shape say what its colour says."""
    say, days = call.translate, plan.days
    day, night = plan.property.today(call.now), plan.property.night_of(call.now)
    cut = {
        "first": bar.first.isoformat(),
        "last": bar.last.isoformat(),
        "from": bar.first < days[0],
        "on": bar.last > days[-1] + DAY,
    }
    if bar.shown is None:
        reason = bar.block.reason if bar.block is not None else ""
        return {
            **cut,
            "look": "broken",
            "word": say(N_("维修")),
            "name": reason,
            "href": f"/hotel/blocks#{bar.block.id}" if bar.block is not None else "",
            "stay": "",
        }
    stay = bar.shown.stay
    here = stay.state is StayState.IN_HOUSE
    begins = max(stay.arrive, night) if here else stay.arrive
    look, word = look_of(stay, day=day, night=night)
    return {
        **cut,
        "look": look,
        "word": say(word),
        "name": bar.shown.name,
        "href": f"/hotel/stays/{stay.id}",
        "hours": hours_of(stay),
        "stay": stay.id,
        "since": bar.first.isoformat() if bar.first > begins else "",
        "moves": stay.state in _LIVING,
        "ends": stay.state in _LIVING and stay.hours is None and bar.last == stay.depart,
        "here": here,
    }


def look_of(stay: Stay, *, day: date, night: date) -> tuple[str, str]:
    """How a stay is drawn, and its word. day: today's date; night: the one that is going on."""
    if stay.state is StayState.IN_HOUSE:
        if stay.depart < day:
            return "late", N_("超期")
        return ("leaving", N_("今离")) if stay.depart == day else ("here", N_("在住"))
    if stay.state is StayState.DEPARTED:
        return "gone", N_("已离")
    if stay.arrive < night:
        return "missed", N_("未到")
    return ("coming", N_("今到")) if stay.arrive == night else ("expected", N_("已预订"))


def _waiting(one: Shown, view: View, plan: RoomPlan, *, house: House, call: Call) -> dict[str, Any]:
    """A stay without a room, in the tray."""
    stay = one.stay
    day, night = plan.property.today(call.now), plan.property.night_of(call.now)
    kind = house.types.get(stay.type)
    look, word = look_of(stay, day=day, night=night)
    return {
        "stay": stay.id,
        "name": one.name,
        "href": f"/hotel/stays/{stay.id}",
        "pick": href(view, stay=stay.id),
        "type": type_name(house, stay.type, call.locale),
        "kind": stay.type,
        "house": kind.house if kind is not None else False,
        "arrive": stay.arrive.isoformat(),
        "depart": stay.depart.isoformat(),
        "nights": len(stay.nights),
        "hours": hours_of(stay),
        "people": stay.adults + stay.children,
        "look": look,
        "word": call.translate(word),
    }


def _days(first: date, last: date) -> Iterable[date]:
    return (first + DAY * step for step in range((last - first).days))

"""The board's rooms as lines: what is shown of them, and which of them were asked for."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Asked, Call
from tenants.hotel.domain.cleaning import TaskState
from tenants.hotel.domain.housekeeping import Cleanliness
from tenants.hotel.routes.shown.house import FOUND, KINDS, NEXT, STEPS, TASKS
from tenants.hotel.routes.shown.stay import CLEAN, tag, type_name
from tenants.hotel.usecases.housekeeping import RoomToday
from tenants.hotel.usecases.setup_ports import House

HOME = "/hotel/housekeeping"
SHOWS = {
    "": N_("全部"),
    "todo": N_("待打扫"),
    "doing": N_("打扫中"),
    "done": N_("等查房"),
    "ready": N_("可入住"),
    "differs": N_("房态不符"),
}


class BoardView(Asked):
    """Which rooms: of somebody, of a floor, in a state, by number."""

    show: Literal["", "todo", "doing", "done", "ready", "differs"] = ""
    who: Annotated[str, Field(max_length=20)] = ""
    floor: Annotated[str, Field(max_length=12)] = ""
    text: Annotated[str, Field(max_length=12)] = ""

    def fields(self) -> dict[str, str]:
        """As a form or a link carries it."""
        given = {name: str(getattr(self, name)) for name in BoardView.model_fields}
        return {name: value for name, value in given.items() if value}


def people(rooms: Iterable[RoomToday]) -> Sequence[str]:
    """Who has rooms to clean today."""
    return sorted({one.task.who for one in rooms if one.task is not None and one.task.who})


def rows(rooms: Iterable[RoomToday], house: House, call: Call) -> list[dict[str, Any]]:
    """Rooms as lines, by floor and number."""
    return [
        _row(one, house, call) for one in sorted(rooms, key=lambda one: (one.room.floor, one.room.number))
    ]


def _row(one: RoomToday, house: House, call: Call) -> dict[str, Any]:
    say, task = call.translate, one.task
    guests = [
        word
        for there, word in (
            (one.leaving, say(N_("今天离店"))),
            (one.staying, say(N_("续住"))),
            (one.arriving, say(N_("今天有客来"))),
            (one.broken, say(N_("维修中"))),
        )
        if there
    ]
    steps = NEXT[task.state] if task is not None else ()
    return {
        "number": one.room.number,
        "floor": one.room.floor,
        "type": type_name(house, one.room.type, call.locale),
        "clean": tag(CLEAN[one.status.state], call),
        "occupied": bool(one.status.occupant),
        "guests": guests or [say(N_("有人")) if one.status.occupant else say(N_("空房"))],
        "differs": one.status.disagrees,
        "found": say(FOUND[one.status.found]) if one.status.found is not None else "",
        "seen": one.status.seen,
        "task": task is not None,
        "kind": say(KINDS[task.kind]) if task is not None else "",
        "state": tag(TASKS[task.state], call) if task is not None else None,
        "who": task.who if task is not None else "",
        "note": task.note if task is not None else "",
        "at": task.at if task is not None else None,
        "action": f"{HOME}/rooms/{one.room.number}",
        "steps": [{"value": str(step), "label": say(STEPS[step])} for step in steps],
    }


def among(one: RoomToday, view: BoardView) -> bool:
    """Whether a room was asked for."""
    return belongs(one, view) and in_state(one, view.show)


def belongs(one: RoomToday, view: BoardView) -> bool:
    """Whether a room is on the floor, somebody's, or called as was asked."""
    mine = not view.who or (one.task is not None and one.task.who == view.who)
    return mine and (not view.floor or one.room.floor == view.floor) and view.text in one.room.number


def todo(one: RoomToday) -> bool:
    """Whether somebody must begin with it: planned and not begun, or dirty and nothing planned."""
    if one.task is None:
        return one.status.state is Cleanliness.DIRTY
    return one.task.state is TaskState.OPEN


def in_state(one: RoomToday, show: str) -> bool:
    """Whether a room is as the tab says."""
    state = one.task.state if one.task is not None else None
    return {
        "": True,
        "todo": todo(one),
        "doing": state is TaskState.DOING,
        "done": state is TaskState.DONE,
        "ready": one.status.ready and not one.broken,
        "differs": one.status.disagrees,
    }[show]

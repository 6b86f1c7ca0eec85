"""House-keeping, lost property and shift notes over the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.web.http import Answered, Asked
from tenants.hotel.domain.cleaning import Step, Task
from tenants.hotel.domain.housekeeping import Found
from tenants.hotel.domain.office import Find, FindState
from tenants.hotel.routes.models.room import RoomStatusView, room_view
from tenants.hotel.routes.words import Name, RoomNumber
from tenants.hotel.usecases.housekeeping import RoomToday
from tenants.hotel.usecases.office import FoundThing, NoteShown

_Text = Annotated[str, Field(max_length=200)]
_Short = Annotated[str, Field(min_length=1, max_length=60)]
_Who = Annotated[str, Field(max_length=20, description="by the name the house uses; nobody, if empty")]


class BoardQuery(Asked):
    """``who``: only what this one is to clean."""

    who: _Who = ""
    property: Name | None = None


class StepAsked(Asked):
    step: Step
    note: _Text = ""


class CleanAsked(Asked):
    note: _Text = ""


class GivenAsked(Asked):
    rooms: Annotated[list[RoomNumber], Field(min_length=1, max_length=40)]
    who: _Who


class SeenAsked(Asked):
    """What was found in a room; nothing: the desk has looked into it."""

    found: Found | None


class TaskView(Answered):
    room: str
    day: date
    kind: str
    state: str
    who: str
    note: str
    at: datetime | None


class RoomTodayView(RoomStatusView):
    leaving: bool
    staying: bool
    arriving: bool
    task: TaskView | None
    found: str | None
    disagrees: Annotated[bool, Field(description="a maid saw otherwise than the desk believes")]


class BoardView(Answered):
    property: str
    rooms: list[RoomTodayView]


class TasksView(Answered):
    tasks: list[TaskView]


class FindAsked(Asked):
    what: _Short
    place: _Short
    kept_at: _Short
    finder: _Short

    def thing(self) -> FoundThing:
        """As the use case takes it."""
        return FoundThing(what=self.what, place=self.place, kept_at=self.kept_at, finder=self.finder)


class FindEndAsked(Asked):
    """How it ended; ``owner`` is personal and sealed."""

    state: Literal["returned", "police", "disposed"]
    owner_name: _Text = ""
    owner_phone: Annotated[str, Field(max_length=30)] = ""
    note: _Text = ""

    @property
    def ending(self) -> FindState:
        """The state."""
        return FindState(self.state)

    @property
    def owner(self) -> dict[str, str]:
        """To whom it went, as far as it was written down."""
        given = {"name": self.owner_name, "phone": self.owner_phone}
        return {name: value for name, value in given.items() if value}


class FindView(Answered):
    id: str
    what: str
    place: str
    kept_at: str
    finder: str
    found: datetime
    until: Annotated[date, Field(description="up to which day it is kept for its owner")]
    state: str
    closed: datetime | None
    note: str


class FindsView(Answered):
    finds: list[FindView]


class FindsQuery(Asked):
    text: Annotated[str, Field(max_length=60)] = ""
    month: Annotated[str, Field(pattern=r"^([0-9]{6})?$", description="what was found then and is gone")] = ""
    property: Name | None = None


class NoteAsked(Asked):
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    wanted: Annotated[bool, Field(description="the next shift must confirm it")] = False


class NoteView(Answered):
    id: str
    text: str
    by: str
    written: datetime
    wanted: bool
    seen_by: str
    seen: datetime | None


class NotesView(Answered):
    notes: list[NoteView]


def task_view(task: Task) -> TaskView:
    """A task as answered."""
    return TaskView(
        room=task.room,
        day=task.day,
        kind=str(task.kind),
        state=str(task.state),
        who=task.who,
        note=task.note,
        at=task.at,
    )


def today_view(one: RoomToday) -> RoomTodayView:
    """A room on the board."""
    return RoomTodayView(
        **room_view(one.room, one.status).model_dump(),
        leaving=one.leaving,
        staying=one.staying,
        arriving=one.arriving,
        task=task_view(one.task) if one.task is not None else None,
        found=str(one.status.found) if one.status.found is not None else None,
        disagrees=one.status.disagrees,
    )


def find_view(find: Find) -> FindView:
    """Something that was found."""
    return FindView(
        id=find.id,
        what=find.what,
        place=find.place,
        kept_at=find.kept_at,
        finder=find.finder,
        found=find.found,
        until=find.until,
        state=str(find.state),
        closed=find.closed,
        note=find.note,
    )


def note_view(shown: NoteShown) -> NoteView:
    """A note with its text."""
    note = shown.note
    return NoteView(
        id=note.id,
        text=shown.text,
        by=note.by,
        written=note.written,
        wanted=note.wanted,
        seen_by=note.seen_by,
        seen=note.seen,
    )

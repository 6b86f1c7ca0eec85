"""What the room plan is asked for, and what its forms send."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from chalicelib.web.http import Asked, Blank
from tenants.hotel.routes.words import Name, RoomNumber

StayId = Annotated[str, Field(pattern=r"^(st_[0-9a-z]{26})?$")]
SPANS = (7, 14, 28)


class View(Asked):
    """Which part of the plan: from a day on (none: yesterday), of a type, a floor, some rooms."""

    first: Annotated[date | None, Blank] = None
    days: Annotated[Literal[7, 14, 28], BeforeValidator(int)] = 14
    type: Annotated[Name | None, Blank] = None
    floor: Annotated[str, Field(max_length=12)] = ""
    show: Literal["", "free", "ready", "dirty", "taken", "broken"] = ""
    text: Annotated[str, Field(max_length=60)] = ""
    part: Annotated[int, Field(ge=0, le=99)] = 0

    def fields(self) -> dict[str, str]:
        """As a form or a link carries it; the usual values are left out."""
        given = {name: getattr(self, name) for name in View.model_fields}
        kept = {name: value for name, value in given.items() if value not in {None, "", 0}}
        if kept.get("days") == SPANS[1]:
            del kept["days"]
        return {name: str(value) for name, value in kept.items()}


class PlanQuery(View):
    """stay: the one that is being given a room. done, last: what the last step did, and to which stay;
    was: until when it was booked before."""

    stay: StayId = ""
    done: Annotated[str, Field(max_length=16)] = ""
    last: StayId = ""
    was: Annotated[date | None, Blank] = None


class AskQuery(View):
    """A room from a night on, or another day of departure."""

    room: Annotated[RoomNumber | None, Blank] = None
    since: Annotated[date | None, Blank] = None
    depart: Annotated[date | None, Blank] = None


class CellQuery(View):
    day: Annotated[date | None, Blank] = None


class MoveForm(View):
    """Without a room the assignment is taken back. other: another type is meant; dirty: the room as it is."""

    room: Annotated[RoomNumber | None, Blank] = None
    since: Annotated[date | None, Blank] = None
    other: Literal["", "yes"] = ""
    dirty: Literal["", "yes"] = ""
    confirm: Literal["", "yes"] = ""


class DatesForm(View):
    """price: what the further nights cost in fen, as it was shown."""

    depart: date
    price: Annotated[int | None, Blank, Field(ge=0, le=10**10)] = None
    confirm: Literal["", "yes"] = ""


class UndoForm(View):
    version: Annotated[int, Field(ge=0, le=10**9)]

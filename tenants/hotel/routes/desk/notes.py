"""Shift notes 交班: what one shift tells the next, and who has taken it over."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Pressed, Redirect, page
from tenants.hotel.routes.api.house import who
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, property_of, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import office
from tenants.hotel.usecases.office import NoteShown

HOME = "/hotel/notes"
DONE = {"written": N_("已写进交班。"), "taken": N_("已接收。")}


class NotesQuery(Asked):
    text: Annotated[str, Field(max_length=60)] = ""
    done: Annotated[str, Field(max_length=8)] = ""


class NoteForm(Asked):
    """wanted: the next shift must confirm it."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    wanted: Literal["", "yes"] = ""


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-notes", door=DESK, query=NotesQuery)
def show_notes(call: Call) -> Page:
    """What waits to be confirmed, then the latest."""
    return _page(call, text=call.query.text, flash=flash_of(call, call.query.done, DONE))


@page(
    BLUEPRINT,
    "POST",
    HOME,
    use_case="hotel.write-note-page",
    door=DESK,
    body=NoteForm,
    invalid=lambda call: _page(call, errors=errors_of(call)),
)
def write(call: Call, asked: NoteForm) -> Page:
    """A note for the next shift."""
    hotel = HotelStore(call.work)
    office.write(
        asked.text,
        wanted=asked.wanted == "yes",
        by=who(call),
        property=property_of(hotel.setup).id,
        hotel=hotel,
    )
    return Redirect(f"{HOME}?done=written")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/notes/{note}/confirmation",
    use_case="hotel.confirm-note-page",
    door=DESK,
    body=Pressed,
)
def confirm(call: Call, _: Pressed) -> Page:
    """Taken over; by whom and when is kept."""
    hotel = HotelStore(call.work)
    try:
        office.take_over(call.path["note"], by=who(call), property=property_of(hotel.setup).id, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _page(call, flash=[told]))
    return Redirect(f"{HOME}?done=taken")


def _page(
    call: Call,
    *,
    text: str = "",
    errors: dict[str, str] | None = None,
    flash: list[dict[str, str]] | None = None,
) -> Html:
    hotel = HotelStore(call.work)
    wanted = text.strip().casefold()
    found = [
        one
        for one in office.notes(property=property_of(hotel.setup).id, hotel=hotel)
        if wanted in f"{one.text} {one.note.by} {one.note.seen_by}".casefold()
    ]
    return desk_page(
        call,
        "hotel/desk/notes.html",
        place="notes",
        flash=flash or [],
        waiting=[_row(one) for one in found if one.note.wanted and one.note.seen is None],
        others=[_row(one) for one in found if not (one.note.wanted and one.note.seen is None)],
        text=text,
        form=Filled(call.form, errors),
    )


def _row(one: NoteShown) -> dict[str, Any]:
    note = one.note
    return {
        "id": note.id,
        "text": one.text,
        "by": note.by,
        "written": note.written,
        "wanted": note.wanted,
        "seen_by": note.seen_by,
        "seen": note.seen,
        "href": f"{HOME}/{note.id}",
    }

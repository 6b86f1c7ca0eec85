"""House-keeping, lost property and shift notes through the API."""

from chalicelib.web.http import (
    Call,
    Empty,
    endpoint,
)
from tenants.hotel.domain.housekeeping import Found
from tenants.hotel.routes.models.house import (
    BoardQuery,
    BoardView,
    CleanAsked,
    FindAsked,
    FindEndAsked,
    FindsQuery,
    FindsView,
    FindView,
    GivenAsked,
    NoteAsked,
    NotesView,
    NoteView,
    SeenAsked,
    StepAsked,
    TasksView,
    TaskView,
    find_view,
    note_view,
    task_view,
    today_view,
)
from tenants.hotel.routes.registered import BLUEPRINT, DESK, HOUSE
from tenants.hotel.routes.words import (
    PropertyQuery,
)
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import housekeeping, office
from tenants.hotel.usecases.office import NoteShown
from tenants.hotel.usecases.search import chosen


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/housekeeping",
    use_case="hotel.housekeeping-board",
    door=HOUSE,
    query=BoardQuery,
    answers=BoardView,
    summary="Every room: how clean, whose, what is to be done",
)
def board(call: Call) -> BoardView:
    """By number; ``who``: what this one is to clean."""
    where, rooms = housekeeping.board(
        property=call.query.property, who=call.query.who, hotel=HotelStore(call.work)
    )
    return BoardView(property=where.id, rooms=[today_view(one) for one in rooms])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/housekeeping/rooms/{room}/task",
    use_case="hotel.go-on-with-task",
    door=HOUSE,
    query=PropertyQuery,
    body=StepAsked,
    answers=TaskView,
    summary="Start, finish, skip, pass or refuse a room's cleaning",
)
def go_on(call: Call, asked: StepAsked) -> TaskView:
    """A room without a task of today gets one."""
    return task_view(
        housekeeping.step(
            call.path["room"],
            asked.step,
            property=call.query.property,
            note=asked.note,
            hotel=HotelStore(call.work),
        )
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/housekeeping/rooms/{room}/cleaning",
    use_case="hotel.ask-for-cleaning",
    door=HOUSE,
    query=PropertyQuery,
    body=CleanAsked,
    answers=TaskView,
    status=201,
    summary="Have a room cleaned",
)
def ask_for_cleaning(call: Call, asked: CleanAsked) -> TaskView:
    """It is dirty from here on."""
    return task_view(
        housekeeping.ask(
            call.path["room"], property=call.query.property, note=asked.note, hotel=HotelStore(call.work)
        )
    )


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/housekeeping/tasks",
    use_case="hotel.give-rooms",
    door=HOUSE,
    query=PropertyQuery,
    body=GivenAsked,
    answers=TasksView,
    summary="Give rooms to somebody to clean",
)
def give_rooms(call: Call, asked: GivenAsked) -> TasksView:
    """Today's tasks of these rooms."""
    given = housekeeping.assign(
        asked.rooms, asked.who, property=call.query.property, hotel=HotelStore(call.work)
    )
    return TasksView(tasks=[task_view(task) for task in given])


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/housekeeping/rooms/{room}/seen",
    use_case="hotel.report-room",
    door=HOUSE,
    query=PropertyQuery,
    body=SeenAsked,
    answers=BoardView,
    summary="What was found in a room",
)
def report_room(call: Call, asked: SeenAsked) -> BoardView:
    """Where the desk believes otherwise, it is a discrepancy until it is settled (nothing found)."""
    hotel, room, property = HotelStore(call.work), call.path["room"], call.query.property
    seen(room, asked.found, property=property, hotel=hotel)
    return BoardView(property=chosen(hotel.setup.house(), property).id, rooms=[])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/finds",
    use_case="hotel.keep-find",
    door=HOUSE,
    query=PropertyQuery,
    body=FindAsked,
    answers=FindView,
    status=201,
    summary="Something that was found",
)
def keep_find(call: Call, asked: FindAsked) -> FindView:
    """It is kept for its owner for three months."""
    return find_view(office.keep(asked.thing(), property=call.query.property, hotel=HotelStore(call.work)))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/finds",
    use_case="hotel.list-finds",
    door=DESK,
    query=FindsQuery,
    answers=FindsView,
    summary="Lost property",
)
def list_finds(call: Call) -> FindsView:
    """What is being kept, the oldest first; with ``month`` what was found then and is gone."""
    query, hotel = call.query, HotelStore(call.work)
    if query.month:
        where = chosen(hotel.setup.house(), query.property)
        return FindsView(finds=[find_view(one) for one in hotel.office.closed(where.id, query.month)])
    found = office.finds(property=query.property, text=query.text, hotel=hotel)
    return FindsView(finds=[find_view(one) for one in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/finds/{find}/end",
    use_case="hotel.end-find",
    door=DESK,
    query=PropertyQuery,
    body=FindEndAsked,
    answers=FindView,
    summary="It was returned, handed to the police or disposed of",
)
def end_find(call: Call, asked: FindEndAsked) -> FindView:
    """To its owner at any time; otherwise when its time is over."""
    ended = office.close(
        call.path["find"],
        asked.ending,
        owner=asked.owner,
        note=asked.note,
        property=call.query.property,
        hotel=HotelStore(call.work),
    )
    return find_view(ended)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/notes",
    use_case="hotel.write-note",
    door=DESK,
    query=PropertyQuery,
    body=NoteAsked,
    answers=NoteView,
    status=201,
    summary="A note for the next shift",
)
def write_note(call: Call, asked: NoteAsked) -> NoteView:
    """``wanted``: somebody must confirm it."""
    note = office.write(
        asked.text,
        wanted=asked.wanted,
        by=who(call),
        property=call.query.property,
        hotel=HotelStore(call.work),
    )
    return note_view(NoteShown(note=note, text=asked.text))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/notes",
    use_case="hotel.list-notes",
    door=DESK,
    query=PropertyQuery,
    answers=NotesView,
    summary="Shift notes",
)
def list_notes(call: Call) -> NotesView:
    """What waits to be confirmed, then the latest."""
    found = office.notes(property=call.query.property, hotel=HotelStore(call.work))
    return NotesView(notes=[note_view(one) for one in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/notes/{note}/confirmation",
    use_case="hotel.confirm-note",
    door=DESK,
    query=PropertyQuery,
    body=Empty,
    answers=NoteView,
    summary="Taken over by the next shift",
)
def confirm_note(call: Call, _: Empty) -> NoteView:
    """Once."""
    hotel = HotelStore(call.work)
    note = office.take_over(call.path["note"], by=who(call), property=call.query.property, hotel=hotel)
    return note_view(NoteShown(note=note, text=hotel.vault.unseal(note.text)["text"]))


def seen(room: str, found: Found | None, *, property: str | None, hotel: HotelStore) -> None:
    """Note what was found, or that the desk has looked into it."""
    if found is None:
        housekeeping.settle(room, property=property, hotel=hotel)
    else:
        housekeeping.report(room, found, property=property, hotel=hotel)


def who(call: Call) -> str:
    """By which name the house knows the one who acts."""
    return call.credential.label if call.credential is not None else call.context.actor

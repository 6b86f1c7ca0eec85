"""Guests' requests through the API, and the guide that their rooms show."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.tenancy.context import current
from chalicelib.web.http import Answered, Asked, Call, endpoint
from tenants.hotel.domain.request import Film, Guide, Request, RequestState
from tenants.hotel.routes.registered import BLUEPRINT, SETUP, WRITE
from tenants.hotel.routes.shown.room_link import room_path
from tenants.hotel.routes.words import Name, Texts
from tenants.hotel.store import HotelStore
from tenants.hotel.store.requests import RequestStore
from tenants.hotel.usecases import requests
from tenants.hotel.usecases.search import chosen

_Line = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Note = Annotated[str, Field(max_length=500)]


class SiteQuery(Asked):
    property: Name | None = None


class StateBody(Asked):
    state: Literal["taken", "done", "cancelled"]


class FilmBody(Asked):
    titles: Texts
    minutes: Annotated[int, Field(ge=1, le=600)]
    path: Annotated[
        str, Field(max_length=200, pattern=r"^(/[A-Za-z0-9/._-]*)?$", description="on this site")
    ] = ""


class GuideBody(Asked):
    """What every room shows: network, breakfast, notes by language, films."""

    network: _Line = ""
    password: _Line = ""
    phone: _Line = ""
    breakfast: _Line = ""
    notes: Annotated[dict[Literal["zh", "en", "ja", "ko"], _Note], Field(default_factory=dict)]
    films: Annotated[list[FilmBody], Field(max_length=50, default_factory=list)]


class RequestView(Answered):
    id: str
    stay: str
    room: str
    kind: str
    note: str
    made: datetime
    at: datetime | None
    state: Literal["asked", "taken", "done", "cancelled"]
    by: str


class RequestsView(Answered):
    requests: list[RequestView]


class GuideView(Answered):
    films: int


class RoomPageView(Answered):
    url: Annotated[str, Field(description="the room's page: for its screen, or as a code for the guest")]


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/requests",
    use_case="hotel.list-requests",
    door=WRITE,
    query=SiteQuery,
    answers=RequestsView,
    summary="What guests have asked for",
)
def list_requests(call: Call) -> RequestsView:
    """Everything that waits for somebody, oldest first."""
    hotel = HotelStore(call.work)
    site = chosen(hotel.setup.house(), call.query.property)
    found = RequestStore(call.work).open(site.id)
    if any(one.note for one in found):
        call.work.witness(f"requests/{len(found)}")
    return RequestsView(requests=[_view(one, hotel=hotel) for one in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/requests/{request}",
    use_case="hotel.move-request-on",
    door=WRITE,
    body=StateBody,
    answers=RequestView,
    summary="Take a request, or say that it is done",
)
def move_on(call: Call, body: StateBody) -> RequestView:
    """The guest sees it on the room's page."""
    hotel = HotelStore(call.work)
    after = requests.move_on(
        call.path["stay"],
        call.path["request"],
        state=RequestState(body.state),
        by=current().actor,
        requests=RequestStore(call.work),
        hotel=hotel,
    )
    return _view(after, hotel=hotel)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}/room-page",
    use_case="hotel.link-room",
    door=WRITE,
    answers=RoomPageView,
    summary="The address of a stay's room page",
)
def link_room(call: Call) -> RoomPageView:
    """For the room's television, or as a code that the guest scans."""
    stay = HotelStore(call.work).stays.get(call.path["stay"])
    call.work.witness(stay.id)
    return RoomPageView(url=room_path(call, stay.id))


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/guide",
    use_case="hotel.set-guide",
    door=SETUP,
    body=GuideBody,
    query=SiteQuery,
    answers=GuideView,
    summary="What every room shows",
)
def set_guide(call: Call, body: GuideBody) -> GuideView:
    """Replaces what was there."""
    site = chosen(HotelStore(call.work).setup.house(), call.query.property)
    guide = Guide(
        network=body.network,
        password=body.password,
        phone=body.phone,
        breakfast=body.breakfast,
        notes={str(language): note for language, note in body.notes.items()},
        films=tuple(
            Film(titles=film.titles.by_language, minutes=film.minutes, path=film.path) for film in body.films
        ),
    )
    RequestStore(call.work).keep_guide(site.id, guide)
    return GuideView(films=len(guide.films))


def _view(request: Request, *, hotel: HotelStore) -> RequestView:
    return RequestView(
        id=request.id,
        stay=request.stay,
        room=request.room,
        kind=request.kind.value,
        note=hotel.vault.shown(request.note) if request.note else "",
        made=request.made,
        at=request.at,
        state=request.state.value,
        by=request.by,
    )

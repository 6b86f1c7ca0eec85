"""A stay's rooms through the API: what would do, one or several, assigning, moving, taking back."""

from chalicelib.web.http import Call, endpoint
from tenants.hotel.routes.models.desk import (
    PartsAsked,
    PartsView,
    RoomAsked,
    RoomsView,
    StayView,
    UndoAsked,
    parts_view,
    stay_view,
)
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import fitting, placing


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}/rooms",
    use_case="hotel.suggest-rooms",
    door=DESK,
    answers=RoomsView,
    summary="Rooms that would do for a stay",
)
def suggest_rooms(call: Call) -> RoomsView:
    """Of the type that was sold, free for all nights that are ahead; the best first."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    since = fitting.ahead(stay, hotel=hotel)
    return RoomsView(rooms=list(fitting.free_rooms(stay, since=since, hotel=hotel)))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}/parts",
    use_case="hotel.propose-parts",
    door=DESK,
    answers=PartsView,
    summary="Rooms one after the other, where none is free throughout",
)
def propose_parts(call: Call) -> PartsView:
    """For a stay that has no room yet. Nothing is kept: who takes the proposal may find a room gone. Neither
    rooms nor parts: some night has no room of this type at all."""
    hotel = HotelStore(call.work)
    return parts_view(fitting.ways(hotel.stays.get(call.path["stay"]), hotel=hotel))


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/stays/{stay}/parts",
    use_case="hotel.assign-parts",
    door=DESK,
    body=PartsAsked,
    answers=StayView,
    summary="Give a stay rooms one after the other",
)
def assign_parts(call: Call, asked: PartsAsked) -> StayView:
    """As it was proposed, or as the desk would have it; in one transaction."""
    parts = [(one.room, one.first) for one in asked.parts]
    return stay_view(placing.assign_parts(call.path["stay"], parts, hotel=HotelStore(call.work)))


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/stays/{stay}/room",
    use_case="hotel.assign-room",
    door=DESK,
    body=RoomAsked,
    answers=StayView,
    summary="Assign a room, move, or take the assignment back",
)
def assign_room(call: Call, asked: RoomAsked) -> StayView:
    """In one transaction: the old room is free, the new one taken; nobody else has it."""
    hotel = HotelStore(call.work)
    return stay_view(placing.assign(call.path["stay"], asked.wish(), hotel=hotel, best=asked.best))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/undo",
    use_case="hotel.undo-room",
    door=DESK,
    body=UndoAsked,
    answers=StayView,
    summary="Undo the last change of rooms",
)
def undo(call: Call, asked: UndoAsked) -> StayView:
    """Unless the stay has changed since."""
    hotel = HotelStore(call.work)
    return stay_view(placing.undo(call.path["stay"], version=asked.version, hotel=hotel))

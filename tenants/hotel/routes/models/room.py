"""A room as it is now: the room plan and the house-keeping board show it."""

from typing import Annotated

from pydantic import Field

from chalicelib.web.http import Answered
from tenants.hotel.domain.housekeeping import RoomStatus
from tenants.hotel.domain.rooms import Room


class RoomStatusView(Answered):
    number: str
    type: str
    floor: str
    state: str
    occupant: Annotated[str, Field(description="the stay whose guests have it, or nothing")]


def room_view(room: Room, status: RoomStatus | None) -> RoomStatusView:
    """A room as it is now."""
    now = status or RoomStatus(room=room.number)
    return RoomStatusView(
        number=room.number, type=room.type, floor=room.floor, state=str(now.state), occupant=now.occupant
    )

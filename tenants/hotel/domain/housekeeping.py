"""House-keeping: how clean a room is, and who has it."""

from dataclasses import dataclass
from enum import StrEnum


class Cleanliness(StrEnum):
    CLEAN = "clean"
    DIRTY = "dirty"
    CLEANED = "cleaned"
    INSPECTED = "inspected"


@dataclass(frozen=True, kw_only=True)
class RoomStatus:
    """A room as it is now. ``occupant`` is the stay whose guests have its keys, or nothing."""

    room: str
    state: Cleanliness = Cleanliness.CLEAN
    occupant: str = ""

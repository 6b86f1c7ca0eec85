"""House-keeping: how clean a room is, who has it, and what somebody saw in it."""

from datetime import datetime
from enum import StrEnum

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass


class Cleanliness(StrEnum):
    CLEAN = "clean"
    DIRTY = "dirty"
    CLEANED = "cleaned"
    INSPECTED = "inspected"


class Found(StrEnum):
    """What a maid found in a room."""

    VACANT = "vacant"
    OCCUPIED = "occupied"


class RoomNotReady(Refusal):
    code = "hotel.room.not-ready"
    detail = N_("%(room)s 房还没有打扫。")
    remedy = N_("请换一间房、等清扫完成,或确认客人仍要现在入住。")


@dataclass(frozen=True, kw_only=True)
class RoomStatus:
    """A room as it is now. ``occupant`` is the stay whose guests have its keys, or nothing."""

    room: str
    state: Cleanliness = Cleanliness.CLEAN
    occupant: str = ""
    found: Found | None = None
    seen: datetime | None = None

    @property
    def disagrees(self) -> bool:
        """Whether a maid saw otherwise than the desk believes: somebody sleeps elsewhere, or is not known."""
        return self.found is not None and (self.found is Found.OCCUPIED) != bool(self.occupant)

    @property
    def ready(self) -> bool:
        """Whether guests can be given it."""
        return not self.occupant and self.state is not Cleanliness.DIRTY

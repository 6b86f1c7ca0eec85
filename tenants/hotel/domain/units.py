"""Rooms by their number: which stay has which of them on which night, or hour.

A mark is a night ``2035-10-10`` or an hour ``2035-10-10T14``. A (room, mark) belongs to one holder at most:
a stay, or a repair; the store writes it only where it is free.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from chalicelib.kernel.errors import N_, Refusal
from tenants.hotel.domain.nights import met_nights
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import Stay

Marks = Mapping[str, frozenset[str]]
"""Marks by room."""


class RoomNotFree(Refusal):
    code = "hotel.room.not-free"
    detail = N_("%(room)s 房在所选日期已排给别的客人或正在维修。")
    remedy = N_("请换一间房,或先移动占用它的住宿。")


class RoomOccupied(Refusal):
    code = "hotel.room.occupied"
    detail = N_("%(room)s 房还有客人未退房。")
    remedy = N_("请先为在住客人办理退房或换房。")


class RoomNeeded(Refusal):
    code = "hotel.room.needed"
    detail = N_("还没有排房。")
    remedy = N_("请先为这次住宿选一间房。")


class NoRoomFree(Refusal):
    code = "hotel.room.none-free"
    detail = N_("这个房型没有一间房在整段日期都空着。")
    remedy = N_("请移动别的住宿,或分段住两间房。")


class RoomOfAnother(Refusal):
    code = "hotel.room.another-type"
    detail = N_("%(room)s 房不是所订的房型。")
    remedy = N_("如要升级或换房型,请确认后再排房。")


class RoomsFixed(Refusal):
    code = "hotel.room.house-fixed"
    detail = N_("整栋包含固定的客房,不能单独换房。")


def marks(stay: Stay, *, property: Property) -> dict[str, frozenset[str]]:
    """What the stay has of each room."""
    made: dict[str, frozenset[str]] = {}
    for segment in stay.segments:
        if stay.hours is None:
            length = (segment.last - segment.first).days
            found = frozenset((segment.first + timedelta(days=step)).isoformat() for step in range(length))
        else:
            found = _hours(stay.arrive, *stay.hours, property=property)
        made[segment.room] = made.get(segment.room, frozenset()) | found
    return made


def night_marks(room: str, nights: Sequence[date]) -> dict[str, frozenset[str]]:
    """Nights of one room."""
    return {room: frozenset(night.isoformat() for night in nights)}


def beyond(these: Marks, those: Marks) -> dict[str, frozenset[str]]:
    """The marks of ``these`` that are not among ``those``."""
    found = {room: some - those.get(room, frozenset()) for room, some in these.items()}
    return {room: some for room, some in found.items() if some}


def _hours(day: date, start: int, end: int, *, property: Property) -> frozenset[str]:
    nights = met_nights(day, start, end, property=property)
    return frozenset(
        [*(f"{day.isoformat()}T{hour:02d}" for hour in range(start, end)), *map(date.isoformat, nights)]
    )

"""The rooms as they are now: a row a room that was ever used."""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.housekeeping import Cleanliness, RoomStatus
from tenants.hotel.domain.units import RoomOccupied
from tenants.hotel.store.raw import items

_CLEAN, _NOBODY = {"S": str(Cleanliness.CLEAN)}, {"S": ""}


class BoardRow(Row, discriminator="hotel-board"):
    """pk ``BOARD#<property>``, sk the room. What is missing is clean, and empty; updates make the row."""

    state = UnicodeAttribute(null=True)
    occupant = UnicodeAttribute(null=True)


class BoardStore:
    """The ``Board`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self, property: str) -> Mapping[str, RoomStatus]:
        found = (_status(item) for item in items(BoardRow, tenant_key("BOARD", property)))
        return {status.room: status for status in found}

    def enter(self, property: str, room: str, stay: str) -> None:
        free = BoardRow.occupant.does_not_exist() | (BoardRow.occupant == stay)
        self._work.update(
            BoardRow(tenant_key("BOARD", property), room),
            [BoardRow.occupant.set(stay)],
            free,
            otherwise=RoomOccupied(room=room),
        )

    def leave(self, property: str, room: str, stay: str) -> None:
        self._work.update(
            BoardRow(tenant_key("BOARD", property), room),
            [BoardRow.occupant.remove(), BoardRow.state.set(str(Cleanliness.DIRTY))],
            BoardRow.occupant == stay,
        )


def _status(item: Mapping[str, Any]) -> RoomStatus:
    return RoomStatus(
        room=item["sk"]["S"],
        state=Cleanliness(item.get("state", _CLEAN)["S"]),
        occupant=item.get("occupant", _NOBODY)["S"],
    )

"""The rooms as they are now: a row a room that was ever used."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.housekeeping import Cleanliness, Found, RoomStatus
from tenants.hotel.domain.units import RoomOccupied
from tenants.hotel.store.raw import items

_CLEAN, _NOBODY = {"S": str(Cleanliness.CLEAN)}, {"S": ""}


class BoardRow(Row, discriminator="hotel-board"):
    """pk ``BOARD#<property>``, sk the room. What is missing is clean, and empty; updates make the row."""

    state = UnicodeAttribute(null=True)
    found = UnicodeAttribute(null=True)
    seen = NumberAttribute(null=True)
    occupant = UnicodeAttribute(null=True)


class BoardStore:
    """The ``Board`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self, property: str) -> Mapping[str, RoomStatus]:
        found = (_status(item) for item in items(BoardRow, tenant_key("BOARD", property)))
        return {status.room: status for status in found}

    def one(self, property: str, room: str) -> RoomStatus:
        row = BoardRow.find(tenant_key("BOARD", property), room)
        return RoomStatus(room=room) if row is None else _status(row.to_dynamodb_dict())

    def enter(self, property: str, room: str, stay: str) -> None:
        free = BoardRow.occupant.does_not_exist() | (BoardRow.occupant == stay)
        self._work.update(
            BoardRow(tenant_key("BOARD", property), room),
            [BoardRow.occupant.set(stay), BoardRow.found.remove(), BoardRow.seen.remove()],
            free,
            otherwise=RoomOccupied(room=room),
        )

    def leave(self, property: str, room: str, stay: str) -> None:
        self._work.update(
            BoardRow(tenant_key("BOARD", property), room),
            [
                BoardRow.occupant.remove(),
                BoardRow.found.remove(),
                BoardRow.seen.remove(),
                BoardRow.state.set(str(Cleanliness.DIRTY)),
            ],
            BoardRow.occupant == stay,
        )

    def mark(self, property: str, room: str, state: Cleanliness) -> None:
        row = BoardRow(tenant_key("BOARD", property), room)
        self._work.update(row, [BoardRow.state.set(str(state))])

    def saw(self, property: str, room: str, found: Found | None, *, at: datetime) -> None:
        row = BoardRow(tenant_key("BOARD", property), room)
        self._work.about(room)
        if found is None:
            self._work.update(row, [BoardRow.found.remove(), BoardRow.seen.remove()])
        else:
            seen = int(at.timestamp())
            self._work.update(row, [BoardRow.found.set(str(found)), BoardRow.seen.set(seen)])


def _status(item: Mapping[str, Any]) -> RoomStatus:
    return RoomStatus(
        room=item["sk"]["S"],
        state=Cleanliness(item.get("state", _CLEAN)["S"]),
        occupant=item.get("occupant", _NOBODY)["S"],
        found=Found(item["found"]["S"]) if "found" in item else None,
        seen=datetime.fromtimestamp(int(item["seen"]["N"]), UTC) if "seen" in item else None,
    )

"""Caps 限量: how many rooms a system outside lets us sell of a type on a night, kept by holding the rest.

That system counts the house (walk-ins, other platforms); what it says is left is all that may be sold here.
The places above it are held under a name of our own, so a sale is decided where every sale is: by the stock.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, timedelta

from chalicelib.commerce.stock import Hold
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.nights import Nights, least
from tenants.hotel.domain.rooms import RoomType

CAP = "cap-"
"""Holders of places above a cap begin so and have 16 characters: no order's contain a hyphen."""

HORIZON = timedelta(days=500)


@dataclass(frozen=True)
class Piece:
    """Places held at one time, under one holder, in one bucket."""

    holder: str
    hold: Hold


@dataclass(frozen=True, kw_only=True)
class Cap:
    """A night: at most ``most`` more may be sold, as was last said, and what is held for it."""

    most: int
    pieces: tuple[Piece, ...] = ()

    @property
    def held(self) -> int:
        """Places that are held above the cap."""
        return sum(piece.hold.count for piece in self.pieces)

    def less(self, given: Mapping[Piece, int]) -> "Cap":
        """After these places returned."""
        kept = [(piece, piece.hold.count - given.get(piece, 0)) for piece in self.pieces]
        return replace(
            self,
            pieces=tuple(Piece(one.holder, replace(one.hold, count=left)) for one, left in kept if left),
        )


@dataclass(frozen=True, kw_only=True)
class CapSheet:
    """A type's month of caps by day of the month. A day that is not here was never spoken of."""

    site: str
    type: str
    month: str
    days: Mapping[int, Cap] = field(default_factory=dict)
    version: int = 0

    def day(self, number: int) -> date:
        """A day of this month."""
        return date(int(self.month[:4]), int(self.month[4:]), number)


def missing(kind: RoomType, day: date, cap: Cap | None, most: int | None, nights: Nights) -> tuple[int, int]:
    """(places to hold more, negative: to give back; rooms that ``most`` promises and nobody has).

    ``nights`` count what is held for the cap itself. ``most`` None: no cap any more.
    """
    held = cap.held if cap is not None else 0
    free = least(kind.sold_from, (day.isoformat(),), nights) + held
    if most is None:
        return -held, 0
    return max(0, free - most) - held, max(0, most - max(0, free))


def returning(cap: Cap, count: int) -> dict[Piece, int]:
    """Which pieces give back ``count`` places, the last first: of each bucket one piece at a time, for one
    transaction writes a bucket once."""
    given: dict[Piece, int] = {}
    seen: set[tuple[str, int]] = set()
    for piece in reversed(cap.pieces):
        bucket = (piece.hold.resource, piece.hold.bucket)
        if count > 0 and bucket not in seen:
            seen.add(bucket)
            given[piece] = min(count, piece.hold.count)
            count -= given[piece]
    return given

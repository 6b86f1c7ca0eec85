"""What the front desk's use cases need from the outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.commerce.orders.domain import Order
    from chalicelib.commerce.stock import Hold
    from tenants.hotel.domain.guest import Batch, Guest
    from tenants.hotel.domain.housekeeping import Cleanliness, Found, RoomStatus
    from tenants.hotel.domain.stay import Stay
    from tenants.hotel.domain.units import Marks


class Stays(Protocol):
    """Stays. Reading never costs more for what is over; writing joins the work."""

    def get(self, id: str) -> Stay:
        """The stay, or ``Missing``."""

    def several(self, ids: Sequence[str]) -> Sequence[Stay]:
        """Those that are there, a hundred a call, in no order."""

    def of_order(self, order: Order) -> Sequence[Stay]:
        """A booking's stays, by line and number: one call for up to a hundred."""

    def arriving(self, property: str, first: date, last: date) -> Sequence[Stay]:
        """Stays booked to arrive in ``[first, last)``, whatever became of them: one query a month."""

    def book(self, property: str, first: date, last: date, *, after: str = "") -> Iterator[Stay]:
        """Stays booked to arrive in ``[first, last]`` in the order of their ids, from behind ``after`` on,
        read as they are asked for: a hundred a call."""

    def in_house(self, property: str) -> Sequence[Stay]:
        """Every stay whose guests are in the house now."""

    def departed(self, property: str, day: date) -> Sequence[Stay]:
        """Every stay whose guests left on a day."""

    def create(self, stays: Sequence[Stay]) -> None:
        """Join the work: new stays."""

    def keep(
        self, stay: Stay, *, before: Stay, taken: Sequence[Hold] = (), back: Sequence[Hold] = ()
    ) -> None:
        """Join the work: replace ``before`` (its version is checked); ``taken`` holds of the stay's own
        become lasting (``HoldLost`` refuses), ``back`` return to the stock."""


class Guests(Protocol):
    """Registrations, a row a guest; those that are not through with the police are listed by property."""

    def of_stay(self, stay: str) -> Sequence[Guest]:
        """By number."""

    def several(self, refs: Sequence[str]) -> Sequence[Guest]:
        """Those that are there, a hundred a call, in no order."""

    def open(self, site: str) -> Sequence[Guest]:
        """Everybody who has come and whose registration is not accepted."""

    def reported(self, site: str, day: date) -> Sequence[Guest]:
        """Everybody whose registration was accepted on a day."""

    def known(self, key: str, *, most: int) -> Sequence[Guest]:
        """Who was ever listed under a keyed hash, latest arrivals first; somebody corrected since may be
        among them."""

    def list_under(self, guest: Guest, *, keys: Sequence[str]) -> None:
        """Join the work: the guest is found under these keyed hashes."""

    def keep(self, guest: Guest, *, before: Guest | None, site: str) -> None:
        """Join the work: a new guest, or ``before`` replaced (its version is checked)."""

    def drop(self, guest: Guest) -> None:
        """Join the work: the guest did not come after all."""

    def batch(self, site: str, id: str) -> Batch:
        """What was handed over at once, or ``Missing``."""

    def batches(self, site: str, month: str) -> Sequence[Batch]:
        """Of a month ``yyyymm``, newest first."""

    def keep_batch(self, batch: Batch) -> None:
        """Join the work: what is handed over."""


class Units(Protocol):
    """Who has which room on which night. Writing joins the work."""

    def change(self, property: str, *, holder: str, add: Marks, drop: Marks) -> None:
        """Take marks that are free or already the holder's (``RoomNotFree``), let go of the holder's own."""

    def taken(self, property: str, first: date, last: date) -> Mapping[tuple[str, str], str]:
        """The holder by (room, mark) for marks of the days ``[first, last]``: one query a month."""


class Board(Protocol):
    """The rooms as they are now. Writing joins the work."""

    def all(self, property: str) -> Mapping[str, RoomStatus]:
        """Every room that was ever used, by number; others are clean and empty."""

    def one(self, property: str, room: str) -> RoomStatus:
        """One of them."""

    def enter(self, property: str, room: str, stay: str) -> None:
        """The stay's guests have the room; refused with ``RoomOccupied`` while others have it."""

    def leave(self, property: str, room: str, stay: str) -> None:
        """They have it no longer: it is empty and dirty."""

    def mark(self, property: str, room: str, state: Cleanliness) -> None:
        """How clean it is."""

    def saw(self, property: str, room: str, found: Found | None, *, at: datetime) -> None:
        """What somebody found in it; nothing: that no longer stands."""

"""Sold at the desk: walk-ins 散客, from the sale to the key, and reservations for a later day.

Each step is a transaction of its own, skipped where it was done: sent again, it goes on where it broke.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.commerce.orders.domain import State
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.guest import checked
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases import booking, desk, placing, registration
from tenants.hotel.usecases.placing import Wish

if TYPE_CHECKING:
    from chalicelib.commerce.orders.usecases import Mark
    from chalicelib.kernel.money import Money
    from chalicelib.payments.port import Receipt
    from tenants.hotel.usecases.basket import Booking
    from tenants.hotel.usecases.ports import Unit
    from tenants.hotel.usecases.registration import Entry


@dataclass(frozen=True, kw_only=True)
class WalkIn:
    """One room from tonight. ``room`` none: the best that is free. ``guests``: everybody at the desk."""

    booking: Booking
    guests: tuple[Entry, ...]
    room: str | None = None
    purpose: str = "unknown"


def walk_in(asked: WalkIn, *, mark: Mark, receipt: Callable[[str, Money], Receipt], unit: Unit) -> Stay:
    """The whole flow. Raises what its steps raise."""
    return moved_in(sold(asked, mark=mark, receipt=receipt, unit=unit).id, asked, unit=unit)


def sold(asked: WalkIn, *, mark: Mark, receipt: Callable[[str, Money], Receipt], unit: Unit) -> Stay:
    """The room is theirs. Everything that can be checked of the guests is checked before; ``receipt`` is made
    for what is due where the plan wants money first."""
    checked([(entry.values, entry.relations) for entry in asked.guests], day=asked.booking.nights[0])
    return reserve(asked.booking, mark=mark, receipt=receipt, unit=unit)


def reserve(wanted: Booking, *, mark: Mark, receipt: Callable[[str, Money], Receipt], unit: Unit) -> Stay:
    """A firm booking at the desk, on its word or with the money its plan wants first; its first stay.

    Raises what ``booking.hold`` and ``booking.secure`` raise.
    """
    with unit("hotel.walk-in-hold") as hotel:
        order = booking.hold(wanted, mark=mark, hotel=hotel)
    if order.state is State.HELD:
        with unit("hotel.walk-in-firm") as hotel:
            booking.secure(hotel.orders.get(order.id), receipt=receipt, hotel=hotel)
    with unit("hotel.walk-in-stay") as hotel:
        return hotel.stays.of_order(hotel.orders.get(order.id))[0]


def moved_in(id: str, asked: WalkIn, *, unit: Unit) -> Stay:
    """Registered, roomed, checked in. What refuses leaves the stay expected, with what was done so far: the
    desk goes on from there."""
    with unit("hotel.walk-in-guests") as hotel:
        stay = hotel.stays.get(id)
        if stay.state is not StayState.EXPECTED:
            return stay
        if not hotel.guests.of_stay(id):
            registration.save_all(stay, asked.guests, hotel=hotel)
    if not stay.segments:
        with unit("hotel.walk-in-room") as hotel:
            placing.assign(id, Wish(room=asked.room), hotel=hotel, best=True)
    with unit("hotel.walk-in") as hotel:
        return desk.check_in(id, purpose=asked.purpose, hotel=hotel)

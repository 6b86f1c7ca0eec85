"""More money given at the desk than a bill will ever ask for: what it asks for, and three ways to take it."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.folio import Entry, Folio, State
from tenants.hotel.domain.folio_refusals import BeyondOwed
from tenants.hotel.domain.stay import StayState, ids
from tenants.hotel.usecases import billing
from tenants.hotel.usecases.takings import Taking, take_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenants.hotel.usecases.ports import Hotel


class Over(StrEnum):
    """What becomes of what was given beyond: not taken (change), kept as a deposit, paid in advance."""

    CHANGE = "change"
    DEPOSIT = "deposit"
    AHEAD = "ahead"


@dataclass(frozen=True, kw_only=True)
class Owing:
    """What a bill asks for, in fen: ``now`` stands on it unpaid (deposits are not counted: they can go back),
    ``coming`` are nights and services of its stay that are not posted yet."""

    now: int
    coming: int

    @property
    def whole(self) -> int:
        return max(0, self.now + self.coming)


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What the guest said about the money beyond; ``owed``: what the question named (fen), if it did."""

    over: Over
    owed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The bill after it, what was posted on it, and what the guest gets back in the hand (fen)."""

    folio: Folio
    entries: Sequence[Entry]
    change: int = 0


def take(id: str, taking: Taking, *, decided: Decided | None, hotel: Hotel) -> Taken:
    """Take money at the desk; what is beyond all that the bill will ask for goes where it was decided.

    Raises ``BeyondOwed`` where nobody has decided, or another sum is owed than the question named.
    """
    folio = hotel.accounts.folios.get(id)
    parts: tuple[Taking, ...] = (taking,)
    if not taking.deposit and folio.state is State.OPEN and taking.amount > _unpaid(folio):
        owed = owing(folio, hotel=hotel)
        if taking.amount > owed.whole:
            if decided is None or decided.owed not in {None, owed.whole}:
                raise BeyondOwed(
                    more=Money(taking.amount - owed.whole),
                    owed=Money(owed.whole),
                    coming=Money(owed.whole - max(0, owed.now)),
                    choices=[str(over) for over in Over],
                )
            parts = taken(taking, decided.over, owed)
    change = taking.amount - sum(part.amount for part in parts)
    if not parts:
        return Taken(folio=folio, entries=(), change=change)
    after, made = take_parts(id, parts, accounts=hotel.accounts)
    return Taken(folio=after, entries=made, change=change)


def owing(folio: Folio, *, hotel: Hotel) -> Owing:
    """What may be paid on a bill without asking why."""
    now = _unpaid(folio)
    if folio.stay:
        return Owing(now=now, coming=_later(folio, hotel=hotel) - now)
    if folio.order and folio.account == folio.order:
        return Owing(now=now, coming=_booked(folio.order, hotel=hotel))
    return Owing(now=now, coming=0)


def taken(taking: Taking, over: Over, owed: Owing) -> tuple[Taking, ...]:
    """The money as it goes on the bill; nothing of it where nothing was owed and the change is all of it."""
    if over is Over.AHEAD:
        return (taking,)
    parts = [replace(taking, amount=owed.whole)] if owed.whole else []
    if over is Over.DEPOSIT:
        parts.append(replace(taking, amount=taking.amount - owed.whole, deposit=True))
    return tuple(parts)


def _unpaid(folio: Folio) -> int:
    return folio.charged - folio.paid


def _later(folio: Folio, *, hotel: Hotel) -> int:
    """What will be unpaid once every booked night is posted."""
    stay = hotel.stays.get(folio.stay)
    if stay.state is not StayState.IN_HOUSE:
        return _unpaid(folio)
    bills = {one.id: one for one in billing.complete(stay, hotel=hotel)}
    return _unpaid(bills.get(folio.id, folio))


def _booked(id: str, *, hotel: Hotel) -> int:
    """What the rooms of a booking that are still to come cost, less what was paid with the booking."""
    order = hotel.orders.get(id)
    stays = [one for one in hotel.stays.of_order(order) if one.state is StayState.EXPECTED]
    first = next((one for index in range(len(order.lines)) for one in ids(order, index)), None)
    besides = sum(line.total for line in order.lines if line.kind != "night")
    return sum(
        sum(stay.nightly) + (besides if stay.id == first else 0) - billing.share_of(stay, order)
        for stay in stays
    )

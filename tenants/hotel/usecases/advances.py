"""What the desk took for a booking before its guests came, and how it reaches the bills of its rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from chalicelib.kernel.money import Money
from tenants.hotel.domain import corrections
from tenants.hotel.domain.folio import Entry, Folio, Link, Sort, State, living
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases.folios import folio_id

if TYPE_CHECKING:
    from chalicelib.commerce.orders.domain import Order
    from tenants.hotel.usecases.drafting import Draft
    from tenants.hotel.usecases.ports import Hotel


def found(order: Order, *, hotel: Hotel) -> Folio | None:
    """The booking's own bill, while money taken ahead may still be on it."""
    folio = hotel.accounts.folios.find(folio_id(order.id), closed=False)
    return folio if folio is not None and folio.state is State.OPEN else None


def take_over(stay: Stay, order: Order, *, to: str, draft: Draft, hotel: Hotel) -> None:
    """Join the work: a room that gets its bill ``to`` takes its share of each payment and deposit there, the
    last one what is left; in proportion to the prices of the rooms that are still to come."""
    advance = found(order, hotel=hotel)
    if advance is None:
        return
    draft.know(advance)
    entries = hotel.accounts.folios.entries(advance)
    weights = _weights(stay, order, hotel=hotel)
    for entry in _whole(entries):
        mine = Money(-entry.amount).split(weights)[0].amount
        if mine == -entry.amount:
            out, arriving = corrections.moved(entries, entry.number, text="")
            draft.post(advance.id, [out])
            draft.post(to, [arriving])
        elif mine:
            amounts = (-mine, entry.amount + mine)
            out, (arriving, rest) = corrections.parted(entries, entry.number, amounts, text="")
            draft.post(advance.id, [out, rest])
            draft.post(to, [arriving])
    left = draft.now(advance.id)
    if left is not None and not left.balance and not left.deposits:
        draft.change(left.settled(draft.stamp.day))


def share(stay: Stay, order: Order, *, hotel: Hotel) -> tuple[Folio, int] | None:
    """The booking's own bill and how much of it (fen) would come over to a room now; nothing without one."""
    advance = found(order, hotel=hotel)
    if advance is None:
        return None
    weights = _weights(stay, order, hotel=hotel)
    entries = hotel.accounts.folios.entries(advance)
    return advance, sum(Money(-entry.amount).split(weights)[0].amount for entry in _whole(entries))


def _whole(entries: Sequence[Entry]) -> Iterable[Entry]:
    """Money that stands there untouched: nothing of it has gone back or was used. What a clerk moved to the
    booking's bill is meant to stay on it."""
    for entry in living(entries):
        if entry.sort is Sort.CHARGE or entry.amount >= 0 or entry.link is Link.MOVED:
            continue
        if corrections.refundable(entries, entry.number)[1] == -entry.amount:
            yield entry


def _weights(stay: Stay, order: Order, *, hotel: Hotel) -> list[int]:
    """Prices (fen) of this room and of the others that are still to come, this one first."""
    others = [
        one
        for one in hotel.stays.of_order(order)
        if one.id != stay.id and one.state is StayState.EXPECTED and not one.missed
    ]
    prices = [sum(one.nightly) for one in (stay, *others)]
    return prices if min(prices) > 0 else [1] * len(prices)

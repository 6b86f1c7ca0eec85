"""Reservations for a system that asks: what changed since it last said "had it", at least once each.

Nothing is written for it when a booking changes: the audit rows know. Two commands that run side by side may
commit in another order than their clocks say, so the last minute is told again: nothing is missed, and who
pulls tells what it has seen by the booking's version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.kernel.errors import N_, Refusal
from tenants.hotel.usecases.ports import Hotel

AGAIN = timedelta(minutes=1)
HISTORY = timedelta(days=7)


class MarkAhead(Refusal):
    code = "hotel.reservations.mark"
    status = 422
    detail = N_("这个标记不是上一次读取时给出的。")
    remedy = N_("请重新读取,再用新的标记确认。")


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """Bookings as they stand now, the one that changed first coming first.

    ``upto`` acknowledges them; ``more``: there are others after it.
    """

    orders: Sequence[Order]
    upto: datetime
    more: bool


def pull(*, puller: str, most: int, hotel: Hotel) -> Pulled:
    """What changed since the puller's last acknowledgement (a week at most). Asking again says the same."""
    mark = hotel.marks.find(puller)
    since = max(mark - AGAIN, hotel.now - HISTORY) if mark is not None else hotel.now - HISTORY
    latest: dict[str, datetime] = {}
    for id, when in hotel.marks.touched(since=since):
        latest[id] = max(when, latest.get(id, when))  # changed twice, told once: as it stands now
    begin = upto = mark if mark is not None else since
    orders: list[Order] = []
    new = 0  # what is told again does not count, or a full minute would never come to an end
    for id, when in sorted(latest.items(), key=lambda one: (one[1], one[0])):
        if new >= most and when > upto:
            return Pulled(orders=orders, upto=upto, more=True)
        order = hotel.orders.find(id)
        upto = max(upto, when)
        if order is not None and order.state is not State.HELD:
            orders.append(order)
            new += when > begin
    return Pulled(orders=orders, upto=upto, more=False)


def acknowledge(*, puller: str, upto: datetime, hotel: Hotel) -> None:
    """The puller has everything up to this instant. An older one than the last changes nothing."""
    if upto > hotel.now:
        raise MarkAhead
    before = hotel.marks.find(puller)
    if before is None or before < upto:
        hotel.marks.keep(puller, upto)

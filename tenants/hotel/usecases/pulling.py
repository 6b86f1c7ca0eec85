"""Reservations for a system that asks: what changed since it last said "had it", at least once each.

Nothing is written for it when a booking changes: the audit rows know. Two commands that run side by side may
commit in another order than their clocks say, so the last minute is told again: nothing is missed, and who
pulls tells what it has seen by the booking's version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.usecases.ports import Hotel, Told

AGAIN = timedelta(minutes=1)
HISTORY = timedelta(days=7)
_SEEN = 1_000


class MarkAhead(Refusal):
    code = "hotel.reservations.mark"
    status = 422
    detail = N_("这个标记不是上一次读取时给出的。")
    remedy = N_("请重新读取,再用新的标记确认。")


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """Bookings as they stand now, the one that changed first coming first.

    ``upto`` acknowledges them; ``more``: there are others after it. ``moments``: when each changed.
    """

    orders: Sequence[Order]
    upto: datetime
    more: bool
    moments: Mapping[str, datetime] = field(default_factory=dict, compare=False)


def pull(*, puller: str, most: int, since: datetime | None = None, hotel: Hotel) -> Pulled:
    """What changed since the puller's last acknowledgement (a week at most). Asking again says the same.

    ``since``: everything from then on, whatever was acknowledged.
    """
    mark = hotel.marks.find(puller) if since is None else None
    oldest = hotel.now - HISTORY
    since = max(mark - AGAIN if mark is not None else since or oldest, oldest)
    latest: dict[str, datetime] = {}
    for id, when in hotel.marks.touched(since=since):
        latest[id] = max(when, latest.get(id, when))  # changed twice, told once: as it stands now
    begin = upto = mark if mark is not None else since
    orders: list[Order] = []
    new = 0  # what is told again does not count, or a full minute would never come to an end
    for id, when in sorted(latest.items(), key=lambda one: (one[1], one[0])):
        if new >= most and when > upto:
            return Pulled(orders=orders, upto=upto, more=True, moments=latest)
        order = hotel.orders.find(id)
        upto = max(upto, when)
        if order is not None and order.state is not State.HELD:
            orders.append(order)
            new += when > begin
    return Pulled(orders=orders, upto=upto, more=False, moments=latest)


def acknowledge(*, puller: str, upto: datetime, hotel: Hotel) -> None:
    """The puller has everything up to this instant. An older one than the last changes nothing."""
    if upto > hotel.now:
        raise MarkAhead
    before = hotel.marks.find(puller)
    if before is None or before < upto:
        hotel.marks.keep(puller, upto)


def ask(
    *, puller: str, most: int, since: datetime | None, only: Callable[[Order], bool], hotel: Hotel
) -> Sequence[Order]:
    """For a puller that acknowledges one by one: what it has not taken yet, and which versions it is told.

    ``since``: everything from then on, also what was taken. ``only``: bookings that concern it.
    """
    before = hotel.marks.told(puller)
    found = pull(puller=puller, most=most, since=since, hotel=hotel).orders
    fresh = [
        order for order in found if only(order) and (since is not None or _version(order) not in before.seen)
    ]
    told = {order.id: order.version for order in fresh}
    if any(before.told.get(id) != version for id, version in told.items()):
        kept = dict(list({**before.told, **told}.items())[-_SEEN:])
        hotel.marks.tell(puller, Told(told=kept, seen=before.seen))
    return fresh


def take(*, puller: str, ids: Sequence[str], only: Callable[[Order], bool], hotel: Hotel) -> int:
    """These bookings have arrived in the version that was told; how many of them were told at all.

    The mark moves on over everything that is taken or does not concern the puller; of the last minute before
    it is remembered what was taken, so that nothing is told twice and nothing is missed.
    """
    before = hotel.marks.told(puller)
    taken = {id: before.told[id] for id in ids if id in before.told}
    seen = before.seen | {f"{id}@{version}" for id, version in taken.items()}
    found = pull(puller=puller, most=_SEEN, hotel=hotel)
    upto = hotel.marks.find(puller)
    for order in found.orders:
        if only(order) and _version(order) not in seen:
            break
        upto = max(upto or found.moments[order.id], found.moments[order.id])
    living = {_version(order) for order in found.orders}
    hotel.marks.tell(
        puller,
        Told(
            told={id: version for id, version in before.told.items() if id not in taken},
            seen=frozenset(sorted(seen & living)[:_SEEN]),
        ),
    )
    if upto is not None:
        acknowledge(puller=puller, upto=upto, hotel=hotel)
    return len(taken)


def _version(order: Order) -> str:
    return f"{order.id}@{order.version}"

"""Holding what somebody wishes for, and letting it go.

Order of writes: the command's lock (which names the order it makes) → a lock a person → stock → order row. A
crash between any two leaves only things that end by themselves: locks and a hold, all with an expiry.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.commerce.orders.domain import AlreadyHas, HoldOver, Line, Order, State, Tier
from chalicelib.commerce.orders.ports import Lock, Orders
from chalicelib.commerce.stock import Claim, Slot, SoldOut, Stock
from chalicelib.kernel.errors import KeyReused
from chalicelib.kernel.ids import moment_of, new_id
from chalicelib.kernel.late import dataclass

HOLD_FOR = timedelta(minutes=15)
COMMAND_FOR = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to buy, priced and checked by the module that sells it."""

    lines: tuple[Line, ...]
    claims: tuple[Claim, ...]
    locks: tuple[str, ...]
    tails: tuple[str, ...]  # the masked document ends that belong to ``locks``
    policy: tuple[Tier, ...]
    people: bytes
    channel: str
    locale: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Which command this is: who sent it under which key (``command``), and what it says (``digest``)."""

    command: str
    digest: str


def hold_order(wish: Wish, *, mark: Mark, orders: Orders, stock: Stock, now: datetime) -> Order:
    """Hold everything wished for 15 minutes. The same command again gets the same order, for 24 hours.

    Refuses with ``KeyReused``, ``AlreadyHas`` or ``SoldOut``.
    """
    mine = Lock(order=new_id("or", now=now), command=mark.command, digest=mark.digest)
    key = _lock_of(mark.command)
    refusal = stock.closed(wish.claims)
    if refusal is not None and orders.locked(key, now=now) is None:
        raise refusal  # the flood is answered without a write
    other = orders.lock(key, mine, until=now + COMMAND_FOR, now=now)
    if other is not None and other.digest != mark.digest:
        raise KeyReused
    id = other.order if other is not None else mine.order
    placed = moment_of(id)
    if other is not None:
        if (done := orders.find(id)) is not None:
            return done
        if placed + HOLD_FOR <= now:  # it broke off long ago, and what it held is over
            orders.unlock((key,), order=id)
            return hold_order(wish, mark=mark, orders=orders, stock=stock, now=now)
    until = placed + HOLD_FOR
    try:
        _lock_people(wish, replace(mine, order=id), until=until, orders=orders, now=now)
        holds = stock.hold(wish.claims, order=id, until=until, now=now, again=other is not None)
    except (AlreadyHas, SoldOut):
        orders.unlock((key, *wish.locks), order=id)
        raise
    order = Order(
        id=id,
        lines=wish.lines,
        placed=placed,
        until=until,
        channel=wish.channel,
        locale=wish.locale,
        policy=wish.policy,
        holds=holds,
        locks=wish.locks,
        people=wish.people,
        digest=mark.digest,
    )
    return order if orders.create(order) else orders.get(id)


def begun(command: str, *, orders: Orders, now: datetime) -> bool:
    """Whether a hold under this command was begun and not refused; it may have broken off."""
    return orders.locked(_lock_of(command), now=now) is not None


def reacquire(
    order: Order,
    *,
    capacity: Callable[[Line], int],
    withheld: Callable[[Line], int] = lambda _: 0,
    stock: Stock,
    now: datetime,
) -> Order:
    """Money came after the hold was taken back: claim the places anew. Raises ``SoldOut``."""
    shelves = {(hold.resource, hold.slot): hold.shelf for hold in order.holds}
    claims = [
        Claim(
            slot=Slot(
                resource=line.resource,
                slot=line.slot,
                capacity=capacity(line),
                shelf=shelves.get((line.resource, line.slot), ""),
                withheld=withheld(line),
            ),
            count=count,
        )
        for line, count in _by_slot(order.lines)
    ]
    holds = stock.hold(claims, order=order.id, until=now + HOLD_FOR, now=now, again=True)
    return replace(order, holds=holds)


def cancel_hold(order: Order, *, orders: Orders, now: datetime) -> Order:
    """Let a hold go before its time."""
    if order.over(now=now):
        raise HoldOver
    order.require_held(now=now)
    after = replace(order, state=State.CANCELLED, reason="cancelled", version=order.version + 1)
    orders.keep(after, before=order)
    for hold in order.holds:
        orders.give_back(order, hold, count=hold.count)
    orders.unlock_with(order.locks, order=order.id)
    return after


def _lock_people(wish: Wish, mine: Lock, *, until: datetime, orders: Orders, now: datetime) -> None:
    for number, key in enumerate(wish.locks):
        if orders.lock(key, mine, until=until, now=now) is not None:
            raise AlreadyHas(tail=wish.tails[number] if number < len(wish.tails) else "")


def _by_slot(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    counts: dict[tuple[str, str], tuple[Line, int]] = {}
    for line in lines:
        first, count = counts.get((line.resource, line.slot), (line, 0))
        counts[(line.resource, line.slot)] = (first, count + line.count)
    return list(counts.values())


def _lock_of(command: str) -> str:
    return f"COMMAND#{command}"

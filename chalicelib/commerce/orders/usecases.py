"""What can be done with an order. Steps are single conditional writes, each idempotent by the order's id.

Order of writes: the command's lock (which names the order it makes) → a lock a person → stock → order row. A
crash between any two leaves only things that end by themselves: locks and a hold, all with an expiry.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.commerce.orders import events
from chalicelib.commerce.orders.domain import (
    AlreadyHas,
    Fulfilment,
    HoldOver,
    Line,
    NotHeld,
    Order,
    Payment,
    Quote,
    QuoteChanged,
    State,
    Tier,
    Unit,
)
from chalicelib.commerce.orders.ports import Lock, Orders, PendingRefund
from chalicelib.commerce.stock import Claim, Hold, Slot, SoldOut, Stock
from chalicelib.kernel.errors import KeyReused
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import moment_of, new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Charge, Method, Payments, Receipt, Started

HOLD_FOR = timedelta(minutes=15)
COMMAND_FOR = timedelta(hours=24)
PAY_WITHIN = timedelta(minutes=31)  # Stripe's shortest Checkout Session lives 30 minutes
LOST_PLACE, LOST_PERSON = "hold-expired-sold-out", "person-already-has"
PAID_AFTER = "paid-after-cancelled"

Publish = Callable[[Event], None]
Fulfil = Callable[[Order], None]
"""Called inside the confirming work: the module makes its tickets or keys and says its own events."""


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
    key = f"COMMAND#{mark.command}"
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


def start_payment(
    order: Order,
    *,
    method: Method,
    urls: tuple[str, str],
    title: str,
    payments: Payments,
    orders: Orders,
    now: datetime,
    amount: Money | None = None,
) -> Started:
    """Open a payment with the provider (of all, or of ``amount``). The hold is extended to outlive it."""
    order.require_held(now=now)
    until = now + PAY_WITHIN
    started = payments.start(
        Charge(
            order=order.id,
            amount=amount if amount is not None else order.total,
            title=title,
            method=method,
            success_url=urls[0],
            cancel_url=urls[1],
            locale=order.locale,
            expires=until,
        ),
        key=f"{order.id}-{order.version}-{method}",
    )
    orders.extend(replace(order, until=until, paying=started.ref, version=order.version + 1), before=order)
    return started


def confirm(
    order: Order,
    *,
    receipt: Receipt,
    orders: Orders,
    fulfil: Fulfil,
    publish: Publish,
    buyer: str,
    now: datetime,
) -> Order:
    """The money is there: holds and locks become permanent and the goods are made, in one work."""
    if order.state is not State.HELD:
        raise NotHeld(state=str(order.state))
    after = order.confirmed(receipt)
    orders.keep(after, before=order)
    orders.confirm_holds(after)
    fulfil(after)
    publish(events.order_placed(after, buyer=buyer, now=now))
    publish(events.payment_settled(after, amount=receipt.amount, refund=False, now=now))
    return after


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


def turn_away(
    order: Order, *, receipt: Receipt, reason: str, orders: Orders, publish: Publish, now: datetime
) -> tuple[Order, PendingRefund]:
    """Money came for what can no longer be given: the order ends, all of it goes back, the reason is kept.

    Once: an order that has a receipt was dealt with by another message of the same money (``NotHeld``).
    """
    if order.receipt is not None:
        raise NotHeld(state=str(order.state))
    after = replace(
        order,
        state=State.CANCELLED,
        payment=Payment.REFUNDING,
        receipt=receipt,
        reason=reason,
        refunded=receipt.amount.amount,
        version=order.version + 1,
    )
    refund = owed_from(order, receipt, receipt.amount, reason=reason, now=now)
    orders.keep(after, before=order)
    orders.owe(refund)
    publish(events.payment_settled(after, amount=receipt.amount, refund=False, now=now))
    return after, refund


def refund(
    order: Order,
    units: Sequence[Unit],
    *,
    quote: Quote,
    locks: Sequence[str],
    agreed: int | None,
    orders: Orders,
    now: datetime,
) -> tuple[Order, PendingRefund]:
    """Give back the quoted units; ``agreed`` is the amount (fen) the person was shown.

    ``units`` are all that were not given back before: when none of them is left, the order ends. ``locks``
    are those of the people who gave theirs back: they may book the day again.
    """
    if agreed is not None and agreed != quote.amount.amount:
        raise QuoteChanged(amount=quote.amount)
    left = [unit for unit in units if not any(unit.number == number for number, _ in quote.units)]
    whole = not left
    used = bool(left) and not any(unit.usable for unit in left)
    holds = _return_places(order, units, quote, orders=orders)
    after = replace(
        order,
        payment=Payment.REFUNDING,
        state=State.CANCELLED if whole else order.state,
        fulfilment=Fulfilment.USED if used else order.fulfilment,
        holds=holds,
        refunded=order.refunded + quote.amount.amount,
        version=order.version + 1,
    )
    assert order.receipt is not None
    owed = owed_from(order, order.receipt, quote.amount, reason="asked", now=now)
    orders.keep(after, before=order)
    orders.unlock_with(locks, order=order.id)
    orders.owe(owed)
    return after, owed


def settle_refund(
    order: Order,
    owed: PendingRefund,
    *,
    payments: Payments,
    orders: Orders,
    publish: Publish,
    now: datetime,
    more: bool = False,
) -> Order:
    """Send the money (the refund's id is the provider's key: it goes once), then say so.

    ``more``: another refund of this order is still owed, so the order is not through with it.
    """
    if owed.amount:
        payments.refund(owed.ref, amount=owed.amount, key=owed.id)
    orders.settle(owed)
    if any(one.ref == owed.ref for one in order.beside):  # it never was the order's money
        publish(events.payment_settled(order, amount=owed.amount, refund=True, now=now, ref=owed.ref))
        return order
    ended = order.state is State.CANCELLED
    through = Payment.REFUNDED if ended else Payment.PARTLY_REFUNDED
    after = replace(
        order,
        payment=Payment.REFUNDING if more else through,
        fulfilment=Fulfilment.NONE if ended else order.fulfilment,
        version=order.version + 1,
    )
    orders.keep(after, before=order)
    publish(events.payment_settled(after, amount=owed.amount, refund=True, now=now, ref=owed.ref))
    return after


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


def owed_from(order: Order, receipt: Receipt, amount: Money, *, reason: str, now: datetime) -> PendingRefund:
    """So much of a payment that must go back."""
    return PendingRefund(
        id=new_id("rf", now=now),
        order=order.id,
        provider=receipt.provider,
        ref=receipt.ref,
        amount=amount,
        reason=reason,
    )


def _return_places(order: Order, units: Sequence[Unit], quote: Quote, *, orders: Orders) -> tuple[Hold, ...]:
    back: dict[tuple[str, str], int] = {}
    lines = {unit.number: order.lines[unit.line] for unit in units}
    for number, _ in quote.units:
        line = lines[number]
        back[(line.resource, line.slot)] = back.get((line.resource, line.slot), 0) + 1
    kept = []
    for hold in order.holds:
        count = min(back.get((hold.resource, hold.slot), 0), hold.count)
        if count:
            orders.give_back(order, hold, count=count)
            back[(hold.resource, hold.slot)] -= count
        if hold.count - count:
            kept.append(replace(hold, count=hold.count - count))
    return tuple(kept)


def _by_slot(lines: Sequence[Line]) -> list[tuple[Line, int]]:
    counts: dict[tuple[str, str], tuple[Line, int]] = {}
    for line in lines:
        first, count = counts.get((line.resource, line.slot), (line, 0))
        counts[(line.resource, line.slot)] = (first, count + line.count)
    return list(counts.values())

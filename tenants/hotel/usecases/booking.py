"""Booking: hold, pay or guarantee, cancel. The nights of one booking are one transaction, or none."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.commerce.orders import arrivals
from chalicelib.commerce.orders import events as order_events
from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.domain import AmountDiffers, Order, State
from chalicelib.commerce.orders.usecases import Mark, Wish
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Method, Payments, Receipt, Started
from tenants.hotel.domain import booking as firm
from tenants.hotel.domain.booking import Cancelling, FeeChanged, PriceChanged, cancelling, due
from tenants.hotel.domain.nights import claims_again
from tenants.hotel.usecases import changing, hires, stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.basket import Booking, filled
from tenants.hotel.usecases.ports import Hotel, Unit


def hold(booking: Booking, *, mark: Mark, hotel: Hotel) -> Order:
    """Hold all of it for 15 minutes, or nothing; prices are read anew and then stay fixed.

    Raises what ``filled`` raises, ``PriceChanged``, ``SoldOut``, ``KeyReused``.
    """
    wanted = filled(booking, hotel=hotel, fresh=True)
    total = wanted.basket.total
    if booking.agreed is not None and booking.agreed != total.amount:
        raise PriceChanged(amount=total)
    wish = Wish(
        lines=wanted.basket.lines,
        claims=tuple(wanted.claims),
        locks=(),
        tails=(),
        policy=(),
        people=hotel.vault.seal(
            {"contact": booking.contact, "guests": list(booking.guests), "wishes": booking.wishes}
        ),
        channel=booking.channel,
        locale=booking.locale,
    )
    stock = hotel.stock(hotel.setup.house().pools(over=wanted.over))
    return orders.hold_order(wish, mark=mark, orders=hotel.orders, stock=stock, now=hotel.now)


def pay_at_desk(order: Order, *, receipt: Receipt, hotel: Hotel) -> Order:
    """The desk took what is due (all or the deposit); a guaranteed booking is paid in full."""
    if order.state is State.CONFIRMED:
        _require_amount(receipt.amount, order.total)
        after = firm.settled(order, receipt)
        hotel.orders.keep(after, before=order)
        order_events.tell_money(hotel.publish, after, amount=receipt.amount, refund=False, now=hotel.now)
        return after
    order.require_held(now=hotel.now)
    _require_amount(receipt.amount, due(order))
    return confirm(order, receipt, hotel)


def start_payment(
    id: str, *, method: Method, urls: tuple[str, str], payments: Payments, hotel: Hotel
) -> Started:
    """Open an online payment of what is due for a held booking."""
    order = hotel.orders.get(id)
    return orders.start_payment(
        order,
        method=method,
        urls=urls,
        title=f"{order.lines[0].title} × {order.lines[0].count}",
        payments=payments,
        orders=hotel.orders,
        now=hotel.now,
        amount=due(order),
    )


def receive(id: str, *, receipt: Receipt, unit: Unit) -> Order:
    """Money arrived for a booking: firm, whatever happened to the hold in between, or the money back."""
    changed = changing.receive(id, receipt=receipt, unit=unit)
    if changed is not None:
        return changed
    return arrivals.receive(id, receipt=receipt, unit=unit, kind="hotel", confirm=confirm, again=_held_again)


def confirm(order: Order, receipt: Receipt, hotel: Hotel) -> Order:
    """The money for what is due is there: the booking is firm."""
    return orders.confirm(
        order,
        receipt=receipt,
        orders=hotel.orders,
        fulfil=lambda confirmed: _firm(confirmed, hotel=hotel),
        publish=hotel.publish,
        buyer=buyer(order, hotel=hotel),
        now=hotel.now,
    )


def guarantee(order: Order, *, hotel: Hotel) -> Order:
    """Firm without money, where the plan allows it: the nights stay held, U17 and U06 are said."""
    order.require_held(now=hotel.now)
    after = firm.guaranteed(order)
    hotel.orders.keep(after, before=order)
    hotel.orders.confirm_holds(after)
    _firm(after, hotel=hotel)
    hotel.publish(order_events.order_placed(after, buyer=buyer(order, hotel=hotel), now=hotel.now))
    return after


def secure(order: Order, *, receipt: Callable[[str, Money], Receipt], hotel: Hotel) -> Order:
    """Firm at the desk: with the money that the plan wants first, for which ``receipt`` is made; else on the
    desk's word."""
    amount = due(order)
    if amount:
        return pay_at_desk(order, receipt=receipt(order.id, amount), hotel=hotel)
    return guarantee(order, hotel=hotel)


def quote(order: Order, *, waived: bool = False, hotel: Hotel) -> Cancelling:
    """What cancelling would cost and return now; nothing changes. A hold is let go for nothing. ``waived``:
    the house lets go of its fee."""
    if order.state is State.HELD:
        order.require_held(now=hotel.now)
        return Cancelling(fee=Money(0), back=Money(0), owing=Money(0), next=None)
    found = cancelling(order, now=hotel.now)
    return replace(found, fee=Money(0), back=order.paid, owing=Money(0)) if waived else found


def cancel(id: str, *, agreed: tuple[int, int], waived: bool = False, hotel: Hotel) -> Order:
    """Cancel for the money that was shown: ``agreed`` = (fee, back) in fen. Every night is free again.

    The money is owed (a row) until its provider has taken it back. A fee beyond what was paid stands on a
    bill of the booking's own.
    """
    order = hotel.orders.get(id)
    offered = quote(order, waived=waived, hotel=hotel)
    if agreed != (offered.fee.amount, offered.back.amount):
        raise FeeChanged(fee=offered.fee, amount=offered.back)
    stock = hotel.stock({})
    stock.reopen(order.holds)
    if order.change is not None:
        stock.let_go(order.change.holds, order=order.id, until=order.change.until)
    if order.state is State.HELD:
        return orders.cancel_hold(order, orders=hotel.orders, now=hotel.now)
    freed = stays.call_off(order, hotel=hotel)
    hires.call_off(order, hotel=hotel)
    after = firm.cancelled(order, offered)
    for hold in order.holds:
        hotel.orders.give_back(order, hold, count=hold.count)
    hotel.orders.keep(after, before=order)
    hotel.orders.unlock_with(order.locks, order=order.id)
    for payment, fen in order.giving_back(offered.back.amount):
        hotel.orders.owe(orders.owed_from(order, payment, Money(fen), reason="asked", now=hotel.now))
    if offered.owing:
        from tenants.hotel.usecases.fees import charge_cancellation  # only who owes one needs it

        types = hotel.setup.house().types
        site = next((types[line.product].site for line in order.lines if line.product in types), "")
        if site:
            charge_cancellation(order, offered.owing.amount, site=site, hotel=hotel)
    say_nights(hotel=hotel, back=(*order.holds, *freed))
    return after


def buyer(order: Order, *, hotel: Hotel) -> str:
    """The buyer's pseudonym of the year: a keyed hash of the contact's number."""
    contact = hotel.vault.unseal(order.people)["contact"]
    return hotel.vault.blind(f"{order.placed.year}|phone|{contact['phone']}")


def _firm(order: Order, *, hotel: Hotel) -> None:
    """What a booking that is firm brings with it: its stays, what it hires, and U06."""
    stays.expect(order, hotel=hotel)
    hires.expect(order, hotel=hotel)
    say_nights(hotel=hotel, taken=order.holds)


def _held_again(order: Order, hotel: Hotel) -> Order:
    """The booking with every place claimed anew. Raises ``SoldOut``."""
    house = hotel.setup.house()
    over = not any(house.types[line.product].house for line in order.lines if line.product in house.types)
    wanted = claims_again(order.holds, types=house.types, extras=house.first_pools)
    stock = hotel.stock(house.pools(over=over))
    holds = stock.hold(wanted, order=order.id, until=hotel.now + orders.HOLD_FOR, now=hotel.now, again=True)
    return replace(order, holds=holds)


def _require_amount(given: Money, wanted: Money) -> None:
    if given != wanted:
        raise AmountDiffers(amount=wanted)

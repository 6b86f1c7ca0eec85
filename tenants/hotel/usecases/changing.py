"""Changing a firm booking: other dates, or a room less. Quoted first; what costs more is paid first."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.commerce.orders import changes
from chalicelib.commerce.orders.beside import owe_back
from chalicelib.commerce.orders.domain import Change, Line, Order, State
from chalicelib.commerce.orders.usecases import HOLD_FOR
from chalicelib.commerce.stock import HoldLost, SoldOut
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Method, Payments, Receipt, Started
from tenants.hotel.domain.amending import (
    Amending,
    ChangeDiffers,
    amending,
)
from tenants.hotel.domain.booking import NotBooked
from tenants.hotel.domain.nights import claims_again, require_few
from tenants.hotel.domain.stay import Stay, ids
from tenants.hotel.usecases import hires, stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.quoting import Quote, place_of, places
from tenants.hotel.usecases.sealing import opened
from tenants.hotel.usecases.setup_ports import House
from tenants.hotel.usecases.stay_book import listed_under


def quote(order: Order, change: Quote, *, hotel: Hotel) -> Amending:
    """What a change would cost or return now; nothing changes.

    Raises ``NotBooked``, ``ChangeAtDesk``, ``NothingChanged``, ``AllCancelled``, and what ``offer`` raises.
    """
    if order.state is not State.CONFIRMED:
        raise NotBooked(state=str(order.state))
    return change(order, hotel)


def change(id: str, how: Quote, *, agreed: tuple[int, int], hotel: Hotel) -> Order:
    """Change for the money that was shown: ``agreed`` = (to pay, back) in fen.

    What needs no money is done at once. Else the further places are held for a quarter of an hour and the
    booking waits for the payment as it is. Raises what ``quote`` raises, ``ChangeDiffers``, ``SoldOut``.
    """
    order = hotel.orders.get(id)
    found = quote(order, how, hotel=hotel)
    if agreed != (found.pay.amount, found.back.amount):
        raise ChangeDiffers(pay=found.pay, back=found.back)
    require_few(len(found.added) + len(found.removed) + 2 * sum(line.count for line in found.lines))
    house = hotel.setup.house()
    stock = hotel.stock(house.pools(over=_over(found.lines, house)))
    if order.change is not None:
        stock.let_go(order.change.holds, order=order.id, until=order.change.until)
    until = hotel.now + HOLD_FOR
    holds = stock.hold(found.added, order=order.id, until=until, now=hotel.now) if found.added else ()
    made = Change(lines=found.lines, holds=holds, due=found.pay.amount, until=until)
    if found.pay:
        return changes.propose(order, made, orders=hotel.orders)
    return _applied(order, made, found, receipt=None, hotel=hotel)


def keep(id: str, *, hotel: Hotel) -> Order:
    """A change that waits for its payment is given up: the booking stays as it is, the places return."""
    order = hotel.orders.get(id)
    if order.change is None:
        return order
    stock = hotel.stock(hotel.setup.house().pools(over=True))
    stock.let_go(order.change.holds, order=order.id, until=order.change.until)
    return changes.drop(order, orders=hotel.orders)


def start_payment(
    id: str, *, method: Method, urls: tuple[str, str], payments: Payments, hotel: Hotel
) -> Started:
    """Open an online payment of what a change costs."""
    order = hotel.orders.get(id)
    return changes.start_payment(
        order,
        method=method,
        urls=urls,
        title=order.live[0].title,
        payments=payments,
        orders=hotel.orders,
        now=hotel.now,
    )


def receive(id: str, *, receipt: Receipt, unit: Unit) -> Order | None:
    """Money for a change that waits: it is made, its places claimed anew where they were lost, or the money
    goes back and the booking stays as it is. Nothing where no change waits for this money."""
    try:
        with unit("hotel.change-booking") as hotel:
            order = hotel.orders.get(id)
            if not _awaits(order, receipt):
                return None
            return _paid(order, receipt, hotel=hotel)
    except HoldLost:
        pass
    try:
        with unit("hotel.change-booking") as hotel:
            order = hotel.orders.get(id)
            if not _awaits(order, receipt):
                return None
            return _paid(_claimed_again(order, hotel), receipt, hotel=hotel)
    except SoldOut:
        pass
    with unit("hotel.turn-change-away") as hotel:
        order = hotel.orders.get(id)
        if not _awaits(order, receipt):
            return None
        owing = owe_back(
            order,
            receipt=receipt,
            reason=changes.LAPSED,
            orders=hotel.orders,
            publish=hotel.publish,
            now=hotel.now,
        )
        return changes.drop(replace(owing, reason=changes.LAPSED), orders=hotel.orders)


def _applied(order: Order, made: Change, found: Amending, *, receipt: Receipt | None, hotel: Hotel) -> Order:
    """One work: places, stays with the people registered for them, money, U06."""
    after = changes.apply(
        order,
        made,
        back=found.removed,
        refund=found.back.amount,
        receipt=receipt,
        orders=hotel.orders,
        publish=hotel.publish,
        now=hotel.now,
    )
    ended = _ended(order, after, hotel=hotel)
    freed = stays.end(ended, hotel=hotel)
    hires.follow(order, after, hotel=hotel)
    names = [hotel.vault.unseal(one.party)["name"] for one in ended]
    new = stays.expect(after, hotel=hotel, names=names, since=len(order.lines))
    _registered_again(ended, new, hotel=hotel)
    returned = [replace(hold, count=count) for hold, count in found.removed]
    hotel.stock({}).reopen((*returned, *freed))
    say_nights(hotel=hotel, taken=made.holds, back=(*returned, *freed))
    return after


def _ended(order: Order, after: Order, *, hotel: Hotel) -> list[Stay]:
    """The stays that the change ends: of lines replaced, and the last ones of lines with fewer pieces."""
    left = {id for index in range(len(order.lines)) for id in ids(after, index)}
    return [one for one in hotel.stays.of_order(order) if one.id not in left]


def _registered_again(ended: Sequence[Stay], new: Sequence[Stay], *, hotel: Hotel) -> None:
    """Who was registered before arrival is registered for the stay that takes the place of the old one."""
    waiting = list(new)
    for old in ended:
        heir = next((one for one in waiting if (one.type, one.plan) == (old.type, old.plan)), None)
        if heir is None:
            continue
        waiting.remove(heir)
        for guest in hotel.guests.of_stay(old.id):
            hotel.guests.drop(guest)
            moved = replace(guest, stay=heir.id, version=0)
            hotel.guests.keep(moved, before=None, site=heir.site)
            hotel.guests.list_under(moved, keys=listed_under(opened(moved, hotel=hotel), hotel=hotel))


def _paid(order: Order, receipt: Receipt, *, hotel: Hotel) -> Order:
    made = order.change
    assert made is not None
    house = hotel.setup.house()
    where = place_of(order, house)
    found = amending(order, made.lines, fee=0, **places(order, made.lines, house, where))
    return _applied(order, made, replace(found, back=Money(0)), receipt=receipt, hotel=hotel)


def _claimed_again(order: Order, hotel: Hotel) -> Order:
    made = order.change
    assert made is not None
    house = hotel.setup.house()
    stock = hotel.stock(house.pools(over=_over(made.lines, house)))
    wanted = claims_again(made.holds, types=house.types, extras=house.first_pools)
    holds = stock.hold(wanted, order=order.id, until=hotel.now + HOLD_FOR, now=hotel.now, again=True)
    return replace(order, change=replace(made, holds=holds))


def _awaits(order: Order, receipt: Receipt) -> bool:
    """Whether this money is what a change of the order waits for."""
    waits = order.state is State.CONFIRMED and order.change is not None
    return (
        waits
        and not order.knows(receipt.ref)
        and order.change is not None
        and receipt.amount.amount == order.change.due
    )


def _over(lines: Sequence[Line], house: House) -> bool:
    """Whether the overbooking allowance may be drawn on: never for a whole house."""
    types = [house.types[line.product] for line in lines if line.count and line.product in house.types]
    return bool(types) and not any(kind.house for kind in types)

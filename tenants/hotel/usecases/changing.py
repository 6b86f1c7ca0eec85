"""Changing a firm booking: other dates, or a room less. Quoted first; what costs more is paid first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from chalicelib.commerce.orders import changes
from chalicelib.commerce.orders.beside import owe_back
from chalicelib.commerce.orders.domain import Change, Line, Order, State
from chalicelib.commerce.orders.usecases import HOLD_FOR
from chalicelib.commerce.stock import HoldLost, SoldOut
from chalicelib.kernel.errors import N_
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Method, Payments, Receipt, Started
from tenants.hotel.domain.amending import (
    AllCancelled,
    Amending,
    ChangeAtDesk,
    ChangeDiffers,
    NothingChanged,
    Places,
    amending,
    bound,
    fee_line,
    gone,
    needed,
    nights_of,
)
from tenants.hotel.domain.booking import NotBooked, people, stay_line, terms_of
from tenants.hotel.domain.extra import Extra, Per, Use, extra_line
from tenants.hotel.domain.nights import claims_again, require_few
from tenants.hotel.domain.offer import offer, stay
from tenants.hotel.domain.plan import Secured
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import Stay, StayState, ids
from tenants.hotel.usecases import hires, stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.ports import Hotel, House, Unit
from tenants.hotel.usecases.sealing import opened
from tenants.hotel.usecases.search import sheets_of
from tenants.hotel.usecases.stay_book import listed_under

GIVEN_UP = N_("退改费")
MOST_LINES = 24
Quote = Callable[[Order, Hotel], Amending]


def dates_quote(arrive: date, depart: date) -> Quote:
    """Other dates for all rooms of a booking, at the prices of now and under the same plans."""
    return lambda order, hotel: _dates(order, arrive, depart, hotel=hotel)


def fewer_quote(index: int, count: int) -> Quote:
    """So many pieces of a line less, for the fee of its terms."""
    return lambda order, hotel: _fewer(order, index, count, hotel=hotel)


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


def place_of(order: Order, house: House) -> Property:
    """Where a booking is. Raises ``ChangeAtDesk`` where what was sold is not there any more."""
    for line in order.live:
        known = house.types.get(line.product) if line.kind == "night" else house.extras.get(line.product)
        if known is not None:
            return house.properties[known.site]
    raise ChangeAtDesk


def _dates(order: Order, arrive: date, depart: date, *, hotel: Hotel) -> Amending:
    house = hotel.setup.house()
    where = place_of(order, house)
    rooms = [index for index, line in enumerate(order.lines) if line.count and nights_of(line) is not None]
    if not rooms or len(order.lines) > MOST_LINES:
        raise ChangeAtDesk
    if all(nights_of(order.lines[index]) == (arrive, depart) for index in rooms):
        raise NothingChanged
    _require_untouched(order, rooms, hotel=hotel)
    moved = [index for index, line in enumerate(order.lines) if index in rooms or _follows(line, house)]
    fees = {index: terms_of(order.lines[index]).fee(now=hotel.now) for index in rooms}
    made = []
    for index in moved:
        line = order.lines[index]
        if index in fees:
            made.append(_rebooked(line, arrive, depart, fees[index], house=house, where=where, hotel=hotel))
        else:
            extra = house.extras[line.product]
            made.append(_extra_moved(line, extra, arrive, depart, where=where, order=order))
    old = sum(fees[index] * order.lines[index].count for index in rooms)
    fee = max(0, old - sum(line.total for line in made))
    kept = [gone(line) if index in moved else line for index, line in enumerate(order.lines)]
    after = [*kept, *made, *_fee(order.lines[rooms[0]], fee, order)]
    return amending(order, after, fee=fee, **_places(order, after, house, where))


def _fewer(order: Order, index: int, count: int, *, hotel: Hotel) -> Amending:
    house = hotel.setup.house()
    where = place_of(order, house)
    if not 0 <= index < len(order.lines) or not 1 <= count <= order.lines[index].count:
        raise NothingChanged
    line = order.lines[index]
    if line.kind == "night":
        _require_untouched(order, [index], hotel=hotel)
    fee = terms_of(line).fee(now=hotel.now) * count
    kept = [
        replace(one, count=one.count - count) if at == index else one for at, one in enumerate(order.lines)
    ]
    if not any(one.count and one.kind == "night" for one in kept) and line.kind == "night":
        raise AllCancelled
    after = [*kept, *_fee(line, fee, order)]
    return amending(order, after, fee=fee, **_places(order, after, house, where))


def _rebooked(
    line: Line, arrive: date, depart: date, fee: int, *, house: House, where: Property, hotel: Hotel
) -> Line:
    kind, plan = house.types.get(line.product), house.plans.get(line.option)
    if kind is None or plan is None:
        raise ChangeAtDesk
    adults, children = people(line)
    tonight = where.night_of(hotel.now)
    wanted = stay(arrive, depart, adults=adults, children=children, tonight=tonight)
    sheets = sheets_of([kind], wanted, hotel=hotel, fresh=True)
    priced = offer(wanted, kind=kind, plan=plan, plans=house.plans, sheets=sheets, property=where)
    made = stay_line(priced, stay=wanted, rooms=line.count, kind=kind, plan=plan, property=where, locale="zh")
    return bound(replace(made, title=line.title), fee)


def _extra_moved(
    line: Line, extra: Extra, arrive: date, depart: date, *, where: Property, order: Order
) -> Line:
    """What goes with the nights goes with the new ones, at its price of now."""
    return extra_line(
        extra,
        Use(first=arrive, last=depart),
        count=line.count,
        secured=Secured(line.facts["secured"]),
        property=where,
        locale=order.locale,
    )


def _follows(line: Line, house: House) -> bool:
    extra = house.extras.get(line.product) if line.kind != "night" else None
    return bool(line.count) and extra is not None and extra.per in {Per.ORDER, Per.NIGHT}


def _fee(line: Line, fee: int, order: Order) -> tuple[Line, ...]:
    return (fee_line(line, fee, title=GIVEN_UP, paid=bool(order.paid)),) if fee else ()


def _places(order: Order, after: Sequence[Line], house: House, where: Property) -> Mapping[str, Places]:
    known = {"types": house.types, "extras": house.extras, "property": where}
    return {"before": needed(order.lines, **known), "after": needed(after, **known)}  # type: ignore[arg-type]


def _require_untouched(order: Order, indexes: Sequence[int], *, hotel: Hotel) -> None:
    """Every stay of these lines is as it was booked: nobody has come, the desk has not changed it."""
    for one in hotel.stays.of_order(order):
        if one.line not in indexes:
            continue
        booked = nights_of(order.lines[one.line])
        same = booked is None or booked == (one.arrive, one.depart)
        if one.state is not StayState.EXPECTED or not same or one.holds:
            raise ChangeAtDesk


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
    hotel.stock({}).reopen(returned)
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
    found = amending(order, made.lines, fee=0, **_places(order, made.lines, house, where))
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

"""Booking: hold, pay or guarantee, cancel. The nights of one booking are one transaction, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from chalicelib.commerce.orders import arrivals
from chalicelib.commerce.orders import events as order_events
from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.domain import AmountDiffers, Line, Order, State
from chalicelib.commerce.orders.ports import PendingRefund
from chalicelib.commerce.orders.usecases import Mark, Wish
from chalicelib.commerce.stock import Claim
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Method, Payments, Receipt, Started
from tenants.hotel.domain import booking as firm
from tenants.hotel.domain.booking import (
    Cancelling,
    FeeChanged,
    PriceChanged,
    cancelling,
    due,
    hours_line,
    stay_line,
)
from tenants.hotel.domain.nights import claims, claims_again, hour_claims, pools
from tenants.hotel.domain.offer import NotOffered, StayInvalid, offer, stay
from tenants.hotel.domain.plan import RatePlan
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.usecases import stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.ports import Hotel, House, Unit
from tenants.hotel.usecases.search import chosen, sheets_of


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """So many rooms of a type under a plan, with these people in each."""

    type: str
    plan: str
    count: int = 1
    adults: int = 1
    children: int = 0


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What a guest asks for. ``contact`` and ``guests`` are personal and go into the vault.

    agreed: the total in fen that was shown; a different one now is refused. None: whatever it is.
    """

    arrive: date
    depart: date
    rooms: tuple[Rooms, ...]
    contact: dict[str, str]
    guests: tuple[dict[str, str], ...] = ()
    agreed: int | None = None
    channel: str = "api"
    locale: str = "zh"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A room by the hour: from the full hour ``start`` of a day."""

    type: str
    day: date
    start: int
    contact: dict[str, str]
    channel: str = "api"
    locale: str = "zh"


def hold(booking: Booking, *, mark: Mark, hotel: Hotel) -> Order:
    """Hold every night of every room for 15 minutes, or nothing; prices are read anew and then stay fixed."""
    house = hotel.setup.house()
    property = _property(house, [rooms.type for rooms in booking.rooms])
    kinds = [_kind(house, rooms.type) for rooms in booking.rooms]
    tonight = property.night_of(hotel.now)
    wanted_stays = [
        stay(booking.arrive, booking.depart, adults=rooms.adults, children=rooms.children, tonight=tonight)
        for rooms in booking.rooms
    ]
    sheets = sheets_of(
        list({kind.id: kind for kind in kinds}.values()), wanted_stays[0], hotel=hotel, fresh=True
    )
    lines = []
    for rooms, kind, wanted in zip(booking.rooms, kinds, wanted_stays, strict=True):
        plan = _plan(house, rooms.plan)
        priced = offer(wanted, kind=kind, plan=plan, plans=house.plans, sheets=sheets, property=property)
        lines.append(
            stay_line(
                priced,
                stay=wanted,
                rooms=rooms.count,
                kind=kind,
                plan=plan,
                property=property,
                locale=booking.locale,
            )
        )
    _require_agreed(lines, booking.agreed)
    wanted_rooms = [(kind, rooms.count) for kind, rooms in zip(kinds, booking.rooms, strict=True)]
    return _held(
        lines,
        claims(wanted_rooms, wanted_stays[0].nights, types=house.types),
        people={"contact": booking.contact, "guests": list(booking.guests)},
        over=not any(kind.house for kind in kinds),  # a whole house is never made of rooms that do not exist
        channel=booking.channel,
        locale=booking.locale,
        mark=mark,
        house=house,
        hotel=hotel,
    )


def hold_hours(hours: Hours, *, mark: Mark, hotel: Hotel) -> Order:
    """Hold a room for some hours of a day, and the nights they reach into."""
    house = hotel.setup.house()
    kind = _kind(house, hours.type)
    property = house.properties[kind.site]
    if kind.hourly is None or not kind.hourly.on:
        raise NotOffered(type=kind.id, plan="hours")
    wanted = hour_claims(kind, kind.hourly, day=hours.day, start=hours.start, property=property)
    starts = property.instant(hours.day, time(hours.start))
    ends = starts + timedelta(hours=kind.hourly.hours)
    if ends <= hotel.now or hours.day > property.today(hotel.now) + timedelta(days=90):
        raise StayInvalid(most=1)
    slot = f"{hours.day.isoformat()}T{hours.start:02d}"
    line = hours_line(kind, kind.hourly, starts=starts, ends=ends, slot=slot, locale=hours.locale)
    return _held(
        [line],
        wanted,
        people={"contact": hours.contact, "guests": []},
        over=False,
        channel=hours.channel,
        locale=hours.locale,
        mark=mark,
        house=house,
        hotel=hotel,
    )


def pay_at_desk(order: Order, *, receipt: Receipt, hotel: Hotel) -> Order:
    """The desk took what is due (all or the deposit); a guaranteed booking is paid in full."""
    if order.state is State.CONFIRMED:
        _require_amount(receipt.amount, order.total)
        after = firm.settled(order, receipt)
        hotel.orders.keep(after, before=order)
        hotel.publish(order_events.payment_settled(after, amount=receipt.amount, refund=False, now=hotel.now))
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


def quote(order: Order, *, hotel: Hotel) -> Cancelling:
    """What cancelling would cost and return now; nothing changes. A hold is let go for nothing."""
    if order.state is State.HELD:
        order.require_held(now=hotel.now)
        return Cancelling(fee=Money(0), back=Money(0), owing=Money(0), next=None)
    return cancelling(order, now=hotel.now)


def cancel(id: str, *, agreed: tuple[int, int], hotel: Hotel) -> Order:
    """Cancel for the money that was shown: ``agreed`` = (fee, back) in fen. Every night is free again.

    The money is owed (a row) until its provider has taken it back. A fee beyond what was paid is shown only:
    nothing collects it before there is a folio.
    """
    order = hotel.orders.get(id)
    offered = quote(order, hotel=hotel)
    if agreed != (offered.fee.amount, offered.back.amount):
        raise FeeChanged(fee=offered.fee, amount=offered.back)
    hotel.stock({}).reopen(order.holds)
    if order.state is State.HELD:
        return orders.cancel_hold(order, orders=hotel.orders, now=hotel.now)
    freed = stays.call_off(order, hotel=hotel)
    after = firm.cancelled(order, offered)
    for hold in order.holds:
        hotel.orders.give_back(order, hold, count=hold.count)
    hotel.orders.keep(after, before=order)
    hotel.orders.unlock_with(order.locks, order=order.id)
    if offered.back and order.receipt is not None:
        hotel.orders.owe(
            PendingRefund(
                id=new_id("rf", now=hotel.now),
                order=order.id,
                provider=order.receipt.provider,
                ref=order.receipt.ref,
                amount=offered.back,
                reason="asked",
            )
        )
    say_nights(hotel=hotel, back=(*order.holds, *freed))
    return after


def buyer(order: Order, *, hotel: Hotel) -> str:
    """The buyer's pseudonym of the year: a keyed hash of the contact's number."""
    contact = hotel.vault.unseal(order.people)["contact"]
    return hotel.vault.blind(f"{order.placed.year}|phone|{contact['phone']}")


def _firm(order: Order, *, hotel: Hotel) -> None:
    """What a booking that is firm brings with it: its stays, and U06."""
    stays.expect(order, hotel=hotel)
    say_nights(hotel=hotel, taken=order.holds)


def _held_again(order: Order, hotel: Hotel) -> Order:
    """The booking with every place claimed anew. Raises ``SoldOut``."""
    house = hotel.setup.house()
    over = not any(house.types[line.product].house for line in order.lines if line.product in house.types)
    wanted = claims_again(order.holds, types=house.types)
    stock = hotel.stock(pools(house.types.values(), over=over))
    holds = stock.hold(wanted, order=order.id, until=hotel.now + orders.HOLD_FOR, now=hotel.now, again=True)
    return replace(order, holds=holds)


def _held(
    lines: Sequence[Line],
    wanted: Sequence[Claim],
    *,
    people: Any,
    over: bool,
    channel: str,
    locale: str,
    mark: Mark,
    house: House,
    hotel: Hotel,
) -> Order:
    wish = Wish(
        lines=tuple(lines),
        claims=tuple(wanted),
        locks=(),
        tails=(),
        policy=(),
        people=hotel.vault.seal(people),
        channel=channel,
        locale=locale,
    )
    stock = hotel.stock(pools(house.types.values(), over=over))
    return orders.hold_order(wish, mark=mark, orders=hotel.orders, stock=stock, now=hotel.now)


def _property(house: House, types: Sequence[str]) -> Property:
    found = {_kind(house, type).site for type in types}
    if len(found) != 1:
        raise Missing(property="")
    return chosen(house, found.pop())


def _kind(house: House, id: str) -> RoomType:
    kind = house.types.get(id)
    if kind is None or not kind.on:
        raise Missing(type=id)
    return kind


def _plan(house: House, id: str) -> RatePlan:
    plan = house.plans.get(id)
    if plan is None:
        raise Missing(plan=id)
    return plan


def _require_agreed(lines: Sequence[Line], agreed: int | None) -> None:
    total = Money(sum(line.total for line in lines))
    if agreed is not None and agreed != total.amount:
        raise PriceChanged(amount=total)


def _require_amount(given: Money, wanted: Money) -> None:
    if given != wanted:
        raise AmountDiffers(amount=wanted)

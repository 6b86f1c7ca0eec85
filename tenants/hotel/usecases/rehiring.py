"""A booked hire goes to another time, or is let go; and which hires a change of nights leaves behind.

What is hired for an hour or a day of its own does not follow the nights: only the guest knows whether the
meeting moves with them. So a change says which ones stay, and the desk moves them or lets them go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.amending import Amending, ChangeAtDesk, NothingChanged, amending, gone, needed
from tenants.hotel.domain.extra import Per, Use, extra_line, require_usable, use_of
from tenants.hotel.domain.folio import Sort, living
from tenants.hotel.domain.hire import Hire, HireIs, HireState
from tenants.hotel.domain.plan import Secured
from tenants.hotel.usecases import booking, changing, hires, quoting
from tenants.hotel.usecases.billing import charged_as
from tenants.hotel.usecases.folios import folio_id

if TYPE_CHECKING:
    from chalicelib.commerce.orders.domain import Line, Order
    from tenants.hotel.domain.property import Property
    from tenants.hotel.usecases.ports import Hotel
    from tenants.hotel.usecases.quoting import Quote


class HireOnBill(Refusal):
    code = "hotel.hire.on-bill"
    detail = N_("“%(title)s” 的费用已在客人的账单上。")
    remedy = N_("请先在账单上冲销这笔费用,再回来放掉。")


@dataclass(frozen=True, kw_only=True)
class Letting:
    """What letting a hire go means: the fee that stays, what returns."""

    fee: Money
    back: Money


def left_behind(order: Order, arrive: date, depart: date, *, hotel: Hotel) -> Sequence[Hire]:
    """Booked hires of a booking that begin on no day of ``[arrive, depart]``, by their time."""
    zones = hotel.setup.house().properties
    waiting = [one for one in hires.of_booking(order, hotel=hotel) if one.state is HireState.BOOKED]
    outside = [one for one in waiting if not arrive <= zones[one.site].today(one.starts) <= depart]
    return sorted(outside, key=lambda one: (one.starts, one.id))


def move(id: str, *, day: date, start: int, hotel: Hotel) -> Hire:
    """As long as before, from hour ``start`` of another day, at the price that was agreed.

    Its new places are claimed and the old ones return in one work. Raises ``SoldOut``, ``ExtraTime``,
    ``HireIs``, ``NothingChanged``.
    """
    before = _booked(id, hotel=hotel)
    after = changing.change(before.order, _moved(before, day, start), agreed=(0, 0), hotel=hotel)
    return hires.planned(before, after.lines[before.line])


def quote(id: str, *, hotel: Hotel) -> Letting:
    """What letting it go would cost and return. Raises ``HireIs``, ``HireOnBill``."""
    hire = _booked(id, hotel=hotel)
    order = hotel.orders.get(hire.order)
    if _alone(order, hire):
        whole = booking.quote(order, hotel=hotel)
        return Letting(fee=whole.fee, back=whole.back)
    found = changing.quote(order, _released(hire), hotel=hotel)
    return Letting(fee=found.fee, back=found.back)


def release(id: str, *, agreed: tuple[int, int], hotel: Hotel) -> None:
    """Let it go for the money that was shown: ``agreed`` = (fee, back) in fen. Raises as ``quote``, and where
    the money is another by now."""
    hire = _booked(id, hotel=hotel)
    order = hotel.orders.get(hire.order)
    if _alone(order, hire):
        booking.cancel(order.id, agreed=agreed, hotel=hotel)
        return
    changing.change(order.id, _released(hire), agreed=(0, agreed[1]), hotel=hotel)


def _booked(id: str, *, hotel: Hotel) -> Hire:
    hire = hotel.hires.get(id)
    if hire.state is not HireState.BOOKED:
        raise HireIs(title=hire.title)
    return hire


def _alone(order: Order, hire: Hire) -> bool:
    """Whether the booking is for this hire only: then the booking goes."""
    return not any(line.count for place, line in enumerate(order.lines) if place != hire.line)


def _moved(hire: Hire, day: date, start: int) -> Quote:
    def found(order: Order, hotel: Hotel) -> Amending:
        where, line = _where(order, hire, hotel=hotel)
        extra = hotel.setup.house().extras.get(line.product)
        if extra is None:
            raise ChangeAtDesk
        old = use_of(line)
        if extra.per is Per.HOUR:
            use = Use(first=day, last=day, start=start, hours=old.hours)
        else:
            use = Use(first=day, last=day + (old.last - old.first), start=start)
        require_usable(extra, use, count=line.count, property=where, now=hotel.now)
        secured = Secured(line.facts["secured"])
        new = extra_line(extra, use, count=line.count, secured=secured, property=where, locale=order.locale)
        if new.starts == line.starts:
            raise NothingChanged
        facts = {**new.facts, "due": line.facts["due"]}
        new = replace(new, title=line.title, price=line.price, facts=facts)
        said = _amending(order, hire, new, where, hotel=hotel)
        return replace(said, pay=Money(0), back=Money(0))

    return found


def _released(hire: Hire) -> Quote:
    """Before the guests come, by its terms. Later its price stands on their bill: once it is taken off there,
    nothing is left to be paid or to return."""

    def found(order: Order, hotel: Hotel) -> Amending:
        where, line = _where(order, hire, hotel=hotel)
        bill = hotel.accounts.folios.find(folio_id(hire.stay), closed=True) if hire.with_rooms else None
        if bill is None:
            return changing.quote(order, quoting.fewer_quote(hire.line, line.count), hotel=hotel)
        text = charged_as(line)
        entries = living(hotel.accounts.folios.entries(bill))
        if any(one.sort is Sort.CHARGE and one.text == text for one in entries):
            raise HireOnBill(title=hire.title)
        said = _amending(order, hire, gone(line), where, hotel=hotel)
        return replace(said, pay=Money(0), back=Money(0))

    return found


def _amending(order: Order, hire: Hire, line: Line, where: Property, *, hotel: Hotel) -> Amending:
    house = hotel.setup.house()
    lines = [line if place == hire.line else one for place, one in enumerate(order.lines)]
    before = needed(order.lines, types=house.types, extras=house.extras, property=where)
    after = needed(lines, types=house.types, extras=house.extras, property=where)
    return amending(order, lines, fee=0, before=before, after=after)


def _where(order: Order, hire: Hire, *, hotel: Hotel) -> tuple[Property, Line]:
    return hotel.setup.house().properties[hire.site], order.lines[hire.line]

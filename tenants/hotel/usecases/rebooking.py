"""A reservation changed at the desk: other days, or a room less, for money that is shown first.

What a guest does by the link, with the latitude of who answers for the house: some rooms only, over rules of
arrival and length, and without the fee where a reason is given. Nothing is asked for at once: what is missing
is on the bill when the guests come.
"""

from dataclasses import replace
from datetime import date, datetime

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.amending import Amending, ChangeDiffers
from tenants.hotel.domain.booking import PriceChanged, terms_of
from tenants.hotel.domain.charges import CANCELLATION
from tenants.hotel.domain.folio import Folio
from tenants.hotel.domain.stay import Stay, StayState, changed, ids
from tenants.hotel.domain.units import marks
from tenants.hotel.domain.waiving import WAIVED, Why, reason
from tenants.hotel.usecases import booking, changing, quoting, stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.billing import share_of
from tenants.hotel.usecases.length import property_of
from tenants.hotel.usecases.no_shows import bill_fee
from tenants.hotel.usecases.ports import Hotel
from tenants.hotel.usecases.quoting import Latitude, Quote


@dataclass(frozen=True, kw_only=True)
class GivingUp:
    """What cancelling one room means (fen): the fee of its terms, its share of what was paid, what returns
    the way it came. ``on_bill``: others of the booking have come, so fee and share go on a bill of its own,
    from which the desk pays the rest back."""

    fee: int
    share: int
    back: int
    on_bill: bool

    @property
    def owing(self) -> int:
        """What of the fee nobody has paid."""
        return max(0, self.fee - self.share) if self.on_bill else 0


def dates(order: Order, arrive: date, depart: date, *, desk: Latitude, hotel: Hotel) -> Amending:
    """What other days would cost; nothing changes. Raises what ``quoting`` raises."""
    return changing.quote(order, _trusted(quoting.dates_quote(arrive, depart, desk=desk)), hotel=hotel)


def change_dates(
    stay: Stay,
    arrive: date,
    depart: date,
    *,
    whole: bool,
    agreed: tuple[int, int],
    why: Why | None = None,
    hotel: Hotel,
) -> str:
    """Other days for one room, or for the whole booking: ``agreed`` = (total, back) in fen as shown; ``why``:
    the fee is let go. The id of the stay that takes the place of this one; its room is to be given anew.

    Raises ``PriceChanged``, ``ChangeDiffers``, ``SoldOut``, and what ``dates`` raises.
    """
    desk = Latitude(stays=() if whole else (stay.id,), waived=why is not None)
    before = hotel.orders.get(stay.order)
    how = _agreed(_trusted(quoting.dates_quote(arrive, depart, desk=desk)), agreed)
    if why is not None:
        moved = hotel.stays.of_order(before) if whole else [stay]
        _because(why, stay.id, sum(fee_of(one, before, now=hotel.now) for one in moved), hotel=hotel)
    after = changing.change(before.id, how, agreed=(0, agreed[1]), hotel=hotel)
    return next(
        id
        for index, line in enumerate(after.lines)
        if index >= len(before.lines) and (line.product, line.option) == (stay.type, stay.plan)
        for id in ids(after, index)
    )


def room(stay: Stay, *, waived: bool = False, hotel: Hotel) -> GivingUp:
    """What cancelling this room would cost and return; nothing changes.

    Raises ``StayIs``, ``AllCancelled``.
    """
    stay.require(StayState.EXPECTED)
    order = hotel.orders.get(stay.order)
    fee = 0 if waived else fee_of(stay, order, now=hotel.now)
    share = share_of(stay, order)
    if quoting.begun(hotel.stays.of_order(order)):
        return GivingUp(fee=fee, share=share, back=0, on_bill=True)
    found = changing.quote(order, _trusted(quoting.without_quote(stay.id, waived=waived)), hotel=hotel)
    return GivingUp(fee=fee, share=share, back=found.back.amount, on_bill=False)


def give_up(stay: Stay, *, agreed: tuple[int, int], why: Why | None = None, hotel: Hotel) -> Folio | None:
    """Cancel one room of a booking: ``agreed`` = (fee, back) in fen as shown; ``why``: the fee is let go. The
    bill on which its money stands, where others of the booking have come.

    Raises ``ChangeDiffers``, and what ``room`` raises.
    """
    found = room(stay, waived=why is not None, hotel=hotel)
    if agreed != (found.fee, found.back):
        raise ChangeDiffers(pay=Money(found.owing), back=Money(found.back))
    if why is not None:
        _because(why, stay.id, room(stay, hotel=hotel).fee, hotel=hotel)
    if found.on_bill:
        return _ended(stay, found.fee, hotel=hotel)
    how = _trusted(quoting.without_quote(stay.id, waived=why is not None))
    changing.change(stay.order, how, agreed=(0, found.back), hotel=hotel)
    return None


def cancel(order: Order, *, agreed: tuple[int, int], why: Why | None = None, hotel: Hotel) -> Order:
    """Cancel all of a booking: ``agreed`` = (fee, back) in fen as shown; ``why``: the fee is let go."""
    if why is not None:
        _because(why, order.id, booking.quote(order, hotel=hotel).fee.amount, hotel=hotel)
    return booking.cancel(order.id, agreed=agreed, waived=why is not None, hotel=hotel)


def fee_of(stay: Stay, order: Order, *, now: datetime) -> int:
    """What the terms of a room ask for now (fen), were it cancelled."""
    return terms_of(order.lines[stay.line]).fee(now=now)


def _ended(stay: Stay, fee: int, *, hotel: Hotel) -> Folio | None:
    """The room alone: its booking stays as it was sold, as for guests who do not come."""
    where = property_of(stay, hotel=hotel)
    hotel.units.change(stay.site, holder=stay.id, add={}, drop=marks(stay, property=where))
    gone = stays.give_back(stay, stay.nights, hotel=hotel)
    after = changed(stay, state=StayState.CANCELLED, segments=(), holds=())
    hotel.stays.keep(after, before=stay, back=gone.own)
    say_nights(hotel=hotel, back=gone.holds)
    day = hotel.accounts.book.today(stay.site)
    return bill_fee(stay, fee, code=CANCELLATION, day=day, guarded=True, hotel=hotel)


def _trusted(how: Quote) -> Quote:
    """Nothing is paid before the change is made."""

    def found(order: Order, hotel: Hotel) -> Amending:
        return replace(how(order, hotel), pay=Money(0))

    return found


def _agreed(how: Quote, agreed: tuple[int, int]) -> Quote:
    def found(order: Order, hotel: Hotel) -> Amending:
        made = how(order, hotel)
        if made.back.amount != agreed[1]:
            raise ChangeDiffers(pay=made.pay, back=made.back)
        if made.total.amount != agreed[0]:
            raise PriceChanged(amount=made.total)
        return made

    return found


def _because(why: Why, about: str, fee: int, *, hotel: Hotel) -> None:
    """Into the audit: that a fee (fen) was let go, and why."""
    hotel.because(reason(WAIVED, why, fee, about))

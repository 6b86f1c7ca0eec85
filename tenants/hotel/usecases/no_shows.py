"""Guests who were not seen 未到店: their nights are free again, and what their terms ask for is on a bill."""

from datetime import date, timedelta

from chalicelib.commerce.orders.domain import Order
from tenants.hotel.domain.booking import terms_of
from tenants.hotel.domain.charges import BY_CODE, NO_SHOW
from tenants.hotel.domain.folio import Entry, Folio, Sort, Stamp
from tenants.hotel.domain.night_audit import NoShow
from tenants.hotel.domain.stay import Stay, StayState, changed
from tenants.hotel.domain.units import marks
from tenants.hotel.usecases import stays
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.billing import open_bill, share_of
from tenants.hotel.usecases.drafting import Draft
from tenants.hotel.usecases.length import property_of
from tenants.hotel.usecases.ports import Hotel


def mark(id: str, *, policy: NoShow, day: date | None = None, hotel: Hotel) -> Stay:
    """The stay is a no-show: its room and the nights to come return, its fee is charged by ``policy``.

    day: the business day the fee belongs to (none: the open one). What was prepaid beyond the fee stays to
    the guest's credit until somebody gives it back. Raises ``StayIs``.
    """
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED)
    where = property_of(stay, hotel=hotel)
    posting = hotel.accounts.book.today(stay.site) if day is None else day
    ahead = [night for night in stay.nights if night > posting]
    gone = stays.give_back(stay, ahead, hotel=hotel)
    hotel.units.change(stay.site, holder=stay.id, add={}, drop=marks(stay, property=where))
    kept = tuple(hold for hold in stay.holds if hold not in gone.own)
    after = changed(stay, state=StayState.NO_SHOW, segments=(), holds=kept)
    hotel.stays.keep(after, before=stay, back=gone.own)
    say_nights(hotel=hotel, back=gone.holds)
    _bill(after, policy=policy, day=posting, guarded=day is None, hotel=hotel)
    return after


def fee_of(stay: Stay, order: Order, policy: NoShow) -> int:
    """What not coming costs (fen): what the terms ask for at the last, or at most what was paid before."""
    fee = terms_of(order.lines[stay.line]).after
    match policy:
        case NoShow.TERMS:
            return fee
        case NoShow.PREPAID:
            return min(fee, share_of(stay, order))
        case _:
            return 0


def _bill(stay: Stay, *, policy: NoShow, day: date, guarded: bool, hotel: Hotel) -> Folio | None:
    accounts = hotel.accounts
    order = hotel.orders.get(stay.order)
    fee = fee_of(stay, order, policy)
    if not fee and not share_of(stay, order):
        return None
    draft = Draft(stamp=Stamp(at=accounts.now, day=day, by=accounts.by))
    folio = open_bill(stay, draft=draft, hotel=hotel)
    if fee:
        charge = BY_CODE[NO_SHOW]
        entry = Entry(
            sort=Sort.CHARGE,
            code=NO_SHOW,
            amount=fee,
            department=charge.department,
            text=f"{stay.arrive.isoformat()}/{(stay.depart - timedelta(days=1)).isoformat()}",
        )
        draft.post(folio.id, [entry])
    after = draft.now(folio.id)
    assert after is not None
    if not after.balance and not after.deposits:
        draft.change(after.settled(day))
    accounts.folios.post(draft.postings, day=day if guarded else None)
    return draft.now(folio.id)

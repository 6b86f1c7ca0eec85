"""Guests who were not seen 未到店: their nights are free again, and what their terms ask for is on a bill."""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.commerce.orders.domain import Order
from tenants.hotel.domain.booking import terms_of
from tenants.hotel.domain.charges import BY_CODE, NO_SHOW
from tenants.hotel.domain.corrections import contra
from tenants.hotel.domain.folio import Entry, Folio, Sort, Stamp, living
from tenants.hotel.domain.night_audit import NoShow, has_time
from tenants.hotel.domain.stay import Stay, StayState, StillExpected, changed
from tenants.hotel.domain.units import marks
from tenants.hotel.domain.waiving import MISSED, Why, reason
from tenants.hotel.usecases.billing import open_bill, share_of
from tenants.hotel.usecases.drafting import Draft
from tenants.hotel.usecases.length import cut, property_of
from tenants.hotel.usecases.ports import Hotel


def mark(id: str, *, policy: NoShow, day: date | None = None, hotel: Hotel) -> Stay:
    """The stay is a no-show: its room and the nights to come return, its fee is charged by ``policy``. It
    ends with the last night that is kept, so that whoever comes after all has what is still held.

    day: the business day the fee belongs to (none: the open one). What was prepaid beyond the fee stays to
    the guest's credit until somebody gives it back. Raises ``StillExpected``
    before check-in time, ``StayIs``.
    """
    stay = hotel.stays.get(id)
    stay.require(StayState.EXPECTED)
    where = property_of(stay, hotel=hotel)
    if has_time(stay, property=where, now=hotel.now):
        raise StillExpected(at=where.arrival(stay.arrive))
    posting = hotel.accounts.book.today(stay.site) if day is None else day
    hotel.units.change(stay.site, holder=stay.id, add={}, drop=marks(stay, property=where))
    empty = replace(stay, segments=())
    last = max(posting, stay.arrive) + timedelta(days=1)
    shorter = cut(empty, last, hotel=hotel) if last < stay.depart else None
    after = changed(shorter.stay if shorter is not None else empty, state=StayState.NO_SHOW, missed=True)
    hotel.stays.keep(after, before=stay, back=shorter.back if shorter is not None else ())
    fee = fee_of(stay, hotel.orders.get(stay.order), policy)
    bill_fee(stay, fee, code=NO_SHOW, day=posting, guarded=day is None, hotel=hotel)
    return after


def decide(id: str, *, why: Why | None = None, hotel: Hotel) -> Stay:
    """The desk says that nobody came: charged as the house does. ``why``: the fee is let go, by who may."""
    stay = hotel.stays.get(id)
    policy = policy_of(stay.site, hotel=hotel)
    fee = fee_of(stay, hotel.orders.get(stay.order), policy) if why is not None else 0
    if why is None or not fee:
        return mark(id, policy=policy, hotel=hotel)
    hotel.because(reason(MISSED, why, fee, id))
    return mark(id, policy=NoShow.ASK, hotel=hotel)


def policy_of(site: str, *, hotel: Hotel) -> NoShow:
    """What the house charges whom it did not see; where it wants to be asked, the desk is who was asked."""
    policy = hotel.accounts.audits.rules(site).no_show
    return NoShow.TERMS if policy is NoShow.ASK else policy


def forgive(stay: Stay, *, hotel: Hotel) -> None:
    """Join the work: they come after all; the fee for not coming is taken back by a contra entry."""
    accounts = hotel.accounts
    draft = Draft(stamp=Stamp(at=accounts.now, day=accounts.book.today(stay.site), by=accounts.by))
    windows = accounts.folios.windows(stay.id)
    draft.know(*windows)
    for folio in windows:
        entries = accounts.folios.entries(folio)
        fees = [entry for entry in living(entries) if entry.code == NO_SHOW and entry.link is None]
        draft.post(folio.id, [contra(entries, fee.number, text="") for fee in fees])
    if draft.postings:
        accounts.folios.post(draft.postings, day=draft.stamp.day)


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


def bill_fee(stay: Stay, fee: int, *, code: str, day: date, guarded: bool, hotel: Hotel) -> Folio | None:
    """Join the work: the bill of a stay that is not lived in: its share of what was paid, and ``fee`` (fen)
    under this charge code; settled at once where both are equal, none where there is neither.

    guarded: only while ``day`` is the open business day.
    """
    accounts = hotel.accounts
    if not fee and not share_of(stay, hotel.orders.get(stay.order)):
        return None
    draft = Draft(stamp=Stamp(at=accounts.now, day=day, by=accounts.by))
    folio = open_bill(stay, draft=draft, hotel=hotel)
    if fee:
        charge = BY_CODE[code]
        entry = Entry(
            sort=Sort.CHARGE,
            code=code,
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

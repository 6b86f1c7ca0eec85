"""Meeting rooms, equipment and cars at the desk: offered, handed over, taken back, billed by real use."""

from datetime import date, datetime, timedelta

from chalicelib.kernel.errors import Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain import hire as rules
from tenants.hotel.domain.extra import Extra, Per, Use, price_of, require_usable, slots
from tenants.hotel.domain.folio import Entry, Folio, Payer, Sort, Stamp, State
from tenants.hotel.domain.hire import HIRED, Bill, Hire, HireState
from tenants.hotel.domain.nights import least
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import StayState
from tenants.hotel.usecases.drafting import Draft
from tenants.hotel.usecases.folios import folio_id
from tenants.hotel.usecases.ports import Hotel
from tenants.hotel.usecases.takings import prepaid

LOOK_BACK = timedelta(days=31)
CODES = {"meeting": "meeting", "gear": "meeting", "ride": "car"}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something that can be hired: when, for how much (fen, one piece), how many are left; why not."""

    extra: Extra
    use: Use
    price: int
    left: int
    refused: Refusal | None = None


def offers(day: date, *, start: int, length: int, property: Property, hotel: Hotel) -> list[Offer]:
    """What can be hired from hour ``start`` of a day: for ``length`` hours, cars for so many days.

    Two queries a month; the hold decides.
    """
    extras = [
        extra
        for extra in hotel.setup.house().extras.values()
        if extra.on and extra.site == property.id and extra.kind in HIRED
    ]
    if not extras:
        return []
    hours = hotel.calendar.hours(property.id, day)
    days = hotel.calendar.nights(property.id, day, day + timedelta(days=max(1, length)), fresh=True)
    found = []
    for extra in extras:
        use = (
            Use(first=day, last=day, start=start, hours=length)
            if extra.per is Per.HOUR
            else Use(first=day, last=day + timedelta(days=length), start=start)
        )
        refused: Refusal | None = None
        try:
            require_usable(extra, use, count=1, property=property, now=hotel.now)
        except Refusal as refusal:
            refused = refusal
        wanted = [slot.slot for slot in slots(extra, use)]
        taken = hours if extra.per is Per.HOUR else days
        left = least(extra.pools, wanted, taken) if extra.limited and wanted else extra.most
        found.append(
            Offer(extra=extra, use=use, price=price_of(extra, use), left=max(0, left), refused=refused)
        )
    return sorted(found, key=lambda one: (one.refused is not None, not one.left, one.price))


def begin(
    id: str, *, at: datetime, kilometres: int | None = None, licence: bool = False, hotel: Hotel
) -> Hire:
    """Hand it over; its bill is open from now on, for a deposit too. Raises what ``Hire.begun`` raises."""
    before = hotel.hires.get(id)
    by = hotel.accounts.by
    after = before.begun(at, kilometres=kilometres, licence=licence, by=by, now=hotel.now)
    hotel.hires.keep(after, before=before)
    draft = _draft(after, hotel=hotel)
    _taker(after, draft=draft, hotel=hotel)
    if draft.postings:
        hotel.accounts.folios.post(draft.postings, day=draft.stamp.day)
    return after


def finish(id: str, *, at: datetime, kilometres: int | None = None, hotel: Hotel) -> tuple[Hire, Folio]:
    """Take it back and charge what was really used. Raises what ``Hire.finished`` raises."""
    before = hotel.hires.get(id)
    after, bill = before.finished(at, kilometres=kilometres, by=hotel.accounts.by, now=hotel.now)
    hotel.hires.keep(after, before=before)
    return after, _charge(after, bill, hotel=hotel)


def unused(id: str, *, hotel: Hotel) -> tuple[Hire, Folio | None]:
    """Nobody came for it: what was booked is due; with rooms it is on the bill already."""
    before = hotel.hires.get(id)
    after = before.unused(by=hotel.accounts.by, now=hotel.now)
    hotel.hires.keep(after, before=before)
    if after.with_rooms:
        return after, None
    return after, _charge(after, Bill(minutes=after.booked, time=after.price), hotel=hotel)


def of_day(property: Property, day: date, *, hotel: Hotel) -> list[Hire]:
    """Everything of a day: what begins on it, and what was handed over before and is not back or spans it."""
    noon_to_noon = property.instant(day, property.check_in)
    found = hotel.hires.between(property.id, day - LOOK_BACK, day)
    return rules.in_order(
        [
            one
            for one in found
            if one.id.startswith(day.isoformat())
            or one.state is HireState.RUNNING
            or (one.state is HireState.BOOKED and one.ends > noon_to_noon)
        ]
    )


def in_house(hotel: Hotel, property: Property) -> list[tuple[str, str]]:
    """(stay, room) of everybody who is in the house: whose bill can take a hire."""
    found = [
        (stay.id, stay.room or "")
        for stay in hotel.stays.in_house(property.id)
        if stay.state is StayState.IN_HOUSE
    ]
    return sorted(found, key=lambda one: one[1])


def _charge(hire: Hire, bill: Bill, *, hotel: Hotel) -> Folio:
    """Join the work: the use on the stay's bill, else on the order's own.

    With rooms the booked price is there from check-in on: the difference is posted, below nothing where less
    was used.
    """
    accounts = hotel.accounts
    draft = _draft(hire, hotel=hotel)
    folio, posted = _taker(hire, draft=draft, hotel=hotel)
    time = bill.time - (hire.price if posted else 0)
    charge = accounts.charges.get(CODES.get(str(hire.kind), "other"))
    hours = f"{bill.minutes / 60:g} h"
    day = draft.stamp.day
    wanted = [(time, f"{hire.title} {hours}"), (bill.over, f"{hire.title} +{bill.kilometres} km")]
    entries = [
        Entry(
            sort=Sort.CHARGE,
            code=charge.code,
            amount=amount,
            taxes=accounts.charges.taxes(charge, amount, day=day),
            department=charge.department,
            text=text,
        )
        for amount, text in wanted
        if amount
    ]
    draft.post(folio, entries)
    if draft.postings:
        accounts.folios.post(draft.postings, day=day)
    made = draft.now(folio)
    assert made is not None
    return made


def _draft(hire: Hire, *, hotel: Hotel) -> Draft:
    accounts = hotel.accounts
    return Draft(stamp=Stamp(at=accounts.now, day=accounts.book.today(hire.site), by=accounts.by))


def _taker(hire: Hire, *, draft: Draft, hotel: Hotel) -> tuple[str, bool]:
    """The bill that takes it, and whether the booked price is on it already."""
    folios = hotel.accounts.folios
    if hire.stay:
        found = folios.find(folio_id(hire.stay), closed=False)
        if found is not None and (found.state is State.OPEN or hire.with_rooms):
            draft.know(found)
            return found.id, hire.with_rooms
    own = folios.find(folio_id(hire.order), closed=False)
    if own is not None:
        draft.know(own)
        return own.id, hire.with_rooms
    order = hotel.orders.get(hire.order)
    contact = hotel.vault.unseal(hire.party)
    made = Folio(
        id=folio_id(hire.order),
        site=hire.site,
        payer=Payer.GUEST,
        title=contact.get("name") or hire.title,
        opened=draft.stamp.day,
        order=order.id,
    )
    draft.open(made)
    if not hire.with_rooms:
        draft.post(made.id, [prepaid(order, receipt, fen) for receipt, fen in order.kept if fen > 0])
    return made.id, hire.with_rooms

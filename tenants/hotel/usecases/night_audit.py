"""The night audit: it closes the business day by itself, in steps that may break off anywhere.

1. The next day is open and this one is being closed (one row). 2. Guests who were not seen: no-shows, each
in a work of its own. 3. Every night that no folio has is posted, thirty stays a transaction: the stay's own
folio says through which night it was charged, so a night is never posted twice. 4. Settled bills are closed,
bookings of which nobody is left are used. 5. The day's figures, its report, what is on the books, what is
free tonight of every type and U07 are one last transaction. Whoever comes again continues where it broke off.
"""

from collections.abc import Sequence, Set
from datetime import date, timedelta

from chalicelib.commerce.orders.domain import Fulfilment
from chalicelib.kernel.errors import Clash, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain import night_audit as rules
from tenants.hotel.domain.events import availability_changed, night_audit_closed
from tenants.hotel.domain.figures import broken, countries, day_figures, on_the_books
from tenants.hotel.domain.folio import Folio, Stamp, State
from tenants.hotel.domain.night_audit import AuditRules, Finding, Look, NoShow, Report, RoomNight
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases import desk, hires, no_shows
from tenants.hotel.usecases.audit_ports import Snapshot
from tenants.hotel.usecases.billing import open_bill, post_nights
from tenants.hotel.usecases.drafting import Draft, by_id
from tenants.hotel.usecases.folios import folio_id
from tenants.hotel.usecases.ports import Hotel, Unit

ROOMS_AT_ONCE = 30
"""Stays a transaction: each is its folio, its entry and its fact; with book, audit and levies below 100."""
CLOSED_AT_ONCE = 40
MOST_DAYS = 40
BOOKS_AHEAD = 60
NO_SHOWS_BACK = timedelta(days=7)
_ATTEMPTS = 12
_MOST_FINDINGS = 300


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the audit of the open day would find and post at this moment.

    awaited: how many still have time to come or to go as agreed; they are nobody's concern yet.
    """

    day: date
    rooms: int
    amount: int
    findings: tuple[Finding, ...]
    awaited: int = 0


def run_due(site: str, *, unit: Unit) -> list[Report]:
    """Close every day of a property that is over, the earliest first."""
    closed: list[Report] = []
    for _ in range(MOST_DAYS):
        with unit("hotel.night-audit-look") as hotel:
            accounts = hotel.accounts
            day = rules.day_due(
                hotel.now,
                property=hotel.setup.house().properties[site],
                rules=accounts.audits.rules(site),
                position=accounts.audits.position(site),
            )
        if day is None:
            break
        closed.append(close(site, day, unit=unit))
    return closed


def close(site: str, day: date, *, unit: Unit) -> Report:
    """Close a day, or go on closing it. Raises ``Clash`` where it is neither open nor being closed."""
    with unit("hotel.night-audit-begin") as hotel:
        position = hotel.accounts.audits.position(site)
        if position is None or position.closing != day:
            hotel.accounts.audits.begin(site, day, at=hotel.now)
    _absent(site, day, unit=unit)
    late = _rooms(site, day, unit=unit)
    _close_bills(day, site=site, unit=unit)
    _finish_bookings(site, day, unit=unit)
    return _finish(site, day, late, unit=unit)


def preview(site: str, *, hotel: Hotel) -> Preview:
    """What would be posted and looked at if the open day were closed now; nothing is written."""
    accounts = hotel.accounts
    day = accounts.book.today(site)
    in_house = hotel.stays.in_house(site)
    folios = by_id(accounts.folios.open())
    wanted = [
        (stay, night)
        for stay in in_house
        for night in rules.unposted(stay, folio=folios.get(folio_id(stay.id)), through=day)
    ]
    where = hotel.setup.house().properties[site]
    awaited = {
        stay.id
        for stay in (*not_seen(site, day, hotel=hotel), *(one for one in in_house if one.depart <= day))
        if rules.has_time(stay, property=where, now=hotel.now)
    }
    return Preview(
        day=day,
        rooms=len(wanted),
        amount=sum(stay.price_of(night) for stay, night in wanted),
        findings=tuple(_findings(site, day, in_house, list(folios.values()), hotel=hotel, awaited=awaited)),
        awaited=len(awaited),
    )


def _absent(site: str, day: date, *, unit: Unit) -> None:
    """Who was to come and did not, where the rules say what then."""
    with unit("hotel.night-audit-look") as hotel:
        policy = hotel.accounts.audits.rules(site).no_show
        missing = [] if policy is NoShow.ASK else not_seen(site, day, hotel=hotel)
    for stay in missing:
        try:
            with unit("hotel.no-show") as hotel:
                no_shows.mark(stay.id, policy=policy, day=day, hotel=hotel)
        except Refusal:  # seen after all, or somebody is at it: it stays to be looked at
            continue


def not_seen(site: str, day: date, *, hotel: Hotel) -> list[Stay]:
    """Stays that were to arrive by ``day`` and are still expected."""
    booked = hotel.stays.arriving(site, day - NO_SHOWS_BACK, day + timedelta(days=1))
    return [stay for stay in booked if stay.state is StayState.EXPECTED and stay.arrive <= day]


def _rooms(site: str, day: date, *, unit: Unit) -> int:
    """Post every night up to ``day`` that is not posted; how many were late.

    A clash with a desk that posts on one of these folios is met by looking again, at fewer stays at once.
    """
    size, late = ROOMS_AT_ONCE, 0
    for _ in range(_ATTEMPTS):
        with unit("hotel.night-audit-look") as hotel:
            policy = hotel.accounts.audits.rules(site)
            folios = hotel.accounts.folios.open()
            known = by_id(folios)
            waiting = [
                stay
                for stay in hotel.stays.in_house(site)
                if rules.unposted(stay, folio=known.get(folio_id(stay.id)), through=day)
            ]
            draft = Draft(stamp=Stamp(at=hotel.now, day=day, by=hotel.accounts.by))
        draft.know(*folios)
        try:
            for start in range(0, len(waiting), size):
                with unit("hotel.night-audit-rooms") as hotel:
                    draft, facts = _post(
                        waiting[start : start + size], day, draft=draft.keep(), policy=policy, hotel=hotel
                    )
                late += sum(1 for fact in facts if fact.night < day)
        except Clash:
            size = max(1, size // 2)
            continue
        return late
    raise Clash


def _post(
    stays: Sequence[Stay], day: date, *, draft: Draft, policy: AuditRules, hotel: Hotel
) -> tuple[Draft, list[RoomNight]]:
    facts: list[RoomNight] = []
    for stay in stays:
        folio = draft.now(folio_id(stay.id))
        if folio is None:
            folio = open_bill(stay, draft=draft, hotel=hotel)
        facts += post_nights(stay, folio, through=day, draft=draft, accounts=hotel.accounts, rules=policy)
    hotel.accounts.folios.post(draft.postings, day=None)
    hotel.accounts.audits.note(stays[0].site, facts)
    return draft, facts


def _close_bills(day: date, *, site: str, unit: Unit) -> None:
    """Settled bills of this day and before are closed for good."""
    with unit("hotel.night-audit-look") as hotel:
        over = [
            folio
            for folio in hotel.accounts.folios.open()
            if folio.site == site
            and folio.state is State.SETTLED
            and folio.ended is not None
            and folio.ended <= day
        ]
    for start in range(0, len(over), CLOSED_AT_ONCE):
        _close_some(over[start : start + CLOSED_AT_ONCE], unit=unit)


def _close_some(folios: Sequence[Folio], *, unit: Unit) -> None:
    try:
        with unit("hotel.night-audit-bills") as hotel:
            for folio in folios:
                hotel.accounts.folios.keep(folio.closed(), before=folio)
    except Clash:  # one of them was opened again: the others go one by one, that one stays
        if len(folios) > 1:
            for folio in folios:
                _close_some([folio], unit=unit)


def _finish_bookings(site: str, day: date, *, unit: Unit) -> None:
    """Bookings of which nobody is left are used: also where the step after a departure was lost."""
    with unit("hotel.night-audit-look") as hotel:
        arriving = hotel.stays.arriving(site, day, day + timedelta(days=1))
        missed = {stay.order for stay in arriving if stay.state is StayState.NO_SHOW}
        gone = missed | {stay.order for stay in hotel.stays.departed(site, day)}
        left = [one for one in hotel.orders.several(gone) if one.fulfilment is not Fulfilment.USED]
    for order in left:
        try:
            with unit("hotel.finish-booking") as hotel:
                desk.finish(order.id, hotel=hotel)
        except Clash:  # somebody is at it: whoever of them leaves last finishes it
            continue


def _finish(site: str, day: date, late: int, *, unit: Unit) -> Report:
    with unit("hotel.night-audit-finish") as hotel:
        accounts = hotel.accounts
        position = accounts.audits.position(site)
        began = position.began if position is not None and position.began is not None else hotel.now
        facts = accounts.audits.facts(site, day)
        rooms = hotel.setup.rooms(site)
        types = hotel.setup.house().types
        kinds = [kind for kind in types.values() if kind.site == site]
        first = day + timedelta(days=1)
        nights = hotel.calendar.nights(site, day, first + timedelta(days=BOOKS_AHEAD - 1), fresh=True)
        figures = day_figures(
            site,
            day,
            rooms=len(rooms),
            out_of_order=broken(day, nights, kinds),
            nights=facts,
            book=accounts.book.entries(site, day),
        )
        in_house = hotel.stays.in_house(site)
        found = _findings(site, day, in_house, accounts.folios.open(), hotel=hotel)
        if late:
            found.append(Finding(look=Look.LATE_NIGHT, amount=late))
        let = [fact for fact in facts if fact.let is not rules.Let.DAY_USE]
        report = Report(
            site=site,
            day=day,
            began=began,
            ended=hotel.now,
            by=accounts.by,
            rooms=sum(len(fact.rooms) for fact in let),
            amount=sum(fact.amount for fact in let),
            closed=0,
            findings=tuple(found[:_MOST_FINDINGS]),
        )
        books = Snapshot(day=day, rooms=on_the_books(first, BOOKS_AHEAD, nights, kinds))
        accounts.audits.finish(report, figures, books)
        # What is free tonight of every type, touched or not: else the city would know nothing of some.
        tonight = [(kind.id, first) for kind in kinds if kind.on]
        hotel.publish(*availability_changed(tonight, types=types, nights=nights, now=hotel.now))
        hotel.publish(night_audit_closed(figures, countries=countries(facts), now=hotel.now))
    return report


def _findings(
    site: str,
    day: date,
    in_house: Sequence[Stay],
    folios: Sequence[Folio],
    *,
    hotel: Hotel,
    awaited: Set[str] = frozenset(),
) -> list[Finding]:
    accounts = hotel.accounts
    mine = [folio for folio in folios if folio.site == site and not _ahead(folio, hotel=hotel)]
    owing = {folio.company for folio in mine if folio.company}
    companies = [one for one in accounts.companies.all() if one.id in owing] if owing else []
    month = hotel.stays.arriving(site, day - NO_SHOWS_BACK, day + timedelta(days=1))
    found = [
        Finding(look=Look.NO_SHOW, stay=stay.id, room=stay.room or "")
        for stay in month
        if stay.state is StayState.NO_SHOW and stay.arrive == day
    ]
    return found + rules.findings(
        day=day,
        in_house=in_house,
        expected=[stay for stay in month if stay.arrive <= day],
        folios=mine,
        board=hotel.board.all(site),
        limits={one.id: max(0, one.limit - one.balance) for one in companies},
        drawers=len(accounts.shifts.all_open(site=site)),
        awaited=awaited,
    )


def _ahead(folio: Folio, *, hotel: Hotel) -> bool:
    """Whether money was taken on a booking's own bill and what it is for is still to come, or is running."""
    if not folio.order or folio.account != folio.order or not (folio.balance or folio.deposits):
        return False
    order = hotel.orders.get(folio.order)
    expected = any(stay.state is StayState.EXPECTED for stay in hotel.stays.of_order(order))
    return expected or any(not hire.over for hire in hires.of_booking(order, hotel=hotel))

"""What a stay means in money: its bill opens when guests come, its nights are posted once, it is settled when
they go. Called inside the work that checks them in or out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.commerce.orders.domain import Line, Order, Payment
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.money import Money
from tenants.hotel.domain.amending import FEE
from tenants.hotel.domain.charges import BY_CODE, CANCELLATION, LEVY, ROOM
from tenants.hotel.domain.extra import Kind
from tenants.hotel.domain.folio import Entry, Folio, Means, Payer, Sort, Stamp, State
from tenants.hotel.domain.folio_refusals import BalanceOpen
from tenants.hotel.domain.night_audit import AuditRules, Let, RoomNight, night_entries, unposted
from tenants.hotel.domain.stay import Stay, ids, shortened
from tenants.hotel.usecases import advances
from tenants.hotel.usecases.drafting import Draft
from tenants.hotel.usecases.folios import folio_id
from tenants.hotel.usecases.takings import prepaid

if TYPE_CHECKING:
    from chalicelib.payments.port import Receipt
    from tenants.hotel.usecases.accounts import Accounts
    from tenants.hotel.usecases.ports import Hotel

CODES = {
    Kind.MEAL: "meals",
    Kind.PARKING: "parking",
    Kind.MEETING: "meeting",
    Kind.GEAR: "meeting",
    Kind.CAR: "car",
    FEE: CANCELLATION,
}
"""The charge codes of lines that are no rooms."""


def arrive(stay: Stay, *, countries: Mapping[str, int], hotel: Hotel) -> Folio:
    """Join the work: the stay's bill, with its share of what was paid before. Hours are charged at once.

    countries: how many of the guests come from where.
    """
    accounts = hotel.accounts
    draft = _draft(stay.site, accounts)
    folio = open_bill(stay, draft=draft, hotel=hotel, countries=countries)
    facts: list[RoomNight] = []
    if stay.hours is not None:
        facts = post_hours(stay, folio, draft=draft, accounts=accounts)
    _write(draft, facts, site=stay.site, accounts=accounts)
    return folio


def leave(stay: Stay, *, hotel: Hotel) -> None:
    """Join the work: nights not posted yet, companies' windows to the city ledger, every window settled.

    ``stay`` as it ends. Raises ``BalanceOpen`` while anything is owed either way, or a deposit is held.
    """
    draft, windows, facts = _whole(stay, hotel=hotel)
    for id in windows:
        _settle(id, draft=draft, accounts=hotel.accounts)
    _write(draft, facts, site=stay.site, accounts=hotel.accounts)


def due(stay: Stay, *, today: date, hotel: Hotel) -> list[Folio]:
    """The stay's bills as they would stand if its guests left ``today``; nothing is written."""
    last = max(today, stay.arrive + timedelta(days=1))
    leaving = shortened(stay, last) if stay.nights and last < stay.depart else stay
    return complete(leaving, hotel=hotel)


def complete(stay: Stay, *, hotel: Hotel) -> list[Folio]:
    """The stay's bills as they would stand with all of its nights posted; nothing is written."""
    draft, windows, _ = _whole(stay, hotel=hotel)
    return [folio for id in windows if (folio := draft.now(id)) is not None]


def _whole(stay: Stay, *, hotel: Hotel) -> tuple[Draft, list[str], list[RoomNight]]:
    """Every window of a stay with all of its nights posted: the draft, the windows, the facts."""
    accounts = hotel.accounts
    draft = _draft(stay.site, accounts)
    windows = list(accounts.folios.windows(stay.id))
    draft.know(*windows)
    first = windows[0] if windows else open_bill(stay, draft=draft, hotel=hotel)
    draft.know(*accounts.folios.several(set(first.routes.values()) - {one.id for one in windows}).values())
    facts: list[RoomNight] = []
    if stay.nights:
        facts = post_nights(stay, first, through=stay.nights[-1], draft=draft, accounts=accounts)
    return draft, [one.id for one in windows or [first]], facts


def open_bill(stay: Stay, *, draft: Draft, hotel: Hotel, countries: Mapping[str, int] | None = None) -> Folio:
    """A new folio of a stay in ``draft``: its share of the order's money, and of an advance. Who was taken
    for a no-show has one already: it is open again."""
    accounts = hotel.accounts
    known = accounts.folios.windows(stay.id) if stay.missed else ()
    if known:
        draft.know(*known)
        folio = known[0] if known[0].state is not State.SETTLED else known[0].reopened()
        folio = replace(
            folio, title=stay.room or folio.title, room=stay.room or "", countries=countries or {}
        )
        draft.change(folio)
        return folio
    order = hotel.orders.get(stay.order)
    folio = Folio(
        id=folio_id(stay.id),
        site=stay.site,
        payer=Payer.GUEST,
        title=stay.room or short_number(stay.order),
        opened=draft.stamp.day,
        room=stay.room or "",
        stay=stay.id,
        order=stay.order,
        countries=countries or {},
    )
    draft.open(folio)
    for receipt, fen in shares_of(stay, order):
        draft.post(folio.id, [prepaid(order, receipt, fen)])
    charges = extras_of(stay, order, day=draft.stamp.day, accounts=accounts)
    if charges:
        draft.post(folio.id, charges)
    advances.take_over(stay, order, to=folio.id, draft=draft, hotel=hotel)
    return folio


def share_of(stay: Stay, order: Order) -> int:
    """A stay's share (fen) of what is left of its order's payments."""
    return sum(fen for _, fen in shares_of(stay, order))


def shares_of(stay: Stay, order: Order) -> list[tuple[Receipt, int]]:
    """A stay's share of each payment of its order: in proportion to its line's price. The first stay also
    bears what is not a room's, for that is charged to it."""
    if order.payment in {Payment.REFUNDED, Payment.NONE}:
        return []
    units = [(id, line.price) for index, line in enumerate(order.lines) for id in ids(order, index)]
    if stay.id not in {id for id, _ in units}:
        return []
    besides = sum(line.total for line in order.lines if line.kind != "night")
    weights = [price + (besides if place == 0 else 0) for place, (_, price) in enumerate(units)]
    if not any(weights):
        weights = [1] * len(units)
    place = [id for id, _ in units].index(stay.id)
    shares = [(receipt, Money(fen).split(weights)[place].amount) for receipt, fen in order.kept if fen > 0]
    return [(receipt, fen) for receipt, fen in shares if fen]


def extras_of(stay: Stay, order: Order, *, day: date, accounts: Accounts) -> list[Entry]:
    """What was booked besides the rooms, as charges on the bill of the booking's first stay."""
    first = next((id for index in range(len(order.lines)) for id in ids(order, index)), None)
    if stay.id != first:
        return []
    found = []
    for line in order.lines:
        if line.kind == "night" or not line.total:
            continue
        charge = accounts.charges.get(CODES.get(line.kind, "other"))
        found.append(
            Entry(
                sort=Sort.CHARGE,
                code=charge.code,
                amount=line.total,
                taxes=accounts.charges.taxes(charge, line.total, day=day),
                department=charge.department,
                text=charged_as(line),
            )
        )
    return found


def charged_as(line: Line) -> str:
    """The words under which what was booked besides stands on the bill."""
    return f"{line.title} × {line.count}"


def post_nights(
    stay: Stay,
    folio: Folio,
    *,
    through: date,
    draft: Draft,
    accounts: Accounts,
    rules: AuditRules | None = None,
) -> list[RoomNight]:
    """Post every night up to ``through`` that is not posted, on the folio its route names, and say so on the
    stay's own folio: no night is ever posted twice. The facts are to be noted in the same work."""
    nights = unposted(stay, folio=folio, through=through)
    if not nights:
        return []
    house = accounts.setup.house()
    made = night_entries(
        stay,
        nights,
        countries=folio.countries,
        property=house.properties[stay.site],
        rules=rules if rules is not None else accounts.audits.rules(stay.site),
        room=BY_CODE[ROOM],
        levy=BY_CODE[LEVY],
    )
    target = folio.route(ROOM, BY_CODE[ROOM].department)
    taker = draft.now(target)
    if taker is None or taker.state is State.CLOSED:
        target = folio.id
    facts = []
    for entries, fact in made:
        draft.post(target, entries)
        facts.append(_stamped(fact, target, draft))
    own = draft.now(folio.id)
    assert own is not None
    draft.change(own.through(nights[-1]))
    return facts


def post_hours(stay: Stay, folio: Folio, *, draft: Draft, accounts: Accounts) -> list[RoomNight]:
    """A room by the hour: its price once, and the fact that no night was let."""
    amount = sum(stay.nightly)
    charge = accounts.charges.get("day-use")
    taxes = accounts.charges.taxes(charge, amount, day=draft.stamp.day)
    if amount:
        entry = Entry(
            sort=Sort.CHARGE,
            code=charge.code,
            amount=amount,
            taxes=taxes,
            department=charge.department,
            text=stay.arrive.isoformat(),
        )
        draft.post(folio.id, [entry])
    fact = RoomNight(
        day=draft.stamp.day,
        night=stay.arrive,
        stay=stay.id,
        folio=folio.id,
        rooms=stay.rooms or (stay.type,),
        type=stay.type,
        plan=stay.plan,
        channel=stay.channel,
        let=Let.DAY_USE,
        amount=amount,
        tax=sum(part.amount for part in taxes),
        levies=0,
        guests=stay.adults + stay.children,
    )
    return [fact]


def _settle(id: str, *, draft: Draft, accounts: Accounts) -> None:
    folio = draft.now(id)
    assert folio is not None
    if folio.state is not State.OPEN:
        return
    if folio.company and folio.balance + folio.deposits > 0:
        owed = folio.balance + folio.deposits
        debtor = accounts.companies.get(folio.company)
        owing, line = debtor.charged(
            owed,
            folio=id,
            text=folio.room or folio.title,
            day=draft.stamp.day,
            by=draft.stamp.by,
            at=draft.stamp.at,
        )
        accounts.companies.keep(owing, before=debtor, line=line)
        entry = Entry(
            sort=Sort.PAYMENT,
            code=str(Means.LEDGER),
            amount=-owed,
            text=debtor.name,
            ref=f"ledger|{debtor.id}#{line.number}",
        )
        draft.post(id, [entry])
        folio = draft.now(id)
        assert folio is not None
    if folio.balance or folio.deposits:
        raise BalanceOpen(folio=id, balance=Money(folio.balance), deposits=Money(folio.deposits))
    draft.change(folio.settled(draft.stamp.day))


def _stamped(fact: RoomNight, folio: str, draft: Draft) -> RoomNight:
    return replace(fact, folio=folio, day=draft.stamp.day)


def _draft(site: str, accounts: Accounts) -> Draft:
    day = accounts.book.today(site)
    return Draft(stamp=Stamp(at=accounts.now, day=day, by=accounts.by))


def _write(draft: Draft, facts: Sequence[RoomNight], *, site: str, accounts: Accounts) -> None:
    if draft.postings:
        accounts.folios.post(draft.postings, day=draft.stamp.day)
    if facts:
        accounts.audits.note(site, facts)

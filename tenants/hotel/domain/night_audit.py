"""The night audit 夜审 closes a business day: facts of room-nights, what to look at, the day's figures."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.charges import LEVY, ROOM, Charge, NightCharge, night_charges
from tenants.hotel.domain.folio import Entry, Folio, Sort
from tenants.hotel.domain.housekeeping import RoomStatus
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import Stay, StayState


class Let(StrEnum):
    """How a room-night was let."""

    PAID = "paid"
    COMPLIMENTARY = "complimentary"
    HOUSE = "house"
    DAY_USE = "day-use"


class NoShow(StrEnum):
    """What the audit does with guests who were not seen: the fee of their terms, at most what they paid
    before, or nothing until somebody decides."""

    TERMS = "terms"
    PREPAID = "prepaid"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True)
class AuditRules:
    """How a property closes its day. ``at``: local, before six; ``house_plans``: plans of its own use."""

    at: time = time(2)
    no_show: NoShow = NoShow.TERMS
    house_plans: frozenset[str] = frozenset({"house-use"})


@dataclass(frozen=True, kw_only=True)
class RoomNight:
    """A room-night as it was posted: written once, with its charge. Amounts in fen.

    day: the business day it was posted on; night: the night itself, earlier where it was found late.
    rooms: more than one for a whole house. amount contains ``tax``; ``levies`` come on top.
    """

    day: date
    night: date
    stay: str
    folio: str
    rooms: tuple[str, ...]
    type: str
    plan: str
    channel: str
    let: Let
    amount: int
    tax: int
    levies: int
    guests: int
    countries: Mapping[str, int] = field(default_factory=dict)


class Look(StrEnum):
    """What the morning should look at."""

    NO_SHOW = "no-show"
    UNDECIDED = "no-show-undecided"
    OVERDUE = "overdue-departure"
    UNSETTLED = "unsettled"
    OVER_LEDGER = "cannot-leave-on-credit"
    ROOM_DIFFERS = "room-differs"
    LATE_NIGHT = "late-night"
    DRAWER_OPEN = "drawer-open"


URGENT = (Look.UNDECIDED, Look.UNSETTLED, Look.OVERDUE, Look.ROOM_DIFFERS)
"""In the order in which they are shown; the others are for information."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing: about which room, stay or folio, and how much money."""

    look: Look
    room: str = ""
    stay: str = ""
    folio: str = ""
    amount: int = 0


@dataclass(frozen=True, kw_only=True)
class Report:
    """A closed day on one screen. ``rooms`` posted and their ``amount``; ``began`` and ``ended``."""

    site: str
    day: date
    began: datetime
    ended: datetime
    by: str
    rooms: int
    amount: int
    closed: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Position:
    """Which business day is open, and which one is being closed at this moment."""

    open: date
    closing: date | None = None
    began: datetime | None = None


def day_due(
    now: datetime, *, property: Property, rules: AuditRules, position: Position | None
) -> date | None:
    """The business day to close now: one that broke off, else the earliest that is over."""
    if position is not None and position.closing is not None:
        return position.closing
    shift = timedelta(hours=rules.at.hour, minutes=rules.at.minute)
    over = (now.astimezone(ZoneInfo(property.zone)) - shift).date() - timedelta(days=1)
    day = position.open if position is not None else over
    return day if day <= over else None


def unposted(stay: Stay, *, folio: Folio | None, through: date) -> list[date]:
    """The nights of a stay up to and with ``through`` that no folio has yet."""
    posted = folio.night if folio is not None else None
    return [night for night in stay.nights if night <= through and (posted is None or night > posted)]


def let_as(stay: Stay, price: int, rules: AuditRules) -> Let:
    """How a night counts: the house's own use by its plan, complimentary where it costs nothing."""
    if stay.plan in rules.house_plans:
        return Let.HOUSE
    return Let.PAID if price else Let.COMPLIMENTARY


def night_entries(
    stay: Stay,
    nights: Sequence[date],
    *,
    countries: Mapping[str, int],
    property: Property,
    rules: AuditRules,
    room: Charge,
    levy: Charge,
) -> list[tuple[list[Entry], RoomNight]]:
    """Each night as entries (room, and levies on top) and as the fact that figures are made of.

    Not stamped yet: its folio and day are known to whoever posts it.
    """
    charges = night_charges(stay.nightly, property.taxes)
    made = []
    for night in nights:
        charge = charges[(night - stay.arrive).days]
        rooms = stay.rooms_on(night) or stay.rooms or (stay.type,)
        entries = _entries(charge, night, rooms="·".join(rooms), stay=stay.id, room=room, levy=levy)
        fact = RoomNight(
            day=date.min,
            night=night,
            stay=stay.id,
            folio="",
            rooms=rooms,
            type=stay.type,
            plan=stay.plan,
            channel=stay.channel,
            let=let_as(stay, charge.amount, rules),
            amount=charge.amount,
            tax=sum(part.amount for part in charge.taxes),
            levies=sum(amount for _, amount in charge.levies),
            guests=sum(countries.values()) or stay.adults + stay.children,
            countries=dict(countries),
        )
        made.append((entries, fact))
    return made


def _entries(
    charge: NightCharge, night: date, *, rooms: str, stay: str, room: Charge, levy: Charge
) -> list[Entry]:
    if not charge.amount:
        return []
    first = Entry(
        sort=Sort.CHARGE,
        code=ROOM,
        amount=charge.amount,
        taxes=charge.taxes,
        department=room.department,
        text=night.isoformat(),
        room=rooms,
        stay=stay,
    )
    return [first] + [
        Entry(
            sort=Sort.CHARGE,
            code=LEVY,
            amount=amount,
            department=levy.department,
            text=f"{code} {night.isoformat()}",
            room=rooms,
            stay=stay,
        )
        for code, amount in charge.levies
    ]


def has_time(stay: Stay, *, property: Property, now: datetime) -> bool:
    """Whether guests who are expected still have time to come, those in the house to go."""
    if stay.hours is not None:
        hour = stay.hours[0] if stay.state is StayState.EXPECTED else stay.hours[1]
        return now < property.instant(stay.arrive, time(0)) + timedelta(hours=hour)
    if stay.state is StayState.EXPECTED:
        return now < property.arrival(stay.arrive)
    return now < (stay.late or property.departure(stay.depart))


def findings(
    *,
    day: date,
    in_house: Sequence[Stay],
    expected: Iterable[Stay],
    folios: Iterable[Folio],
    board: Mapping[str, RoomStatus],
    limits: Mapping[str, int],
    drawers: int,
    awaited: Set[str] = frozenset(),
) -> list[Finding]:
    """What the morning should look at, as things stand when the day closes.

    limits: what each company may still owe. drawers: shifts that nobody closed. awaited: stays whose hour of
    coming or going is still ahead, where the day is looked at before it is over.
    """
    found: list[Finding] = []
    here = {stay.id for stay in in_house}
    for stay in expected:
        if stay.state is StayState.EXPECTED and stay.id not in awaited:
            found.append(Finding(look=Look.UNDECIDED, stay=stay.id, room=stay.room or ""))
    for stay in in_house:
        if stay.depart <= day and stay.id not in awaited:
            found.append(Finding(look=Look.OVERDUE, stay=stay.id, room=stay.room or ""))
    for folio in folios:
        owes = folio.balance + folio.deposits
        if folio.company and owes > limits.get(folio.company, 0):
            found.append(Finding(look=Look.OVER_LEDGER, folio=folio.id, room=folio.room, amount=owes))
        elif (folio.balance or folio.deposits) and folio.stay not in here:
            found.append(Finding(look=Look.UNSETTLED, folio=folio.id, room=folio.room, amount=folio.balance))
    found += _differing(in_house, board)
    if drawers:
        found.append(Finding(look=Look.DRAWER_OPEN, amount=drawers))
    return found


def _differing(in_house: Sequence[Stay], board: Mapping[str, RoomStatus]) -> list[Finding]:
    """Rooms that the desk and the house-keeping board say differently about."""
    wanted = {room: stay.id for stay in in_house for room in stay.has}
    found = []
    for room in sorted({*wanted, *(number for number, status in board.items() if status.occupant)}):
        there = board[room].occupant if room in board else ""
        if there != wanted.get(room, ""):
            found.append(Finding(look=Look.ROOM_DIFFERS, room=room, stay=wanted.get(room, there)))
    return found


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """What one business day was: counts of room-nights, revenue in fen with and without tax.

    room, food, other: (with tax, tax inside). late: nights posted later than they were.
    """

    site: str
    day: date
    rooms: int
    out_of_order: int
    paid: int = 0
    complimentary: int = 0
    house: int = 0
    day_use: int = 0
    guests: int = 0
    late: int = 0
    room: tuple[int, int] = (0, 0)
    food: tuple[int, int] = (0, 0)
    other: tuple[int, int] = (0, 0)
    channels: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    types: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def let(self) -> int:
        """Room-nights let, by the rule printed on the return."""
        return self.paid + self.complimentary + self.house

    @property
    def available(self) -> int:
        return self.rooms - self.out_of_order

    @property
    def total(self) -> int:
        """All revenue, tax included."""
        return self.room[0] + self.food[0] + self.other[0]

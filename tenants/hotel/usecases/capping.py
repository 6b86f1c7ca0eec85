"""What a system outside says is left, kept: places above it are held, places that it returns come back.

Setting is absolute and idempotent: the same message again changes nothing, and after a crash between two
transactions it completes the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from chalicelib.commerce.stock import Claim, Hold, SoldOut
from chalicelib.kernel.errors import N_, Clash, Invalid, Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.cap import CAP, HORIZON, Cap, CapSheet, Piece, missing, returning
from tenants.hotel.domain.nights import Nights, night_claims
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.domain.sheet import month_of, months
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.setup_ports import House

MOST_NIGHTS = 12_000
_WRITES = 70
_ROUNDS = 12

Wanted = Mapping[tuple[str, date], int | None]
"""By (type, night) how many may still be sold; None: no cap any more."""


class TooManyNights(Invalid):
    code = "hotel.cap.too-many"
    status = 413
    detail = N_("一次最多设置 %(most)s 个房型房晚的可售数。")
    remedy = N_("请分几次提交。")


@dataclass(frozen=True, kw_only=True)
class Capped:
    """What was done: nights whose places changed, and those for which more was said than the house has."""

    changed: int = 0
    short: tuple[tuple[str, date, int], ...] = ()


def cap(site: str, wanted: Wanted, *, complete: bool = False, hotel: Hotel, unit: Unit) -> Capped:
    """Keep these caps. ``complete``: nights spoken of before and not now have nothing left.

    Nights that are over and nights beyond the horizon are passed over. Raises ``Missing``, ``TooManyNights``.
    """
    house = hotel.setup.house()
    property = house.properties.get(site)
    if property is None:
        raise Missing(property=site)
    asked = _asked(site, wanted, today=property.night_of(hotel.now), complete=complete, hotel=hotel)
    if sum(len(days) for days in asked.values()) > MOST_NIGHTS:
        raise TooManyNights(most=MOST_NIGHTS)
    changed = 0
    short: list[tuple[str, date, int]] = []
    for (type, month), days in sorted(asked.items()):
        kind = house.types.get(type)
        if kind is None or kind.site != site:
            raise Missing(type=type)
        done = _month(kind, month, days, house=house, unit=unit)
        changed += done.changed
        short += done.short
    return Capped(changed=changed, short=tuple(short))


def _asked(
    site: str, wanted: Wanted, *, today: date, complete: bool, hotel: Hotel
) -> Mapping[tuple[str, str], Mapping[int, int | None]]:
    """What is wanted by (type, month) and day of the month."""
    last = today + HORIZON
    asked: dict[tuple[str, str], dict[int, int | None]] = {}
    for (type, day), most in wanted.items():
        if today <= day <= last:
            asked.setdefault((type, month_of(day)), {})[day.day] = most
    for sheet in hotel.caps.between(site, months(today, last)) if complete else ():
        for number in sheet.days:
            if sheet.day(number) >= today:
                asked.setdefault((sheet.type, sheet.month), {}).setdefault(number, 0)
    return asked


def lift(site: str, *, hotel: Hotel, unit: Unit) -> Capped:
    """No caps any more: every place that was held for one is free again."""
    found: dict[tuple[str, date], int | None] = {
        (sheet.type, sheet.day(number)): None for sheet in _coming(site, hotel=hotel) for number in sheet.days
    }
    return cap(site, found, hotel=hotel, unit=unit)


def capped(site: str, *, hotel: Hotel) -> int:
    """How many coming nights of types have a cap."""
    return sum(len(sheet.days) for sheet in _coming(site, hotel=hotel))


def _coming(site: str, *, hotel: Hotel) -> Sequence[CapSheet]:
    house = hotel.setup.house()
    today = house.properties[site].night_of(hotel.now)
    return [
        sheet
        for sheet in hotel.caps.between(site, months(today, today + HORIZON))
        if sheet.type in house.types
    ]


def _month(
    kind: RoomType, month: str, asked: Mapping[int, int | None], *, house: House, unit: Unit
) -> Capped:
    """A type's month, a transaction at a time until nothing is left to do."""
    changed: set[int] = set()
    for turn in range(_ROUNDS):
        last = turn == _ROUNDS - 1
        try:
            with unit("hotel.cap-nights") as inner:
                sheet = inner.caps.read(kind.site, kind.id, month)
                days = [sheet.day(number) for number in asked]
                nights = inner.calendar.nights(kind.site, min(days), max(days), fresh=True)
                step = _step(kind, sheet, asked, nights)
                if not step.moves and step.sheet.days == sheet.days:
                    return Capped(changed=len(changed), short=step.short)
                _keep(kind, step, house=house, hotel=inner)
                changed |= step.moves.keys()
        except (Clash, SoldOut):  # somebody else's sale or change in between: look again
            if last:
                raise
    return Capped(changed=len(changed))


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One transaction: the sheet after it, places to hold more (by day), and pieces that return."""

    sheet: CapSheet
    moves: Mapping[int, int]
    given: Mapping[Piece, int]
    short: tuple[tuple[str, date, int], ...]


def _step(kind: RoomType, sheet: CapSheet, asked: Mapping[int, int | None], nights: Nights) -> _Step:
    days: dict[int, Cap] = dict(sheet.days)
    moves: dict[int, int] = {}
    given: dict[Piece, int] = {}
    short = []
    writes = 0
    for number, most in sorted(asked.items()):
        before = days.get(number)
        more, promised = missing(kind, sheet.day(number), before, most, nights)
        if promised:
            short.append((kind.id, sheet.day(number), promised))
        if more and writes < _WRITES:
            moves[number] = more
            # a hold may spread over every bucket of every pool
            writes += 1 + kind.capacity // 25 + len(kind.pools)
            if more < 0 and before is not None:
                back = returning(before, -more)
                given |= back
                before = before.less(back)
        if most is not None:
            days[number] = replace(before, most=most) if before is not None else Cap(most=most)
        elif before is not None and before.pieces:
            days[number] = before
        else:
            days.pop(number, None)
    after = replace(sheet, days=days, version=sheet.version + 1)
    return _Step(sheet=after, moves=moves, given=given, short=tuple(short))


def _keep(kind: RoomType, step: _Step, *, house: House, hotel: Hotel) -> None:
    """One work takes what is needed, gives back what is not, and keeps the sheet: a process that is killed
    leaves no place that would be counted as sold when the same message comes again."""
    wanted: list[Claim] = []
    for number, more in step.moves.items():
        if more > 0:
            (claim,) = night_claims(kind, (step.sheet.day(number),))
            wanted.append(replace(claim, count=more))
    holder = CAP + new_id("cp", now=hotel.now)[-12:]
    # the allowance is held first: what is left to sell is then rooms that exist, as long as there are any
    pools = {name: tuple(reversed(of)) for name, of in house.pools(over=True).items()}
    stock = hotel.stock(pools)
    picks = stock.pick(wanted, now=hotel.now)
    holds = tuple(pick.hold for pick in picks)
    sheet = _with(step.sheet, holder, holds)
    stock.reopen(tuple(piece.hold for piece in step.given))
    hotel.caps.keep(sheet, holder=holder, taken=picks, given=step.given)
    back = [replace(piece.hold, count=count) for piece, count in step.given.items()]
    say_nights(hotel=hotel, new=holds, back=back)


def _with(sheet: CapSheet, holder: str, holds: Sequence[Hold]) -> CapSheet:
    days = dict(sheet.days)
    for hold in holds:
        number = date.fromisoformat(hold.slot).day
        cap_ = days[number]
        days[number] = replace(cap_, pieces=(*cap_.pieces, Piece(holder, hold)))
    return replace(sheet, days=days)

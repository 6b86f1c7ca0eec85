"""The figures of a business day from its room-nights and its book, and the rule by which they are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.charges import Department
from tenants.hotel.domain.folio import Entry, Sort
from tenants.hotel.domain.night_audit import DayFigures, Let, RoomNight
from tenants.hotel.domain.statistics import RoomNights

if TYPE_CHECKING:
    from tenants.hotel.domain.nights import Nights
    from tenants.hotel.domain.rooms import RoomType


@dataclass(frozen=True, kw_only=True)
class Counting:
    """How room-nights are counted, in words that stand on every return."""

    since: date
    words: tuple[str, ...]
    source: str


COUNTING = Counting(
    since=date(2018, 7, 1),
    words=(
        N_("可供出租间夜 = 客房总数 − 维修房;维修房不计入可供出租。"),
        N_("实际出租间夜 = 付费 + 免费 + 自用;免费房和自用房计入出租、没有收入。"),
        N_("钟点房计入客房收入,不计间夜;补记的间夜计入补记当天。"),
        N_("平均房价 = 客房收入 ÷ 实际出租间夜;出租率 = 实际出租间夜 ÷ 可供出租间夜。"),
        N_("每间可供出租客房收入 = 客房收入 ÷ 可供出租间夜;客房收入含税,另列不含税。"),
        N_("退订费、未到店费、赔偿金计入其他收入,不计入客房收入。"),
    ),
    source=N_("文化和旅游部 2018 年第三季度全国星级饭店统计公报指标"),
)


def day_figures(
    site: str,
    day: date,
    *,
    rooms: int,
    out_of_order: int,
    nights: Iterable[RoomNight],
    book: Iterable[Entry],
) -> DayFigures:
    """What the day was. ``rooms`` exist; ``out_of_order`` of them could not be let."""
    counts = dict.fromkeys(Let, 0)
    guests = late = 0
    channels: dict[str, tuple[int, int]] = {}
    types: dict[str, tuple[int, int]] = {}
    for fact in nights:
        counts[fact.let] += len(fact.rooms)
        if fact.let is Let.DAY_USE:
            continue
        guests += fact.guests
        late += len(fact.rooms) if fact.night < fact.day else 0
        for sums, key in ((channels, fact.channel), (types, fact.type)):
            count, amount = sums.get(key, (0, 0))
            sums[key] = (count + len(fact.rooms), amount + fact.amount)
    revenue = {department: [0, 0] for department in Department}
    for entry in book:
        if entry.sort is Sort.CHARGE:
            revenue[entry.department][0] += entry.amount
            revenue[entry.department][1] += entry.tax
    room, food, other = ((amount, tax) for amount, tax in (revenue[department] for department in Department))
    return DayFigures(
        site=site,
        day=day,
        rooms=rooms,
        out_of_order=out_of_order,
        paid=counts[Let.PAID],
        complimentary=counts[Let.COMPLIMENTARY],
        house=counts[Let.HOUSE],
        day_use=counts[Let.DAY_USE],
        guests=guests,
        late=late,
        room=room,
        food=food,
        other=other,
        channels=channels,
        types=types,
    )


def totals(days: Sequence[DayFigures]) -> DayFigures:
    """The sum of days: rates of a period come from its sums. ``day`` is the last one's."""
    channels: dict[str, tuple[int, int]] = {}
    types: dict[str, tuple[int, int]] = {}
    for day in days:
        channels, types = _joined(channels, day.channels), _joined(types, day.types)
    return DayFigures(
        site=days[-1].site,
        day=days[-1].day,
        rooms=sum(day.rooms for day in days),
        out_of_order=sum(day.out_of_order for day in days),
        paid=sum(day.paid for day in days),
        complimentary=sum(day.complimentary for day in days),
        house=sum(day.house for day in days),
        day_use=sum(day.day_use for day in days),
        guests=sum(day.guests for day in days),
        late=sum(day.late for day in days),
        room=_added(day.room for day in days),
        food=_added(day.food for day in days),
        other=_added(day.other for day in days),
        channels=channels,
        types=types,
    )


def rates(figures: DayFigures, *, net: bool = False) -> RoomNights:
    """ADR, occupancy and RevPAR of a day or of a sum of days; ``net``: of revenue without tax."""
    amount, tax = figures.room
    return RoomNights(
        rooms=figures.rooms,
        out_of_order=figures.out_of_order,
        let=figures.let,
        revenue=amount - tax if net else amount,
    )


def adjustments(book: Iterable[Entry], nights: Iterable[RoomNight]) -> list[Entry]:
    """The room revenue of a day that is no room-night's own charge: late check-outs, corrections.

    With the nights' amounts they add up to the day's room revenue.
    """
    posted = {(fact.folio, fact.night.isoformat()) for fact in nights if fact.let is not Let.DAY_USE}
    return [
        entry
        for entry in book
        if entry.sort is Sort.CHARGE
        and entry.department is Department.ROOM
        and not (entry.code == "room" and entry.link is None and (entry.folio, entry.text) in posted)
    ]


def broken(day: date, nights: Nights, kinds: Iterable[RoomType]) -> int:
    """Rooms out of order on a night."""
    slot = day.isoformat()
    return sum(
        nights[(pool.resource, slot)].broken
        for kind in kinds
        if not kind.house
        for pool in kind.real
        if (pool.resource, slot) in nights
    )


def on_the_books(first: date, count: int, nights: Nights, kinds: Sequence[RoomType]) -> tuple[int, ...]:
    """Rooms sold of each of so many nights: held places less those of rooms out of order. A whole house is
    counted by its rooms."""
    pools = [pool.resource for kind in kinds if not kind.house for pool in kind.sold_from]
    found = []
    for step in range(count):
        slot = (first + timedelta(days=step)).isoformat()
        taken = [nights[(pool, slot)] for pool in pools if (pool, slot) in nights]
        found.append(sum(night.taken - night.broken for night in taken))
    return tuple(found)


def countries(facts: Iterable[RoomNight]) -> dict[str, int]:
    """Guests' nights by country, where it was registered."""
    sums: dict[str, int] = {}
    for fact in facts:
        for country, count in fact.countries.items():
            sums[country] = sums.get(country, 0) + count
    return sums


def _added(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    kept = list(pairs)
    return sum(amount for amount, _ in kept), sum(tax for _, tax in kept)


def _joined(
    one: Mapping[str, tuple[int, int]], other: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    made = dict(one)
    for key, (count, amount) in other.items():
        before = made.get(key, (0, 0))
        made[key] = (before[0] + count, before[1] + amount)
    return made

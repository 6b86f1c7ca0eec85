"""Changing many prices at once: said in words, shown cell by cell, then written as it was shown.

Nothing here touches what is sold: a booking carries its prices, and places are counted elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.nights import NONE_TAKEN
from tenants.hotel.domain.offer import Sheets
from tenants.hotel.domain.plan import RatePlan
from tenants.hotel.domain.repricing import PriceEdit, Pricing, RuleEdit, edits, seal
from tenants.hotel.domain.sheet import month_of, months
from tenants.hotel.usecases import rates
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.rates import MOST_CELLS, MOST_DAYS, DaysWrong, Row, TooManyCells
from tenants.hotel.usecases.setup_ports import House


class NothingChosen(Invalid):
    code = "hotel.prices.nothing-chosen"
    detail = N_("没有选要改的内容:请选房型,并填价格或限制。")


class PricesMoved(Refusal):
    code = "hotel.prices.moved"
    detail = N_("您查看之后价格有了变化,尚未写入。")
    remedy = N_("请看过新的结果再确认。")


class PriceAboveMost(Invalid):
    code = "hotel.prices.too-high"
    detail = N_("改价后有的价格超过每晚 ¥500,000,尚未写入。")
    remedy = N_("请检查金额或百分比。")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One change in words: which types and base plans, which days of the week in a range, and what.

    plans: none, every base plan that the types are sold under. rule: by the names of ``sheet.NAMES``.
    """

    types: tuple[str, ...]
    first: date
    last: date
    plans: tuple[str, ...] = ()
    weekdays: frozenset[int] = frozenset()
    pricing: Pricing | None = None
    rule: Mapping[str, int | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a change would do. ``unpriced``: nights that have no price to raise. ``sold``: room-nights sold in
    the range, which keep their price. ``rows``: what is written. ``refused``: rows of a file, with why."""

    prices: tuple[PriceEdit, ...]
    rules: tuple[RuleEdit, ...]
    rows: tuple[Row, ...]
    unpriced: int = 0
    sold: int = 0
    refused: tuple[tuple[int, Refusal], ...] = ()

    @property
    def seal(self) -> str:
        """Names exactly these edits."""
        return seal(self.prices, self.rules)

    @property
    def empty(self) -> bool:
        return not self.prices and not self.rules


def propose(wish: Wish, *, hotel: Hotel) -> Proposal:
    """What a wish would change; nothing is written. Raises ``NothingChosen`` and what ``rates`` refuses."""
    house = hotel.setup.house()
    rows, unpriced = _rows(wish, house=house, hotel=hotel)
    if not rows and not unpriced:
        raise NothingChosen
    found = review(rows, hotel=hotel)
    for _, refusal in found.refused:
        raise refusal
    return replace(found, unpriced=unpriced)


def review(rows: Sequence[Row], *, hotel: Hotel) -> Proposal:
    """What these rows would change, and which of them are refused; nothing is written."""
    house = hotel.setup.house()
    touched, outcome = rates.check(rows, house=house, today=rates.first_day(house, hotel))
    sheets = hotel.cells.read(sorted(touched), fresh=True)
    prices: list[PriceEdit] = []
    rules: list[RuleEdit] = []
    for _, type, month in sorted(touched):
        found = edits(sheets[(type, month)], touched[(house.types[type].site, type, month)])
        prices += found[0]
        rules += found[1]
    return Proposal(
        prices=tuple(prices),
        rules=tuple(rules),
        rows=tuple(rows),
        sold=_sold([*prices, *rules], house=house, hotel=hotel),
        refused=outcome.refused,
    )


def carry_out(proposal: Proposal, *, seen: str, hotel: Hotel, unit: Unit) -> None:
    """Write what was shown. Raises ``PricesMoved`` where it would no longer be that; writing it twice changes
    nothing, for a raise is written as the prices it comes to."""
    if proposal.seal != seen:
        raise PricesMoved
    rates.update(proposal.rows, hotel=hotel, unit=unit)


def base_plans(house: House, type: str) -> list[RatePlan]:
    """The plans whose prices are set for a type: those that sell it, and those that others derive from."""
    named = {plan.derived.plan for plan in house.plans.values() if plan.derived and plan.sells(type)}
    return [
        plan
        for plan in house.plans.values()
        if plan.derived is None and (plan.sells(type) or plan.id in named)
    ]


def _rows(wish: Wish, *, house: House, hotel: Hotel) -> tuple[list[Row], int]:
    days = list(_days(wish, house=house))
    if len(days) * len(wish.types) * max(1, len(house.plans)) > MOST_CELLS:
        raise TooManyCells(most=MOST_CELLS, cells=f"> {MOST_CELLS}")
    rows: list[Row] = []
    if wish.rule:
        rows += [
            Row(type=type, first=wish.first, last=wish.last, weekdays=wish.weekdays, rule=dict(wish.rule))
            for type in wish.types
        ]
    if wish.pricing is None:
        return rows, 0
    keys = [
        (house.types[type].site, type, month)
        for type in wish.types
        for month in months(wish.first, wish.last)
    ]
    sheets = hotel.cells.read(keys, fresh=True)
    unpriced = 0
    for type in wish.types:
        for plan in base_plans(house, type):
            if wish.plans and plan.id not in wish.plans:
                continue
            made, missing = _repriced(wish.pricing, type, plan.id, days, sheets)
            rows += made
            unpriced += missing
    return rows, unpriced


def _repriced(
    pricing: Pricing, type: str, plan: str, days: Sequence[date], sheets: Sheets
) -> tuple[list[Row], int]:
    rows, missing = [], 0
    for day in days:
        price = pricing.of(sheets[(type, month_of(day))].price(plan, day))
        if price is None:
            missing += 1
        elif price > rates.HIGHEST:
            raise PriceAboveMost
        else:
            rows.append(Row(type=type, plan=plan, first=day, last=day, price=price))
    return rows, missing


def _days(wish: Wish, *, house: House) -> Sequence[date]:
    """The days of a wish. Raises ``DaysWrong``, ``UnknownType``, ``NothingChosen``."""
    if not wish.types or (wish.pricing is None and not wish.rule):
        raise NothingChosen
    for type in wish.types:
        if type not in house.types:
            raise rates.UnknownType(type=type)
    if wish.last < wish.first or (wish.last - wish.first).days > MOST_DAYS:
        raise DaysWrong(most=MOST_DAYS)
    days = tuple(Row(type="", first=wish.first, last=wish.last, weekdays=wish.weekdays).days)
    if not days:
        raise DaysWrong(most=MOST_DAYS)
    return days


def _sold(edited: Sequence[PriceEdit | RuleEdit], *, house: House, hotel: Hotel) -> int:
    """Room-nights sold on the nights that change: what guests have booked stays at what they agreed to."""
    nights = {(edit.type, edit.day) for edit in edited}
    count = 0
    for site in {house.types[type].site for type, _ in nights}:
        days = [day for type, day in nights if house.types[type].site == site]
        taken = hotel.calendar.nights(site, min(days), max(days), fresh=False)
        for type, day in nights:
            kind = house.types[type]
            if kind.site != site:
                continue
            for pool in kind.pools:
                night = taken.get((pool.resource, day.isoformat()), NONE_TAKEN)
                count += night.taken - night.broken
    return count

"""Rate plans as a system outside has them (AlpineBits RatePlans): plans, prices by day, restrictions.

Their plans carry no terms of cancellation and no way of paying: a plan that is new comes switched off until
the hotel has said both. Our restrictions belong to a type, not to a plan: where two plans sell a type, what
is said for one of them alone is not taken.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, timedelta

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.codes import Codes
from tenants.hotel.domain.plan import Meal, RatePlan, root
from tenants.hotel.domain.sheet import FREE, NAMES, months
from tenants.hotel.usecases import rates, setting
from tenants.hotel.usecases.partner_rooms import Fault
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.setup_ports import House

NEW, OVERLAY, REMOVE = "New", "Overlay", "Remove"


class PlanNew(Refusal):
    code = "hotel.partner.plan-new"
    detail = N_("价格计划 %(code)s 已登记,尚未开售:请先在系统中设置退订规则和付款方式,再启用。")


class PlanGone(Refusal):
    code = "hotel.partner.plan-gone"
    detail = N_("价格计划 %(code)s 已停止销售。")


class RateNotTaken(Refusal):
    code = "hotel.partner.rate"
    detail = N_("%(type)s 的一条价格未采用:须有标准入住人数(%(guests)s 人)的每晚价格。")


class RuleNotTaken(Refusal):
    code = "hotel.partner.rule"
    detail = N_("%(type)s 的限制未采用:另有价格计划出售同一房型,而本系统的限制按房型设置。")


class GuestPrices(Refusal):
    code = "hotel.partner.guest-prices"
    detail = N_("加人价格未采用:本系统每个价格计划只有一个成人和一个儿童加人价,不分日期和年龄。")


class PlanBuilt(Refusal):
    code = "hotel.partner.plan-derived"
    detail = N_("价格计划 %(code)s 在本系统中由另一计划派生,不能由外部定价。")


@dataclass(frozen=True, kw_only=True)
class Price:
    """A room type's price from ``first`` to ``last``: fen a night for all guests, by how many they are."""

    type: str
    first: date
    last: date
    by_guests: Mapping[int, int]
    flat: int | None = None
    adult: int | None = None
    children: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Restrictions from ``first`` to ``last``; ``type`` None: of every type of the plan. Lengths in nights.

    ``arrive``/``depart``: the ISO weekdays on which one may.
    """

    first: date
    last: date
    type: str | None = None
    lengths: Mapping[str, int] = field(default_factory=dict)
    arrive: frozenset[int] = frozenset(range(1, 8))
    depart: frozenset[int] = frozenset(range(1, 8))
    closed: bool = False


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A rate plan outside. ``kind``: ``New`` (it replaces), ``Overlay`` (it changes days), ``Remove``."""

    code: str
    kind: str
    names: Mapping[str, str] = field(default_factory=dict)
    meal: Meal | None = None
    prices: tuple[Price, ...] = ()
    rules: tuple[Rules, ...] = ()


def take_plans(
    site: str, offered: Sequence[Offered], *, complete: bool, hotel: Hotel, unit: Unit
) -> tuple[Fault, ...]:
    """Take a message. ``complete``: plans that came from outside before and are not in it end. Said again it
    writes nothing. Answers what was not taken, by their code. Raises ``Missing``.
    """
    house = hotel.setup.house(fresh=True)
    if site not in house.properties:
        raise Missing(property=site)
    codes = _learn(site, [one.code for one in offered if one.kind != REMOVE], hotel=hotel, unit=unit)
    faults: list[Fault] = []
    for one in offered:
        id = codes.plan(one.code, house.plans)
        if id is None:
            continue  # a plan that was never here is gone already
        try:
            faults += (
                _remove(one.code, id, hotel=hotel, unit=unit)
                if one.kind == REMOVE
                else _take(one, id, codes=codes, site=site, hotel=hotel, unit=unit)
            )
        except Refusal as refusal:
            faults.append((one.code, refusal))
    if complete:
        there = {one.code for one in offered}
        for code, id in codes.plans.items():
            if code not in there:
                faults += _remove(code, id, hotel=hotel, unit=unit)
    return tuple(faults)


def _learn(site: str, said: Sequence[str], *, hotel: Hotel, unit: Unit) -> Codes:
    before = after = hotel.codes.read(site)
    for code in said:
        after = after.with_plan(code)
    if after == before:
        return before
    after = replace(after, version=before.version + 1)
    with unit("hotel.learn-codes") as inner:
        inner.codes.keep(after)
    return after


def _take(one: Offered, id: str, *, codes: Codes, site: str, hotel: Hotel, unit: Unit) -> list[Fault]:
    house = hotel.setup.house(fresh=True)
    before = house.plans.get(id)
    faults: list[Fault] = []
    types = {price.type: codes.type(price.type, house.types) for price in one.prices}
    faults += [(one.code, rates.UnknownType(type=said)) for said, ours in types.items() if ours is None]
    sold = frozenset(ours for ours in types.values() if ours is not None)
    if before is not None and before.derived is not None:
        raise PlanBuilt(code=one.code)
    if before is not None and one.kind == OVERLAY:
        sold |= before.types
    plan = before or RatePlan(id=id, names={"zh": one.code}, on=False)
    if before is None:
        faults.append((one.code, PlanNew(code=one.code)))
    adult, child, clear = _extra(one.prices)
    if not clear:
        faults.append((one.code, GuestPrices()))
    wanted = replace(
        plan,
        names={**plan.names, **one.names},
        meal=one.meal if one.meal is not None else plan.meal,
        types=sold or plan.types,
        extra_adult=plan.extra_adult if adult is None else adult,
        extra_child=plan.extra_child if child is None else child,
    )
    if wanted != before:
        with unit("hotel.take-plan") as inner:
            setting.set_plan(wanted, hotel=inner)
        house = hotel.setup.house(fresh=True)
    today = house.properties[site].night_of(hotel.now)
    alone = _alone(one, wanted, site=site, house=house, today=today, hotel=hotel)
    rows, more = _rows(one, wanted, alone, codes=codes, house=house, today=today)
    outcome = rates.update(rows, hotel=hotel, unit=unit)
    return faults + more + [(one.code, refusal) for _, refusal in outcome.refused]


def _rows(
    one: Offered, plan: RatePlan, alone: Collection[str], *, codes: Codes, house: House, today: date
) -> tuple[list[rates.Row], list[Fault]]:
    """The message as rows, later ones over earlier; and what none could be made of."""
    rows: list[rates.Row] = []
    faults: list[Fault] = []
    end = today + timedelta(days=rates.MOST_DAYS)
    if one.kind == NEW:
        for type in sorted(plan.types):
            rows.append(rates.Row(type=type, plan=plan.id, first=today, last=end, clear=True))
            if type in alone and one.rules:
                rows.append(rates.Row(type=type, first=today, last=end, rule=_free()))
    for price in one.prices:
        ours = codes.type(price.type, house.types)
        first, last = max(price.first, today), min(price.last, end)
        if ours is None or last < first:
            continue
        guests = house.types[ours].included
        amount = price.by_guests.get(guests, price.flat)
        if amount is None:
            faults.append((one.code, RateNotTaken(type=price.type, guests=guests)))
        else:
            rows.append(rates.Row(type=ours, plan=plan.id, first=first, last=last, price=amount))
    more, wrong = _restrictions(one, plan, alone, codes=codes, house=house, span=(today, end))
    return rows + more, faults + wrong


def _restrictions(
    one: Offered,
    plan: RatePlan,
    alone: Collection[str],
    *,
    codes: Codes,
    house: House,
    span: tuple[date, date],
) -> tuple[list[rates.Row], list[Fault]]:
    """Their rules as rows, for the types that this plan has to itself (``alone``)."""
    rows: list[rates.Row] = []
    faults: list[Fault] = []
    for rules in one.rules:
        named = codes.type(rules.type, house.types) if rules.type is not None else None
        if rules.type is not None and named is None:
            faults.append((one.code, rates.UnknownType(type=rules.type)))
            continue
        for type in [named] if named is not None else sorted(plan.types):
            if type not in alone:
                faults.append((one.code, RuleNotTaken(type=codes.type_code(type) or type)))
            else:
                first, last = max(rules.first, span[0]), min(rules.last, span[1])
                rows += _rule_rows(rules, type, first=first, last=last)
    return rows, faults


def _rule_rows(rules: Rules, type: str, *, first: date, last: date) -> Iterable[rates.Row]:
    if last < first:
        return
    whole = {**_free(), **rules.lengths, "stop_sell": rules.closed}
    yield rates.Row(type=type, first=first, last=last, rule=whole)
    for days, word in ((rules.arrive, "closed_to_arrival"), (rules.depart, "closed_to_departure")):
        there = {
            (first + timedelta(days=step)).isoweekday() for step in range(min(7, (last - first).days + 1))
        }
        shut = (frozenset(range(1, 8)) - days) & there
        if shut:
            yield rates.Row(type=type, first=first, last=last, weekdays=shut, rule={word: True})


def _free() -> dict[str, int | bool]:
    return {name: getattr(FREE, name) for name in NAMES}


def _alone(
    one: Offered, plan: RatePlan, *, site: str, house: House, today: date, hotel: Hotel
) -> frozenset[str]:
    """The types of the plan for which no other plan that is sold has prices on the days of its rules."""
    if not one.rules:
        return frozenset()
    end = today + timedelta(days=rates.MOST_DAYS)
    span = months(today, max(today, min(end, max(rules.last for rules in one.rules))))
    keys = [(site, type, month) for type in sorted(plan.types) for month in span]
    others: set[str] = set()
    for (type, _), sheet in hotel.cells.read(keys, fresh=True).items():
        for base, prices in sheet.prices.items():
            if base != plan.id and any(price is not None for price in prices):
                sells = any(
                    other.sells(type) and root(other, house.plans).id == base
                    for other in house.plans.values()
                )
                others |= {type} if sells else set()
    return plan.types - others


def _extra(prices: Sequence[Price]) -> tuple[int | None, int | None, bool]:
    """(for one more adult, for a child, whether both are the same on every day and at every age)."""
    adults = {price.adult for price in prices if price.adult is not None}
    children = {child for price in prices for child in price.children}
    adult = next(iter(adults)) if len(adults) == 1 else None
    child = next(iter(children)) if len(children) == 1 else None
    return adult, child, len(adults) <= 1 and len(children) <= 1


def _remove(code: str, id: str, *, hotel: Hotel, unit: Unit) -> list[Fault]:
    plan = hotel.setup.house(fresh=True).plans.get(id)
    if plan is None or not plan.on:
        return []
    with unit("hotel.take-plan") as inner:
        setting.set_plan(replace(plan, on=False), hotel=inner)
    return [(code, PlanGone(code=code))]

"""Offers: what a stay costs under a plan, or which rule forbids it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import Period
from tenants.hotel.domain.plan import RatePlan, Terms, root, terms
from tenants.hotel.domain.sheet import FREE, Prices, Rule, Sheet, month_of

if TYPE_CHECKING:
    from tenants.hotel.domain.property import Property
    from tenants.hotel.domain.rooms import RoomType

MOST_NIGHTS = 60
HORIZON = timedelta(days=800)


class StayInvalid(Invalid):
    code = "hotel.stay.invalid"
    detail = N_("入住与离店日期有误:一次最多住 %(most)s 晚,不能早于今天。")


class TooManyPeople(Refusal):
    code = "hotel.offer.people"
    status = 422
    detail = N_("此房型每间最多住 %(most)s 人。")
    remedy = N_("请增加房间数,或选择更大的房型。")


class NotOffered(Refusal):
    code = "hotel.offer.none"
    detail = N_("此房型不按这个价格计划出售。")


class NoPrice(Refusal):
    code = "hotel.offer.no-price"
    detail = N_("%(day)s 当晚还没有定价。")
    remedy = N_("请换一个日期,或联系酒店。")


class StopSell(Refusal):
    code = "hotel.offer.stop-sell"
    detail = N_("%(day)s 当晚停售。")
    remedy = N_("请换一个日期或房型。")


class ClosedToArrival(Refusal):
    code = "hotel.offer.closed-to-arrival"
    detail = N_("%(day)s 不接受入住。")
    remedy = N_("请提前或推后一天入住。")


class ClosedToDeparture(Refusal):
    code = "hotel.offer.closed-to-departure"
    detail = N_("%(day)s 不接受离店。")
    remedy = N_("请提前或推后一天离店。")


class StayTooShort(Refusal):
    code = "hotel.offer.min-stay"
    detail = N_("%(day)s 要求至少连住 %(nights)s 晚。")
    remedy = N_("请延长住宿,或换一个日期。")


class StayTooLong(Refusal):
    code = "hotel.offer.max-stay"
    detail = N_("%(day)s 限制最多连住 %(nights)s 晚。")
    remedy = N_("请分开预订,或换一个日期。")


@dataclass(frozen=True, kw_only=True)
class Stay:
    """What is asked for: half-open nights, and the people in each of the rooms."""

    period: Period
    adults: int = 1
    children: int = 0

    @cached_property
    def nights(self) -> tuple[date, ...]:
        """Each night by the date on which it begins."""
        return tuple(self.period)

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """The nights as the stock names them."""
        return tuple(night.isoformat() for night in self.nights)

    @cached_property
    def spans(self) -> tuple[tuple[str, int, int], ...]:
        """The nights as (month, first day, last day): a sheet is cut, not asked night by night."""
        found: dict[str, list[int]] = {}
        for night in self.nights:
            found.setdefault(month_of(night), []).append(night.day)
        return tuple((month, days[0], days[-1]) for month, days in found.items())


Sheets = Mapping[tuple[str, str], Sheet]
"""Sheets by (type, month)."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A priced stay of one room: fen per night, the taxes in or on it, the terms of cancelling."""

    type: str
    plan: str
    nightly: tuple[int, ...]
    taxes: tuple[tuple[str, Money, bool], ...]
    total: Money
    due: Money
    terms: Terms


def stay(arrive: date, depart: date, *, adults: int, children: int, tonight: date) -> Stay:
    """A checked stay. ``tonight`` is the first night that may be sold. Raises ``StayInvalid``."""
    nights = (depart - arrive).days
    if not 1 <= nights <= MOST_NIGHTS or arrive < tonight or depart > tonight + HORIZON:
        raise StayInvalid(most=MOST_NIGHTS)
    return Stay(period=Period(arrive, depart), adults=adults, children=children)


def permitted(stay: Stay, *, type: str, sheets: Sheets) -> None:
    """Raise the first rule of the type that forbids the stay.

    Arrival rules are asked of the day of arrival only; through rules and stop-sell of every night; departure
    of the day on which it ends, which is no night of the stay.
    """
    first, last, length = stay.period.start, stay.period.end, len(stay.nights)
    arrival = _rule(sheets, type, first)
    if arrival.closed_to_arrival:
        raise ClosedToArrival(day=first)
    if _rule(sheets, type, last).closed_to_departure:
        raise ClosedToDeparture(day=last)
    _length(first, length, least=arrival.min_arrival, most=arrival.max_arrival)
    for month, from_, to in stay.spans:
        sheet, before = sheets.get((type, month)), FREE
        for day, rule in sheet.rules.items() if sheet is not None else ():
            if from_ <= day <= to and rule is not before:  # what let the day before pass lets this one pass
                before = rule
                night = date(int(month[:4]), int(month[4:]), day)
                if rule.stop_sell:
                    raise StopSell(day=night)
                _length(night, length, least=rule.min_through, most=rule.max_through)


def offer(
    stay: Stay,
    *,
    kind: RoomType,
    plan: RatePlan,
    plans: Mapping[str, RatePlan],
    sheets: Sheets,
    property: Property,
) -> Offer:
    """The price of the stay, or the typed refusal that says which rule forbids it."""
    require_people(stay, kind=kind)
    permitted(stay, type=kind.id, sheets=sheets)
    return priced(stay, kind=kind, plan=plan, plans=plans, sheets=sheets, property=property)


def priced(
    stay: Stay,
    *,
    kind: RoomType,
    plan: RatePlan,
    plans: Mapping[str, RatePlan],
    sheets: Sheets,
    property: Property,
) -> Offer:
    """The price under one plan; the type's rules and the people were checked before."""
    if not plan.sells(kind.id) or not kind.on:
        raise NotOffered(type=kind.id, plan=plan.id)
    base = base_prices(stay, type=kind.id, plan=root(plan, plans).id, sheets=sheets)
    return at_prices(stay, base, kind=kind, plan=plan, property=property)


def base_prices(stay: Stay, *, type: str, plan: str, sheets: Sheets) -> Sequence[int]:
    """A base plan's price of each night in fen, before what others derive from it. Raises ``NoPrice``."""
    found: list[int] = []
    for month, from_, to in stay.spans:
        sheet = sheets.get((type, month))
        row = sheet.prices.get(plan) if sheet is not None else None
        cut: Prices = row[from_ - 1 : to] if row is not None else (None,)
        if None in cut:
            raise NoPrice(day=date(int(month[:4]), int(month[4:]), from_ + cut.index(None)))
        found += cut  # type: ignore[arg-type]  # none is missing
    return found


def at_prices(
    stay: Stay, base: Sequence[int], *, kind: RoomType, plan: RatePlan, property: Property
) -> Offer:
    """What a plan makes of its base plan's prices: derived, with further people, taxes and terms."""
    nightly = tuple(base if plan.derived is None else plan.derived.of(base))
    if extra := _extra(stay, kind=kind, plan=plan):
        nightly = tuple([price + extra for price in nightly])
    rooms = total = Money(sum(nightly))
    taxes = tuple([(tax.code, tax.of(rooms), tax.included) for tax in property.taxes])
    paid = nightly
    if added := sum([amount.amount for _, amount, included in taxes if not included]):
        total = Money(rooms.amount + added)
        # Fees are shares of what is really paid: of the nights with the taxes that come on top.
        paid = tuple([share.amount for share in total.split(nightly)]) if rooms else nightly
    arrival = property.arrival(stay.period.start)
    return Offer(
        type=kind.id,
        plan=plan.id,
        nightly=nightly,
        taxes=taxes,
        total=total,
        due=plan.due(total),
        terms=terms(plan.tiers, paid, whole=sum(paid) if added else total.amount, arrival=arrival),
    )


def agreed(nightly: Sequence[int], *, kind: RoomType, plan: RatePlan, property: Property) -> Offer:
    """A room at prices that were agreed (fen a night): nothing is due before, calling off costs nothing."""
    rooms = Money(sum(nightly))
    taxes = tuple((tax.code, tax.of(rooms), tax.included) for tax in property.taxes)
    return Offer(
        type=kind.id,
        plan=plan.id,
        nightly=tuple(nightly),
        taxes=taxes,
        total=rooms + Money(sum(amount.amount for _, amount, included in taxes if not included)),
        due=Money(0),
        terms=Terms(steps=(), after=0),
    )


def require_people(stay: Stay, *, kind: RoomType) -> None:
    """Refuse more people than a room of this type takes."""
    if stay.adults + stay.children > kind.most or stay.adults < 1:
        raise TooManyPeople(most=kind.most)


def _extra(stay: Stay, *, kind: RoomType, plan: RatePlan) -> int:
    """Fen a night for people beyond those in the price: adults fill the included places first."""
    adults = max(0, stay.adults - kind.included)
    free = max(0, kind.included - stay.adults)
    return adults * plan.extra_adult + max(0, stay.children - free) * plan.extra_child


def _rule(sheets: Sheets, type: str, day: date) -> Rule:
    sheet = sheets.get((type, month_of(day)))
    return sheet.rule(day) if sheet is not None else FREE


def _length(day: date, length: int, *, least: int, most: int) -> None:
    if length < least:
        raise StayTooShort(day=day, nights=least)
    if most and length > most:
        raise StayTooLong(day=day, nights=most)

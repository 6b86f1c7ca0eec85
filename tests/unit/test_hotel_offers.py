"""Offers: which rule forbids a stay, what it and its cancelling cost. Statistics against the bulletins."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.money import Money
from tenants.hotel.domain.offer import (
    ClosedToArrival,
    ClosedToDeparture,
    NoPrice,
    NotOffered,
    Offer,
    StayInvalid,
    StayTooLong,
    StayTooShort,
    StopSell,
    TooManyPeople,
    offer,
    stay,
)
from tenants.hotel.domain.plan import Derived, Fee, RatePlan, root, terms
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.domain.refusals import SetupInvalid
from tenants.hotel.domain.sheet import Change, Rule, Sheet, days_in, months
from tenants.hotel.domain.statistics import RoomNights
from tests.hotel_world import DAY, INN, NOW, PLANS, kind

BY_ID = {plan.id: plan for plan in PLANS}
LAST = DAY + timedelta(days=3)


def sheets(
    rules: dict[date, Rule] | None = None, *, price: int | None = 30000
) -> dict[tuple[str, str], Sheet]:
    """October and November 2035 at one price, with these rules."""
    made = {}
    for month in ("203510", "203511"):
        found = {day.day: rule for day, rule in (rules or {}).items() if f"{day:%Y%m}" == month}
        prices = {"bar": (price,) * days_in(month)}
        made[("twin", month)] = Sheet(type="twin", month=month, prices=prices, rules=found)
    return made


def asked(
    arrive: date = DAY,
    depart: date = LAST,
    *,
    plan: str = "bar",
    adults: int = 2,
    children: int = 0,
    **more: Any,
) -> Offer:
    wanted = stay(arrive, depart, adults=adults, children=children, tonight=INN.night_of(NOW))
    return offer(
        wanted,
        kind=kind("twin", most=4),
        plan=BY_ID[plan],
        plans=BY_ID,
        sheets=sheets(**more),
        property=INN,
    )


def nights(rule: Rule, *days: int) -> dict[date, Rule]:
    return {DAY + timedelta(days=ahead): rule for ahead in days}


def test_a_stay_costs_its_nights_and_not_the_day_of_departure() -> None:
    found = asked()
    assert found.nightly == (30000, 30000, 30000)
    assert found.total == Money(90000)
    assert found.taxes == (("vat", Money(5094), True),)  # 6 % inside 900.00: 900 x 6 / 106 = 50.943…


def test_derived_plans_follow_their_base() -> None:
    assert asked(plan="breakfast").nightly == (33000,) * 3
    assert asked(plan="fixed").nightly == (25500,) * 3
    assert asked(plan="deposit").due == Money(27000)
    assert asked(plan="bar").due == Money(0)
    assert asked(plan="fixed").due == Money(76500)


def test_people_beyond_those_in_the_price_pay_and_there_is_an_end_to_them() -> None:
    assert asked(adults=3).nightly == (38000,) * 3
    assert asked(adults=1, children=1).nightly == (30000,) * 3
    with pytest.raises(TooManyPeople):
        asked(adults=5)


def test_taxes_on_top_raise_the_total_and_the_fees() -> None:
    site = Property(
        id="p",
        names={"zh": "p"},
        district="410185",
        taxes=(Tax(code="s", names={}, permille=100, included=False),),
    )
    wanted = stay(DAY, LAST, adults=2, children=0, tonight=INN.night_of(NOW))
    found = offer(wanted, kind=kind("twin"), plan=BY_ID["bar"], plans=BY_ID, sheets=sheets(), property=site)
    assert found.total == Money(99000)
    assert found.terms.after == 99000
    assert found.terms.steps[1].fee == 33000


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        (nights(Rule(stop_sell=True), 1), StopSell),
        (nights(Rule(stop_sell=True), 3), None),  # the day of departure is no night of the stay
        (nights(Rule(closed_to_arrival=True), 0), ClosedToArrival),
        (nights(Rule(closed_to_arrival=True), 1, 2, 3), None),
        (nights(Rule(closed_to_departure=True), 3), ClosedToDeparture),
        (nights(Rule(closed_to_departure=True), 0, 1, 2), None),
        # on arrival: asked of the first day only
        (nights(Rule(min_arrival=4), 0), StayTooShort),
        (nights(Rule(min_arrival=4), 1, 2), None),
        (nights(Rule(max_arrival=2), 0), StayTooLong),
        (nights(Rule(max_arrival=2), 1, 2), None),
        # through: asked of every night, but not of the day of departure
        (nights(Rule(min_through=4), 0), StayTooShort),
        (nights(Rule(min_through=4), 2), StayTooShort),
        (nights(Rule(min_through=4), 3), None),
        (nights(Rule(max_through=2), 1), StayTooLong),
        (nights(Rule(max_through=2), 3), None),
        (nights(Rule(min_arrival=3, max_arrival=3, min_through=3, max_through=3), 0, 1, 2), None),
    ],
)
def test_each_rule_binds_the_days_it_is_about(
    rules: dict[date, Rule], refusal: type[Exception] | None
) -> None:
    if refusal is None:
        assert asked(rules=rules).total == Money(90000)
    else:
        with pytest.raises(refusal):
            asked(rules=rules)


def test_a_departure_in_another_month_is_asked_there() -> None:
    first = date(2035, 11, 1)
    with pytest.raises(ClosedToDeparture):
        asked(date(2035, 10, 30), first, rules={first: Rule(closed_to_departure=True)})


def test_what_has_no_price_or_plan_is_not_sold() -> None:
    with pytest.raises(NoPrice):
        asked(price=None)
    narrow = RatePlan(id="narrow", names={"zh": "x"}, types=frozenset({"king"}))
    wanted = stay(DAY, LAST, adults=2, children=0, tonight=DAY)
    with pytest.raises(NotOffered):
        offer(wanted, kind=kind("twin"), plan=narrow, plans=BY_ID, sheets=sheets(), property=INN)


@pytest.mark.parametrize(("ahead", "length"), [(-9, 1), (0, 0), (0, -1), (0, 61), (900, 1)])
def test_a_stay_lies_ahead_and_has_nights(ahead: int, length: int) -> None:
    arrive = DAY + timedelta(days=ahead)
    with pytest.raises(StayInvalid):
        stay(arrive, arrive + timedelta(days=length), adults=1, children=0, tonight=INN.night_of(NOW))


def test_last_night_is_sold_until_six_in_the_morning() -> None:
    assert INN.night_of(datetime.fromisoformat("2035-10-03T05:59:00+08:00")) == date(2035, 10, 2)
    assert INN.night_of(datetime.fromisoformat("2035-10-03T06:00:00+08:00")) == date(2035, 10, 3)


def test_a_property_has_a_clock_of_its_own() -> None:
    tokyo = Property(id="t", names={"zh": "t"}, district="410185", zone="Asia/Tokyo")
    assert INN.arrival(DAY) - tokyo.arrival(DAY) == timedelta(hours=1)
    with pytest.raises(SetupInvalid):
        Property(id="t", names={"zh": "t"}, district="410185", zone="Moon/Base")
    with pytest.raises(SetupInvalid):
        Property(id="t", names={"zh": "t"}, district="410185", check_out=time(15))


def test_terms_are_instants_and_money() -> None:
    found = asked().terms
    arrival = INN.arrival(DAY)
    assert found.fee(now=arrival - timedelta(hours=48)) == 0  # up to and including the instant
    assert found.fee(now=arrival - timedelta(hours=47, minutes=59)) == 30000  # the first night
    assert found.fee(now=arrival - timedelta(hours=18)) == 30000
    assert found.fee(now=arrival - timedelta(hours=17)) == 90000
    assert asked(plan="fixed").terms.fee(now=NOW) == 76500


def test_a_derived_plan_stands_on_a_base_plan_only() -> None:
    second = RatePlan(id="x", names={"zh": "x"}, derived=Derived(plan="breakfast"))
    for plan in (second, RatePlan(id="y", names={"zh": "y"}, derived=Derived(plan="none"))):
        with pytest.raises(SetupInvalid):
            root(plan, BY_ID)


PRICES = st.lists(st.integers(0, 500_000), min_size=31, max_size=31)


@given(
    prices=PRICES,
    first=st.integers(1, 20),
    length=st.integers(1, 11),
    permille=st.integers(0, 2000),
    add=st.integers(-20_000, 20_000),
)
def test_an_offer_is_the_sum_of_its_nights(
    prices: list[int], first: int, length: int, permille: int, add: int
) -> None:
    plan = RatePlan(id="d", names={"zh": "d"}, derived=Derived(plan="bar", permille=permille, add=add))
    month = Sheet(type="twin", month="203512", prices={"bar": tuple(prices)})
    wanted = stay(
        date(2035, 12, first),
        date(2035, 12, first) + timedelta(days=length),
        adults=2,
        children=0,
        tonight=DAY,
    )
    found = offer(
        wanted,
        kind=kind("twin"),
        plan=plan,
        plans={**BY_ID, "d": plan},
        sheets={("twin", "203512"): month},
        property=INN,
    )
    assert found.total.amount == sum(found.nightly)
    for price, night in zip(prices[first - 1 :], found.nightly, strict=False):
        assert abs(night - max(0, price * permille / 1000 + add)) <= 0.5
    assert 0 <= found.taxes[0][1].amount <= found.total.amount


@given(
    length=st.integers(1, 10),
    rules=st.dictionaries(
        st.integers(0, 11),
        st.builds(
            Rule,
            stop_sell=st.just(False),
            closed_to_arrival=st.booleans(),
            closed_to_departure=st.booleans(),
            min_arrival=st.integers(0, 6),
            max_arrival=st.integers(0, 6),
            min_through=st.integers(0, 6),
            max_through=st.integers(0, 6),
        ),
        max_size=6,
    ),
)
def test_an_offer_is_refused_exactly_when_a_rule_forbids_it(length: int, rules: dict[int, Rule]) -> None:
    free = Rule()
    inside = [rules.get(ahead, free) for ahead in range(length)]
    first, last = inside[0], rules.get(length, free)
    forbidden = (
        first.closed_to_arrival
        or last.closed_to_departure
        or length < first.min_arrival
        or 0 < first.max_arrival < length
        or any(length < rule.min_through or 0 < rule.max_through < length for rule in inside)
    )
    by_day = {DAY + timedelta(days=ahead): rule for ahead, rule in rules.items()}
    depart = DAY + timedelta(days=length)
    if forbidden:
        with pytest.raises((ClosedToArrival, ClosedToDeparture, StayTooShort, StayTooLong)):
            asked(DAY, depart, rules=by_day)
    else:
        assert len(asked(DAY, depart, rules=by_day).nightly) == length


@given(
    nightly=st.lists(st.integers(0, 99_999), min_size=1, max_size=20),
    tiers=st.lists(
        st.builds(Fee, hours=st.integers(0, 400), permille=st.integers(0, 1000), nights=st.integers(0, 3)),
        max_size=4,
        unique_by=lambda fee: fee.hours,
    ),
    ahead=st.integers(-100, 500),
)
def test_a_fee_never_exceeds_the_stay(nightly: list[int], tiers: list[Fee], ahead: int) -> None:
    plan = RatePlan(id="p", names={"zh": "p"}, fees=tuple(tiers))
    arrival = INN.arrival(DAY)
    found = terms(plan.tiers, nightly, whole=sum(nightly), arrival=arrival)
    assert 0 <= found.fee(now=arrival - timedelta(hours=ahead)) <= sum(nightly)


def test_cells_keep_what_a_change_does_not_name() -> None:
    sheet = Sheet(type="twin", month="203510").with_changes(
        [
            (3, Change(plan="bar", price=100)),
            (3, Change(rule={"min_arrival": 2})),
            (3, Change(rule={"stop_sell": True})),
            (4, Change(plan="bar", price=200)),
            (4, Change(plan="bar", price=300)),
        ]
    )
    assert sheet.price("bar", date(2035, 10, 3)) == 100
    assert sheet.price("bar", date(2035, 10, 4)) == 300
    assert sheet.rule(date(2035, 10, 3)) == Rule(stop_sell=True, min_arrival=2)
    after = sheet.with_changes([(3, Change(rule={"min_arrival": 0, "stop_sell": False}))])
    assert after.rules == {}
    assert months(date(2035, 12, 31), date(2036, 2, 1)) == ("203512", "203601", "203602")


def test_figures_come_from_sums() -> None:
    both = RoomNights(rooms=200, out_of_order=2, let=80, revenue=2_500_000)
    assert both.available == 198
    assert both.average_price == Decimal("312.50")
    assert both.occupancy == Decimal("0.4040")
    assert both.revpar == Decimal("126.26")  # 25,000 / 198
    assert abs(both.average_price * both.occupancy - both.revpar) < Decimal("0.02")
    assert RoomNights(rooms=5, out_of_order=5, let=0, revenue=0).revpar == Decimal("0.00")

"""Orders by themselves: tiers, quotes, labels."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.commerce.orders.domain import (
    Fulfilment,
    HoldOver,
    Line,
    NotHeld,
    NothingToRefund,
    NotPaid,
    Order,
    Payment,
    State,
    Tier,
    Unit,
)
from chalicelib.commerce.orders.events import order_placed, payment_settled
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt

NOW = datetime(2035, 10, 2, 1, 30, tzinfo=UTC)
STARTS = NOW + timedelta(days=3)
POLICY = (Tier(hours=2, permille=800), Tier(hours=24, permille=1000), Tier(hours=0, permille=500))
SECOND = timedelta(seconds=1)


def order(*lines: tuple[int, int], paid: bool = True, **more: object) -> Order:
    """An order of lines (price, count)."""
    made = Order(
        id="or_" + "0" * 26,
        lines=tuple(
            Line(
                kind="ticket",
                product="entry",
                title="门票",
                option=str(number),
                resource="main",
                slot="am",
                starts=STARTS,
                ends=STARTS + timedelta(hours=4),
                count=count,
                price=price,
            )
            for number, (price, count) in enumerate(lines or ((8000, 1),))
        ),
        placed=NOW,
        until=NOW + timedelta(minutes=15),
        channel="online",
        locale="zh",
        policy=POLICY,
        holds=(),
        locks=(),
        people=b"",
        digest="",
    )
    if paid:
        receipt = Receipt(provider="fake", ref="p", method="card", amount=made.total, at=NOW)
        made = made.confirmed(receipt)
    return replace(made, **more)  # type: ignore[arg-type]


def units(of: Order, *, used: frozenset[int] = frozenset()) -> list[Unit]:
    lines = [index for index, line in enumerate(of.lines) for _ in range(line.count)]
    return [
        Unit(line=line, number=number, usable=number not in used)
        for number, line in enumerate(lines, start=1)
    ]


@pytest.mark.parametrize(
    ("before", "permille"),
    [
        (timedelta(days=3), 1000),
        (timedelta(hours=24), 1000),
        (timedelta(hours=24) - SECOND, 800),
        (timedelta(hours=2), 800),
        (timedelta(hours=2) - SECOND, 500),
        (timedelta(0), 500),
        (-SECOND, 0),
        (-timedelta(days=1), 0),
    ],
)
def test_each_tier_ends_on_its_second(before: timedelta, permille: int) -> None:
    of = order((8000, 2))
    now = STARTS - before
    assert of.permille(now=now) == permille
    quote = of.quote(units(of), now=now)
    assert (quote.amount.amount, quote.fee.amount) == (16 * permille, 16 * (1000 - permille))


def test_a_policy_without_tiers_gives_nothing_back() -> None:
    of = order((8000, 1), policy=())
    quote = of.quote(units(of), now=NOW)
    assert (quote.amount, quote.fee, quote.units) == (Money(0), Money(8000), ((1, 0),))


LINES = st.lists(st.tuples(st.integers(0, 100_001), st.integers(1, 4)), min_size=1, max_size=4)


@given(lines=LINES, ahead=st.integers(-10, 60), data=st.data())
def test_what_comes_back_and_what_stays_is_what_was_paid(
    lines: list[tuple[int, int]], ahead: int, data: st.DataObject
) -> None:
    of = order(*lines)
    all_ = units(of)
    now = STARTS - timedelta(hours=ahead)
    back = fee = 0
    while all_:
        chosen = data.draw(st.lists(st.sampled_from(all_), min_size=1, unique=True))
        quote = of.quote(chosen, now=now)
        paid = sum(of.lines[unit.line].price for unit in chosen)
        assert quote.amount + quote.fee == Money(paid)
        assert sum(fen for _, fen in quote.units) == quote.amount.amount
        assert {number for number, _ in quote.units} == {unit.number for unit in chosen}
        for unit, (_, fen) in zip(chosen, quote.units, strict=True):
            assert 0 <= fen <= of.lines[unit.line].price
        back, fee = back + quote.amount.amount, fee + quote.fee.amount
        all_ = [unit for unit in all_ if unit not in chosen]
    assert back + fee == of.total.amount
    assert 0 <= back <= of.total.amount


def test_used_units_are_not_quoted() -> None:
    of = order((8000, 2))
    quote = of.quote(units(of, used=frozenset({1})), now=NOW)
    assert quote.units == ((2, 8000),)
    with pytest.raises(NothingToRefund):
        of.quote(units(of, used=frozenset({1, 2})), now=NOW)


def test_what_was_not_paid_is_not_quoted() -> None:
    unpaid = order((8000, 1), paid=False)
    with pytest.raises(NotPaid):
        unpaid.quote(units(unpaid), now=NOW)
    cancelled = order((8000, 1), state=State.CANCELLED)
    with pytest.raises(NotPaid):
        cancelled.quote(units(cancelled), now=NOW)


def test_a_hold_lives_until_its_minute_and_no_longer() -> None:
    held = order(paid=False)
    held.require_held(now=held.until - SECOND)
    with pytest.raises(HoldOver):
        held.require_held(now=held.until)
    with pytest.raises(NotHeld):
        order().require_held(now=NOW)
    assert not order().over(now=held.until)


@pytest.mark.parametrize(
    ("state", "payment", "fulfilment", "label"),
    [
        (State.HELD, Payment.NONE, Fulfilment.NONE, "待付款"),
        (State.CONFIRMED, Payment.PAID, Fulfilment.ISSUED, "待使用"),
        (State.CONFIRMED, Payment.PAID, Fulfilment.PARTLY_USED, "待使用"),
        (State.CONFIRMED, Payment.PAID, Fulfilment.USED, "已完成"),
        (State.CONFIRMED, Payment.REFUNDING, Fulfilment.ISSUED, "售后中"),
        (State.CONFIRMED, Payment.PARTLY_REFUNDED, Fulfilment.ISSUED, "待使用"),
        (State.CONFIRMED, Payment.PARTLY_REFUNDED, Fulfilment.USED, "已完成"),
        (State.CANCELLED, Payment.REFUNDING, Fulfilment.ISSUED, "售后中"),
        (State.CANCELLED, Payment.REFUNDED, Fulfilment.NONE, "已关闭"),
        (State.CANCELLED, Payment.NONE, Fulfilment.NONE, "已关闭"),
    ],
)
def test_three_axes_make_one_word(state: State, payment: Payment, fulfilment: Fulfilment, label: str) -> None:
    found = order(state=state, payment=payment, fulfilment=fulfilment)
    assert found.label(now=NOW) == label


def test_a_hold_that_is_over_is_closed() -> None:
    held = order(paid=False)
    assert held.label(now=held.until - SECOND) == "待付款"
    assert held.label(now=held.until) == "已关闭"


def test_every_combination_of_the_axes_has_a_word() -> None:
    words = {"待付款", "待使用", "售后中", "已完成", "已关闭"}
    found = {
        order(state=state, payment=payment, fulfilment=fulfilment).label(now=NOW)
        for state, payment, fulfilment in product(State, Payment, Fulfilment)
    }
    assert found == words


def test_what_the_city_learns_of_a_sale_names_no_person() -> None:
    of = order((8000, 2), (0, 1))
    placed = order_placed(of, buyer="pseudonym", now=NOW)
    assert placed.data["amount"] == 16000
    assert placed.personal == "p1"
    assert placed.due == NOW + timedelta(minutes=1)
    back = payment_settled(of, amount=Money(8000), refund=True, now=NOW)
    assert (back.data["amount"], back.data["refund"], back.data["order"]) == (8000, True, of.id)

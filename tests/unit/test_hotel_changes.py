"""Changing a firm booking with fakes: other dates, fewer rooms; what it costs, what returns, what is free."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.commerce.orders.domain import Order, Payment, State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt
from tenants.hotel.domain.amending import AllCancelled, ChangeAtDesk, ChangeDiffers, NothingChanged
from tenants.hotel.domain.extra import Extra, Kind, Per
from tenants.hotel.domain.offer import ClosedToArrival
from tenants.hotel.domain.stay import StayState
from tenants.hotel.usecases import booking, changing, quoting, setting
from tenants.hotel.usecases.basket import Add, Booking, Rooms
from tests.hotel_world import CONTACT, DAY, INN, MemoryWorld

pytestmark = pytest.mark.unit
DAYS = timedelta(days=1)
PARKING = Extra(
    id="parking", site=INN.id, names={"zh": "停车位"}, kind=Kind.PARKING, per=Per.NIGHT, price=2000, most=3
)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    made.do(lambda hotel: setting.set_extra(PARKING, count=2, hotel=hotel))
    return made


def firm(
    world: MemoryWorld,
    *,
    plan: str = "bar",
    type: str = "twin",
    count: int = 1,
    nights: int = 2,
    extras: int = 0,
) -> Order:
    """A firm booking, paid or guaranteed as its plan wants."""
    asked = Booking(
        arrive=DAY,
        depart=DAY + nights * DAYS,
        rooms=(Rooms(type=type, plan=plan, count=count, adults=2),),
        extras=(Add(extra="parking", count=extras),) if extras else (),
        contact=CONTACT,
    )
    mark = Mark(command=f"{type}{plan}", digest="d")
    order: Order = world.do(lambda hotel: booking.hold(asked, mark=mark, hotel=hotel))
    return world.guarantee(order) if plan == "bar" else world.pay(order)


def quote(world: MemoryWorld, order: Order, how: quoting.Quote) -> Any:
    hotel = world.hotel(world.work())
    return changing.quote(hotel.orders.get(order.id), how, hotel=hotel)


def change(world: MemoryWorld, order: Order, how: quoting.Quote) -> Order:
    """For what the quote says."""
    shown = quote(world, order, how)
    agreed = (shown.pay.amount, shown.back.amount)
    made: Order = world.do(lambda hotel: changing.change(order.id, how, agreed=agreed, hotel=hotel))
    return made


def dates(first: int, nights: int) -> quoting.Quote:
    return quoting.dates_quote(DAY + first * DAYS, DAY + (first + nights) * DAYS)


def stays(world: MemoryWorld, order: Order) -> list[Any]:
    hotel = world.hotel(world.work())
    return [
        one for one in hotel.stays.of_order(hotel.orders.get(order.id)) if one.state is StayState.EXPECTED
    ]


def paid(world: MemoryWorld, order: Order, *, ref: str = "more") -> Order:
    amount = world.order(order).change
    assert amount is not None
    receipt = Receipt(provider="fake", ref=ref, method="card", amount=Money(amount.due), at=world.now)
    return booking.receive(order.id, receipt=receipt, unit=world.unit)


def test_a_guaranteed_stay_moves_at_once_and_only_the_new_nights_are_taken(world: MemoryWorld) -> None:
    order = firm(world, count=2)
    after = change(world, order, dates(1, 3))
    assert [world.left("twin", DAY + step * DAYS) for step in range(5)] == [3, 1, 1, 1, 3]
    assert after.total == Money(2 * 3 * 30000)
    assert [(one.arrive, one.depart) for one in stays(world, order)] == [(DAY + DAYS, DAY + 4 * DAYS)] * 2


def test_what_goes_with_the_nights_goes_along(world: MemoryWorld) -> None:
    order = firm(world, extras=2)
    after = change(world, order, dates(5, 1))
    assert {(hold.resource, hold.slot) for hold in after.holds} == {
        ("type:twin", "2035-10-15"),
        ("extra:parking", "2035-10-15"),
    }
    assert after.total == Money(30000 + 2 * 2000)


def test_a_longer_paid_stay_waits_for_its_payment_as_it_is(world: MemoryWorld) -> None:
    order = firm(world, plan="fixed")
    waiting = change(world, order, dates(0, 3))
    assert waiting.change is not None
    assert waiting.change.due == 25500
    assert waiting.total == order.total
    assert world.left("twin", DAY + 2 * DAYS) == 2
    after = paid(world, order)
    assert (after.total, after.paid, after.change) == (Money(76500), Money(76500), None)
    assert [receipt.ref for receipt in after.receipts] == [order.receipt and order.receipt.ref, "more"]
    assert len(stays(world, order)) == 1


def test_the_same_message_of_money_changes_once(world: MemoryWorld) -> None:
    order = firm(world, plan="fixed")
    change(world, order, dates(0, 3))
    receipt = Receipt(provider="fake", ref="more", method="card", amount=Money(25500), at=world.now)
    first = booking.receive(order.id, receipt=receipt, unit=world.unit)
    again = booking.receive(order.id, receipt=receipt, unit=world.unit)
    assert (first.version, again.version) == (first.version, first.version)
    assert not world.memory.owed


def test_money_for_a_night_sold_meanwhile_goes_back_and_the_stay_stays(world: MemoryWorld) -> None:
    order = firm(world, plan="fixed", type="king")
    waiting = change(world, order, dates(0, 3))
    world.now += timedelta(minutes=20)
    world.hold("king", key="other", day=DAY + 2 * DAYS, count=2)
    receipt = Receipt(provider="fake", ref="late", method="card", amount=Money(34000), at=world.now)
    assert waiting.change is not None
    assert waiting.change.due == 34000
    after = booking.receive(order.id, receipt=receipt, unit=world.unit)
    assert (after.state, after.change, after.total) == (State.CONFIRMED, None, order.total)
    assert [owed.amount for owed in world.memory.owed.values()] == [Money(34000)]
    world.settle()
    booking.receive(order.id, receipt=receipt, unit=world.unit)  # told once more
    kept = world.order(order)
    assert (kept.payment, kept.paid, world.memory.owed) == (Payment.PAID, order.total, {})
    told = [said["data"] for said in world.said() if said["type"].endswith("payment.settled.v1")]
    late = [(one["refund"], one["method"]) for one in told if one["amount"] == 34000]
    assert sorted(late) == [(False, "card"), (True, "card")]


def test_a_hold_that_is_over_is_claimed_again_when_the_money_comes(world: MemoryWorld) -> None:
    order = firm(world, plan="fixed")
    change(world, order, dates(0, 3))
    world.now += timedelta(minutes=20)
    world.hold("twin", key="other", day=DAY + 2 * DAYS, count=2)
    assert paid(world, order).total == Money(76500)
    assert world.left("twin", DAY + 2 * DAYS) == 0


def test_a_shorter_stay_returns_what_its_terms_leave(world: MemoryWorld) -> None:
    order = firm(world, plan="deposit", nights=4)  # a tenth until a day before
    shown = quote(world, order, dates(0, 1))
    assert (shown.pay, shown.back) == (Money(0), Money(6000))  # 36,000 were paid, a night costs 30,000


def test_no_change_returns_more_than_cancelling_would(world: MemoryWorld) -> None:
    order = firm(world, plan="fixed", nights=4)  # nothing comes back of it
    shown = quote(world, order, dates(10, 1))
    assert (shown.back, shown.fee, shown.total) == (Money(0), Money(76500), Money(102000))
    after = change(world, order, dates(10, 1))
    assert [(line.kind, line.total) for line in after.live] == [("night", 25500), ("fee", 76500)]
    assert world.quote(after).fee == Money(102000)


def test_moving_a_stay_on_does_not_shake_off_its_fee(world: MemoryWorld) -> None:
    order = firm(world, plan="bar")
    world.now = INN.arrival(DAY) - timedelta(hours=24)  # a night's price by now
    assert world.quote(order).fee == Money(30000)
    after = change(world, order, dates(30, 2))
    assert world.quote(after).fee == Money(30000)


def test_one_of_two_rooms_is_cancelled_for_its_own_fee(world: MemoryWorld) -> None:
    order = firm(world, plan="fixed", count=2)
    with pytest.raises(ChangeDiffers):
        world.do(
            lambda hotel: changing.change(order.id, quoting.fewer_quote(0, 1), agreed=(0, 1), hotel=hotel)
        )
    after = change(world, order, quoting.fewer_quote(0, 1))
    assert [(line.kind, line.count, line.total) for line in after.live] == [
        ("night", 1, 51000),
        ("fee", 1, 51000),
    ]
    assert world.left() == 2
    assert len(stays(world, order)) == 1


def test_a_free_cancellation_of_one_room_returns_its_price(world: MemoryWorld) -> None:
    order = world.pay(firm(world, count=2))
    after = change(world, order, quoting.fewer_quote(0, 1))
    assert (after.total, after.refunded, after.payment) == (Money(60000), 60000, Payment.REFUNDING)
    assert world.settle() == 1
    assert world.order(order).payment is Payment.PARTLY_REFUNDED


def test_what_goes_back_of_two_payments_is_taken_from_the_last_one_first(world: MemoryWorld) -> None:
    order = firm(world, plan="deposit", nights=4)
    change(world, order, dates(0, 10))
    after = paid(world, order)
    assert [receipt.amount for receipt in after.receipts] == [Money(36000), Money(54000)]
    world.cancel(after)  # a tenth stays
    assert sorted(owed.amount for owed in world.memory.owed.values()) == [Money(6000), Money(54000)]
    assert world.settle() == 2
    assert world.order(order).payment is Payment.REFUNDED


def test_the_last_room_is_not_given_up_by_a_change(world: MemoryWorld) -> None:
    with pytest.raises(AllCancelled):
        quote(world, firm(world), quoting.fewer_quote(0, 1))


def test_a_change_that_is_none_and_dates_that_are_closed_are_refused(world: MemoryWorld) -> None:
    order = firm(world)
    with pytest.raises(NothingChanged):
        quote(world, order, dates(0, 2))
    world.rule("twin", DAY + 5 * DAYS, closed_to_arrival=True)
    with pytest.raises(ClosedToArrival):
        quote(world, order, dates(5, 1))


def test_a_night_without_places_refuses_and_leaves_everything(world: MemoryWorld) -> None:
    order = firm(world)
    world.hold("twin", key="all", day=DAY + 2 * DAYS, count=3)
    with pytest.raises(SoldOut):
        change(world, order, dates(1, 2))
    assert world.order(order) == order
    assert world.left("twin", DAY) == 2


def test_a_stay_that_the_desk_has_changed_is_changed_at_the_desk(world: MemoryWorld) -> None:
    order = firm(world)
    one = stays(world, order)[0]
    world.memory.stays[one.id] = replace(one, depart=DAY + 3 * DAYS)
    with pytest.raises(ChangeAtDesk):
        quote(world, order, dates(3, 1))


def test_a_change_given_up_returns_its_places(world: MemoryWorld) -> None:
    order = firm(world, plan="fixed")
    change(world, order, dates(0, 3))
    world.do(lambda hotel: changing.keep(order.id, hotel=hotel))
    assert world.order(order).change is None
    assert world.left("twin", DAY + 2 * DAYS) == 3


@given(first=st.integers(0, 6), nights=st.integers(1, 5), plan=st.sampled_from(["bar", "fixed", "deposit"]))
@settings(max_examples=40, deadline=None)
def test_places_and_money_are_conserved(first: int, nights: int, plan: str) -> None:
    made = MemoryWorld()
    made.set_up(twins=2)
    order = firm(made, plan=plan, count=2)
    try:
        after = change(made, order, dates(first, nights))
    except NothingChanged:
        return
    if after.change is not None:
        after = paid(made, order)
    wanted = {DAY + step * DAYS for step in range(first, first + nights)}
    around = [DAY + step * DAYS for step in range(-1, 14)]
    assert [made.left("twin", day) for day in around] == [0 if day in wanted else 2 for day in around]
    assert after.paid.amount + sum(owed.amount.amount for owed in made.memory.owed.values()) == sum(
        receipt.amount.amount for receipt in after.receipts
    )
    assert after.paid <= after.total

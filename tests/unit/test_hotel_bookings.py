"""Bookings with fakes: holding, paying, guaranteeing, cancelling; what is said; what a search answers."""

from datetime import timedelta

import pytest

from chalicelib.commerce.orders.domain import AmountDiffers, HoldOver, NotHeld, Payment, State
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import KeyReused
from chalicelib.messaging.schemas import contracts
from tenants.hotel.domain.booking import FeeChanged, NeedsMoney, NotBooked, PriceChanged
from tenants.hotel.domain.offer import ClosedToArrival
from tenants.hotel.usecases import booking, search
from tests.hotel_world import CONTACT, DAY, INN, MemoryWorld

DAYS = timedelta(days=1)


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def test_a_stay_is_held_and_paid_and_said(world: MemoryWorld) -> None:
    order = world.hold(nights=3, count=2, plan="fixed")
    assert order.state is State.HELD
    assert order.total.amount == 2 * 3 * 25500
    assert [world.left(day=DAY + ahead * DAYS) for ahead in (-1, 0, 1, 2, 3)] == [3, 1, 1, 1, 3]
    paid = world.pay(order)
    assert (paid.state, paid.payment) == (State.CONFIRMED, Payment.PAID)
    assert world.said_of("lodging.availability.changed") == [
        {"roomType": "twin", "date": (DAY + ahead * DAYS).isoformat(), "free": 1, "outOfOrder": 0}
        for ahead in range(3)
    ]
    placed = world.said_of("commerce.order.placed")[0]
    assert (placed["element"], placed["productKind"], placed["amount"]) == ("住", "night", 153000)
    for said in world.said():
        contracts()[said["type"]].check(said["data"])
        assert CONTACT["phone"] not in f"{said}"
        assert CONTACT["name"] not in f"{said}"


def test_the_same_command_is_the_same_booking(world: MemoryWorld) -> None:
    first, second = world.hold(count=3, key="k"), world.hold(count=3, key="k")
    assert first.id == second.id
    assert world.left() == 0
    with pytest.raises(KeyReused):
        world.hold(count=1, key="k")
    with pytest.raises(SoldOut):
        world.hold(key="other")


def test_a_hold_that_is_over_is_sold_again(world: MemoryWorld) -> None:
    order = world.hold(count=3)
    world.now += timedelta(minutes=16)
    other = world.hold(count=3, key="k2")
    with pytest.raises(HoldOver):
        world.pay(order)
    assert world.guarantee(other).state is State.CONFIRMED


def test_a_price_that_moved_is_refused(world: MemoryWorld) -> None:
    with pytest.raises(PriceChanged):
        world.hold(agreed=29999)
    world.rule("twin", DAY, closed_to_arrival=True)
    with pytest.raises(ClosedToArrival):
        world.hold()
    assert world.left() == 3


def test_what_is_due_makes_it_firm(world: MemoryWorld) -> None:
    order = world.hold(plan="deposit", nights=2)
    with pytest.raises(AmountDiffers):
        world.pay(order, 60000)
    with pytest.raises(NeedsMoney):
        world.guarantee(order)
    paid = world.pay(order, 18000)
    assert paid.receipt is not None
    assert paid.receipt.amount.amount == 18000
    shown = world.quote(paid)
    assert (shown.fee.amount, shown.back.amount, shown.owing.amount) == (6000, 12000, 0)


def test_a_guarantee_is_firm_without_money_and_can_be_paid(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold())
    assert (order.state, order.payment, order.receipt) == (State.CONFIRMED, Payment.NONE, None)
    world.now += timedelta(hours=1)
    assert world.left() == 2
    paid = world.pay(order)
    assert paid.payment is Payment.PAID
    with pytest.raises(NotBooked):
        world.pay(order)
    assert [said["amount"] for said in world.said_of("commerce.payment.settled")] == [30000]


def test_cancelling_shows_its_money_first(world: MemoryWorld) -> None:
    order = world.pay(world.guarantee(world.hold(nights=2, count=2)))
    shown = world.quote(order)
    assert (shown.fee.amount, shown.back.amount) == (0, 120000)
    assert shown.next.until == INN.arrival(DAY) - timedelta(hours=48)
    world.now = INN.arrival(DAY) - timedelta(hours=20)
    with pytest.raises(FeeChanged):
        world.do(lambda hotel: booking.cancel(order.id, agreed=(0, 120000), hotel=hotel))
    gone = world.cancel(order)
    assert (gone.state, gone.payment, gone.refunded) == (State.CANCELLED, Payment.REFUNDING, 60000)
    assert world.left() == 3
    assert world.said_of("lodging.availability.changed")[-1]["free"] == 3
    assert world.settle() == 1
    assert world.settle() == 0
    assert world.payments.sent == 60000
    assert world.order(order).payment is Payment.REFUNDED
    with pytest.raises(NotBooked):
        world.quote(order)


def test_an_unpaid_guarantee_leaves_its_fee_open(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold())
    world.now = INN.arrival(DAY)
    shown = world.quote(order)
    assert (shown.fee.amount, shown.back.amount, shown.owing.amount) == (30000, 0, 30000)
    assert world.cancel(order).payment is Payment.NONE
    assert world.settle() == 0


def test_a_hold_is_let_go_for_nothing(world: MemoryWorld) -> None:
    order = world.hold(count=3)
    assert world.cancel(order).state is State.CANCELLED
    assert world.left() == 3
    with pytest.raises(NotHeld):
        world.guarantee(order)


def test_a_search_says_what_is_left_and_why_not(world: MemoryWorld) -> None:
    world.house_("301", "302")
    world.hold("king", key="a", day=DAY + DAYS)
    world.rule("twin", DAY + DAYS, stop_sell=True)
    asked = search.Asked(arrive=DAY, depart=DAY + 3 * DAYS)
    found = {
        one.kind.id: one for one in world.do(lambda hotel: search.availability(asked, hotel=hotel)).found
    }
    assert (found["king"].left, found["villa"].left) == (1, 0)
    assert [offer.plan for offer in found["king"].offers] == ["bar", "breakfast", "fixed", "deposit"]
    assert found["twin"].offers == ()
    assert found["twin"].forbidden is not None
    assert found["twin"].forbidden.code == "hotel.offer.stop-sell"

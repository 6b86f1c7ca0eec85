"""Changes of firm bookings on the engine: kept whole in rows, never a place too many, whoever is first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from chalicelib.commerce.orders.domain import Order, Payment, State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import Clash
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt
from chalicelib.persistence.journal import audited
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.extra import Extra, Kind, Per
from tenants.hotel.domain.waiving import Why
from tenants.hotel.usecases import booking, changing, quoting, rebooking, setting
from tenants.hotel.usecases.basket import Add, Booking, Rooms
from tests.hotel_world import CONTACT, DAY, INN, EngineWorld, context

pytestmark = pytest.mark.component
DAYS = timedelta(days=1)
PARKING = Extra(
    id="parking", site=INN.id, names={"zh": "停车位"}, kind=Kind.PARKING, per=Per.NIGHT, price=2000, most=3
)


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        made = EngineWorld()
        made.set_up()
        made.do(lambda hotel: setting.set_extra(PARKING, count=2, hotel=hotel))
        yield made


def firm(world: EngineWorld, *, key: str, plan: str = "bar", count: int = 1, parking: int = 0) -> Order:
    """Two nights of twins from ``DAY``."""
    asked = Booking(
        arrive=DAY,
        depart=DAY + 2 * DAYS,
        rooms=(Rooms(type="twin", plan=plan, count=count, adults=2),),
        extras=(Add(extra="parking", count=parking),) if parking else (),
        contact=CONTACT,
    )
    held: Order = world.do(lambda hotel: booking.hold(asked, mark=Mark(command=key, digest=key), hotel=hotel))
    return world.guarantee(held) if plan == "bar" else world.pay(held)


def change(world: EngineWorld, order: Order, first: int, nights: int) -> Order:
    """For what the quote says."""
    how = quoting.dates_quote(DAY + first * DAYS, DAY + (first + nights) * DAYS)
    hotel = world.hotel(world.work())
    shown = changing.quote(hotel.orders.get(order.id), how, hotel=hotel)
    agreed = (shown.pay.amount, shown.back.amount)
    made: Order = world.do(lambda hotel: changing.change(order.id, how, agreed=agreed, hotel=hotel))
    return made


def test_a_change_is_paid_made_and_cancelled_with_every_fen_accounted_for(world: EngineWorld) -> None:
    order = firm(world, key="a", plan="fixed", parking=1)
    waiting = change(world, order, 1, 3)
    assert world.order(order) == waiting
    assert waiting.change is not None
    more = Receipt(provider="fake", ref="more", method="card", amount=Money(waiting.change.due), at=world.now)
    after = booking.receive(order.id, receipt=more, unit=world.unit)
    assert world.order(order) == after
    assert after.total == after.paid == Money(3 * 25500 + 3 * 2000)
    assert [world.left("twin", DAY + step * DAYS) for step in range(5)] == [3, 2, 2, 2, 3]
    cancelled = world.cancel(after)
    assert (cancelled.state, cancelled.payment) == (State.CANCELLED, Payment.REFUNDING)
    assert world.left("twin", DAY + DAYS) == 3
    assert world.settle() == 1
    assert world.payments.sent == 3 * 2000  # the parking place, free to give up; the room is not


def test_of_two_changes_for_the_last_room_one_is_made(world: EngineWorld) -> None:
    target = DAY + 5 * DAYS
    world.hold("twin", key="others", day=target, count=2)
    movers = [firm(world, key=name) for name in ("a", "b")]
    barrier = Barrier(2)

    def move(number: int) -> bool:
        with bind(context(actor=f"key:{number}")):
            barrier.wait()
            try:
                change(world, movers[number], 5, 1)
            except (SoldOut, Clash):
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(move, range(2)))
    assert sorted(made) == [False, True]
    assert world.left("twin", target) == 0
    assert world.left("twin", DAY) == 2


def test_the_last_parking_place_is_sold_once(world: EngineWorld) -> None:
    firm(world, key="two", parking=2)
    with pytest.raises(SoldOut):
        firm(world, key="more", parking=1)
    assert world.left() == 2


def test_the_desk_moves_one_room_and_cancels_another_and_why_is_kept(world: EngineWorld) -> None:
    order = firm(world, key="d", plan="fixed", count=2)
    one, other = world.stays(order)
    new = world.do(
        lambda hotel: rebooking.change_dates(
            one, DAY + DAYS, DAY + 3 * DAYS, whole=False, agreed=(102000, 0), hotel=hotel
        )
    )
    assert {stay.id for stay in world.stays(world.order(order))} == {other.id, new}
    assert [world.left("twin", DAY + step * DAYS) for step in range(4)] == [2, 1, 2, 3]
    world.do(lambda hotel: rebooking.give_up(other, agreed=(0, 51000), why=Why.WEATHER, hotel=hotel))
    assert [world.left("twin", DAY + step * DAYS) for step in range(4)] == [3, 2, 2, 3]
    assert [stay.id for stay in world.stays(world.order(order))] == [new]
    kept = [row.reason for row in audited(day=world.now.date()) if row.reason]
    assert kept == [f"fee-waived|weather|51000|{other.id}"]

"""What orders promise, whoever keeps them: in memory (unit) and on the engine (component)."""

from datetime import timedelta

import pytest

from chalicelib.commerce.orders.domain import (
    AlreadyHas,
    Fulfilment,
    HoldOver,
    NotHeld,
    Order,
    Payment,
    State,
)
from chalicelib.commerce.orders.usecases import HOLD_FOR
from chalicelib.commerce.stock import HoldLost, SoldOut
from chalicelib.kernel.errors import Clash, KeyReused, Missing
from chalicelib.persistence.unit_of_work import AlreadyDone, Command
from tenants.scenic.usecases import sale
from tests.scenic_world import NIGHT, NOW, World, person

SECOND = timedelta(seconds=1)
OVER = NOW + HOLD_FOR + SECOND
CONFIRMED = ["commerce.order.placed", "commerce.payment.settled", "scenic.ticket.issued"]


class OrdersContract:
    """Hold, pay, confirm, give back. ``world`` has 3 places a session, one of which these tests fight for."""

    def test_a_held_order_is_kept_as_it_was_made(self, world: World) -> None:
        order = world.hold(person(1), person(2))
        assert world.order(order) == order
        assert (order.state, order.payment, order.fulfilment) == (
            State.HELD,
            Payment.NONE,
            Fulfilment.NONE,
        )
        assert order.until == NOW + HOLD_FOR
        assert world.left() == 1
        assert world.said() == []

    def test_the_same_command_again_gets_the_same_order(self, world: World) -> None:
        first = world.hold(person(1), person(2))
        world.now += timedelta(minutes=5)
        assert world.hold(person(1), person(2)) == first
        assert world.left() == 1

    def test_the_same_command_again_gets_its_order_after_it_was_paid_cancelled_or_over(
        self, world: World
    ) -> None:
        paid = world.pay(world.hold(person(1), key="paid"))
        cancelled = world.cancel(world.hold(person(2), key="cancelled"))
        over = world.hold(person(3), key="over")
        world.now += timedelta(hours=1)
        assert world.hold(person(1), key="paid") == paid
        assert world.hold(person(2), key="cancelled") == cancelled
        assert world.hold(person(3), key="over") == over
        assert world.left() == 2

    @pytest.mark.parametrize("others", [(1,), (2,), (1, 2)])
    def test_the_same_key_with_another_body_is_refused(self, world: World, others: tuple[int, ...]) -> None:
        world.hold(person(1), says="one thing")
        with pytest.raises(KeyReused):
            world.hold(*map(person, others), says="another")
        assert world.left() == 2

    def test_a_person_has_one_place_a_day(self, world: World) -> None:
        world.hold(person(1))
        with pytest.raises(AlreadyHas) as refused:
            world.hold(person(1), key="k2", start=NIGHT)
        assert refused.value.facts["tail"] == person(1).document.tail
        world.hold(person(1), key="k3", day=NOW.date() + timedelta(days=1))

    def test_who_comes_with_somebody_who_has_a_place_is_free_again(self, world: World) -> None:
        world.hold(person(1))
        with pytest.raises(AlreadyHas):
            world.hold(person(2), person(1), key="k2")
        assert world.hold(person(2), key="k3").count == 1
        assert world.left() == 1

    def test_who_finds_it_sold_out_is_free_to_book_elsewhere(self, world: World) -> None:
        world.hold(person(1), person(2), person(3))
        with pytest.raises(SoldOut) as refused:
            world.hold(person(4), key="k2")
        assert refused.value.facts == {"left": 0, "wanted": 1}
        assert world.hold(person(4), key="k2", start=NIGHT).count == 1

    def test_a_hold_that_is_over_frees_person_and_place_by_itself(self, world: World) -> None:
        held = world.hold(person(1), person(2), person(3))
        world.now = OVER
        assert world.order(held).over(now=world.now)
        assert world.left() == 3
        assert world.hold(person(1), person(2), person(3), key="k2").id != held.id

    def test_a_command_that_broke_off_is_taken_up_again(self, world: World) -> None:
        """Locks and hold were written, the order was not: the retry finishes it, to the same minute."""

        class Broken(Exception):
            pass

        def break_off(order: Order) -> bool:
            raise Broken

        def act(shop: object) -> None:
            shop.orders.create = break_off  # type: ignore[attr-defined]
            wish = sale.Booking(
                product="entry",
                day=NOW.date(),
                start=NIGHT,
                visitors=(person(1),),
                channel="desk",
                locale="zh",
            )
            sale.hold(wish, mark=sale.Mark(command="k1", digest="same"), shop=shop)  # type: ignore[arg-type]

        with pytest.raises(Broken):
            world.do(act)
        assert world.left(start=NIGHT) == 2
        world.now += timedelta(minutes=10)
        order = world.hold(person(1), start=NIGHT, says="same")
        assert order.until == NOW + HOLD_FOR
        assert world.left(start=NIGHT) == 2
        assert world.pay(order).state is State.CONFIRMED

    def test_paying_confirms_and_issues_and_says_so_once(self, world: World) -> None:
        order = world.pay(world.hold(person(1), person(2)))
        assert (order.state, order.payment, order.fulfilment) == (
            State.CONFIRMED,
            Payment.PAID,
            Fulfilment.ISSUED,
        )
        assert world.order(order) == order
        assert world.types() == CONFIRMED
        world.now = OVER
        assert world.left() == 1
        with pytest.raises(AlreadyHas):
            world.hold(person(1), key="k2", start=NIGHT)

    def test_an_order_is_paid_once(self, world: World) -> None:
        order = world.pay(world.hold())
        with pytest.raises(NotHeld):
            world.pay(order)
        assert world.types() == CONFIRMED

    def test_a_desk_takes_no_money_for_a_hold_that_is_over(self, world: World) -> None:
        order = world.hold()
        world.now = OVER
        with pytest.raises(HoldOver):
            world.pay(order)

    def test_an_order_nobody_knows_is_missing(self, world: World) -> None:
        for id in ("or_" + "0" * 26, "or_1", "../x"):
            with pytest.raises(Missing):
                world.do(lambda shop, id=id: shop.orders.get(id))

    def test_a_cancelled_hold_frees_person_and_place_at_once(self, world: World) -> None:
        order = world.cancel(world.hold(person(1), person(2), person(3)))
        assert order.state is State.CANCELLED
        assert world.left() == 3
        assert world.hold(person(1), person(2), person(3), key="k2").count == 3
        with pytest.raises(NotHeld):
            world.cancel(order)

    def test_who_cancels_while_it_is_being_paid_gives_no_paid_place_back(self, world: World) -> None:
        """The desk cancels the order it saw held; in between the money came. The place stays sold."""
        order = world.hold(person(1))
        work = world.work()
        shop = world.shop(work)
        sale.cancel(order.id, shop=shop)
        world.pay(order)
        with pytest.raises(Clash):
            work.commit()
        assert world.left() == 2
        assert world.order(order).state is State.CONFIRMED

    def test_two_works_on_one_order_do_not_both_succeed(self, world: World) -> None:
        order = world.hold()
        one, other = world.work(), world.work()
        sale.cancel(order.id, shop=world.shop(one))
        sale.cancel(order.id, shop=world.shop(other))
        one.commit()
        with pytest.raises(Clash):
            other.commit()
        assert world.left() == 3

    def test_a_confirmation_whose_places_are_gone_is_refused_whole(self, world: World) -> None:
        order = world.hold(person(1))
        world.now = OVER
        world.pay(world.hold(person(4), person(5), person(6), key="k2"))
        before = world.types()
        with pytest.raises(HoldLost):
            world.do(lambda shop: sale._confirm(shop.orders.get(order.id), _receipt(order), shop))
        assert world.order(order).state is State.HELD
        assert world.types() == before

    def test_a_command_is_carried_out_once_and_answers_the_same(self, world: World) -> None:
        order, command = world.hold(), Command(key="pay", digest="d")

        def pay(shop: object) -> None:
            sale._confirm(order, _receipt(order), shop)  # type: ignore[arg-type]

        world.do(pay, command=command, answer={"id": order.id})
        with pytest.raises(AlreadyDone) as done:
            world.do(pay, command=command, answer={"id": "other"})
        assert done.value.answer == {"id": order.id}
        with pytest.raises(KeyReused):
            world.do(pay, command=Command(key="pay", digest="e"))
        assert world.types() == CONFIRMED

    def test_a_hold_lasts_as_long_as_its_payment_may_take(self, world: World) -> None:
        order = world.hold(person(1))
        started = world.do(
            lambda shop: sale.start_payment(
                order, method="alipay", urls=("a", "b"), payments=world.payments, shop=shop
            )
        )
        kept = world.order(order)
        assert (kept.paying, kept.until) == (started.ref, NOW + timedelta(minutes=31))
        world.now = NOW + timedelta(minutes=30)
        assert world.left() == 2
        with pytest.raises(AlreadyHas):
            world.hold(person(1), key="k2", start=NIGHT)
        assert world.receive(order).state is State.CONFIRMED


def _receipt(order: Order) -> sale.Receipt:
    return sale.Receipt(provider="fake", ref="pay-1", method="card", amount=order.total, at=NOW)

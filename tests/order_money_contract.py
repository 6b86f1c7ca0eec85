"""What orders promise of money that comes late, twice or goes back; whoever keeps them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from chalicelib.commerce.orders.domain import (
    AlreadyHas,
    Fulfilment,
    NothingToRefund,
    NotPaid,
    Order,
    Payment,
    QuoteChanged,
    State,
)
from chalicelib.commerce.orders.usecases import HOLD_FOR, LOST_PERSON, LOST_PLACE
from chalicelib.kernel.money import Money
from tenants.scenic.usecases import sale
from tests.scenic_world import NIGHT, NOW, World, person

SECOND = timedelta(seconds=1)
OVER = NOW + HOLD_FOR + SECOND
CONFIRMED = ["commerce.order.placed", "commerce.payment.settled", "scenic.ticket.issued"]


class OrdersMoneyContract:
    """Late money, the same money again, refunds. ``world`` as in ``OrdersContract``."""

    def test_money_for_a_hold_that_is_over_but_not_taken_confirms_it(self, world: World) -> None:
        order = world.hold()
        world.now = OVER
        assert world.receive(order).state is State.CONFIRMED
        assert world.left() == 2

    def test_money_for_places_taken_back_gets_others(self, world: World) -> None:
        order = world.hold(person(1), person(2))
        world.now = OVER
        world.pay(world.hold(person(4), person(5), person(6), key="k2"))
        world.refund(world.order(world.hold(person(4), person(5), person(6), key="k2")), [1, 2])
        world.now += timedelta(seconds=2)
        after = world.receive(order)
        assert after.state is State.CONFIRMED
        assert sum(hold.count for hold in after.holds) == 2
        assert world.left() == 0

    def test_money_for_places_that_were_sold_goes_back_whole(self, world: World) -> None:
        order = world.hold(person(1), person(2))
        world.now = OVER
        world.pay(world.hold(person(4), person(5), person(6), key="k2"))
        after = world.receive(order)
        assert (after.state, after.payment, after.reason) == (
            State.CANCELLED,
            Payment.REFUNDING,
            LOST_PLACE,
        )
        assert after.refunded == order.total.amount
        assert world.settle() == 1
        assert world.payments.sent == order.total.amount
        assert world.order(order).payment is Payment.REFUNDED
        assert world.left() == 0

    def test_money_for_a_person_who_booked_otherwise_goes_back_whole(self, world: World) -> None:
        order = world.hold(person(1))
        world.now = OVER
        world.pay(world.hold(person(1), key="k2", start=NIGHT))
        after = world.receive(order)
        assert (after.state, after.reason) == (State.CANCELLED, LOST_PERSON)
        assert world.settle() == 1
        assert world.payments.sent == order.total.amount

    def test_money_for_a_cancelled_order_goes_back_whole(self, world: World) -> None:
        order = world.cancel(world.hold())
        assert world.receive(order).payment is Payment.REFUNDING
        assert world.settle() == 1
        assert world.payments.sent == order.total.amount

    def test_the_same_money_told_twice_is_the_same_money(self, world: World) -> None:
        order = world.receive(world.hold())
        assert world.receive(order) == order
        assert world.settle() == 0
        assert world.types() == CONFIRMED

    @pytest.mark.parametrize("moment", ["scenic.turn-away", "scenic.confirm-order"])
    def test_the_same_money_told_twice_at_once_goes_back_once(self, world: World, moment: str) -> None:
        """A second message of the payment overtakes the first one just before it acts."""
        order = world.hold(person(1), person(2))
        world.now = OVER
        world.pay(world.hold(person(4), person(5), person(6), key="k2"))
        plain, begun = world.unit, Counter[str]()

        @contextmanager
        def overtaken(action: str) -> Iterator[object]:
            begun[action] += 1
            if action == moment and begun[action] == (2 if moment == "scenic.confirm-order" else 1):
                world.receive(order)
            with plain(action) as shop:
                yield shop

        after = sale.receive(order.id, receipt=_receipt(order), unit=overtaken)
        assert (after.state, after.payment) == (State.CANCELLED, Payment.REFUNDING)
        assert world.settle() == 1
        assert world.payments.sent == order.total.amount
        assert world.left() == 0

    def test_a_second_payment_goes_back_whole_however_often_it_is_told(self, world: World) -> None:
        order = world.receive(world.hold(), "pay-1")
        for _ in range(3):
            assert world.receive(order, "pay-2").state is State.CONFIRMED
        assert world.settle() == 1
        assert world.payments.refunds == {"rf-pay-2": ("pay-2", order.total)}
        assert world.receive(order, "pay-2").payment is Payment.PAID  # told once more, days later
        assert world.settle() == 0
        kept = world.order(order)
        assert (kept.payment, kept.refunded, kept.paid) == (Payment.PAID, 0, order.total)
        assert _moved(world) == [("alipay", 8001, False)] * 2 + [("alipay", 8001, True)]

    def test_a_whole_refund_returns_places_people_and_money(self, world: World) -> None:
        order = world.pay(world.hold(person(1), person(2)))
        after = world.refund(order)
        assert (after.state, after.payment) == (State.CANCELLED, Payment.REFUNDING)
        assert world.left() == 3
        assert world.settle() == 1
        kept = world.order(order)
        assert (kept.payment, kept.fulfilment) == (Payment.REFUNDED, Fulfilment.NONE)
        assert kept.refunded == world.payments.sent == (order.total.amount * 8 + 5) // 10
        assert world.hold(person(1), person(2), key="k2").count == 2

    def test_tickets_given_back_one_by_one_end_the_order_with_the_last(self, world: World) -> None:
        order = world.pay(world.hold(person(1), person(2), person(3)))
        for number, state in ((2, State.CONFIRMED), (1, State.CONFIRMED), (3, State.CANCELLED)):
            assert world.refund(order, [number]).state is state
            world.settle()
        kept = world.order(order)
        assert (kept.state, kept.payment) == (State.CANCELLED, Payment.REFUNDED)
        assert kept.refunded == world.payments.sent == 3 * 6401
        assert world.left() == 3
        assert len(world.payments.refunds) == 3

    def test_who_gives_a_ticket_back_may_book_again_and_the_others_may_not(self, world: World) -> None:
        order = world.pay(world.hold(person(1), person(2)))
        world.refund(order, [2])
        assert world.hold(person(2), key="k2", start=NIGHT).count == 1
        with pytest.raises(AlreadyHas):
            world.hold(person(1), key="k3", start=NIGHT)
        assert world.refund(order, [1]).state is State.CANCELLED

    def test_a_used_ticket_keeps_its_order_alive(self, world: World) -> None:
        order = world.pay(world.hold(person(1), person(2)))
        world.now += timedelta(hours=2, minutes=20)
        world.admit(order, 1)
        assert world.refund(order).state is State.CONFIRMED
        with pytest.raises(NothingToRefund):
            world.refund(order)
        world.settle()
        assert world.order(order).label(now=world.now) == "已完成"

    def test_a_refund_waits_while_another_of_the_order_is_owed(self, world: World) -> None:
        order = world.pay(world.hold(person(1), person(2), person(3)))
        world.refund(order, [1])
        world.refund(order, [2])
        send = world.payments.refund

        def send_one(ref: str, **more: object) -> str:
            if world.payments.refunds:
                raise ConnectionError
            return send(ref, **more)  # type: ignore[arg-type]

        world.payments.refund = send_one  # type: ignore[method-assign,assignment]
        with pytest.raises(ConnectionError):
            world.settle()
        assert world.order(order).payment is Payment.REFUNDING
        world.payments.refund = send  # type: ignore[method-assign]
        assert world.settle() == 1
        kept = world.order(order)
        assert (kept.payment, kept.refunded) == (Payment.PARTLY_REFUNDED, 2 * 6401)

    def test_what_comes_back_for_nothing_moves_no_money_and_says_none(self, world: World) -> None:
        order = world.pay(world.hold(person(1), person(2, born=date(1955, 1, 1), concession="senior")))
        assert [line.price for line in order.lines] == [8001, 0]
        world.refund(order, [2])
        assert (world.settle(), world.order(order).payment) == (1, Payment.PARTLY_REFUNDED)
        assert [refund for _, _, refund in _moved(world)] == [False], "it came in, and none went out"

    def test_who_agreed_to_another_amount_is_asked_again(self, world: World) -> None:
        order = world.pay(world.hold())
        with pytest.raises(QuoteChanged) as refused:
            world.refund(order, agreed=8001)
        assert refused.value.facts == {"amount": Money(6401)}
        assert world.left() == 2
        assert world.refund(order, agreed=6401).refunded == 6401

    def test_nobody_gives_back_what_was_not_paid(self, world: World) -> None:
        with pytest.raises(NotPaid):
            world.refund(world.hold())

    def test_an_order_that_costs_nothing_says_a_sale_and_no_money(self, world: World) -> None:
        free = person(1, born=date(1950, 1, 1), concession="senior")
        order = world.pay(world.hold(free))
        assert (order.state, order.total) == (State.CONFIRMED, Money(0))
        assert world.types() == ["commerce.order.placed", "scenic.ticket.issued"]
        world.refund(order)
        assert world.settle() == 1
        assert _moved(world) == []

    def test_a_settlement_that_broke_off_after_the_provider_had_paid_pays_once(self, world: World) -> None:
        order = world.refund(world.pay(world.hold()))
        send, broken = world.payments.refund, RuntimeError("the process died")

        def pay_and_die(ref: str, **more: object) -> str:
            send(ref, **more)  # type: ignore[arg-type]
            raise broken

        world.payments.refund = pay_and_die  # type: ignore[method-assign,assignment]
        with pytest.raises(RuntimeError):
            world.settle()
        assert world.order(order).payment is Payment.REFUNDING
        world.payments.refund = send  # type: ignore[method-assign]
        assert world.settle() == 1
        assert world.settle() == 0
        assert world.payments.asked == 2
        assert world.payments.sent == 6401
        refunds = [said["data"]["amount"] for said in world.said() if said["data"].get("refund")]
        assert refunds == [6401]


def _receipt(order: Order) -> sale.Receipt:
    return sale.Receipt(provider="fake", ref="pay-1", method="card", amount=order.total, at=NOW)


def _moved(world: World) -> list[tuple[str, int, bool]]:
    """What the city was told of money: method, fen, whether it went back; what came first."""
    told = [said["data"] for said in world.said() if said["type"].endswith("payment.settled.v1")]
    return sorted(((one["method"], one["amount"], one["refund"]) for one in told), key=lambda one: one[2])

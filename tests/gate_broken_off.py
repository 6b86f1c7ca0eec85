"""What the gauge promises about scans that broke off, whoever keeps its rows: it and the tickets agree."""

from typing import Any

import pytest

from chalicelib.commerce.orders.domain import Order
from tenants.scenic.domain.area import AreaFull
from tenants.scenic.domain.passing import GRACE
from tenants.scenic.usecases import gate
from tests.gate_contract import enter, leave, paid
from tests.scenic_world import DAY, World


class BrokenOffContract:
    """``world`` has room for 20 people."""

    def test_a_scan_that_broke_off_between_place_and_ticket_is_counted_once(self, world: World) -> None:
        order = paid(world, 2)
        _break_off(world, order, 1)
        assert world.gauge().inside == 1
        assert world.admit(order, 1, nonce="n1").gauge.inside == 1
        assert world.admit(order, 1, nonce="n1").again
        assert world.admit(order, 2, nonce="n1").gauge.inside == 2
        assert world.gauge().entered == 2

    def test_a_scan_that_broke_off_and_never_comes_again_is_not_counted(self, world: World) -> None:
        order = paid(world, 3)
        for number in (1, 2):
            _break_off(world, order, number, nonce=f"n{number}")
        world.admit(order, 3, nonce="n3")
        assert (world.gauge().inside, world.gauge().entered) == (3, 3)
        assert _settle(world) == 0  # they may still be under way
        world.now += GRACE
        assert [_settle(world), _settle(world)] == [2, 0]
        assert (world.gauge().inside, world.gauge().entered) == (1, 1)
        assert world.shop(world.work()).flow.passings("main", DAY) == []
        assert world.admit(order, 1, nonce="n1").gauge.inside == 2  # the same scan after all: in, once

    def test_a_scan_that_was_only_slow_takes_a_place_anew(self, world: World) -> None:
        order = paid(world, 1)
        shop = world.shop(world.work())
        admit, tries = shop.tickets.admit, []

        def slow(*args: Any, **kwargs: Any) -> bool:
            tries.append(kwargs["passing"].turn)
            if len(tries) == 1:
                world.now += GRACE
                assert _settle(world) == 1
            return bool(admit(*args, **kwargs))

        shop.tickets.admit = slow
        code = shop.tickets.code(shop.tickets.one(order.id, 1).pass_())
        admitted = gate.admit(area_id="main", gate="south", code=code, nonce="n", shop=shop, unit=world.unit)
        assert (admitted.again, len(set(tries))) == (False, 2)
        world.now += GRACE
        assert _settle(world) == 0
        assert (world.gauge().inside, world.gauge().entered) == (1, 1)

    def test_a_refusal_that_broke_off_before_it_gave_the_place_back_is_settled(self, world: World) -> None:
        """Also of a ticket that was admitted by the very same scan: each sending has a name of its own."""
        order = paid(world, 1)
        world.admit(order, nonce="n1")
        world.now += GRACE
        _settle(world)  # the gauge has forgotten the scan
        for nonce in ("n1", "n2"):
            _break_off(world, order, 1, nonce=nonce)
        assert world.gauge().inside == 3
        world.now += GRACE
        assert _settle(world) == 2
        assert (world.gauge().inside, world.gauge().entered) == (1, 1)

    def test_a_place_that_was_counted_out_already_is_not_counted_out_twice(self, world: World) -> None:
        _break_off(world, paid(world), 1)
        leave(world, 1)
        world.now += GRACE
        assert _settle(world) == 1
        assert (world.gauge().inside, world.gauge().entered) == (0, 0)

    def test_people_counted_out_by_a_count_that_broke_off_are_out_once(self, world: World) -> None:
        enter(world, 9)
        for nonce in ("x1", "x2"):
            _break_off_leaving(world, 2, nonce=nonce)
        assert world.gauge().inside == 5
        assert leave(world, 2, nonce="x1").inside == 5  # sent again
        assert leave(world, 1, nonce="x3").inside == 4
        world.now += GRACE
        _settle(world)  # the other never is
        assert world.shop(world.work()).flow.leavings("main", DAY) == []
        for nonce in ("x2", "x1", "x3", "x2"):
            assert leave(world, 2, nonce=nonce).inside == 4
        assert (world.gauge().inside, world.gauge().exited) == (4, 5)

    @pytest.mark.parametrize("died", [False, True])
    def test_a_count_sent_twice_at_once_is_counted_in_again(self, world: World, died: bool) -> None:
        """The second looked before the first was noted, and came after the gauge had forgotten it."""
        enter(world, 9)
        leave(world, 2)
        world.now += GRACE
        _settle(world)
        if died:
            _break_off_leaving(world, 2, nonce="x1", looks=False)
            assert world.gauge().inside == 5
            world.now += GRACE
            _settle(world)
        else:
            shop = world.shop(world.work())
            shop.flow.noted = lambda *_: ""
            gate.leave(area_id="main", gate="south", count=2, nonce="x1", shop=shop, unit=world.unit)
        assert (world.gauge().inside, world.gauge().exited) == (7, 2)
        assert world.shop(world.work()).flow.leavings("main", DAY) == []

    def test_the_answer_to_a_scan_sent_again_at_the_maximum_is_still_yes(self, world: World) -> None:
        order = paid(world, 2)
        enter(world, 19)
        world.admit(order, 1, nonce="n1")
        world.now += GRACE
        _settle(world)
        assert world.admit(order, 1, nonce="n1").again
        with pytest.raises(AreaFull):
            world.admit(order, 2, nonce="n2")


class Broken(Exception):
    """The process that served the scan is gone."""


def _break_off(world: World, order: Order, number: int, *, nonce: str = "n1") -> None:
    """A scan that ends between the place inside and the ticket."""

    def broken(*_: object, **__: object) -> bool:
        raise Broken

    shop = world.shop(world.work())
    code = shop.tickets.code(shop.tickets.one(order.id, number).pass_())
    shop.tickets.admit = broken
    with pytest.raises(Broken):
        gate.admit(area_id="main", gate="south", code=code, nonce=nonce, shop=shop, unit=world.unit)


def _break_off_leaving(world: World, count: int, *, nonce: str, looks: bool = True) -> None:
    """A count that ends between the gauge and its note; ``looks``: whether it looked for the note before."""

    def broken(*_: object, **__: object) -> str:
        raise Broken

    shop = world.shop(world.work())
    shop.flow.note = broken
    if not looks:
        shop.flow.noted = lambda *_: ""
    with pytest.raises(Broken):
        gate.leave(area_id="main", gate="south", count=count, nonce=nonce, shop=shop, unit=world.unit)


def _settle(world: World) -> int:
    return gate.settle_passings(day=DAY, shop=world.shop(world.work()), unit=world.unit)

"""What invoices promise: asked for once, answered in any order of days, reversed in two steps."""

from datetime import timedelta
from typing import Any

import pytest

from tenants.hotel.domain.fapiao import (
    ORDINARY,
    SPECIAL,
    Buyer,
    BuyerWrong,
    Fapiao,
    FapiaoIs,
    FapiaoState,
    InvoicedMore,
    NothingToInvoice,
    RedOpen,
    RedReason,
    RedState,
    Seller,
)
from tenants.hotel.domain.folio import Folio
from tenants.hotel.usecases import fapiao, folios, takings
from tests.accounts_world import MoneyWorld
from tests.hotel_world import INN

COMPANY = Buyer(name="示例公司", number="91410100MA45EXAM0W")
GUEST = Buyer(name="示例甲")


class FapiaoContract:
    """``world.tax(now)`` is the platform."""

    def test_an_invoice_has_the_lines_of_the_bill_and_waits_for_its_number(self, world: Any) -> None:
        bill = _bill(world)
        asked = _ask(world, bill)
        assert [(one.code, one.permille, one.amount, one.tax) for one in asked.lines] == [
            ("meals", 60, 21_200, 1_200),
            ("parking", 90, 2_180, 180),
        ]
        assert all(len(one.item) == 19 for one in asked.lines)
        assert _now(world, asked).state is FapiaoState.REQUESTED
        _carry(world)
        assert _now(world, asked).state is FapiaoState.ISSUING
        world.now += timedelta(minutes=1)
        _carry(world)
        issued = _now(world, asked)
        assert (issued.state, len(issued.number), issued.issued) == (FapiaoState.ISSUED, 20, world.now)
        assert _carry(world) == 0
        with pytest.raises(NothingToInvoice):
            _ask(world, bill)

    def test_a_part_is_invoiced_now_and_the_rest_later(self, world: Any) -> None:
        bill = _bill(world)
        part = _ask(world, bill, codes=frozenset({"parking"}))
        assert part.amount == 2_180
        assert _ask(world, bill).amount == 21_200
        world.charge(bill.id, 10_600, code="meals")
        assert _ask(world, bill).amount == 10_600

    def test_what_was_no_service_is_not_invoiced(self, world: Any) -> None:
        bill = world.open()
        world.charge(bill.id, 50_000, code="damage")
        with pytest.raises(NothingToInvoice):
            _ask(world, bill)

    @pytest.mark.parametrize(
        ("kind", "buyer"),
        [
            (SPECIAL, GUEST),
            (ORDINARY, Buyer(name="示例公司", number="91410100MA45EXAM0X")),
            (ORDINARY, Buyer(name=" ")),
        ],
    )
    def test_a_buyer_must_be_right(self, world: Any, kind: int, buyer: Buyer) -> None:
        with pytest.raises(BuyerWrong):
            _ask(world, _bill(world), kind=kind, buyer=buyer)

    def test_the_operator_must_be_logged_in(self, world: Any) -> None:
        world.log_out()
        asked = _ask(world, _bill(world))
        _later(world)
        assert _now(world, asked).state is FapiaoState.LOGIN
        world.log_in()
        _carry(world)
        assert _now(world, asked).state is FapiaoState.ISSUED

    def test_a_refused_buyer_can_be_corrected_by_a_new_request(self, world: Any) -> None:
        bill = _bill(world)
        asked = _ask(world, bill, buyer=Buyer(name="演示拒绝公司"))
        _later(world)
        failed = _now(world, asked)
        assert (failed.state, bool(failed.reason)) == (FapiaoState.FAILED, True)
        assert _ask(world, bill).amount == failed.amount
        world.cash(lambda a: fapiao.again(asked.id, accounts=a))
        assert _now(world, asked).state is FapiaoState.REQUESTED

    def test_what_is_invoiced_is_reversed_before_it_is_taken_back(self, world: Any) -> None:
        bill = _bill(world)
        asked = _ask(world, bill, buyer=COMPANY, kind=SPECIAL)
        _later(world)
        with pytest.raises(InvoicedMore):
            world.cash(lambda a: folios.correct(bill.id, 1, text="", accounts=a))
        with pytest.raises(InvoicedMore):
            world.cash(lambda a: takings.undo(bill.id, 1, text="", accounts=a))
        opened = _reverse(world, asked)
        assert opened.red is not None
        assert (opened.red.state, opened.red.until) == (RedState.BUYER, world.now + timedelta(hours=72))
        with pytest.raises(RedOpen):
            _reverse(world, asked)
        world.confirm(opened)
        _later(world)
        reversed_ = _now(world, asked)
        assert (reversed_.state, len(reversed_.red_number)) == (FapiaoState.REVERSED, 20)
        world.cash(lambda a: folios.correct(bill.id, 1, text="", accounts=a))
        assert _ask(world, bill).amount == 2_180

    def test_a_confirmation_nobody_answers_is_void_after_72_hours(self, world: Any) -> None:
        asked = _ask(world, _bill(world), buyer=COMPANY)
        _later(world)
        _reverse(world, asked)
        world.now += timedelta(hours=71, minutes=59)
        _carry(world)
        assert _now(world, asked).red.state is RedState.BUYER
        world.now += timedelta(minutes=2)
        _carry(world)
        late = _now(world, asked)
        assert (late.state, late.red.state, late.waits) == (FapiaoState.ISSUED, RedState.VOID_LATE, False)
        assert _reverse(world, asked).red.state is RedState.BUYER

    def test_a_confirmation_is_taken_back(self, world: Any) -> None:
        asked = _ask(world, _bill(world), buyer=COMPANY)
        _later(world)
        _reverse(world, asked)
        world.cash(lambda a: fapiao.take_back(asked.id, issuer=world.tax, accounts=a))
        assert _now(world, asked).red.state is RedState.VOID_TAKEN_BACK
        with pytest.raises(FapiaoIs):
            world.cash(lambda a: fapiao.take_back(asked.id, issuer=world.tax, accounts=a))

    def test_a_guests_invoice_needs_nobodys_confirmation(self, world: Any) -> None:
        asked = _ask(world, _bill(world))
        _later(world)
        _reverse(world, asked)
        _later(world)
        assert _now(world, asked).state is FapiaoState.REVERSED


def _bill(world: MoneyWorld) -> Folio:
    bill = world.open()
    world.charge(bill.id, 21_200, code="meals")
    world.charge(bill.id, 2_180, code="parking")
    world.charge(bill.id, 900, code="minibar")
    world.cash(lambda a: folios.correct(bill.id, 3, text="", accounts=a))
    return bill


def _ask(
    world: MoneyWorld,
    bill: Folio,
    *,
    kind: int = ORDINARY,
    buyer: Buyer = GUEST,
    codes: frozenset[str] = frozenset(),
) -> Fapiao:
    made: Fapiao = world.cash(
        lambda a: fapiao.request(bill.id, kind=kind, buyer=buyer, codes=codes, accounts=a)
    )
    assert fapiao.buyer_of(made, accounts=world.accounts(world.work())) == buyer
    return made


def _reverse(world: Any, asked: Fapiao) -> Fapiao:
    made: Fapiao = world.cash(
        lambda a: fapiao.reverse(asked.id, reason=RedReason.ERROR, issuer=world.tax, accounts=a)
    )
    return made


def _carry(world: Any) -> int:
    return fapiao.carry(unit=world.accounts_unit, issuer=world.tax)


def _later(world: Any) -> None:
    """Handed in, and a minute later answered."""
    _carry(world)
    world.now += timedelta(minutes=1)
    _carry(world)


def _now(world: MoneyWorld, asked: Fapiao) -> Any:
    return world.accounts(world.work()).fapiaos.get(asked.id)


def seller(world: MoneyWorld) -> None:
    """The inn can invoice."""
    who = Seller(name="嵩云居(演示)", number="91410100MA45DEM0XB")
    world.cash(lambda a: a.fapiaos.keep_seller(INN.id, who))

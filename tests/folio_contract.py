"""What folios, drawers and companies promise, whatever keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt
from tenants.hotel.domain.folio import Means, Payer, Sort, State, living
from tenants.hotel.domain.folio_refusals import (
    AlreadyCorrected,
    BalanceOpen,
    CountDiffers,
    CreditOver,
    DrawerShort,
    FolioOver,
    NotCorrectable,
    PartsDiffer,
    RouteCircular,
    ShiftMissing,
    ShiftThere,
    TooMuchBack,
)
from tenants.hotel.domain.receivable import ageing
from tenants.hotel.domain.shift import Shift
from tenants.hotel.usecases import cashier, folios, setting, takings
from tests.accounts_world import MoneyWorld
from tests.hotel_world import INN


class FolioContract:
    """Run over a world in memory and over one on the engine."""

    def test_charges_and_money_make_a_balance_that_the_entries_prove(self, world: MoneyWorld) -> None:
        bill = world.open()
        charged = world.charge(bill.id, 2_400, code="breakfast", count=2)
        world.take(bill.id, 5_000)
        assert (charged.amount, charged.tax, charged.net) == (4_800, 272, 4_528)
        kept = world.folio(bill.id)
        assert (kept.charged, kept.paid, kept.balance, kept.entries) == (4_800, 5_000, -200, 2)
        assert [entry.number for entry in world.entries(bill.id)] == [1, 2]
        assert world.said_of("commerce.payment.settled")[-1]["amount"] == 5_000

    def test_a_correction_is_a_contra_and_both_stay_on_the_bill(self, world: MoneyWorld) -> None:
        bill = world.open()
        wrong = world.charge(bill.id, 9_900)
        world.cash(lambda a: folios.correct(bill.id, wrong.number, text="点错了", accounts=a))
        first, contra = world.entries(bill.id)
        assert (contra.amount, contra.tax, contra.of) == (-first.amount, -first.tax, first.key)
        assert living([first, contra]) == []
        assert world.folio(bill.id).balance == 0
        for number in (first.number, contra.number):
            with pytest.raises(AlreadyCorrected):
                world.cash(lambda a, n=number: folios.correct(bill.id, n, text="", accounts=a))

    def test_an_entry_moves_to_another_folio_and_no_fen_is_lost(self, world: MoneyWorld) -> None:
        mine, other = world.open(), world.open("st_2", room="302")
        meal = world.charge(mine.id, 12_345, code="meals")
        world.cash(lambda a: folios.move(mine.id, meal.number, to=other.id, text="", accounts=a))
        arrived = world.entries(other.id)[0]
        assert (world.folio(mine.id).balance, world.folio(other.id).balance) == (0, 12_345)
        assert (arrived.of, arrived.taxes, arrived.room) == (meal.key, meal.taxes, "301")

    def test_parts_of_a_charge_add_up_with_their_taxes(self, world: MoneyWorld) -> None:
        bill = world.open()
        extra = world.window()
        meal = world.charge(bill.id, 10_000, code="meals")
        with pytest.raises(PartsDiffer):
            world.cash(lambda a: folios.part(bill.id, meal.number, [5_000, 4_999], text="", accounts=a))
        world.cash(
            lambda a: folios.part(
                bill.id,
                meal.number,
                [3_334, 3_333, 3_333],
                to=[bill.id, extra.id, extra.id],
                text="",
                accounts=a,
            )
        )
        parts = living(world.entries(bill.id)) + living(world.entries(extra.id))
        assert sum(part.amount for part in parts) == meal.amount
        assert sum(part.tax for part in parts) == meal.tax
        assert (world.folio(bill.id).balance, world.folio(extra.id).balance) == (3_334, 6_666)

    def test_a_route_sends_rooms_to_the_company_and_extras_to_the_guest(self, world: MoneyWorld) -> None:
        world.company()
        guest = world.open()
        firm = world.window(payer=Payer.COMPANY, company="acme")
        assert firm.title == "示例公司"
        world.cash(lambda a: folios.route(guest.id, {"room": firm.id}, accounts=a))
        assert world.charge(guest.id, 30_000, code="late-check-out").folio == firm.id
        assert world.charge(guest.id, 2_000, code="minibar").folio == guest.id
        with pytest.raises(RouteCircular):
            world.cash(lambda a: folios.route(firm.id, {"*": guest.id}, accounts=a))

    def test_a_bill_settles_at_nothing_only_and_closes_for_good(self, world: MoneyWorld) -> None:
        bill = world.open()
        world.charge(bill.id, 5_000)
        with pytest.raises(BalanceOpen):
            world.cash(lambda a: folios.settle(bill.id, accounts=a))
        world.take(bill.id, 5_000, Means.SCAN)
        world.cash(lambda a: folios.settle(bill.id, accounts=a))
        with pytest.raises(FolioOver):
            world.charge(bill.id, 100)
        world.cash(lambda a: folios.reopen(bill.id, accounts=a))
        world.charge(bill.id, 100)
        assert world.folio(bill.id).balance == 100

    def test_a_deposit_pays_the_stay_and_its_rest_goes_back(self, world: MoneyWorld) -> None:
        bill = world.open()
        held = world.take(bill.id, 50_000, deposit=True)
        world.charge(bill.id, 30_000)
        world.cash(lambda a: takings.apply_deposit(bill.id, held.number, 30_000, accounts=a))
        with pytest.raises(TooMuchBack):
            world.cash(lambda a: takings.give_back(bill.id, held.number, 20_001, accounts=a))
        world.cash(lambda a: takings.give_back(bill.id, held.number, 20_000, accounts=a))
        kept = world.folio(bill.id)
        assert (kept.balance, kept.deposits, kept.paid) == (0, 0, 30_000)
        world.cash(lambda a: folios.settle(bill.id, accounts=a))
        said = {(one["amount"], one["refund"]) for one in world.said_of("commerce.payment.settled")}
        assert said == {(50_000, False), (20_000, True)}

    def test_money_by_hand_is_undone_by_a_contra_and_money_online_is_not(self, world: MoneyWorld) -> None:
        bill = world.open()
        paid = world.take(bill.id, 7_000, Means.TERMINAL)
        world.cash(lambda a: takings.undo(bill.id, paid.number, text="刷错", accounts=a))
        assert world.folio(bill.id).balance == 0
        assert sorted(one["refund"] for one in world.said_of("commerce.payment.settled")) == [False, True]
        with pytest.raises(NotCorrectable):
            world.take(bill.id, 100, Means.ONLINE)

    def test_a_company_owes_what_a_folio_sent_and_pays_the_oldest_first(self, world: MoneyWorld) -> None:
        world.company(limit=60_000)
        for account, amount in (("st_1", 20_000), ("st_2", 30_000)):
            bill = world.open(account)
            world.charge(bill.id, amount)
            world.cash(lambda a, bill=bill: takings.to_ledger(bill.id, "acme", accounts=a))
            assert world.folio(bill.id).balance == 0
            world.now += timedelta(days=40)
        third = world.open("st_3")
        world.charge(third.id, 11_000)
        with pytest.raises(CreditOver):
            world.cash(lambda a: takings.to_ledger(third.id, "acme", accounts=a))
        pays = {"means": Means.TRANSFER, "text": "", "property": third.site}
        world.cash(lambda a: cashier.company_pays("acme", amount=25_000, accounts=a, **pays))
        accounts = world.accounts(world.work())
        owing = accounts.companies.get("acme")
        today = accounts.book.today(third.site)
        bands = ageing(owing, accounts.companies.lines(owing, first=owing.first), today=today)
        assert (owing.balance, owing.first, owing.rest) == (25_000, 2, 5_000)
        assert sum(bands) == owing.balance
        assert bands == (0, 25_000, 0, 0, 0)
        world.cash(lambda a: takings.to_ledger(third.id, "acme", accounts=a))

    def test_a_wrong_transfer_comes_back_from_the_company(self, world: MoneyWorld) -> None:
        world.company()
        bill = world.open()
        world.charge(bill.id, 8_000)
        sent = world.cash(lambda a: takings.to_ledger(bill.id, "acme", accounts=a))[1]
        with pytest.raises(NotCorrectable):
            world.cash(lambda a: folios.correct(bill.id, sent.number, text="", accounts=a))
        world.cash(lambda a: takings.from_ledger(bill.id, sent.number, text="记错单位", accounts=a))
        assert world.folio(bill.id).balance == 8_000
        assert world.accounts(world.work()).companies.get("acme").balance == 0

    def test_a_drawer_knows_what_should_be_in_it(self, world: MoneyWorld) -> None:
        bill = world.open()
        world.take(bill.id, 20_000)
        world.take(bill.id, 99_900, Means.TERMINAL)
        world.cash(lambda a: cashier.drop(30_000, property=INN.id, accounts=a))
        with pytest.raises(DrawerShort):
            world.cash(lambda a: cashier.drop(40_001, property=INN.id, accounts=a))
        with pytest.raises(CountDiffers):
            world.cash(lambda a: cashier.close_shift(39_500, property=INN.id, accounts=a))
        shift = world.cash(
            lambda a: cashier.close_shift(39_500, property=INN.id, reason="找零多给", accounts=a)
        )
        assert (shift.expected, shift.difference, shift.reason) == (40_000, -500, "找零多给")
        assert shift.taken == {"cash": 20_000, "terminal": 99_900}
        with pytest.raises(ShiftMissing):
            world.take(bill.id, 100)
        world.take(bill.id, 100, Means.SCAN)  # only cash needs a drawer
        past = world.accounts(world.work()).shifts.closed("203510")
        assert [one.id for one in past] == [shift.id]

    def test_each_house_has_its_drawer_and_one_from_before_serves_every_house(
        self, world: MoneyWorld
    ) -> None:
        yard = replace(INN, id="yard")
        world.do(lambda hotel: setting.set_property(yard, hotel=hotel))
        there = world.cash(
            lambda a: folios.open_account("ac_1", property="yard", title="茶座", accounts=a)
        ).id
        with pytest.raises(ShiftMissing):
            world.take(there, 5_000)
        world.cash(lambda a: cashier.open_shift(1_000, property="yard", accounts=a))
        world.take(there, 5_000)
        world.take(world.open().id, 700)
        shifts = world.accounts(world.work()).shifts
        expected = {one.site: one.expected for one in shifts.all_open()}
        assert expected == {INN.id: 50_700, "yard": 6_000}
        assert [one.site for one in shifts.all_open(site="yard")] == ["yard"]
        for site, counted in expected.items():
            world.cash(lambda a, of=site, fen=counted: cashier.close_shift(fen, property=of, accounts=a))
        assert [one.site for one in shifts.closed("203510", site="yard")] == ["yard"]
        old = Shift(id=new_id("sh", now=world.now), cashier=world.by, opened=world.now, float_=100)
        world.cash(lambda a: a.shifts.keep(old, before=None))
        world.take(there, 300)
        with pytest.raises(ShiftThere):
            world.cash(lambda a: cashier.open_shift(0, property=INN.id, accounts=a))
        world.cash(lambda a: cashier.close_shift(400, property=INN.id, accounts=a))
        assert shifts.all_open() == []

    def test_of_two_who_post_at_once_one_looks_again(self, world: MoneyWorld) -> None:
        bill = world.open()
        first, second = world.work(), world.work()
        for work in (first, second):
            folios.charge(bill.id, code="minibar", amount=1_000, accounts=world.accounts(work))
        first.commit()
        with pytest.raises(Clash):
            second.commit()
        assert world.folio(bill.id).charged == 1_000

    def test_the_days_book_has_every_entry_of_the_day(self, world: MoneyWorld) -> None:
        bill, other = world.open(), world.open("st_2")
        world.charge(bill.id, 5_000)
        world.take(other.id, 3_000)
        accounts = world.accounts(world.work())
        book = accounts.book.entries(bill.site, accounts.book.today(bill.site))
        assert {(one.sort, one.amount, one.folio) for one in book} == {
            (Sort.CHARGE, 5_000, bill.id),
            (Sort.PAYMENT, -3_000, other.id),
        }

    def test_a_settled_folio_is_opened_again_for_money_that_came_late(self, world: MoneyWorld) -> None:
        bill = world.open()
        world.cash(lambda a: folios.settle(bill.id, accounts=a))
        receipt = Receipt(provider="stripe", ref="pi_1", method="alipay", amount=Money(4_000), at=world.now)
        for _ in range(3):
            world.cash(lambda a: takings.receive(bill.id, receipt, accounts=a))
        kept = world.folio(bill.id)
        assert (kept.state, kept.paid, kept.entries) == (State.OPEN, 4_000, 1)
        world.cash(lambda a: takings.give_back(bill.id, 1, 1_500, accounts=a))
        assert (world.settle_folios(), world.settle_folios()) == (1, 0)
        assert list(world.payments.refunds.values()) == [("pi_1", Money(1_500))]
        said = {one["refund"]: one for one in world.said_of("commerce.payment.settled")}
        assert said[True] == {
            "order": bill.id,
            "method": "alipay",
            "provider": "stripe",
            "amount": 1_500,
            "currency": "CNY",
            "refund": True,
        }

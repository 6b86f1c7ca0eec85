"""What a stay means in money: opened with its share, charged once, settled before it leaves."""

from typing import Any

import pytest

from tenants.hotel.domain.folio import Folio, Means, Payer, State, summed
from tenants.hotel.domain.folio_refusals import BalanceOpen, CreditOver
from tenants.hotel.domain.night_audit import Let
from tenants.hotel.domain.receivable import Company
from tenants.hotel.domain.stay import Stay
from tenants.hotel.usecases import billing, cashier, folios, length, takings
from tests.hotel_world import DAY, INN, MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def stays(world: MemoryWorld, order: Any) -> list[Stay]:
    return list(world.hotel(world.work()).stays.of_order(world.order(order)))


def come(world: MemoryWorld, stay: Stay, room: str) -> Folio:
    world.assign(stay, room)
    world.now = INN.arrival(stay.arrive)
    world.come(stay)
    return folio(world, stay.id)


def folio(world: MemoryWorld, account: str, window: int = 1) -> Folio:
    accounts = world.hotel(world.work()).accounts
    found: Folio = accounts.folios.get(f"{account}.{window}")
    assert summed(found, accounts.folios.entries(found)) == found
    return found


def test_rooms_of_one_order_share_what_it_was_paid_with(world: MemoryWorld) -> None:
    order = world.pay(world.hold(count=3, nights=2, plan="fixed"))
    assert order.receipt is not None
    bills = [come(world, stay, f"20{place}") for place, stay in enumerate(stays(world, order), start=1)]
    assert sum(-bill.balance for bill in bills) == order.receipt.amount.amount
    assert {bill.paid for bill in bills} == {51_000}


def test_a_deposit_of_the_order_is_credited_and_the_rest_is_due(world: MemoryWorld) -> None:
    order = world.pay(world.hold(nights=2, plan="deposit"))
    stay = stays(world, order)[0]
    assert come(world, stay, "201").balance == -18_000
    due = billing.due(
        world.hotel(world.work()).stays.get(stay.id), today=stay.depart, hotel=world.hotel(world.work())
    )
    assert [one.balance for one in due] == [42_000]
    assert folio(world, stay.id).balance == -18_000  # looking changes nothing


def test_nobody_leaves_while_something_is_owed(world: MemoryWorld) -> None:
    stay = stays(world, world.guarantee(world.hold(nights=2)))[0]
    come(world, stay, "201")
    world.now = INN.departure(stay.depart)
    with pytest.raises(BalanceOpen) as refused:
        world.go(stay, pays=False)
    assert refused.value.facts["balance"].amount == 60_000
    world.go(stay)
    bill = folio(world, stay.id)
    assert (bill.state, bill.charged, bill.night) == (State.SETTLED, 60_000, stay.nights[-1])
    facts = [fact for _, fact in world.memory.days.facts]
    assert [(fact.night, fact.amount, fact.tax, fact.let) for fact in facts] == [
        (stay.nights[0], 30_000, 1_698, Let.PAID),
        (stay.nights[1], 30_000, 1_698, Let.PAID),
    ]


def test_who_leaves_early_pays_the_nights_that_were_had(world: MemoryWorld) -> None:
    stay = stays(world, world.guarantee(world.hold(nights=3)))[0]
    come(world, stay, "201")
    world.now = INN.departure(DAY)
    world.go(stay)
    assert folio(world, stay.id).charged == 30_000


def test_a_longer_stay_is_charged_to_its_end(world: MemoryWorld) -> None:
    stay = stays(world, world.guarantee(world.hold(nights=1)))[0]
    come(world, stay, "201")
    longer = world.do(
        lambda hotel: length.extend(stay.id, depart=DAY.replace(day=13), agreed=None, hotel=hotel)
    )
    world.now = INN.departure(longer.depart)
    world.go(stay)
    assert folio(world, stay.id).charged == 90_000


def test_the_company_takes_the_room_at_check_out_within_its_limit(world: MemoryWorld) -> None:
    stay = stays(world, world.guarantee(world.hold(nights=1)))[0]
    bill = come(world, stay, "201")

    def route(hotel: Any) -> None:
        company = Company(id="acme", name="示例公司", limit=20_000)
        cashier.set_company(company, accounts=hotel.accounts)

    world.do(route)
    firm = world.do(
        lambda h: folios.add_window(
            stay.id, title="-", payer=Payer.COMPANY, company="acme", accounts=h.accounts
        )
    )
    world.do(lambda h: folios.route(bill.id, {"room": firm.id}, accounts=h.accounts))
    world.now = INN.departure(stay.depart)
    with pytest.raises(CreditOver):
        world.go(stay, pays=False)
    world.do(
        lambda h: cashier.set_company(Company(id="acme", name="示例公司", limit=30_000), accounts=h.accounts)
    )
    world.go(stay, pays=False)
    assert (folio(world, stay.id).charged, folio(world, stay.id, 2).charged) == (0, 30_000)
    assert world.memory.companies["acme"].balance == 30_000
    assert [line.folio for line in world.memory.lines["acme"]] == [firm.id]


def test_what_was_paid_in_advance_comes_along(world: MemoryWorld) -> None:
    order = world.guarantee(world.hold(nights=1))
    stay = stays(world, order)[0]
    world.do(
        lambda h: folios.open_account(
            order.id, property=INN.id, title="预付", order=order.id, accounts=h.accounts
        )
    )
    taking = takings.Taking(means=Means.SCAN, amount=25_000)
    world.do(lambda h: takings.take(f"{order.id}.1", taking, accounts=h.accounts))
    bill = come(world, stay, "201")
    assert bill.balance == -25_000
    assert folio(world, order.id).state is State.SETTLED

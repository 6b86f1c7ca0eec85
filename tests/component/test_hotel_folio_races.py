"""Cashiers, check-outs and the day's close at the same bills at once: no fen is lost or doubled.

What was acknowledged stands on a bill, what was refused does not; a bill is the sum of its entries; the day's
figures are its entries, so nothing came onto it after its close; a drawer has what came in by hand.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest

from chalicelib.kernel.errors import Clash, Refusal
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.folio import Entry, Folio, Means, Sort, summed
from tenants.hotel.domain.folio_refusals import BusinessDayMoved
from tenants.hotel.domain.stay import StayState
from tenants.hotel.usecases import cashier, desk, folios, night_audit, takings
from tests.accounts_world import EngineMoney
from tests.hotel_full import arrive, full_house
from tests.hotel_world import DAY, INN, context

pytestmark = pytest.mark.component
ONE = timedelta(days=1)
CASHIERS, ACTS, TRIES = 5, 12, 6
_WHAT = (
    *("charge", "charge", "charge", "take", "take", "deposit", "contra", "move", "part"),
    *("apply", "back", "route", "leave", "settle", "reopen"),
)


class Cashier:
    """One of several at the same bills; knows what was acknowledged."""

    def __init__(self, world: EngineMoney, bills: Sequence[str], *, number: int, seed: int) -> None:
        self.world, self.bills, self.name = world, bills, f"member:{number}"
        self.dice = random.Random(f"{seed}/{number}")
        self.made: list[Entry] = []
        self.done, self.ready = 0, Event()

    def work(self) -> None:
        """Their whole shift."""
        for turn in range(ACTS):
            what = self.dice.choice(_WHAT)
            bill = self.dice.choice(self.bills)
            for _ in range(TRIES):  # as a request does that meets another
                try:
                    self.made += getattr(self, what)(bill, f"{self.name}-{turn}")
                except (Clash, BusinessDayMoved):
                    continue
                except Refusal:
                    break
                self.done += 1
                break
            if turn == ACTS // 3:
                self.ready.set()

    def charge(self, bill: str, text: str) -> list[Entry]:
        amount = self.dice.randint(1, 9_999)
        return self._made(lambda a: folios.charge(bill, code="meals", amount=amount, text=text, accounts=a))

    def take(self, bill: str, text: str) -> list[Entry]:
        return self._take(bill, text, deposit=False)

    def deposit(self, bill: str, text: str) -> list[Entry]:
        return self._take(bill, text, deposit=True)

    def _take(self, bill: str, text: str, *, deposit: bool) -> list[Entry]:
        means = self.dice.choice((Means.CASH, Means.SCAN))
        amount = self.dice.randint(1, 9_999)
        taking = takings.Taking(means=means, amount=amount, deposit=deposit, text=text)
        return self._made(lambda a: takings.take(bill, taking, accounts=a))

    def contra(self, bill: str, text: str) -> list[Entry]:
        return self._made(lambda a: takings.undo(bill, self._any(bill), text=text, accounts=a))

    def apply(self, bill: str, text: str) -> list[Entry]:
        return self._made(lambda a: takings.apply_deposit(bill, self._any(bill), 5, text=text, accounts=a))

    def back(self, bill: str, text: str) -> list[Entry]:
        return self._made(lambda a: takings.give_back(bill, self._any(bill), 5, text=text, accounts=a))

    def move(self, bill: str, text: str) -> list[Entry]:
        other = self.dice.choice([one for one in self.bills if one != bill])
        self._do(lambda a: folios.move(bill, self._any(bill), to=other, text=text, accounts=a))
        return []

    def part(self, bill: str, text: str) -> list[Entry]:
        number = self._any(bill)

        def halves(a: Any) -> Any:
            amounts = {one.number: one.amount for one in a.folios.entries(a.folios.get(bill))}
            return folios.part(bill, number, [1, amounts.get(number, 0) - 1], text=text, accounts=a)

        self._do(halves)
        return []

    def route(self, bill: str, _: str) -> list[Entry]:
        account = bill.rpartition(".")[0]
        self._do(lambda a: folios.route(bill, {"meals": f"{account}.2"}, accounts=a))
        return []

    def settle(self, bill: str, _: str) -> list[Entry]:
        self._do(lambda a: folios.settle(bill, accounts=a))
        return []

    def reopen(self, bill: str, _: str) -> list[Entry]:
        self._do(lambda a: folios.reopen(bill, accounts=a))
        return []

    def leave(self, bill: str, _: str) -> list[Entry]:
        """Pays what is owed and goes, if nobody posts in between."""
        stay = bill.rpartition(".")[0]
        for one in self.bills:
            if one.startswith(stay):
                owed = self.world.accounts(self.world.work()).folios.get(one).balance
                if owed > 0:
                    self.made += self._pay(one, owed)
        self.world.do(lambda hotel: desk.check_out(stay, hotel=hotel))
        return []

    def _pay(self, bill: str, amount: int) -> list[Entry]:
        taking = takings.Taking(means=Means.SCAN, amount=amount)
        return self._made(lambda a: takings.take(bill, taking, accounts=a))

    def _any(self, bill: str) -> int:
        return self.dice.randint(1, 8)

    def _do(self, act: Callable[[Any], Any]) -> Any:
        work = self.world.work()
        result = act(self.world.accounts(work))
        work.commit()
        return result

    def _made(self, act: Callable[[Any], tuple[Folio, Entry]]) -> list[Entry]:
        return [self._do(act)[1]]


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineMoney]:
    with bind(context()):
        made = EngineMoney()
        made.now = INN.arrival(DAY)
        yield made


@pytest.fixture(autouse=True)
def _often() -> Iterator[None]:
    """Threads change places often, so that every interleaving comes up."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_cashiers_do_at_once_while_the_day_closes(world: EngineMoney, seed: int) -> None:
    stays = full_house(world, count=3, nights=1)
    arrive(world, stays)
    for stay in stays:
        world.window(stay.id)
    bills = [f"{stay.id}.{window}" for stay in stays for window in (1, 2)]
    world.now = INN.arrival(DAY) + timedelta(hours=11, minutes=5)
    for bill in bills:
        for amount in (2_000, 3_001, 777):
            world.charge(bill, amount, code="minibar")
        world.take(bill, 1_000, Means.SCAN)
        world.take(bill, 5_000, Means.SCAN, deposit=True)
    drawers = [f"member:{number}" for number in range(CASHIERS)]
    for name in drawers:
        with bind(context(actor=name)):
            world.do(lambda hotel: cashier.open_shift(50_000, property=INN.id, accounts=hotel.accounts))
    cashiers = [Cashier(world, bills, number=number, seed=seed) for number in range(CASHIERS)]
    start = Barrier(CASHIERS)

    def shift(one: Cashier) -> None:
        with bind(context(actor=one.name)):
            start.wait()
            one.work()

    def close() -> None:
        with bind(context(actor="system:audit")):
            for one in cashiers:
                one.ready.wait()
            night_audit.close(INN.id, DAY, unit=world.unit)

    with ThreadPoolExecutor(CASHIERS + 1) as pool:
        for done in [*(pool.submit(shift, one) for one in cashiers), pool.submit(close)]:
            done.result()
    _proven(world, bills, cashiers)


def test_a_charge_begun_before_the_close_does_not_come_onto_the_closed_day(world: EngineMoney) -> None:
    (stay,) = full_house(world, count=1, nights=1)
    arrive(world, [stay])
    bill = world.window(stay.id).id
    world.now = INN.arrival(DAY) + timedelta(hours=11, minutes=5)
    work = world.work()
    folios.charge(bill, code="meals", amount=700, accounts=world.accounts(work))
    night_audit.close(INN.id, DAY, unit=world.unit)
    with pytest.raises(BusinessDayMoved):
        work.commit()
    assert list(world.entries(bill)) == []
    assert [one.code for one in world.accounts(world.work()).book.entries(INN.id, DAY)] == ["room"]


def _proven(world: EngineMoney, bills: Sequence[str], cashiers: Sequence[Cashier]) -> None:
    accounts = world.accounts(world.work())
    kept = [accounts.folios.get(id) for id in bills]
    on_bills = {one.id: list(accounts.folios.entries(one)) for one in kept}
    for folio in kept:
        assert summed(folio, on_bills[folio.id]) == folio, "the bill is the sum of its entries"
        assert [one.number for one in on_bills[folio.id]] == list(range(1, folio.entries + 1)), "none is lost"
    everything = [one for entries in on_bills.values() for one in entries]
    assert {one.key for one in everything} >= {one.key for who in cashiers for one in who.made}
    typed = Counter(one.text for one in everything if one.link is None and one.text.startswith("member:"))
    told = Counter(one.text for who in cashiers for one in who.made if one.link is None and one.text)
    assert typed == told, "what was refused is nowhere, what was acknowledged is there once"
    assert sum(one.done for one in cashiers) > 2 * CASHIERS
    rooms = [(one.stay, one.text) for one in everything if one.code == "room" and one.link is None]
    assert len(rooms) == len(set(rooms)) == 3, "each night once"
    closed, opened = accounts.book.entries(INN.id, DAY), accounts.book.entries(INN.id, DAY + ONE)
    assert sorted(map(repr, (*closed, *opened))) == sorted(map(repr, everything)), "the book has them all"
    (figures,) = accounts.audits.figures(INN.id, DAY, DAY)
    charged = sum(one.amount for one in closed if one.sort is Sort.CHARGE)
    assert figures.room[0] + figures.food[0] + figures.other[0] == charged, "nothing came after the close"
    for one in cashiers:
        shift = accounts.shifts.mine(one.name, site=INN.id)
        mine = [entry for entry in everything if entry.means is Means.CASH and entry.by == one.name]
        assert shift is not None
        assert shift.expected == 50_000 - sum(entry.amount for entry in mine)
    gone = {one.id for one in world.hotel(world.work()).stays.departed(INN.id, DAY + ONE)}
    for folio in kept:
        assert folio.stay not in gone or not (folio.balance or folio.deposits), "who left owes nothing"
    assert {stay.state for stay in world.hotel(world.work()).stays.in_house(INN.id)} <= {StayState.IN_HOUSE}

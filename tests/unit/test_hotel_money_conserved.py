"""Random days of an inn: every fen that moved was said to the city once; each day's revenue is the bills'.

That is so for a day on which more was corrected than earned, too: the bureau reads it below nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.messaging.schemas import contracts
from tenants.bureau.domain.figures import gauges
from tenants.bureau.domain.figures.types import AUDIT
from tenants.hotel.domain.booking import due
from tenants.hotel.domain.charges import Department
from tenants.hotel.domain.folio import BY_HAND, Entry, Means, Sort, summed
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases import billing, folios, night_audit, takings
from tests.accounts_world import MemoryMoney
from tests.hotel_world import INN

ONE = timedelta(days=1)
_PLANS = ("bar", "breakfast", "fixed", "deposit")
_ACTS = ("book", "book", "come", "come", "charge", "take", "deposit", "apply", "back", "undo", "contra")
_MORE = ("cancel", "leave", "leave", "night", "night")


@dataclass
class Days:
    """An inn, and the money that its desk saw come and go with its own eyes."""

    world: MemoryMoney = field(default_factory=MemoryMoney)
    seen: int = 0
    booked: list[Order] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        self.world.set_up(twins=4, kings=2)
        self.world.inn()
        for which in range(4):  # three are in the house, one is still to come
            self.do("book", which, 1 + which)
        for _ in range(3):
            self.do("come", 0, 0)
        assert self.done == 7

    @property
    def today(self) -> date:
        return INN.night_of(self.world.now)

    def stays(self) -> list[Stay]:
        return [stay for order in self.booked for stay in self.world.stays(order)]

    def one(self, which: int, *states: StayState) -> Stay | None:
        found = [stay for stay in self.stays() if stay.state in states]
        return found[which % len(found)] if found else None

    def do(self, act: str, which: int, amount: int) -> None:
        """Try it; what is refused moved no money."""
        try:
            getattr(self, act)(which, amount)
            self.done += 1
        except Refusal:
            return

    def book(self, which: int, amount: int) -> None:
        held = self.world.hold(
            key=f"k{len(self.booked)}-{self.world.now}",
            day=self.today,
            nights=1 + amount % 3,
            plan=_PLANS[which % 4],
        )
        first = due(held).amount
        self.booked.append(self.world.pay(held) if first else self.world.guarantee(held))
        self.seen += first

    def cancel(self, which: int, amount: int) -> None:
        if self.booked:
            self.world.cancel(self.world.order(self.booked[which % len(self.booked)]))

    def come(self, which: int, amount: int) -> None:
        stay = self.one(which, StayState.EXPECTED)
        if stay is None:
            return
        self.world.now = max(self.world.now, INN.arrival(stay.arrive))
        free = ["201", "202", "203", "204"]
        taken = {room for other in self.stays() for room in other.has}
        room = next((room for room in free if room not in taken), None)
        if room is None:
            raise Missing
        self.world.come(self.world.assign(stay, room))

    def charge(self, which: int, amount: int) -> None:
        self._on_bill(which, lambda id: self.world.charge(id, amount, code=("meals", "minibar")[amount % 2]))

    def take(self, which: int, amount: int) -> None:
        self._on_bill(which, lambda id: self.world.take(id, amount, Means.CASH if amount % 2 else Means.SCAN))
        self.seen += amount

    def deposit(self, which: int, amount: int) -> None:
        self._on_bill(which, lambda id: self.world.take(id, amount, deposit=True))
        self.seen += amount

    def apply(self, which: int, amount: int) -> None:
        self._on_entry(which, _is_deposit, lambda id, n, a: takings.apply_deposit(id, n, amount, accounts=a))

    def back(self, which: int, amount: int) -> None:
        made = self._on_entry(which, _is_money, lambda id, n, a: takings.give_back(id, n, amount, accounts=a))
        if made is not None and made[1].means in BY_HAND:
            self.seen -= amount

    def undo(self, which: int, amount: int) -> None:
        made = self._on_entry(which, _is_money, lambda id, n, a: takings.undo(id, n, text="", accounts=a))
        if made is not None and made[1].means is not None:
            self.seen -= made[1].amount

    def contra(self, which: int, amount: int) -> None:
        self._on_entry(which, _is_charge, lambda id, n, a: folios.correct(id, n, text="", accounts=a))

    def leave(self, which: int, amount: int) -> None:
        stay = self.one(which, StayState.IN_HOUSE)
        if stay is None:
            return
        bills = self.world.do(lambda hotel: billing.due(stay, today=self.today, hotel=hotel))
        owed = sum(bill.balance for bill in bills if bill.balance > 0 and not bill.company)
        self.world.pay_up(stay.id)
        self.seen += owed
        self.world.go(stay, pays=False)

    def night(self, which: int, amount: int) -> None:
        after = INN.instant(self.today + ONE, time(2, 10))
        self.world.now = max(self.world.now, after)
        night_audit.run_due(INN.id, unit=self.world.unit)
        self.world.now = INN.instant(self.today + ONE, time(9)) if self.world.now.hour else self.world.now

    def _on_bill(self, which: int, act: Callable[[str], Any]) -> None:
        stay = self.one(which, StayState.IN_HOUSE)
        if stay is None:
            raise Missing
        act(f"{stay.id}.1")

    def _on_entry(
        self, which: int, wanted: Callable[[Entry], bool], act: Callable[[str, int, Any], Any]
    ) -> Any:
        stay = self.one(which, StayState.IN_HOUSE)
        if stay is None:
            raise Missing
        found = [entry.number for entry in self.world.entries(f"{stay.id}.1") if wanted(entry)]
        if not found:
            raise Missing
        return self.world.cash(lambda a: act(f"{stay.id}.1", found[-1 - which % len(found)], a))

    def ended(self) -> None:
        """Days pass until everybody has left and every refund has been sent."""
        for _ in range(8):
            for stay in [one for one in self.stays() if one.state is StayState.IN_HOUSE]:
                if stay.depart <= self.today:
                    self.do("leave", self._place(stay), 0)
            self.night(0, 0)
        self.world.settle()
        self.world.settle_folios()

    def _place(self, stay: Stay) -> int:
        here = [one.id for one in self.stays() if one.state is StayState.IN_HOUSE]
        return here.index(stay.id)


def _is_deposit(entry: Entry) -> bool:
    return entry.sort is Sort.DEPOSIT


def _is_money(entry: Entry) -> bool:
    return entry.means is not None


def _is_charge(entry: Entry) -> bool:
    return entry.sort is Sort.CHARGE


_AMOUNTS = st.sampled_from([1, 999, 3_000, 3_001, 6_000, 25_000, 60_001])
_STEPS = st.lists(
    st.tuples(st.sampled_from(_ACTS + _MORE), st.integers(0, 7), _AMOUNTS),
    min_size=8,
    max_size=30,
)


@settings(max_examples=30)
@given(_STEPS)
def test_what_moved_was_said_and_what_was_earned_is_said_day_by_day(
    steps: Sequence[tuple[str, int, int]],
) -> None:
    days = Days()
    for act, which, amount in steps:
        days.do(act, which, amount)
    days.ended()
    world = days.world
    moved = world.said_of("commerce.payment.settled")
    said = sum(-one["amount"] if one["refund"] else one["amount"] for one in moved)
    assert said == days.seen - world.payments.sent
    earned: dict[str, list[int]] = {}
    for entry in (one for one in world.memory.entries if one.sort is Sort.CHARGE):
        sums = earned.setdefault(entry.day.isoformat(), [0, 0])
        sums[entry.department is not Department.ROOM] += entry.amount
    audits = [one for one in world.said() if one["type"] == AUDIT]
    read = [gauge.value for one in audits for gauge in gauges(one).values()]
    told = {one["date"]: [one["roomRevenue"], one["otherRevenue"]] for one in read}
    assert len(told) == len(audits), "a day was closed twice"
    assert {day: sums for day, sums in told.items() if any(sums)} == {
        day: sums for day, sums in earned.items() if any(sums)
    }
    for one in audits:
        contracts()[AUDIT].check(one["data"])
    accounts = world.accounts(world.work())
    for folio in accounts.folios.open():
        assert summed(folio, accounts.folios.entries(folio)) == folio

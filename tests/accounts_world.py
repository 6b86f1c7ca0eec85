"""A hotel's money to test with: folios, a drawer, companies; in memory or on the engine."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from chalicelib.tenancy.context import bind
from tenants.hotel.domain.folio import Entry, Folio, Means, Payer, State, summed
from tenants.hotel.domain.receivable import Company
from tenants.hotel.store.accounts import AccountsStore, accounts_unit
from tenants.hotel.usecases import cashier, folios, setting, takings
from tests.fake_accounts import FakeAccounts
from tests.fakes import Work
from tests.hotel_world import INN, EngineWorld, MemoryWorld, World, context

CASHIER = "member:cashier"


class MoneyWorld(World):
    """What a cashier does here, each in a work of its own."""

    by = CASHIER

    def accounts(self, work: Any) -> Any: ...

    @property
    def accounts_unit(self) -> Any: ...

    def cash(self, act: Callable[[Any], Any]) -> Any:
        """Run ``act`` around fresh accounts and commit."""
        work = self.work()
        result = act(self.accounts(work))
        if not work.empty:
            work.commit()
        return result

    def inn(self) -> "MoneyWorld":
        """A property, an open shift with 500 yuan."""
        self.do(lambda hotel: setting.set_property(INN, hotel=hotel))
        self.cash(lambda accounts: cashier.open_shift(50_000, property=INN.id, accounts=accounts))
        return self

    def open(self, account: str = "st_1", **more: Any) -> Folio:
        """A guest's folio of a room."""
        facts = {"title": "301", "room": "301", "stay": account, "payer": Payer.GUEST, **more}
        made: Folio = self.cash(
            lambda accounts: folios.open_account(account, property=INN.id, accounts=accounts, **facts)
        )
        return made

    def window(self, account: str = "st_1", **more: Any) -> Folio:
        """Another window of an account."""
        facts = {"title": "窗口", **more}
        made: Folio = self.cash(lambda accounts: folios.add_window(account, accounts=accounts, **facts))
        return made

    def company(self, id: str = "acme", *, limit: int = 100_000, days: int = 30) -> Company:
        """A company that may owe so much."""
        wanted = Company(id=id, name="示例公司", limit=limit, days=days)
        made: Company = self.cash(lambda accounts: cashier.set_company(wanted, accounts=accounts))
        return made

    def charge(self, id: str, amount: int, *, code: str = "minibar", count: int = 1) -> Entry:
        """A charge, wherever its route leads."""
        made = self.cash(
            lambda accounts: folios.charge(id, code=code, amount=amount, count=count, accounts=accounts)
        )
        entry: Entry = made[1]
        return entry

    def take(self, id: str, amount: int, means: Means = Means.CASH, *, deposit: bool = False) -> Entry:
        """Money at the desk."""
        taking = takings.Taking(means=means, amount=amount, deposit=deposit)
        entry: Entry = self.cash(lambda accounts: takings.take(id, taking, accounts=accounts))[1]
        return entry

    def folio(self, id: str) -> Folio:
        """The folio as kept, after a proof that its sums are those of its entries."""
        accounts = self.accounts(self.work())
        found: Folio = accounts.folios.get(id)
        assert summed(found, accounts.folios.entries(found)) == found
        return found

    def entries(self, id: str) -> Sequence[Entry]:
        """Every entry of a folio."""
        accounts = self.accounts(self.work())
        found: Sequence[Entry] = accounts.folios.entries(accounts.folios.get(id))
        return found

    def settle_folios(self) -> int:
        """Send what folios owe."""
        return takings.settle_refunds(
            accounts=self.accounts(self.work()),
            unit=self.accounts_unit,
            provider=lambda _: self.payments,
        )

    def state(self, id: str) -> State:
        """The state of a folio."""
        return self.folio(id).state


class MemoryMoney(MoneyWorld, MemoryWorld):
    """In memory."""

    def accounts(self, work: Work) -> FakeAccounts:
        return FakeAccounts(self.hotel(work), work, by=self.by)

    @property
    def accounts_unit(self) -> Any:
        @contextmanager
        def unit(action: str) -> Iterator[FakeAccounts]:
            work = self.work(action)
            yield self.accounts(work)
            if not work.empty:
                work.commit()

        return unit


class EngineMoney(MoneyWorld, EngineWorld):
    """On the engine; whoever uses it has bound a tenant."""

    def accounts(self, work: Any) -> AccountsStore:
        return AccountsStore(work)

    def cash(self, act: Callable[[Any], Any]) -> Any:
        with bind(context(actor=self.by)):
            return super().cash(act)

    @property
    def accounts_unit(self) -> Any:
        return accounts_unit(self.now)

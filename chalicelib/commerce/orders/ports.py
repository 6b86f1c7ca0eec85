"""What the order use cases need from the outside."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.commerce.orders.domain import Fulfilment, Order
from chalicelib.commerce.stock.domain import Hold
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Who holds a lock: a person's place on a day, or the command itself where nobody is named."""

    order: str
    command: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class PendingRefund:
    """Money that must go back and may not have yet: from which provider's payment, how much, and why."""

    id: str
    order: str
    provider: str
    ref: str
    amount: Money
    reason: str


class Orders(Protocol):
    """Orders and their locks. Methods up to ``get`` write at once; the rest join the unit of work."""

    def lock(self, key: str, mine: Lock, *, until: datetime, now: datetime) -> Lock | None:
        """Take ``key`` unless another living lock has it; that one is returned, else nothing."""

    def locked(self, key: str, *, now: datetime) -> Lock | None:
        """The living lock at ``key``, if there is one."""

    def unlock(self, keys: Sequence[str], *, order: str) -> None:
        """Let go of the locks that this order has."""

    def create(self, order: Order) -> bool:
        """Write a new order; whether it was new."""

    def get(self, id: str) -> Order:
        """The order, or ``Missing``."""

    def expected(self, id: str) -> Order:
        """The order as made here a moment ago, else as read: for a work that checks its version."""

    def find(self, id: str) -> Order | None:
        """The order, if it is there."""

    def several(self, ids: Collection[str]) -> Sequence[Order]:
        """Those that are there, in no order: one call for a hundred."""

    def keep(self, order: Order, *, before: Order) -> None:
        """Join the work: replace ``before`` (its version is checked) by ``order``."""

    def fulfilled(self, id: str, fulfilment: Fulfilment) -> None:
        """At once: how far a confirmed order's goods have been used. Bumps its version."""

    def confirm_holds(self, order: Order) -> None:
        """Join the work: holds and locks become permanent; ``HoldLost`` or ``AlreadyHas`` refuse it."""

    def extend(self, order: Order, *, before: Order) -> None:
        """Join the work: move the hold's and locks' expiry to ``order.until``."""

    def confirm_more(self, order: Order, holds: Sequence[Hold]) -> None:
        """Join the work: further places of a firm order become permanent; ``HoldLost`` refuses it."""

    def extend_more(self, order: Order, holds: Sequence[Hold], *, until: datetime) -> None:
        """Join the work: move the expiry of further places of a firm order."""

    def give_back(self, order: Order, hold: Hold, *, count: int) -> None:
        """Join the work: places of a confirmed order, or of a living hold, return to stock."""

    def unlock_with(self, keys: Sequence[str], *, order: str) -> None:
        """Join the work: let go of locks."""

    def owe(self, refund: PendingRefund) -> None:
        """Join the work: remember that money must go back."""

    def settle(self, refund: PendingRefund) -> None:
        """Join the work: it went back."""

    def owed(self) -> Sequence[PendingRefund]:
        """Every refund that has not been settled."""

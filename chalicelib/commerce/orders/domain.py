"""Orders: three independent axes (order, payment, fulfilment) and one label for people, derived from them.

A hold is an order that is ``held`` until a moment; when the moment has passed it is over without anybody
having to write so. Nothing here knows a clock or a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.commerce.stock.domain import Hold
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt


class State(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Payment(StrEnum):
    NONE = "none"
    PAID = "paid"
    REFUNDING = "refunding"
    PARTLY_REFUNDED = "partly-refunded"
    REFUNDED = "refunded"


class Fulfilment(StrEnum):
    NONE = "none"
    ISSUED = "issued"
    PARTLY_USED = "partly-used"
    USED = "used"


class NotHeld(Refusal):
    code = "commerce.order.not-held"
    detail = N_("订单已经不在待付款状态。")
    remedy = N_("请刷新订单查看最新状态。")


class HoldOver(Refusal):
    code = "commerce.order.hold-over"
    detail = N_("付款时间已过,名额已释放。")
    remedy = N_("请重新下单。")


class NotPaid(Refusal):
    code = "commerce.order.not-paid"
    detail = N_("订单还没有付款,不能退款。")


class NothingToRefund(Refusal):
    code = "commerce.order.nothing-to-refund"
    detail = N_("没有可以退款的项目:已使用或已退款。")


class QuoteChanged(Refusal):
    code = "commerce.refund.quote-changed"
    detail = N_("退款金额已变为 %(amount)s,与您看到的不同。")
    remedy = N_("请重新查看金额后再确认。")


class AmountDiffers(Refusal):
    code = "commerce.payment.amount-differs"
    status = 422
    detail = N_("收款金额与订单金额 %(amount)s 不一致。")
    remedy = N_("请核对订单后再确认收款。")


class AlreadyHas(Refusal):
    code = "commerce.person.already-has"
    detail = N_("这位游客当天已有一份预订(证件尾号 %(tail)s)。")
    remedy = N_("同一证件同一天限订一份;如需改期请先退订原订单。")


@dataclass(frozen=True, kw_only=True)
class Tier:
    """From so many hours before the start: so many thousandths come back."""

    hours: int
    permille: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """One kind of thing in an order. ``price`` is fen apiece; ``starts``/``ends`` bound its use."""

    kind: str
    product: str
    title: str
    option: str
    resource: str
    slot: str
    starts: datetime
    ends: datetime
    count: int
    price: int
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.price * self.count


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One piece of a line that can be used or given back by itself: a ticket, a night, a parcel."""

    line: int
    number: int
    usable: bool


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What would come back now: per unit and in all. ``fee`` stays with the seller."""

    units: tuple[tuple[int, int], ...]  # (unit number, fen)
    amount: Money
    fee: Money
    permille: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a firm order is to become once ``due`` fen more are paid.

    lines: all of them as they will be. holds: the places that they need besides, kept until ``until``.
    paying: the provider's reference of the payment under way.
    """

    lines: tuple[Line, ...]
    holds: tuple[Hold, ...]
    due: int
    until: datetime
    paying: str = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order as kept. ``people`` is sealed; ``until`` bounds the hold; ``policy`` was fixed at purchase.

    more: payments after the first, for changes that cost more. beside: payments that bought nothing and go
    back whole (``orders/beside.py``): no part of what was paid. gone: fen given back, by payment, where there
    were several. A line whose count is 0 was replaced by others: it stays, for the others keep their places.
    """

    id: str
    lines: tuple[Line, ...]
    placed: datetime
    until: datetime
    channel: str
    locale: str
    policy: tuple[Tier, ...]
    holds: tuple[Hold, ...]
    locks: tuple[str, ...]
    people: bytes
    digest: str
    state: State = State.HELD
    payment: Payment = Payment.NONE
    fulfilment: Fulfilment = Fulfilment.NONE
    receipt: Receipt | None = None
    paying: str = ""  # provider's reference of a payment under way
    refunded: int = 0
    reason: str = ""
    more: tuple[Receipt, ...] = ()
    beside: tuple[Receipt, ...] = ()
    gone: Mapping[str, int] = field(default_factory=dict)
    change: Change | None = None
    version: int = 0

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Every payment, in the order in which they came."""
        return (self.receipt, *self.more) if self.receipt is not None else ()

    @property
    def kept(self) -> tuple[tuple[Receipt, int], ...]:
        """What is left of each payment, in fen."""
        if self.receipt is None:
            return ()
        if not self.more:
            return ((self.receipt, self.receipt.amount.amount - self.refunded),)
        return tuple((one, one.amount.amount - self.gone.get(one.ref, 0)) for one in self.receipts)

    @property
    def returned(self) -> dict[str, int]:
        """Fen that went back, by payment."""
        back = {one.ref: one.amount.amount - left for one, left in self.kept}
        return {ref: fen for ref, fen in back.items() if fen}

    @property
    def paid(self) -> Money:
        """What was paid and has not been given back."""
        return Money(sum(fen for _, fen in self.kept))

    def giving_back(self, fen: int) -> tuple[tuple[Receipt, int], ...]:
        """From which payments so much goes back: the last one first, none more than is left of it."""
        found = []
        for receipt, left in reversed(self.kept):
            part = min(left, fen)
            if part > 0:
                found.append((receipt, part))
                fen -= part
        return tuple(found)

    def less(self, parts: Sequence[tuple[Receipt, int]]) -> "Order":
        """The order after these parts of its payments went back."""
        before = self.returned
        gone = before | {one.ref: before.get(one.ref, 0) + fen for one, fen in parts}
        return replace(
            self,
            refunded=self.refunded + sum(fen for _, fen in parts),
            gone=gone if self.more else {},
        )

    @property
    def live(self) -> tuple[Line, ...]:
        """The lines that were not replaced by others."""
        return tuple(line for line in self.lines if line.count)

    @property
    def total(self) -> Money:
        return Money(sum(line.total for line in self.lines))

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def starts(self) -> datetime:
        return min(line.starts for line in self.live or self.lines)

    @property
    def ends(self) -> datetime:
        return max(line.ends for line in self.live or self.lines)

    def over(self, *, now: datetime) -> bool:
        """Whether this is a hold whose time has passed."""
        return self.state is State.HELD and self.until <= now

    def require_held(self, *, now: datetime) -> None:
        """Refuse what only a living hold may do."""
        if self.state is not State.HELD:
            raise NotHeld(state=str(self.state))
        if self.over(now=now):
            raise HoldOver

    def keeps(self, receipt: Receipt) -> bool:
        """Whether this money is what the order was paid with, and none of it has to go back."""
        same = any(known.ref == receipt.ref for known in self.receipts)
        return same and self.payment is Payment.PAID

    def knows(self, ref: str) -> bool:
        """Whether this payment was dealt with: it is the order's, or goes back beside it."""
        return any(known.ref == ref for known in (*self.receipts, *self.beside))

    def confirmed(self, receipt: Receipt) -> "Order":
        """Paid for: the money's receipt is part of the order from here on."""
        return replace(
            self,
            state=State.CONFIRMED,
            payment=Payment.PAID,
            fulfilment=Fulfilment.ISSUED,
            receipt=receipt,
            version=self.version + 1,
        )

    def quote(self, units: Sequence[Unit], *, now: datetime) -> Quote:
        """What giving back these units would return at ``now`` under the policy fixed at purchase."""
        if self.state is not State.CONFIRMED or self.receipt is None:
            raise NotPaid
        usable = [unit for unit in units if unit.usable]
        if not usable:
            raise NothingToRefund
        permille = self.permille(now=now)
        paid = Money(sum(self.lines[unit.line].price for unit in usable))
        back = paid.share(permille)
        weights = [self.lines[unit.line].price for unit in usable]
        shares = back.split(weights) if back else tuple(Money(0) for _ in usable)
        return Quote(
            units=tuple((unit.number, share.amount) for unit, share in zip(usable, shares, strict=True)),
            amount=back,
            fee=paid - back,
            permille=permille,
        )

    def permille(self, *, now: datetime) -> int:
        """The share that comes back at ``now``: of the tier with the most hours that are still ahead."""
        ahead = self.starts - now
        fitting = [tier for tier in self.policy if ahead >= timedelta(hours=tier.hours)]
        return max(fitting, key=lambda tier: tier.hours).permille if fitting else 0

    def label(self, *, now: datetime) -> str:
        """The one word people see, in Chinese source text."""
        if self.payment is Payment.REFUNDING:
            return N_("售后中")
        if self.state is State.CANCELLED or self.over(now=now) or self.payment is Payment.REFUNDED:
            return N_("已关闭")
        if self.state is State.HELD:
            return N_("待付款")
        if self.fulfilment is Fulfilment.USED:
            return N_("已完成")
        return N_("待使用")

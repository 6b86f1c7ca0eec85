"""Rate plans: where the price of a night comes from, what it includes, what cancelling costs."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.refusals import BaseWrong, DepositWrong, TierTwice


class Meal(StrEnum):
    NONE = "none"
    BREAKFAST = "breakfast"
    HALF = "half-board"
    FULL = "full-board"


class Secured(StrEnum):
    """What makes a booking firm: all of the money, a part of it, or the desk's word (a guarantee)."""

    PREPAID = "prepaid"
    DEPOSIT = "deposit"
    GUARANTEE = "guarantee"


@dataclass(frozen=True, kw_only=True)
class Derived:
    """The price of another plan, times ``permille`` (1000: the same), plus ``add`` fen a night."""

    plan: str
    permille: int = 1000
    add: int = 0

    def of(self, prices: Sequence[int]) -> list[int]:
        """The derived prices in fen, half a fen rounded up; never below nothing."""
        permille, add = self.permille * 2, self.add
        if permille == 2000:
            found = [price + add for price in prices]
        else:
            found = [(price * permille + 1000) // 2000 + add for price in prices]
        return found if min(found, default=0) >= 0 else [max(0, price) for price in found]


@dataclass(frozen=True, kw_only=True)
class Fee:
    """Cancelling at least ``hours`` before arrival costs ``permille`` of the stay or its first ``nights``."""

    hours: int
    permille: int = 0
    nights: int = 0

    def of(self, nightly: Sequence[int], *, whole: int) -> int:
        """The fee in fen of a stay that costs ``nightly``, ``whole`` together."""
        if self.nights:
            return sum(nightly[: self.nights])
        return Money(whole).share(self.permille).amount if self.permille else 0


@dataclass(frozen=True, kw_only=True)
class RatePlan:
    """A plan. ``types`` it is sold for (none: all); ``extra_adult``/``extra_child``: fen a night each.

    ``fees`` are the cancellation tiers; after the last of them, and for a no-show, all of the stay is due.
    """

    id: str
    names: Mapping[str, str]
    derived: Derived | None = None
    meal: Meal = Meal.NONE
    fees: tuple[Fee, ...] = ()
    secured: Secured = Secured.PREPAID
    deposit: int = 0
    types: frozenset[str] = field(default_factory=frozenset)
    extra_adult: int = 0
    extra_child: int = 0
    on: bool = True

    def __post_init__(self) -> None:
        if self.secured is Secured.DEPOSIT and not 0 < self.deposit <= 1000:
            raise DepositWrong
        if len({fee.hours for fee in self.fees}) != len(self.fees):
            raise TierTwice

    @cached_property
    def tiers(self) -> tuple[Fee, ...]:
        """The cancellation tiers in their order."""
        return in_order(self.fees)

    def sells(self, type: str) -> bool:
        """Whether this plan is offered for a room type."""
        return self.on and (not self.types or type in self.types)

    def due(self, total: Money) -> Money:
        """What must be paid before the booking is firm."""
        match self.secured:
            case Secured.PREPAID:
                return total
            case Secured.DEPOSIT:
                return total.share(self.deposit)
            case _:
                return Money(0, total.currency)


@dataclass(frozen=True, kw_only=True)
class Step:
    """Until this instant cancelling costs ``fee`` fen."""

    until: datetime
    fee: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The cancellation terms of one stay in money: fixed when it is bought. Later steps cost ``after``."""

    steps: tuple[Step, ...]
    after: int

    def times(self, count: int) -> "Terms":
        """The same for so many rooms."""
        steps = tuple(Step(until=step.until, fee=step.fee * count) for step in self.steps)
        return Terms(steps=steps, after=self.after * count)

    def at_least(self, least: int) -> "Terms":
        """The same, no step below this."""
        steps = tuple(Step(until=step.until, fee=max(step.fee, least)) for step in self.steps)
        return Terms(steps=steps, after=max(self.after, least))

    def fee(self, *, now: datetime) -> int:
        """What cancelling costs at ``now``, in fen: a step holds up to and including its instant."""
        return next((step.fee for step in self.steps if now <= step.until), self.after)


def terms(tiers: Sequence[Fee], nightly: Sequence[int], *, whole: int, arrival: datetime) -> Terms:
    """The tiers as instants and money: nights at ``nightly`` fen, ``whole`` together, from ``arrival``."""
    steps = [Step(until=_before(arrival, fee.hours), fee=fee.of(nightly, whole=whole)) for fee in tiers]
    return Terms(steps=tuple(steps), after=whole)


def in_order(fees: Sequence[Fee]) -> tuple[Fee, ...]:
    """Tiers in the order in which they end: the longest before arrival first."""
    return tuple(sorted(fees, key=lambda fee: -fee.hours))


@lru_cache(maxsize=256)  # the plans of a house share a few tiers, and a search asks a hundred times
def _before(arrival: datetime, hours: int) -> datetime:
    return arrival - timedelta(hours=hours)


def root(plan: RatePlan, plans: Mapping[str, RatePlan]) -> RatePlan:
    """The base plan from which ``plan`` takes its price. A derived plan names a base plan only."""
    if plan.derived is None:
        return plan
    base = plans.get(plan.derived.plan)
    if base is None or base.derived is not None or base.id == plan.id:
        raise BaseWrong
    return base

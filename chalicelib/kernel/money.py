"""Money is integers (fen) with a currency."""

from collections.abc import Sequence
from typing import Self

from chalicelib.kernel.late import dataclass


@dataclass(frozen=True, order=True)
class Money:
    """An amount in the currency's minor unit: ``Money(12000)`` is ¥120.00."""

    amount: int
    currency: str = "CNY"

    def __add__(self, other: Self) -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def share(self, permille: int) -> "Money":
        """This many thousandths of the amount, half a fen rounded up."""
        return Money((self.amount * permille * 2 + 1000) // 2000, self.currency)

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Shares in proportion to ``weights`` that add up exactly (largest remainder)."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        exact = [self.amount * weight for weight in weights]
        shares = [value // total for value in exact]
        order = sorted(range(len(weights)), key=lambda i: exact[i] % total, reverse=True)
        for index in order[: self.amount - sum(shares)]:
            shares[index] += 1
        return tuple(Money(share, self.currency) for share in shares)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount

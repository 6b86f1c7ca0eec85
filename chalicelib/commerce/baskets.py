"""Baskets: lines of several kinds, before anything is held. Pure; a module prices its lines itself, and says
what one piece of each claims: a place of one slot, of every night of a stay, of nothing that runs out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.commerce.orders.domain import Line
from chalicelib.commerce.stock.domain import Claim
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money

MOST_LINES = 30


class BasketFull(Refusal):
    code = "commerce.basket.full"
    status = 422
    detail = N_("一个订单最多 %(most)s 行,请分开下单。")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A priced line, and what one piece of it claims."""

    line: Line
    each: tuple[Claim, ...]


@dataclass(frozen=True, kw_only=True)
class Basket:
    """What somebody wants: a night, a lunch, a ticket and a box of dates side by side."""

    wanted: tuple[Wanted, ...] = ()

    def add(self, line: Line, *, each: Sequence[Claim]) -> "Basket":
        """One more line; the same thing at the same price is counted together."""
        merged = list(self.wanted)
        for index, other in enumerate(merged):
            if _same(other.line, line):
                merged[index] = replace(other, line=replace(line, count=other.line.count + line.count))
                return Basket(wanted=tuple(merged))
        if len(merged) >= MOST_LINES:
            raise BasketFull(most=MOST_LINES)
        return Basket(wanted=(*merged, Wanted(line=line, each=tuple(each))))

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(wanted.line for wanted in self.wanted)

    @property
    def total(self) -> Money:
        return Money(sum(line.total for line in self.lines))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What must be held: one claim a (resource, slot), however many lines draw on it."""
        counts: dict[tuple[str, str], Claim] = {}
        for wanted in self.wanted:
            for claim in wanted.each:
                before = counts.get(claim.slot.key)
                count = claim.count * wanted.line.count + (before.count if before else 0)
                counts[claim.slot.key] = Claim(slot=claim.slot, count=count)
        return tuple(counts.values())


def basket(wanted: Iterable[tuple[Line, Sequence[Claim]]]) -> Basket:
    """A basket of (line, what one piece of it claims)."""
    filled = Basket()
    for line, each in wanted:
        filled = filled.add(line, each=each)
    return filled


def _same(one: Line, other: Line) -> bool:
    return replace(one, count=1) == replace(other, count=1)

"""Baskets: lines of several kinds, before anything is held. Pure; a module prices its lines itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.commerce.orders.domain import Line
from chalicelib.commerce.stock.domain import Claim, Slot
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.money import Money

MOST_LINES = 30


class BasketFull(Refusal):
    code = "commerce.basket.full"
    status = 422
    detail = N_("一个订单最多 %(most)s 行,请分开下单。")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A priced line and the capacity of the slot it is taken from."""

    line: Line
    capacity: int


@dataclass(frozen=True, kw_only=True)
class Basket:
    """What somebody wants: a night, a lunch, a ticket and a box of dates side by side."""

    wanted: tuple[Wanted, ...] = ()

    def add(self, line: Line, *, capacity: int) -> "Basket":
        """One more line; the same thing at the same price is counted together."""
        merged = list(self.wanted)
        for index, other in enumerate(merged):
            if _same(other.line, line):
                merged[index] = replace(other, line=replace(line, count=other.line.count + line.count))
                return Basket(wanted=tuple(merged))
        if len(merged) >= MOST_LINES:
            raise BasketFull(most=MOST_LINES)
        return Basket(wanted=(*merged, Wanted(line=line, capacity=capacity)))

    def change(self, index: int, *, count: int) -> "Basket":
        """Another count of a line; none removes it."""
        kept = list(self.wanted)
        if count > 0:
            kept[index] = replace(kept[index], line=replace(kept[index].line, count=count))
        else:
            del kept[index]
        return Basket(wanted=tuple(kept))

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
            line = wanted.line
            slot = Slot(resource=line.resource, slot=line.slot, capacity=wanted.capacity)
            before = counts.get(slot.key)
            counts[slot.key] = Claim(slot=slot, count=line.count + (before.count if before else 0))
        return tuple(counts.values())


def basket(wanted: Iterable[tuple[Line, int]]) -> Basket:
    """A basket of (line, capacity of its slot)."""
    filled = Basket()
    for line, capacity in wanted:
        filled = filled.add(line, capacity=capacity)
    return filled


def _same(one: Line, other: Line) -> bool:
    return replace(one, count=1) == replace(other, count=1)

"""Disclosure: what may be published. A cell below ten could point at a person; one that few enterprises
make, or one of them nearly alone, gives that enterprise away.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from chalicelib.kernel.late import dataclass

LEAST = 10
"""The smallest count that is published."""


def publishable(cells: Mapping[str, int], *, total: bool = True) -> dict[str, int | None]:
    """The cells with what is too small left out (None). Zero says nothing of anybody and stays.

    ``total``: their sum is published too. Then a single hidden cell could be worked out from it, so the
    smallest of the others goes with it, unless the hidden ones together are large enough to hide in.
    """
    hidden = {key for key, n in cells.items() if 0 < n < LEAST}
    if total and hidden:
        hidden |= _companions(cells, hidden)
    return {key: None if key in hidden else n for key, n in cells.items()}


def _companions(cells: Mapping[str, int], hidden: set[str]) -> set[str]:
    """One more cell where one alone was hidden, or where all that is hidden makes less than ten together."""
    if len(hidden) > 1 and sum(cells[key] for key in hidden) >= LEAST:
        return set()
    others = sorted((n, key) for key, n in cells.items() if key not in hidden and n)
    return {others[0][1]} if others else set()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What may be published of enterprises. ``withheld``: tables with such rows are left out whole.
    ``units``: a cell from fewer enterprises is left out. ``share``: so is one of which a single enterprise
    makes more than this, in thousandths (dominance): the others could work it out.
    """

    withheld: frozenset[str]
    units: int
    share: int
    source: str
    since: date
    until: date | None = None


RULES: tuple[Rule, ...] = (
    Rule(
        withheld=frozenset({"sender"}),
        units=3,
        share=800,
        source="统计法 第二十八条（单个调查对象不得可识别）；至少三家、一家不超过八成为通行口径，待确认",
        since=date(2020, 1, 1),
    ),
)


def rule_on(day: date) -> Rule:
    """The rule of a day."""
    return next(one for one in RULES if one.since <= day and (one.until is None or day < one.until))


@dataclass(frozen=True, kw_only=True)
class Share:
    """A cell before it is published: from how many enterprises, what the largest makes of it (thousandths),
    and its value where cells add up to a total that is published too; None where they do not (rates).
    """

    units: int
    largest: int = 0
    value: int | None = None


def too_telling(cells: Sequence[Share], rule: Rule) -> set[int]:
    """The places that give an enterprise away, with as many others as keep a published total from doing so:
    what is hidden comes from enough enterprises, two cells at least and none that dominates, if there are.
    """
    hidden = {place for place, one in enumerate(cells) if _tells(one, rule)}
    others = sorted(
        (one.units, place) for place, one in enumerate(cells) if one.units and place not in hidden
    )
    while hidden and others and (len(hidden) < 2 or _tells(_together(cells, hidden), rule)):
        hidden.add(others.pop(0)[1])
    return hidden


def _tells(cell: Share, rule: Rule) -> bool:
    return 0 < cell.units < rule.units or cell.largest > rule.share


def _together(cells: Sequence[Share], places: set[int]) -> Share:
    """What the hidden cells make together: that much follows from the total and what is shown."""
    found = [cells[place] for place in places]
    total = sum(one.value or 0 for one in found)
    top = max((one.value or 0) * one.largest for one in found)
    return Share(units=sum(one.units for one in found), largest=top // total if total > 0 else 0)


def largest_share(parts: Iterable[int]) -> int:
    """What the largest of parts makes of their sum, in thousandths; nothing where they do not add up."""
    found = [part for part in parts if part > 0]
    return 1000 * max(found) // sum(found) if found else 0

"""KPI as code: a definition is a row with version, validity, source and owner; a reading follows from it.

Values are exact fractions, so "exactly 0.5 ‰" is met and a hair more is not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.disclosure import largest_share
from tenants.bureau.domain.figures import added
from tenants.bureau.domain.measures import Measure, Parts, Subject, total

Unit = Literal["percent", "permille", "count", "minutes", "fen", "score"]
State = Literal["met", "missed", "plain", "unmeasured", "insufficient"]
"""plain: no threshold is set. unmeasured: nothing was said that could be measured; silence is not zero.
insufficient: too few cases to judge by.
"""
By = Literal["district", "kind", "sender", "day", "code"]
"""code: the parts of the numerator itself (guests by country), where it has any."""

SCALE: Mapping[Unit, Fraction] = {
    "percent": Fraction(100),
    "permille": Fraction(1000),
    "count": Fraction(1),
    "minutes": Fraction(1, 60),
    "fen": Fraction(1),
    "score": Fraction(1),
}
"""From numerator over denominator to what is shown. Minutes are measured in seconds."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A version of a KPI. ``threshold``: in the unit. ``needs``: types that must have been heard at all.
    ``least``: a smaller denominator is no basis. ``money``: which of numerator and denominator are fen. Texts
    are Chinese source texts.
    """

    code: str
    title: str
    numerator: Measure
    unit: Unit
    owner: str
    source: str
    version: int = 1
    since: date = date(2020, 1, 1)
    denominator: Measure | None = None
    until: date | None = None
    threshold: Fraction | None = None
    better: Literal["more", "less"] = "more"
    kinds: frozenset[str] = field(default_factory=frozenset)
    needs: tuple[str, ...] = ()
    least: int = 1
    money: frozenset[str] = field(default_factory=frozenset)
    note: str = ""

    def holds(self, day: date) -> bool:
        """Whether this version is the one of ``day``."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Numerator and denominator of one part (a district, a sender, a day), and the value that follows.
    ``units``: of how many senders; ``largest``: what one of them makes of it at most, in thousandths.
    """

    key: str
    numerator: int
    denominator: int | None
    value: Fraction | None
    units: int = 0
    largest: int = 0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A KPI of a period."""

    definition: Definition
    first: date
    last: date
    whole: Cell
    state: State
    parts: Sequence[Cell] = ()


def definition_on(rows: Iterable[Definition], *, code: str, day: date) -> Definition | None:
    """The version of a KPI that holds on a day."""
    return next((one for one in rows if one.code == code and one.holds(day)), None)


def read(
    definition: Definition, subjects: Sequence[Subject], *, first: date, last: date, by: By | None = None
) -> Reading:
    """What a KPI is for these senders' days, and of its parts ``by`` what."""
    own = [one for one in subjects if not definition.kinds or one.known.kind in definition.kinds]
    whole = _cell("", definition, own)
    return Reading(
        definition=definition,
        first=first,
        last=last,
        whole=whole,
        state=_state(definition, whole, own),
        parts=_codes(definition, own) if by == "code" else _groups(definition, own, by),
    )


def _groups(definition: Definition, subjects: Sequence[Subject], by: By | None) -> list[Cell]:
    groups: dict[str, list[Subject]] = {}
    for one in subjects if by is not None else ():
        groups.setdefault(_KEYS[by or "day"](one), []).append(one)
    return [_shared(_cell(key, definition, part), definition, part) for key, part in sorted(groups.items())]


def _shared(cell: Cell, definition: Definition, subjects: Sequence[Subject]) -> Cell:
    """The cell with what it needs to be published or not."""
    by_sender: dict[str, list[Subject]] = {}
    for one in subjects:
        by_sender.setdefault(one.known.id, []).append(one)
    base = definition.denominator or definition.numerator
    bases = [total(base, part) for part in by_sender.values()]
    units = sum(bool(total(definition.numerator, part)) for part in by_sender.values())
    return replace(cell, units=units, largest=largest_share(bases))


def _codes(definition: Definition, subjects: Sequence[Subject]) -> list[Cell]:
    if not isinstance(definition.numerator, Parts):
        return []
    found = added(definition.numerator.cells(one) for one in subjects)
    return [
        Cell(key=code, numerator=n, denominator=None, value=_scaled(definition, Fraction(n)))
        for code, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


_KEYS: Mapping[str, Callable[[Subject], str]] = {
    "district": lambda one: one.known.district,
    "kind": lambda one: one.known.kind,
    "sender": lambda one: one.known.id,
    "day": lambda one: one.day.isoformat(),
}


def _cell(key: str, definition: Definition, subjects: Sequence[Subject]) -> Cell:
    numerator = total(definition.numerator, subjects)
    if definition.denominator is None:
        value: Fraction | None = Fraction(numerator)
        return Cell(key=key, numerator=numerator, denominator=None, value=_scaled(definition, value))
    denominator = total(definition.denominator, subjects)
    value = Fraction(numerator, denominator) if denominator > 0 else None
    return Cell(key=key, numerator=numerator, denominator=denominator, value=_scaled(definition, value))


def _scaled(definition: Definition, value: Fraction | None) -> Fraction | None:
    return None if value is None else value * SCALE[definition.unit]


def _state(definition: Definition, whole: Cell, subjects: Sequence[Subject]) -> State:
    heard = any(one.told.count("received") for one in subjects)
    if definition.needs:
        heard = any(one.told.count(f"n:{type}") for one in subjects for type in definition.needs)
    return judged(definition, whole, heard=heard)


def judged(definition: Definition, whole: Cell, *, heard: bool) -> State:
    """What a value means. ``heard``: something was said that it could follow from."""
    if whole.value is None or not heard:
        return "unmeasured"
    if whole.denominator is not None and whole.denominator < definition.least:
        return "insufficient"
    if definition.threshold is None:
        return "plain"
    enough = whole.value >= definition.threshold
    if definition.better == "less":
        enough = whole.value <= definition.threshold
    return "met" if enough else "missed"

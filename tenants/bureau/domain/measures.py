"""Measures: whole numbers read from one sender's day, each with the types of event that stand behind it.

A KPI is a measure over a measure. Every measure adds up over senders and days, except ``Active``, which asks
whether a sender was there at all in a period.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Any, Protocol

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.day import Day, Known, second_of
from tenants.bureau.domain.directive import Directive, Receipt
from tenants.bureau.domain.figures import behind, types
from tenants.bureau.domain.grades import grade_of
from tenants.bureau.domain.punctuality import State, report_of


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One sender's day under a measure. ``heard``: the ledger has a row of it; ``owed``: the directives
    issued to it that day, with its receipt.
    """

    known: Known
    day: date
    told: Day
    heard: bool
    now: datetime
    owed: Sequence[tuple[Directive, Receipt]] = ()


class Measure(Protocol):
    """A number of a sender's day."""

    def of(self, subject: Subject) -> int:
        """The number."""
        ...

    @property
    def types(self) -> Sequence[str]:
        """The types of the events behind it."""
        ...


@dataclass(frozen=True)
class Sum:
    """Counters, added up; ``-late`` takes one away."""

    names: tuple[str, ...]

    def of(self, subject: Subject) -> int:
        """See ``Measure``."""
        told = subject.told
        return sum(-told.count(name[1:]) if name[:1] == "-" else told.count(name) for name in self.names)

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return sorted({behind(name.removeprefix("-")) for name in self.names} - {""})


@dataclass(frozen=True)
class Parts:
    """The parts of a counter whose code is not among ``without`` (and does not begin with a digit where
    ``foreign``: provinces are numbers, countries letters).
    """

    name: str
    without: frozenset[str] = frozenset()
    foreign: bool = False

    def of(self, subject: Subject) -> int:
        """See ``Measure``."""
        return sum(self.cells(subject).values())

    def cells(self, subject: Subject) -> Mapping[str, int]:
        """By code."""
        return {
            code: n
            for code, n in subject.told.split(self.name).items()
            if code not in self.without and not (self.foreign and code[:1].isdigit())
        }

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return [behind(self.name)]


@dataclass(frozen=True)
class Said:
    """A field of a gauge family, added up over its gauges."""

    stem: str
    name: str

    def of(self, subject: Subject) -> int:
        """See ``Measure``."""
        return sum(int(value.get(self.name) or 0) for value in subject.told.latest(self.stem))

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return [behind(self.stem)]


@dataclass(frozen=True)
class Overload:
    """Seconds on a rung of the capacity ladder, areas added up."""

    level: int = 100
    cap: str = "instant"

    def of(self, subject: Subject) -> int:
        """See ``Measure``."""
        until = second_of(subject.now, day=subject.day)
        return sum(subject.told.over(self.level, cap=self.cap, until=until).values())

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return [types.CROSSED]


@dataclass(frozen=True)
class Incidents:
    """Incidents of these grades. The grade is worked out from the numbers; what was declared can only
    raise it.
    """

    grades: frozenset[str]

    def of(self, subject: Subject) -> int:
        """See ``Measure``."""
        told: Sequence[Mapping[str, Any]] = subject.told.latest("incident")
        return sum(grade_of(value, day=subject.day) in self.grades for value in told)

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return [types.INCIDENT]


@dataclass(frozen=True)
class Reported:
    """One where the sender's day stands in one of these states; without states: one for every reporter."""

    states: frozenset[State] = frozenset()

    def of(self, subject: Subject) -> int:
        """See ``Measure``. A day whose closes are not due yet counts neither way."""
        close = subject.told.gauges.get("close")
        told = subject.told if subject.heard else None
        closed = close.at if close is not None else ""
        state = report_of(subject.known, told, day=subject.day, closed=closed, now=subject.now).state
        if state == "open":
            return 0
        return int(not self.states or state in self.states)

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return ()


@dataclass(frozen=True)
class Receipts:
    """Receipts of directives that asked for one: all, or those acknowledged in time."""

    timely: bool = False

    def of(self, subject: Subject) -> int:
        """See ``Measure``. Who still has time counts neither way."""
        return sum(self._counts(directive, receipt, subject.now) for directive, receipt in subject.owed)

    def _counts(self, directive: Directive, receipt: Receipt, now: datetime) -> bool:
        if directive.due is None or directive.status != "actual" or directive.stage != "issued":
            return False
        granted = (directive.due - directive.issued).total_seconds()
        said = [one for one in (receipt.read, receipt.acted) if one is not None]
        timely = receipt.state == "acknowledged" and min(said) <= granted
        return timely if self.timely else timely or now > directive.due

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return [types.RECEIPT]


@dataclass(frozen=True)
class Active:
    """One for each sender (of these kinds, if any) that was heard in the period; or for each there is."""

    heard: bool = True
    kinds: frozenset[str] = field(default_factory=frozenset)

    def of(self, subject: Subject) -> int:
        """Whether the sender counts on this day; the period takes the greatest, not the sum."""
        if self.kinds and subject.known.kind not in self.kinds:
            return 0
        return int(not self.heard or subject.told.count("received") > subject.told.count("apart"))

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return ()


def total(measure: Measure, subjects: Sequence[Subject]) -> int:
    """The measure over senders and days."""
    if not isinstance(measure, Active):
        return sum(measure.of(subject) for subject in subjects)
    found: dict[str, int] = {}
    for subject in subjects:
        found[subject.known.id] = max(found.get(subject.known.id, 0), measure.of(subject))
    return sum(found.values())

"""Sheets: the tables of a report, as rows of data; and the tally that fills them, a day at a time.

What adds up is added up day by day, so a year takes no more memory than a day. Values are whole numbers: a
rate is kept as ten-thousandths, money in fen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Any, Literal

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.disclosure import largest_share
from tenants.bureau.domain.measures import Active, Measure, Parts, Subject

By = Literal["total", "district", "kind", "sender", "day", "month", "code", "type"]
Unit = Literal["count", "fen", "rate", "minutes", "days", "hours"]
"""rate: ten-thousandths; minutes and hours are measured in seconds."""

GROUPED: frozenset[By] = frozenset({"district", "kind"})
"""Rows that stand for several enterprises."""

Value = int | None
_SCALE: Mapping[str, Fraction] = {
    "rate": Fraction(10_000),
    "minutes": Fraction(1, 60),
    "hours": Fraction(1, 3600),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: a measure, or a measure over another. ``needs``: gauges without which nobody has said it.
    ``of``: the kinds of enterprise that have it, all where empty. ``title``: Chinese source text.
    """

    key: str
    title: str
    measure: Measure
    over: Measure | None = None
    unit: Unit = "count"
    needs: str = ""
    of: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table. ``kinds``: of these senders only. ``sparse``: rows of nothing but zeros are left out.
    ``ranked``: the largest of the first column first. ``apart``: where none of a column's kinds was heard its
    cell is empty; otherwise whoever was heard makes it a zero.
    """

    key: str
    title: str
    by: By
    columns: tuple[Column, ...]
    kinds: frozenset[str] = frozenset()
    sparse: bool = False
    ranked: bool = False
    apart: bool = False


@dataclass(kw_only=True)
class Sum:
    """What a column has come to in one row. ``said``: somebody was heard. ``parts``: what each sender adds,
    ``bases``: to what it is divided by, in rows that stand for several.
    """

    top: int = 0
    bottom: int = 0
    said: bool = False
    parts: dict[str, int] = field(default_factory=dict)
    bases: dict[str, int] = field(default_factory=dict)

    def value(self, column: Column) -> Value:
        """The cell: None where nobody said anything that it could follow from."""
        if not self.said:
            return None
        if column.over is None:
            return rounded(Fraction(self.top) * _SCALE.get(column.unit, Fraction(1)))
        if self.bottom <= 0:
            return None
        return rounded(Fraction(self.top, self.bottom) * _SCALE.get(column.unit, Fraction(1)))


@dataclass(kw_only=True)
class Tally:
    """Fills sheets. ``feed`` it every sender's day once."""

    sheets: Sequence[Sheet]
    names: dict[str, str] = field(default_factory=dict)
    _sums: dict[str, dict[str, dict[str, Sum]]] = field(default_factory=dict)
    _active: dict[tuple[str, str, str, bool], set[str]] = field(default_factory=dict)

    def feed(self, subjects: Iterable[Subject]) -> None:
        """Add senders' days."""
        for one in subjects:
            self.names.setdefault(one.known.id, one.known.name)
            for sheet in self.sheets:
                if not sheet.kinds or one.known.kind in sheet.kinds:
                    self._add(sheet, one)

    def rows(self, sheet: Sheet) -> list[dict[str, Any]]:
        """The rows of a sheet: ``{key, cells}``, with ``label`` where the key is a sender."""
        found = self._sums.get(sheet.key, {})
        rows: list[dict[str, Any]] = [
            {
                "key": key,
                **({"label": self.names.get(key, key)} if sheet.by == "sender" else {}),
                "cells": [sums.get(column.key, Sum()).value(column) for column in sheet.columns],
                **_units(sheet, sums),
            }
            for key, sums in sorted(found.items())
        ]
        if sheet.sparse:
            rows = [row for row in rows if any(row["cells"])]
        if sheet.ranked:
            rows.sort(key=lambda row: (-(row["cells"][0] or 0), str(row["key"])))
        return rows

    def sum(self, sheet: Sheet, row: str, column: Column) -> Sum:
        """What a column has come to in a row."""
        return self._sums.get(sheet.key, {}).get(row, {}).get(column.key, Sum())

    def sums(self, sheet: str) -> list[dict[str, int]]:
        """The numerators of a sheet's columns, row by row."""
        found = self._sums.get(sheet, {})
        return [{name: sum.top for name, sum in row.items()} for _, row in sorted(found.items())]

    def _add(self, sheet: Sheet, one: Subject) -> None:
        place = self._sums.setdefault(sheet.key, {})
        for key in keys_of(sheet, one):
            row = place.setdefault(key, {})
            for column in sheet.columns:
                sum = row.setdefault(column.key, Sum())
                top = self._of(column.measure, one, sheet, (sheet.key, key, column.key, True))
                has = bool(top) or not (sheet.apart and column.of) or one.known.kind in column.of
                sum.said = sum.said or (has and _said(column, one))
                sum.top += top
                _keep(sum.parts, one, top, sheet)
                if column.over is not None:
                    bottom = self._of(column.over, one, sheet, (sheet.key, key, column.key, False))
                    sum.bottom += bottom
                    _keep(sum.bases, one, bottom, sheet)

    def _of(self, measure: Measure, one: Subject, sheet: Sheet, place: tuple[str, str, str, bool]) -> int:
        if isinstance(measure, Parts) and sheet.by == "code":
            return measure.cells(one).get(place[1], 0)
        if isinstance(measure, Typed) and sheet.by == "type":
            return measure.at(one, place[1])
        if not isinstance(measure, Active):
            return measure.of(one)
        seen = self._active.setdefault(place, set())  # a sender counts once a period, not once a day
        if one.known.id in seen or not measure.of(one):
            return 0
        seen.add(one.known.id)
        return 1


@dataclass(frozen=True)
class Typed:
    """A counter of the row's own type of event: ``n`` received, ``l`` late, ``a`` after the books closed."""

    letter: str

    def of(self, subject: Subject) -> int:
        """See ``Measure``."""
        return sum(n for name, n in subject.told.counters.items() if name.startswith(f"{self.letter}:"))

    def at(self, subject: Subject, type: str) -> int:
        """Of one type."""
        return subject.told.count(f"{self.letter}:{type}")

    @property
    def types(self) -> Sequence[str]:
        """See ``Measure``."""
        return ()


def rounded(value: Fraction) -> int:
    """To whole numbers, half away from zero: as people round."""
    sign = -1 if value < 0 else 1
    return sign * int(abs(value) + Fraction(1, 2))


def _units(sheet: Sheet, sums: Mapping[str, Sum]) -> dict[str, list[int]]:
    """From how many enterprises each cell of a group comes, and what the largest makes of it (of a rate: of
    what it is divided by), in thousandths: what may be published depends on it.
    """
    if sheet.by not in GROUPED:
        return {}
    found = [sums.get(column.key, Sum()) for column in sheet.columns]
    return {
        "units": [len(one.parts) for one in found],
        "largest": [largest_share((one.bases or one.parts).values()) for one in found],
    }


def _keep(parts: dict[str, int], one: Subject, amount: int, sheet: Sheet) -> None:
    if amount and sheet.by in GROUPED:
        parts[one.known.id] = parts.get(one.known.id, 0) + amount


def keys_of(sheet: Sheet, one: Subject) -> Iterable[str]:
    """The rows that a sender's day belongs to."""
    if sheet.by == "type":
        return [*one.told.types()]
    if sheet.by == "code":
        first = sheet.columns[0].measure
        return [*first.cells(one)] if isinstance(first, Parts) else ()
    return (_KEYS[sheet.by](one),)


_KEYS: Mapping[str, Callable[[Subject], str]] = {
    "total": lambda _: "",
    "district": lambda one: one.known.district,
    "kind": lambda one: one.known.kind,
    "sender": lambda one: one.known.id,
    "day": lambda one: one.day.isoformat(),
    "month": lambda one: f"{one.day:%Y-%m}",
}


def _said(column: Column, one: Subject) -> bool:
    if column.needs:
        return any(name.partition(":")[0] == column.needs for name in one.told.gauges)
    return one.heard or column.unit == "days"

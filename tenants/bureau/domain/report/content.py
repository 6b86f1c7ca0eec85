"""The content of a report: its sheets as plain data, put together from senders' days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.kpi import SCALE, Cell, Definition, judged
from tenants.bureau.domain.measures import Receipts, Subject
from tenants.bureau.domain.measures import Sum as Counted
from tenants.bureau.domain.report.definitions import Report
from tenants.bureau.domain.report.sheets import Column, Sheet, Tally, rounded

Content = dict[str, Any]
Rows = Mapping[str, Sequence[int | None]]


@dataclass(kw_only=True)
class Gathered:
    """What a report is made from. Feed it day by day; then ``content``.

    ``formers``: per former period the tally of the same columns by sender; ``heard``: who was heard then.
    """

    report: Report
    kpis: Sequence[Definition] = ()
    formers: dict[str, Tally] = field(default_factory=dict)
    events: int = 0
    replaced: int = 0
    refused: int = 0
    through: str = ""

    def __post_init__(self) -> None:
        self._own = _by_sender(self.report.compared)
        self._tally = Tally(sheets=[*self.report.sheets, self._own])
        self._kpis = Tally(sheets=[_kpi_sheet(one) for one in self.kpis if not _of_receipts(one)])
        self._receipts = Tally(sheets=[_kpi_sheet(one) for one in self.kpis if _of_receipts(one)])

    def feed(self, subjects: Sequence[Subject]) -> None:
        """Add every sender's day of the period."""
        self._tally.feed(subjects)
        self._kpis.feed(subjects)

    def feed_receipts(self, subjects: Iterable[Subject]) -> None:
        """Add what senders owed a receipt for: only KPIs of receipts ask for it."""
        self._receipts.feed(subjects)

    def feed_former(self, name: str, subjects: Sequence[Subject]) -> None:
        """Add every sender's day of a former period."""
        self.formers.setdefault(name, self.empty()).feed(subjects)

    def empty(self) -> Tally:
        """What a former period is gathered in: it is named even where nobody was heard."""
        return Tally(sheets=[self._own])

    def content(self) -> Content:
        """Everything, as data whose canonical form is the same for the same facts."""
        sheets = [_sheet(sheet, self._tally.rows(sheet)) for sheet in self.report.sheets]
        if self.kpis:
            sheets.insert(1, self._kpi_rows())
        own = self._tally.rows(self._own)
        for name, tally in self.formers.items():
            sheets.append(_compared(name, self.report.compared, own, tally.rows(self._own)))
        return {"sheets": sheets}

    @property
    def watermark(self) -> dict[str, int]:
        """What of the ledger went in."""
        return {"events": self.events, "replaced": self.replaced, "refused": self.refused}

    def _kpi_rows(self) -> Content:
        rows = []
        for definition in self.kpis:
            cell, heard = self._read(definition)
            rows.append(
                {
                    "key": definition.code,
                    "label": definition.title,
                    "unit": definition.unit,
                    "version": definition.version,
                    "cells": [
                        _hundredths(cell.value),
                        _hundredths(definition.threshold),
                        cell.numerator if heard else None,
                        cell.denominator if heard else None,
                        judged(definition, cell, heard=heard),
                    ],
                }
            )
        columns = [
            {"key": "value", "title": N_("数值"), "unit": "hundredths"},
            {"key": "threshold", "title": N_("目标"), "unit": "hundredths"},
            {"key": "numerator", "title": N_("分子"), "unit": "count"},
            {"key": "denominator", "title": N_("分母"), "unit": "count"},
            {"key": "state", "title": N_("结论"), "unit": "state"},
        ]
        return {"key": "kpis", "title": N_("考核指标"), "by": "kpi", "columns": columns, "rows": rows}

    def _read(self, definition: Definition) -> tuple[Cell, bool]:
        """A KPI over the whole period, and whether anything was said that it could follow from."""
        tally = self._receipts if _of_receipts(definition) else self._kpis
        (row,) = tally.sums(f"kpi {definition.code}") or ({},)
        top = row.get("top", 0)
        bottom = row.get("bottom", 0) if definition.denominator is not None else None
        heard = (bottom or 0) if _of_receipts(definition) else row.get("heard", 0)
        value = None
        if bottom is None:
            value = Fraction(top) * SCALE[definition.unit]
        elif bottom > 0:
            value = Fraction(top, bottom) * SCALE[definition.unit]
        return Cell(key="", numerator=top, denominator=bottom, value=value), heard > 0


def _kpi_sheet(definition: Definition) -> Sheet:
    heard = tuple(f"n:{type}" for type in definition.needs) or ("received",)
    columns = [
        Column(key="top", title="", measure=definition.numerator),
        Column(key="heard", title="", measure=Counted(heard)),
    ]
    if definition.denominator is not None:
        columns.append(Column(key="bottom", title="", measure=definition.denominator))
    return Sheet(
        key=f"kpi {definition.code}", title="", by="total", columns=tuple(columns), kinds=definition.kinds
    )


def _of_receipts(definition: Definition) -> bool:
    return isinstance(definition.numerator, Receipts)


def _by_sender(columns: Sequence[Column]) -> Sheet:
    heard = Column(key="heard", title="", measure=Counted(("received",)))
    return Sheet(key="by sender", title="", by="sender", columns=(heard, *columns))


def _sheet(sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> Content:
    return {
        "key": sheet.key,
        "title": sheet.title,
        "by": sheet.by,
        "columns": [{"key": one.key, "title": one.title, "unit": one.unit} for one in sheet.columns],
        "rows": list(rows),
    }


FORMER = {"before": N_("与上期相比(可比单位)"), "year": N_("与上年同期相比(可比单位)")}


def _compared(
    name: str,
    columns: Sequence[Column],
    now: Sequence[Mapping[str, Any]],
    then: Sequence[Mapping[str, Any]],
) -> Content:
    """Now against a former period, over the senders that were heard in both: others would only show that
    more of them report."""
    present: Rows = {row["key"]: row["cells"] for row in now if row["cells"][0]}
    former: Rows = {row["key"]: row["cells"] for row in then if row["cells"][0]}
    both = sorted(present.keys() & former.keys())
    rows = []
    for place, column in enumerate(columns, start=1):
        pairs = [(present[one][place] or 0, former[one][place] or 0) for one in both]
        pairs = [pair for pair in pairs if any(pair)]
        a, b = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
        change = rounded(Fraction(10_000 * (a - b), b)) if b else None
        rows.append(
            {
                "key": column.key,
                "label": column.title,
                "unit": column.unit,
                "cells": [a, b, change, len(pairs)] if pairs else [None, None, None, 0],
            }
        )
    heads = [
        {"key": "now", "title": N_("本期"), "unit": "row"},
        {"key": "then", "title": N_("对比期"), "unit": "row"},
        {"key": "change", "title": N_("增减"), "unit": "rate"},
        {"key": "units", "title": N_("可比单位"), "unit": "count"},
    ]
    return {"key": name, "title": FORMER[name], "by": "measure", "columns": heads, "rows": rows}


def _hundredths(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value * 100)

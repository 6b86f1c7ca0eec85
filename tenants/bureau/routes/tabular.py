"""Rows as a file that a spreadsheet opens: UTF-8 with its mark, formulas defused."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any


def csv_text(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows of a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: Any) -> Any:
    """A spreadsheet runs what begins like a formula; numbers are numbers and stay."""
    if isinstance(cell, str) and cell[:1] in {*"=+-@\t\r"}:
        return f"'{cell}"
    return "" if cell is None else cell

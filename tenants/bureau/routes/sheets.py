"""Files that a spreadsheet opens: UTF-8 with its mark, formulas defused."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.web.http import Attachment


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV; an empty cell where nobody said."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def csv_sheet(head: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str) -> Attachment:
    """The same as a download."""
    return Attachment(csv_bytes(head, rows), content_type="text/csv; charset=utf-8", name=name)


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "=+-@\t\r" and value:
        return "'" + value
    return "" if value is None else value

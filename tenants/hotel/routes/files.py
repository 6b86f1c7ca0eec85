"""Tables as files for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chalicelib.web.http import Attachment


def csv_file(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, day: date) -> Attachment:
    """A CSV with the mark that spreadsheets need to read it as UTF-8; no cell is taken for a formula."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(heads)
    for row in rows:
        sheet.writerow([plain(cell) for cell in row])
    name = f"{title}-{day.isoformat()}.csv"
    return Attachment("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", name=name)


def plain(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; a negative number stays one."""
    if not isinstance(cell, str) or not cell.startswith(("=", "+", "-", "@", "\t")):
        return cell
    return cell if cell.lstrip("-").replace(".", "", 1).isdigit() else f"'{cell}"

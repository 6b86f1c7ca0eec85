"""Tables of the desk as files for a spreadsheet."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chalicelib.web.http import Attachment
from chalicelib.web.sheets import csv_sheet


def csv_file(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, day: date) -> Attachment:
    """A table under its title and day."""
    return csv_sheet(heads, rows, name=f"{title}-{day.isoformat()}.csv")

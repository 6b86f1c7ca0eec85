"""Tables of the desk as files for a spreadsheet."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from chalicelib.kernel.personal import Erased
from chalicelib.web.http import Attachment
from chalicelib.web.i18n import Translate
from chalicelib.web.sheets import csv_sheet


def csv_file(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, day: date) -> Attachment:
    """A table under its title and day."""
    return csv_sheet(heads, rows, name=f"{title}-{day.isoformat()}.csv")


def told(cells: Iterable[Any], say: Translate) -> list[Any]:
    """A row with people in it: what was destroyed in the reader's language."""
    return [say(cell) if isinstance(cell, Erased) else cell for cell in cells]

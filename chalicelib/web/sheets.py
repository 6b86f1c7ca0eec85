"""Tables as files that a spreadsheet opens: UTF-8 with its mark, and no cell that it would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.web.answers import Attachment

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# What a spreadsheet takes for the beginning of a formula, behind white space too; East Asian editions of
# Excel take the full-width marks as well (OWASP, CSV Injection).
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def plain(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; a number stays one, however it is given."""
    if not isinstance(cell, str) or _FORMULA.match(cell) is None or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table, after the mark without which a spreadsheet takes it for the computer's own code page; an empty
    cell where nobody said (``None``)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([plain(head) for head in heads])
    for row in rows:
        writer.writerow([plain(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The same, to be kept or sealed."""
    return csv_text(heads, rows).encode()


def csv_sheet(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str) -> Attachment:
    """The same as a download of this name."""
    return Attachment(csv_text(heads, rows), content_type="text/csv; charset=utf-8", name=name)

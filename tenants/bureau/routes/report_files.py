"""Files of a report: PDF, workbook, CSV. Made of the sealed content alone: made again they are the same."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.period import parse_instant
from chalicelib.web.printing import pdf
from chalicelib.web.sheets import csv_bytes
from tenants.bureau.routes import report_view
from tenants.bureau.routes.report_words import chinese, moment
from tenants.bureau.usecases.archive import Form, Opened

TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
_DIVIDED = {"fen": 100, "rate": 10_000}
_FORMATS = {"fen": "#,##0.00", "rate": "0.0%", "count": "#,##0", "days": "#,##0", "minutes": "#,##0"}
_SEAL = "封存信息"


def render(opened: Opened, form: Form, *, slug: str, issuer: str) -> bytes:
    """A file. ``slug`` and ``issuer``: whose report it is, for the address where it is verified."""
    make: Callable[..., bytes] = {"pdf": _pdf, "xlsx": _workbook, "csv": _csv}[form]
    return make(opened, address=f"{settings().base_url}/reports/{slug}/verify", issuer=issuer)


def _pdf(opened: Opened, *, address: str, issuer: str) -> bytes:
    sealed = opened.sealed
    tables = report_view.tables(opened.body, chinese())
    printed = {
        **report_view.head(sealed, chinese()),
        "issuer": issuer,
        "address": address,
        "sealed": moment(sealed.sealed, chinese()),
        "through": moment(sealed.through, chinese()),
        "tables": [{**one, "rows": [_texts(row) for row in one["rows"]]} for one in tables],
        "changed": report_view.changes(opened.changes, chinese()),
    }
    return pdf("report", printed, made=parse_instant(sealed.sealed))


def _texts(row: Mapping[str, Any]) -> list[str]:
    return [row["label"], *(cell["text"] for cell in row["cells"])]


def _workbook(opened: Opened, *, address: str, issuer: str) -> bytes:
    import xlsxwriter  # only who asks for a workbook pays for it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    head = report_view.head(opened.sealed, chinese())
    made = parse_instant(opened.sealed.sealed).replace(tzinfo=None)
    book.set_properties({"title": f"{head['title']} {head['period']}", "author": issuer, "created": made})
    bold = book.add_format({"bold": True, "bottom": 1})
    styles = {unit: book.add_format({"num_format": text}) for unit, text in _FORMATS.items()}
    names: set[str] = set()
    for one in report_view.tables(opened.body, chinese()):
        page = book.add_worksheet(_tab(one["title"], names))
        page.freeze_panes(1, 1)
        page.set_column(0, 0, 28)
        page.set_column(1, max(len(one["columns"]), 1), 14)
        page.write_row(0, 0, [one["head"], *(column["title"] for column in one["columns"])], bold)
        for line, row in enumerate(one["rows"], start=1):
            page.write_string(line, 0, row["label"])
            for place, cell in enumerate(row["cells"], start=1):
                _write(page, line, place, cell, styles)
    page = book.add_worksheet(_tab(_SEAL, names))
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 80)
    for line, pair in enumerate(_facts(opened, address=address, issuer=issuer)):
        page.write_row(line, 0, pair)
    book.close()
    return out.getvalue()


def _write(page: Any, line: int, place: int, cell: Mapping[str, Any], styles: Mapping[str, Any]) -> None:
    value, unit = cell["value"], cell["unit"]
    if isinstance(value, int) and unit in styles:
        page.write_number(line, place, value / _DIVIDED.get(unit, 1), styles[unit])
    else:  # a dash too: an empty field would be read as forgotten
        page.write_string(line, place, cell["text"])


def _csv(opened: Opened, *, address: str, issuer: str) -> bytes:
    """One row a cell: whoever reads it with a program needs no layout."""
    rows: list[tuple[Any, ...]] = [
        (
            *(one["key"], one["title"], row["key"], row["label"]),
            *(column["key"], column["title"], _bare(cell), cell["unit"]),
        )
        for one in report_view.tables(opened.body, chinese())
        for row in one["rows"]
        for column, cell in zip(one["columns"], row["cells"], strict=True)
    ]
    for name, value in _facts(opened, address=address, issuer=issuer):
        rows.append(("seal", _SEAL, "", name, "", "", value, ""))
    head = ("sheet", "sheet_title", "row", "row_label", "column", "column_title", "value", "unit")
    return csv_bytes(head, rows)


def _bare(cell: Mapping[str, Any]) -> Any:
    """The value without its unit; where there is none, the dash that the page shows."""
    return cell["text"] if cell["value"] is None else cell["value"]


def _facts(opened: Opened, *, address: str, issuer: str) -> list[tuple[str, str]]:
    sealed = opened.sealed
    head = report_view.head(sealed, chinese())
    return [
        ("报告", f"{head['code']} {head['title']}"),
        ("时段", head["period"]),
        ("范围", head["scope"]),
        ("版本", str(sealed.version)),
        ("编制", issuer),
        ("封存时间", moment(sealed.sealed, chinese())),
        ("数据截至", moment(sealed.through, chinese())),
        ("计入事件", str(head["events"])),
        ("口径版本", sealed.query),
        ("校验值 SHA-256", sealed.sha),
        ("核验地址", address),
    ]


def _tab(title: str, taken: set[str]) -> str:
    """A name for a tab: at most 31 letters, none twice."""
    name = "".join("-" if letter in "[]:*?/\\" else letter for letter in title)[:28]
    while name in taken:
        name += "+"
    taken.add(name)
    return name

"""A sealed body as people read it: the same rows for the page, the print, the workbook and the file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tenants.bureau.domain.report.definitions import report_on
from tenants.bureau.domain.report.seal import Difference, Sealed, unit_of
from tenants.bureau.routes import report_words
from tenants.bureau.routes.report_words import Reader

Part = Mapping[str, Any]
Link = Callable[[Part, Part, Part], str | None]
"""The way home from a cell: its sheet, row and column."""


def head(sealed: Sealed, reader: Reader) -> dict[str, Any]:
    """What a report is: title, period, scope, and its seal."""
    report = report_on(sealed.code, sealed.first)
    cadence = report.cadence if report is not None else "day"
    return {
        "id": sealed.id,
        "code": sealed.code,
        "title": reader.say(report.title) if report is not None else sealed.code,
        "period": report_words.span(cadence, sealed.span, sealed.first, sealed.last, reader),
        "scope": report_words.place(sealed.scope, reader),
        "version": sealed.version,
        "sha": sealed.sha,
        "sealed": sealed.sealed,
        "query": sealed.query,
        "through": sealed.through,
        "events": sealed.watermark.get("events", 0),
        "replaced": sealed.watermark.get("replaced", 0),
        "refused": sealed.watermark.get("refused", 0),
        "changes": sealed.changes,
        "final": sealed.final,
        "by": sealed.by,
        "published": sealed.published,
        "supersedes": sealed.supersedes,
    }


def tables(body: Part, reader: Reader, *, link: Link | None = None) -> list[dict[str, Any]]:
    """The sheets: ``{key, title, head, columns, rows}``; each cell ``{text, value, unit, href}``."""
    return [_table(sheet, body, reader, link) for sheet in body["content"]["sheets"]]


def _table(sheet: Part, body: Part, reader: Reader, link: Link | None) -> dict[str, Any]:
    def cell(row: Part, column: Part, value: Any) -> dict[str, Any]:
        unit = unit_of(row, column)
        return {
            "text": report_words.cell(value, unit, reader),
            "value": value,
            "unit": unit,
            "href": link(sheet, row, column) if link is not None and value is not None else None,
        }

    columns = [
        {
            "key": one["key"],
            "title": reader.say(one["title"]),
            "unit": one["unit"],
            "right": one["unit"] != "state",
        }
        for one in sheet["columns"]
    ]
    rows = [
        {
            "key": row["key"],
            "label": report_words.label(sheet, row, scope=body["scope"], reader=reader),
            "cells": [
                cell(row, column, value) for column, value in zip(sheet["columns"], row["cells"], strict=True)
            ],
        }
        for row in sheet["rows"]
    ]
    return {
        "key": sheet["key"],
        "title": reader.say(sheet["title"]),
        "head": reader.say(report_words.HEADS[sheet["by"]]),
        "columns": columns,
        "rows": rows,
    }


def changes(found: Sequence[Difference], reader: Reader) -> list[dict[str, str]]:
    """What an amendment says otherwise, in words."""
    return [
        {
            "sheet": reader.say(one.sheet),
            "row": one.label or "—",
            "column": reader.say(one.column),
            "before": report_words.cell(one.before, one.unit, reader),
            "after": report_words.cell(one.after, one.unit, reader),
        }
        for one in found
    ]

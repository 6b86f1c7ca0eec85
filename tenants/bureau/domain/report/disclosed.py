"""The public edition of a report: what could point at a person or give away one enterprise is left out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tenants.bureau.domain.disclosure import Rule, Share, publishable, rule_on, too_telling

_PEOPLE = frozenset({"guests", "people", "cases", "solved", "incidents", "grave", "group_pax", "settled_pax"})
"""Columns that count people or their cases: small cells are left out."""


def disclosed(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without what may not be published, by the rule of the period's last day."""
    rule = rule_on(date.fromisoformat(body["last"]))
    sheets = [_sheet(sheet, rule) for sheet in body["content"]["sheets"] if sheet["by"] not in rule.withheld]
    return {**body, "content": {"sheets": sheets}}


def _sheet(sheet: Mapping[str, Any], rule: Rule) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [{**row, "cells": list(row["cells"])} for row in sheet["rows"]]
    units = [tuple(row.pop("units", ())) for row in rows]
    largest = [tuple(row.pop("largest", ())) for row in rows]
    for place, column in enumerate(sheet["columns"]):
        cells = [
            Share(
                units=_at(units[number], place),
                largest=_at(largest[number], place),
                value=None if column.get("unit") == "rate" else row["cells"][place],
            )
            for number, row in enumerate(rows)
        ]
        for number in too_telling(cells, rule):
            rows[number]["cells"][place] = None
        if column["key"] in _PEOPLE:
            _hide(rows, place)
    return {**sheet, "rows": rows}


def _at(values: Sequence[int], place: int) -> int:
    return values[place] if place < len(values) else 0


def _hide(rows: Sequence[dict[str, Any]], place: int) -> None:
    cells = {row["key"]: row["cells"][place] for row in rows if isinstance(row["cells"][place], int)}
    shown = publishable(cells)
    for row in rows:
        if row["key"] in shown:
            row["cells"][place] = shown[row["key"]]

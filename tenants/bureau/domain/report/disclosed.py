"""The public edition of a report: what could point at a person or give away one enterprise is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenants.bureau.domain.disclosure import publishable


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What may be published. withheld: sheets with such rows are left out whole. units: a cell from
    fewer enterprises is left out.
    """

    withheld: frozenset[str]
    units: int
    source: str
    since: date


RULES: tuple[Rule, ...] = (
    Rule(
        withheld=frozenset({"sender"}),
        units=3,
        source="统计法 第二十八条（单个调查对象不得可识别;至少三家为通行口径,待确认）",
        since=date(2020, 1, 1),
    ),
)

_PEOPLE = frozenset({"guests", "people", "cases", "solved", "incidents", "grave", "group_pax", "settled_pax"})
"""Columns that count people or their cases: small cells are left out."""


def disclosed(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without what may not be published."""
    withheld = frozenset().union(*(rule.withheld for rule in RULES))
    sheets = [_sheet(sheet) for sheet in body["content"]["sheets"] if sheet["by"] not in withheld]
    return {**body, "content": {"sheets": sheets}}


def _sheet(sheet: Mapping[str, Any]) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [{**row, "cells": list(row["cells"])} for row in sheet["rows"]]
    least = max(rule.units for rule in RULES)
    units = [tuple(row.pop("units", ())) for row in rows]
    for place in range(len(sheet["columns"])):
        for number in _too_few([each[place] if place < len(each) else 0 for each in units], least):
            rows[number]["cells"][place] = None
    for place, column in enumerate(sheet["columns"]):
        if column["key"] in _PEOPLE:
            _hide(rows, place)
    return {**sheet, "rows": rows}


def _too_few(units: Sequence[int], least: int) -> set[int]:
    """The rows whose cell comes from too few enterprises, with as many others as keep a published total from
    giving them away: what is hidden comes from ``least`` enterprises and two rows at least, if there are.
    """
    hidden = {number for number, n in enumerate(units) if 0 < n < least}
    others = sorted((n, number) for number, n in enumerate(units) if n >= least)
    while hidden and others and (len(hidden) < 2 or sum(units[one] for one in hidden) < least):
        hidden.add(others.pop(0)[1])
    return hidden


def _hide(rows: Sequence[dict[str, Any]], place: int) -> None:
    cells = {row["key"]: row["cells"][place] for row in rows if isinstance(row["cells"][place], int)}
    shown = publishable(cells)
    for row in rows:
        if row["key"] in shown:
            row["cells"][place] = shown[row["key"]]

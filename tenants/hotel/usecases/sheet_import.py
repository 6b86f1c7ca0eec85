"""Prices from a CSV file: what people keep in a spreadsheet, read with every fault shown before it counts."""

import csv
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import TypeVar

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.sheet import NAMES
from tenants.hotel.usecases.rates import Row, RowWrong

T = TypeVar("T")
MOST_LINES = 25_000
COLUMNS = ("type", "plan", "from", "to", "weekdays", "price", *NAMES)
HEADS: Mapping[str, str] = dict(
    zip(
        COLUMNS,
        (
            *("房型", "价格计划", "开始日期", "结束日期", "星期", "房价", "停售"),
            *("不可入住", "不可离店", "入住至少", "入住最多", "含这晚至少", "含这晚最多"),
        ),
        strict=True,
    )
)
"""The same columns as a Chinese spreadsheet heads them."""
_CALLED = {head: column for column, head in HEADS.items()}
_EVERY = ",".join(f"{head}({column})" for column, head in HEADS.items())
_NEEDED = ("type", "from")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
"""A spreadsheet writes its own: 2026/10/1."""
_YES, _NO = frozenset({"1", "y", "yes", "true", "是"}), frozenset({"0", "n", "no", "false", "否"})


class FileWrong(Invalid):
    code = "hotel.import.file"
    detail = N_("文件无法读取:需要表头 %(columns)s,最多 %(most)s 行。")


class ValueWrong(RowWrong):
    code = "hotel.import.value"
    detail = N_("“%(column)s” 一栏的内容无法识别:%(given)s")


class ImportFaulty(Invalid):
    code = "hotel.import.faulty"
    detail = N_("文件中有 %(faults)s 行有误,未导入。")
    remedy = N_("请先预览并改正,再导入。")


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """The rows that could be read, each with its line in the file (the header is line 1), and the faults."""

    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    faults: tuple[tuple[int, Refusal], ...]


def parse(text: str, *, names: Mapping[str, str] | None = None) -> Parsed:
    """Read a CSV file: prices in yuan, dates as ISO or as a spreadsheet writes them, weekdays as ``67`` or
    ``6 7``, empty cells leave alone. ``names``: short names by what people call a type or a plan.

    Raises ``FileWrong`` where the header is not understood; a line that is wrong is a fault of its own.
    """
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        typed = [name.strip() for name in reader.fieldnames or ()]
        heads = [_CALLED.get(name, name.lower()) for name in typed]
        reader.fieldnames = heads
        if not set(_NEEDED) <= set(heads) <= set(COLUMNS) or len(set(heads)) != len(heads):
            raise FileWrong(columns=_EVERY, most=MOST_LINES)
        return _parsed(reader, heads=dict(zip(heads, typed, strict=True)), names=names or {})
    except csv.Error:
        raise FileWrong(columns=_EVERY, most=MOST_LINES) from None


def _parsed(reader: "csv.DictReader[str]", *, heads: Mapping[str, str], names: Mapping[str, str]) -> Parsed:
    rows: list[Row] = []
    lines: list[int] = []
    faults: list[tuple[int, Refusal]] = []
    for given in reader:
        number = reader.line_num
        if number > MOST_LINES + 1:
            raise FileWrong(columns=_EVERY, most=MOST_LINES)
        try:
            row = _row(given, names=names)
        except ValueWrong as refusal:
            column = heads.get(refusal.facts["column"], refusal.facts["column"])
            refusal.facts["column"] = column  # as this file calls it
            faults.append((number, refusal))
            continue
        except RowWrong as refusal:
            faults.append((number, refusal))
            continue
        rows.append(row)
        lines.append(number)
    return Parsed(rows=tuple(rows), lines=tuple(lines), faults=tuple(faults))


def _row(given: Mapping[str | None, str | None], *, names: Mapping[str, str]) -> Row:
    if None in given:
        raise ValueWrong(column="…", given=str(given[None])[:40])
    cells = {name: (value or "").strip() for name, value in given.items() if name is not None}
    first = _read(cells, "from", _date)
    for column in _NEEDED:
        if not cells[column]:
            raise ValueWrong(column=column, given="—")
    assert first is not None
    rule: dict[str, int | bool] = {}
    for name in NAMES:
        found = _read(cells, name, _yes if name.startswith(("stop", "closed")) else _nights)
        if found is not None:
            rule[name] = found
    return Row(
        type=names.get(cells["type"], cells["type"]),
        plan=names.get(cells.get("plan", ""), cells.get("plan")) or None,
        first=first,
        last=_read(cells, "to", _date) or first,
        weekdays=_read(cells, "weekdays", _weekdays) or frozenset(),
        price=_read(cells, "price", _fen),
        rule=rule,
    )


def _read(cells: Mapping[str, str], column: str, read: Callable[[str], T]) -> T | None:
    given = cells.get(column, "")
    if not given:
        return None
    try:
        return read(given)
    except (ValueError, InvalidOperation):
        raise ValueWrong(column=column, given=given[:40]) from None


def _date(text: str) -> date:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(*(int(part) for part in found.groups()))


def _fen(text: str) -> int:
    """Yuan with at most two places as fen."""
    fen = Decimal(text.lstrip("¥￥").replace(",", "")) * 100
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= 10**10:
        raise ValueError(text)
    return int(fen)


def _weekdays(text: str) -> frozenset[int]:
    days = frozenset(int(char) for char in text if char not in " ,/+;")
    if not days <= frozenset(range(1, 8)):
        raise ValueError(text)
    return days


def _yes(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise ValueError(text)
    return text.lower() in _YES


def _nights(text: str) -> int:
    nights = int(text)
    if not 0 <= nights <= 365:
        raise ValueError(text)
    return nights

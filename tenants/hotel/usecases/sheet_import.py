"""Prices from a CSV file: what people keep in a spreadsheet, read with every fault shown before it counts."""

import csv
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
_NEEDED = ("type", "from")
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


def parse(text: str) -> Parsed:
    """Read a CSV file: prices in yuan, dates ISO, weekdays as ``67`` or ``6 7``, empty cells leave alone.

    Raises ``FileWrong`` where the header is not understood; a line that is wrong is a fault of its own.
    """
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        if not set(_NEEDED) <= set(names) <= set(COLUMNS) or len(set(names)) != len(names):
            raise FileWrong(columns=",".join(COLUMNS), most=MOST_LINES)
        return _parsed(reader)
    except csv.Error:
        raise FileWrong(columns=",".join(COLUMNS), most=MOST_LINES) from None


def _parsed(reader: "csv.DictReader[str]") -> Parsed:
    rows: list[Row] = []
    lines: list[int] = []
    faults: list[tuple[int, Refusal]] = []
    for given in reader:
        number = reader.line_num
        if number > MOST_LINES + 1:
            raise FileWrong(columns=",".join(COLUMNS), most=MOST_LINES)
        try:
            row = _row(given)
        except RowWrong as refusal:
            faults.append((number, refusal))
            continue
        rows.append(row)
        lines.append(number)
    return Parsed(rows=tuple(rows), lines=tuple(lines), faults=tuple(faults))


def _row(given: Mapping[str | None, str | None]) -> Row:
    if None in given:
        raise ValueWrong(column="…", given=str(given[None])[:40])
    cells = {name: (value or "").strip() for name, value in given.items() if name is not None}
    first = _read(cells, "from", date.fromisoformat)
    if not cells["type"] or first is None:
        raise ValueWrong(column="type, from", given="")
    rule: dict[str, int | bool] = {}
    for name in NAMES:
        found = _read(cells, name, _yes if name.startswith(("stop", "closed")) else _nights)
        if found is not None:
            rule[name] = found
    return Row(
        type=cells["type"],
        plan=cells.get("plan") or None,
        first=first,
        last=_read(cells, "to", date.fromisoformat) or first,
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


def _fen(text: str) -> int:
    """Yuan with at most two places as fen."""
    fen = Decimal(text) * 100
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

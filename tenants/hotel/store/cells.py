"""Sheets in DynamoDB: pk ``ARI#<property>#<yyyymm>``, sk the type; a type's month is one item of 1 to 3 kB.

Twenty types over two months are forty keys: one batch. A month of a property is one query, where all of it
is wanted.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.offer import Sheets
from tenants.hotel.domain.sheet import Rule, Sheet
from tenants.hotel.store import memory

_FRESH = 2.0
_AT_ONCE = 100
_STOP, _ARRIVE, _DEPART = 1, 2, 4


class SheetRow(Row, discriminator="hotel-sheet"):
    """A type's month: ``body`` holds prices by plan, and the restrictions by runs of days that are alike
    (first day, last day, flags, four lengths), as compact JSON."""

    body = UnicodeAttribute()
    version = NumberAttribute()


class CellStore:
    """The ``Cells`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def read(self, keys: Sequence[tuple[str, str, str]], *, fresh: bool) -> Sheets:
        found: dict[tuple[str, str], Sheet] = {}
        wanted: list[tuple[str, str, str]] = []
        for key in keys:
            kept = None if fresh else memory.peek("sheet", *key, seconds=_FRESH)
            if kept is None:
                wanted.append(key)
                found[key[1:]] = Sheet(type=key[1], month=key[2])
            else:
                found[key[1:]] = kept
        for sheet in _batches(wanted, exact=fresh):
            found[(sheet.type, sheet.month)] = sheet
        for key in wanted:
            memory.put("sheet", *key, value=found[key[1:]])
        return found

    def keep(self, property: str, sheet: Sheet) -> None:
        row = SheetRow(
            tenant_key("ARI", property, sheet.month), sheet.type, body=_body(sheet), version=sheet.version
        )
        before = sheet.version - 1
        self._work.put(row, SheetRow.pk.does_not_exist() if before == 0 else SheetRow.version == before)
        self._work.about(f"{sheet.type}/{sheet.month}")
        memory.drop("sheet", property, sheet.type, sheet.month)


def _batches(keys: Sequence[tuple[str, str, str]], *, exact: bool) -> Iterator[Sheet]:
    table = SheetRow._get_connection()
    for start in range(0, len(keys), _AT_ONCE):
        pending: Any = [
            {"pk": tenant_key("ARI", property, month), "sk": type}
            for property, type, month in keys[start : start + _AT_ONCE]
        ]
        while pending:
            answer = table.batch_get_item(pending, consistent_read=exact)
            for item in answer["Responses"].get(table.table_name, []):
                month = item["pk"]["S"].rsplit("#", 1)[1]
                yield _sheet(item["sk"]["S"], month, item["body"]["S"], version=int(item["version"]["N"]))
            left = answer.get("UnprocessedKeys", {}).get(table.table_name, {}).get("Keys", [])
            pending = [{"pk": key["pk"]["S"], "sk": key["sk"]["S"]} for key in left]


def _body(sheet: Sheet) -> str:
    rules: list[list[int]] = []
    for day, rule in sorted(sheet.rules.items()):
        packed = _packed(rule)
        if rules and rules[-1][1] == day - 1 and rules[-1][2:] == packed:
            rules[-1][1] = day
        else:
            rules.append([day, day, *packed])
    prices = {plan: list(row) for plan, row in sheet.prices.items()}
    return orjson.dumps({"p": prices, "r": rules}).decode()


def _packed(rule: Rule) -> list[int]:
    flags = _STOP * rule.stop_sell | _ARRIVE * rule.closed_to_arrival | _DEPART * rule.closed_to_departure
    return [flags, rule.min_arrival, rule.max_arrival, rule.min_through, rule.max_through]


def _sheet(type: str, month: str, body: str, *, version: int) -> Sheet:
    document = orjson.loads(body)
    return Sheet(
        type=type,
        month=month,
        prices={plan: tuple(row) for plan, row in document["p"].items()},
        rules=_by_day(document["r"]),
        version=version,
    )


def _by_day(runs: list[list[int]] | dict[str, list[int]]) -> dict[int, Rule]:
    if isinstance(runs, dict):  # a sheet from before runs were kept: a restriction a day
        return {int(day): _rule(*packed) for day, packed in runs.items()}
    rules: dict[int, Rule] = {}
    for first, last, *packed in runs:
        rules |= dict.fromkeys(range(first, last + 1), _rule(*packed))
    return rules


@lru_cache(maxsize=4096)  # most days of most types have the same few rules
def _rule(flags: int, *lengths: int) -> Rule:
    return Rule(bool(flags & _STOP), bool(flags & _ARRIVE), bool(flags & _DEPART), *lengths)

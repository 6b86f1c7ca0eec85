"""Queries that look at the items they ask for, and not at their whole partition.

ministack lists, sorts and evaluates every item of a partition for every query, on its only event
loop. Here the sort keys of larger partitions are kept in order; a query's range, start and limit
pick a slice, and ministack is shown that slice as the partition. It does everything else as before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Any

from ministack.services import dynamodb

_ddb: Any = dynamodb

#: Partitions of fewer items are not worth an index.
_SMALL = 24
#: How many words a clause has: ``a = :a`` and ``begins_with a :a``; ``a BETWEEN :a AND :b``.
_LENGTHS = frozenset({3, 5})
#: Above every string DynamoDB orders.
_TOP = "\U0010ffff"


class SortKeys:
    """The sort keys of partitions, in order; built when first asked for, kept up to date."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], list[str]] = {}

    def of(self, arn: str, pk: str, partition: dict[str, Any]) -> list[str]:
        """The keys of one partition."""
        keys = self._keys.get((arn, pk))
        if keys is None or len(keys) != len(partition):
            keys = self._keys[(arn, pk)] = sorted(partition)
        return keys

    def added(self, arn: str, pk: str, sk: str) -> None:
        """A new item came."""
        keys = self._keys.get((arn, pk))
        if keys is not None:
            insort(keys, sk)

    def removed(self, arn: str, pk: str, sk: str) -> None:
        """An item went."""
        keys = self._keys.get((arn, pk))
        if keys is not None:
            at = bisect_left(keys, sk)
            if at < len(keys) and keys[at] == sk:
                del keys[at]

    def forget(self) -> None:
        """Items were swapped wholesale."""
        self._keys.clear()


def install(*, keys: SortKeys) -> None:
    """Put the slice before ministack's query."""
    query = _ddb._query
    evaluate = _ddb._evaluate_condition
    shown: list[dict[str, Any]] = []  # the slice of the query in hand, if any

    def sliced_query(data: dict[str, Any]) -> Any:
        found = _slice(data, keys=keys)
        if found is None:
            return query(data)
        table, pk, partition = found
        whole = table["items"]
        table["items"] = {pk: partition}
        shown.append(data)
        try:
            return query(data)
        finally:
            table["items"] = whole
            shown.pop()

    def evaluated(
        expression: str, item: Any, values: Any, names: Any, slot: str = "ConditionExpression"
    ) -> Any:
        # Every item of the slice meets the key condition; the start key is asked about too, and
        # is not one of them.
        if shown and slot == "KeyConditionExpression" and item is not shown[0].get("ExclusiveStartKey"):
            return True
        return evaluate(expression, item, values, names, slot)

    _ddb._query = sliced_query
    _ddb._evaluate_condition = evaluated


def _slice(data: dict[str, Any], *, keys: SortKeys) -> tuple[dict[str, Any], str, dict[str, Any]] | None:
    """(table record, partition, the items the query can mean); None: leave it to ministack."""
    condition = data.get("KeyConditionExpression")
    if not condition or data.get("IndexName") or data.get("KeyConditions"):
        return None
    table = _ddb._tables.get(data.get("TableName"))
    if table is None or _ddb._get_attr_type(table, table.get("sk_name")) != "S":
        return None
    bounds = _bounds(table, data)
    if bounds is None:
        return None
    pk, low, high, above, below = bounds
    partition = table["items"].get(pk)
    if partition is None or len(partition) < _SMALL:
        return None
    ordered = keys.of(table["TableArn"], pk, partition)
    first = bisect_right(ordered, low) if above else bisect_left(ordered, low)
    last = bisect_left(ordered, high) if below else bisect_right(ordered, high)
    forward = data.get("ScanIndexForward", True)
    start = (data.get("ExclusiveStartKey") or {}).get(table["sk_name"], {}).get("S")
    if start is not None:
        if forward:
            first = max(first, bisect_right(ordered, start))
        else:
            last = min(last, bisect_left(ordered, start))
    limit = data.get("Limit")
    if isinstance(limit, int) and limit > 0:
        if forward:
            last = min(last, first + limit)
        else:
            first = max(first, last - limit)
    return table, pk, {sk: partition[sk] for sk in ordered[first : max(first, last)]}


def _clauses(condition: str) -> list[list[str]]:
    """The words of each clause of a key condition."""
    return [
        [text for kind, text in clause if kind not in ("LPAREN", "RPAREN", "COMMA")]
        for clause in _ddb._key_condition_clauses(_bare(_ddb._tokenize(condition)))
    ]


def _bare(tokens: list[Any]) -> list[Any]:
    """The condition without parentheses around all of it, as pynamodb writes them."""
    tokens = [token for token in tokens if token[0] != "EOF"]
    while tokens and tokens[0][0] == "LPAREN" and _closes(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closes(tokens: list[Any]) -> int:
    """Where the parenthesis that opens first is closed."""
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token[0] == "LPAREN") - (token[0] == "RPAREN")
        if not depth:
            return at
    return -1


def _bounds(table: dict[str, Any], data: dict[str, Any]) -> tuple[str, str, str, bool, bool] | None:
    """(partition, lowest, highest, lowest excluded, highest excluded) of a key condition."""
    names = data.get("ExpressionAttributeNames") or {}
    values = data.get("ExpressionAttributeValues") or {}
    pk, low, high, above, below = None, "", _TOP, False, False
    for parts in _clauses(data["KeyConditionExpression"]):
        function = parts[0] == "begins_with" if parts else False
        attribute = names.get(parts[1] if function else parts[0], parts[1] if function else parts[0])
        operands = [values.get(part, {}).get("S") for part in parts if part.startswith(":")]
        if not operands or None in operands or len(parts) not in _LENGTHS:
            return None  # what is not understood whole is not narrowed
        operator = "begins_with" if function else parts[1].upper()
        value = operands[0]
        if attribute == table["pk_name"] and operator == "=":
            pk = value
        elif attribute != table["sk_name"]:
            return None
        elif operator == "=":
            low = high = value
        elif operator == "begins_with":
            low, high = value, value + _TOP
        elif operator == "BETWEEN" and len(operands) == 2:
            low, high = operands
        elif operator in ("<", "<="):
            high, below = value, operator == "<"
        elif operator in (">", ">="):
            low, above = value, operator == ">"
        else:
            return None
    return None if pk is None else (pk, low, high, above, below)

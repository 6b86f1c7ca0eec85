"""Reading the ledger: a day's figures, the events behind them, what was set aside."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from chalicelib.persistence.table import tenant_key
from tenants.bureau.domain.entry import Aside, Filed
from tenants.bureau.domain.wall import Day
from tenants.bureau.store import rows
from tenants.bureau.store.rows import Item
from tenants.bureau.store.scope import require_sight, sees

_AT_ONCE = 100


class Reading:
    """The reading half of the ledger."""

    def days(self, day: date) -> list[Day]:
        """See the port."""
        found = (rows.day_of_item(item) for item in query(tenant_key("DAY", day.isoformat())))
        return [one for one in found if sees(one.sender)]

    def day(self, sender: str, day: date) -> Day | None:
        """See the port."""
        require_sight(sender)
        item = _item(rows.day_key(day, sender))
        return rows.day_of_item(item) if item is not None else None

    def corrections(self, known: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """See the port."""
        found: dict[tuple[str, str], str] = {}
        wanted = list(dict.fromkeys(known))
        for start in range(0, len(wanted), _AT_ONCE):
            keys = [rows.mark_key(*one) for one in wanted[start : start + _AT_ONCE]]
            while keys:
                asked = {rows.table(): {"Keys": keys, "ConsistentRead": True}}
                answer = rows.client().batch_get_item(RequestItems=asked)
                for mark in answer["Responses"].get(rows.table(), []):
                    if "by" in mark:
                        sender, id = mark["pk"]["S"].split("#", 4)[3:]
                        found[sender, id] = mark["by"]["S"]
                keys = answer.get("UnprocessedKeys", {}).get(rows.table(), {}).get("Keys", [])
        return found

    def entry(self, *, sender: str, id: str) -> Filed | None:
        """See the port. The mark knows the place: two reads by key."""
        require_sight(sender)
        mark = _item(rows.mark_key(sender, id))
        if mark is None or "slot" not in mark:
            return None
        item = _item(rows.feed_key(sender, mark["slot"]["S"], id))
        return rows.filed_of(item) if item is not None else None

    def filed(
        self, *, sender: str, hour: str, type: str, before: str = "", most: int | None = None
    ) -> Iterator[Filed]:
        """See the port."""
        require_sight(sender)
        pk = tenant_key("FEED", sender, f"{hour}#{type}")
        for item in query(pk, below=before, most=most, forward=False):
            yield rows.filed_of(item)

    def asides(self, *, day: date, before: str = "", most: int) -> list[Aside]:
        """See the port."""
        pk = tenant_key("QUARANTINE", day.isoformat())
        found = (rows.aside_of(item) for item in query(pk, below=before, forward=False))
        return list(islice((one for one in found if sees(one.sender)), most))


def _item(key: Item) -> Item | None:
    found: Item | None = (
        rows.client().get_item(TableName=rows.table(), Key=key, ConsistentRead=True).get("Item")
    )
    return found


def query(pk: str, *, below: str = "", most: int | None = None, forward: bool = True) -> Iterator[Any]:
    """The items of a partition; ``below``: only sort keys under it; ``most``: at most so many."""
    query: dict[str, Any] = {
        "TableName": rows.table(),
        "KeyConditionExpression": "pk = :pk" + (" AND sk < :below" if below else ""),
        "ExpressionAttributeValues": {":pk": {"S": pk}, **({":below": {"S": below}} if below else {})},
        "ScanIndexForward": forward,
        "ConsistentRead": True,
    }
    if most is not None:
        query["Limit"] = most
    given = 0
    while True:
        answer = rows.client().query(**query)
        for item in answer["Items"]:
            yield item
            given += 1
            if given == most:
                return
        if not answer.get("LastEvaluatedKey"):
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

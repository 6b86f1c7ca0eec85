"""Set aside: what was refused stays with its reason; what was parked waits for its contract."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import rfc3339
from chalicelib.messaging.schemas import Problem
from chalicelib.tenancy.backoff import back_off
from tenants.bureau.domain.entry import Aside
from tenants.bureau.store import rows
from tenants.bureau.store.filing import ATTEMPTS, Cancelled, new, transact


class SettingAside:
    """The half of the ledger that keeps what did not get in."""

    def set_aside(self, aside: Aside) -> None:
        """See the port. What is parked stands in an index besides: a duty looks there every quarter hour."""
        name = "parked" if aside.parked else "quarantined"
        writes = [
            new(rows.aside_item(aside)),
            {"Update": rows.addition(rows.day_key(aside.day, aside.sender), {name: 1}, heard=None)},
        ]
        if aside.parked:
            writes.append({"Put": {"TableName": rows.table(), "Item": rows.parked_item(aside)}})
        _once(writes)

    def parked(self) -> list[Aside]:
        """See the port."""
        return list(_parked())

    def release(self, aside: Aside, *, now: datetime, problem: Problem | None = None) -> None:
        """See the port."""
        at = {"S": rfc3339(now)}
        counts = {"parked": -1} if problem is None else {"parked": -1, "quarantined": 1}
        told = (
            {"kind": "released", "released": rfc3339(now)}
            if problem is None
            else {"kind": "quarantine", "code": problem.code, "at": problem.at or "-", "words": problem.words}
        )
        names = {f"#{n}": name for n, name in enumerate(told)}
        values = {f":{n}": {"S": text} for n, text in enumerate(told.values())}
        table = rows.table()
        _once(
            [
                {
                    "Update": {
                        "TableName": table,
                        "Key": rows.parked_key(aside),
                        "UpdateExpression": "SET #released = :at",
                        "ConditionExpression": "attribute_not_exists(#released)",
                        "ExpressionAttributeNames": {"#released": "released"},
                        "ExpressionAttributeValues": {":at": at},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {
                    "Update": {
                        "TableName": table,
                        "Key": rows.aside_key(aside.day, aside.id),
                        "UpdateExpression": "SET " + ", ".join(f"#{n} = :{n}" for n in range(len(told))),
                        "ExpressionAttributeNames": names,
                        "ExpressionAttributeValues": values,
                    }
                },
                {"Update": rows.addition(rows.day_key(aside.day, aside.sender), counts, heard=None)},
            ]
        )


def _once(writes: list[Any]) -> None:
    """A transaction whose first condition says whether it was done before."""
    for attempt in range(ATTEMPTS):
        try:
            transact(writes)
        except Cancelled as cancelled:
            if cancelled.seen:
                return
            back_off(attempt)
        else:
            return
    raise TimeoutError("the quarantine is contended")


def _parked() -> Iterator[Aside]:
    from tenants.bureau.store.reading import query

    for item in query(rows.parked_key_of_all()):
        if "released" in item:
            continue
        day, _, id = item["sk"]["S"].partition("#")
        key = rows.aside_key(date.fromisoformat(day), id)
        found = rows.client().get_item(TableName=rows.table(), Key=key, ConsistentRead=True).get("Item")
        if found is not None:
            yield rows.aside_of(found)

"""Filing: the intake's transactions. The event, its mark and its figures are there together or not at all.

The mark (one small row per sender and event id) decides: only who writes it first adds figures. It also
remembers a correction that arrived before the event it corrects, so any order of arrival ends in the same
figures.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.telemetry import alarm
from chalicelib.tenancy.backoff import back_off
from tenants.bureau.domain.entry import Entry
from tenants.bureau.domain.figures import Counters, added, negated
from tenants.bureau.store import rows
from tenants.bureau.store.rows import Item
from tenants.bureau.usecases.ports import Recorded

TOGETHER = 25
"""Events in one transaction: two rows each and one per sender and day, under DynamoDB's hundred."""

ATTEMPTS = 8
_PASSING = {
    *("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"),
    *("TransactionConflictException", "ProvisionedThroughputExceededException", "ThrottlingException"),
}


class Cancelled(Exception):
    """A transaction did not happen; ``seen``: positions whose condition failed, and what stood there."""

    def __init__(self, seen: dict[int, Item], *, passing: bool) -> None:
        super().__init__("cancelled")
        self.seen, self.passing = seen, passing


class Filing:
    """The writing half of the ledger."""

    def record(self, entries: Sequence[Entry]) -> list[Recorded]:
        """See the port. Plain events go many to a transaction; a correction goes alone."""
        first: dict[tuple[str, str], Entry] = {}
        for entry in entries:
            first.setdefault((entry.sender, entry.id), entry)
        fates: dict[tuple[str, str], Recorded] = {}
        plain = sorted((e for e in first.values() if e.corrects is None), key=lambda e: (e.sender, e.day))
        for start in range(0, len(plain), TOGETHER):
            for entry, recorded in _together(plain[start : start + TOGETHER]):
                fates[entry.sender, entry.id] = recorded
        for entry in first.values():
            if entry.corrects is not None:
                fates[entry.sender, entry.id] = _guarded(entry)
        return [
            fates[key] if entry is first[key] else _again(fates[key])
            for entry in entries
            for key in [(entry.sender, entry.id)]
        ]


def _together(entries: Sequence[Entry]) -> list[tuple[Entry, Recorded]]:
    """One transaction for many: known ones are dropped and the rest tried again; at last one by one."""
    done: list[tuple[Entry, Recorded]] = []
    left = list(entries)
    for attempt in range(ATTEMPTS):
        if not left:
            return done
        try:
            transact(_filing(left))
        except Cancelled as cancelled:
            for index, item in cancelled.seen.items():
                known = "slot" in item  # a mark without a place was left by a correction that came first
                done.append((left[index], _marked(item) if known else _guarded(left[index])))
            left = [entry for index, entry in enumerate(left) if index not in cancelled.seen]
            if cancelled.passing:
                back_off(attempt)
        except Exception:
            alarm("ledger.batch", events=len(left))
            break
        else:
            return [*done, *((entry, Recorded(fate="counted")) for entry in left)]
    return [*done, *((entry, _guarded(entry)) for entry in left)]


def _guarded(entry: Entry) -> Recorded:
    """One entry alone; whatever is wrong with it stays with it."""
    try:
        return _alone(entry)
    except Exception:
        alarm("ledger.event", sender=entry.sender, event=entry.id)
        return Recorded(fate="failed")


def _alone(entry: Entry) -> Recorded:
    by: str | None = None
    for attempt in range(ATTEMPTS):
        extra, taken = _replacing(entry)
        try:
            transact(_filing([entry], extra=extra, taken=taken, by=by))
        except Cancelled as cancelled:
            mark = cancelled.seen.get(0)
            if mark is None:
                back_off(attempt)  # somebody else changed what is being replaced: look again
            elif "slot" in mark:
                return _marked(mark)
            else:
                by = mark["by"]["S"]  # its correction came first: it is filed, and counts for nothing
        else:
            return Recorded(fate="counted" if by is None else "replaced", replaced=taken)
    return Recorded(fate="failed")


def _filing(
    entries: Sequence[Entry],
    *,
    extra: Sequence[Item] = (),
    taken: Entry | None = None,
    by: str | None = None,
) -> list[Item]:
    """The writes of new events. Marks come first, so that a reason's position is the entry's.

    ``taken``: the entry whose figures go, because one of these corrects it. ``by``: the correction that was
    here before (of one entry): the entry is received and adds no figures, but what it corrects itself goes
    all the same.
    """
    marks = [new(_mark(entry)) if by is None else _arrival(entry) for entry in entries]
    feeds = [_put(rows.feed_item(entry, by=by)) for entry in entries]
    sums: dict[tuple[date, str], Counters] = {}
    for entry in entries:
        key = (entry.day, entry.sender)
        figures = entry.figures if by is None else {"replaced": 1}
        sums[key] = added([sums.get(key, {}), entry.receipt, figures])
    if taken is not None:
        key = (taken.day, taken.sender)
        sums[key] = added([sums.get(key, {}), negated(taken.figures), {"replaced": 1}])
    heard = max(entry.received for entry in entries)
    days = [
        {"Update": rows.addition(rows.day_key(day, sender), counters, heard=heard)}
        for (day, sender), counters in sorted(sums.items())
    ]
    return [*marks, *feeds, *extra, *days]


def _replacing(entry: Entry) -> tuple[list[Item], Entry | None]:
    """The writes that let a correction stand for what it corrects, and the entry whose figures go.

    Not there yet: its mark is left ready for it. Replaced before: nothing goes twice.
    """
    if entry.corrects is None:
        return [], None
    key = rows.mark_key(entry.sender, entry.corrects)
    found = rows.client().get_item(TableName=rows.table(), Key=key, ConsistentRead=True).get("Item")
    by = {"S": entry.id}
    if found is None:
        return [new({**key, "kind": {"S": "mark"}, "by": by})], None
    if "by" in found or "slot" not in found:
        return [], None
    feed = rows.feed_key(entry.sender, found["slot"]["S"], entry.corrects)
    item = rows.client().get_item(TableName=rows.table(), Key=feed, ConsistentRead=True)["Item"]
    stand = {
        "TableName": rows.table(),
        "UpdateExpression": "SET #by = :by",
        "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(#by)",
        "ExpressionAttributeNames": {"#by": "by"},
        "ExpressionAttributeValues": {":by": by},
    }
    return [{"Update": {**stand, "Key": key}}, {"Update": {**stand, "Key": feed}}], rows.filed_of(item).entry


def _marked(mark: Item) -> Recorded:
    """What the complete mark of an event that was filed before means."""
    return Recorded(fate="replaced" if "by" in mark else "known")


def _again(first: Recorded) -> Recorded:
    """The fate of the same event a second time in one batch."""
    return Recorded(fate="known") if first.fate == "counted" else Recorded(fate=first.fate)


def _arrival(entry: Entry) -> Item:
    """Complete the mark that a correction left for the event it corrects."""
    return {
        "Update": {
            "TableName": rows.table(),
            "Key": rows.mark_key(entry.sender, entry.id),
            "UpdateExpression": "SET #slot = :slot",
            "ConditionExpression": "attribute_not_exists(#slot)",
            "ExpressionAttributeNames": {"#slot": "slot"},
            "ExpressionAttributeValues": {":slot": {"S": entry.slot}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def _mark(entry: Entry) -> Item:
    return {**rows.mark_key(entry.sender, entry.id), "kind": {"S": "mark"}, "slot": {"S": entry.slot}}


def _put(item: Item) -> Item:
    return {"Put": {"TableName": rows.table(), "Item": item}}


def new(item: Item) -> Item:
    return {
        "Put": {
            "TableName": rows.table(),
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def transact(writes: list[Item]) -> None:
    try:
        rows.client().transact_write_items(TransactItems=writes)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
        seen = {
            index: reason.get("Item", {})
            for index, reason in enumerate(reasons)
            if reason.get("Code") == "ConditionalCheckFailed"
        }
        passing = code in _PASSING or any(reason.get("Code") in _PASSING for reason in reasons)
        if not seen and not passing:
            raise
        raise Cancelled(seen, passing=passing) from error

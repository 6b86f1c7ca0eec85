"""Buckets in DynamoDB. A bucket that was never written is full: a slot costs nothing until it sells."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.commerce.stock.domain import Bucket, Hold, HoldLost, Pick, Slot, count_of, holder, word
from chalicelib.persistence.table import Row, connection, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork

_NOT_HOLDS = frozenset({"pk", "sk", "kind", "ttl", "left"})
AT_ONCE = 100
"""Rows of one batch."""
_CONFLICTS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class BucketRow(Row, discriminator="bucket"):
    """pk ``STOCK#<resource>#<slot>#<bucket>``, sk ``-``: each bucket a partition of its own.

    On a shelf: pk ``STOCK#<shelf>``, sk ``<slot>#<resource>#<bucket>``. Beside ``left`` every hold is an
    attribute of its own, named by its holder.
    """

    left = NumberAttribute()


class BucketStore:
    """The ``Buckets`` port on the app table."""

    def read(self, slot: Slot, numbers: Sequence[int], *, exact: bool) -> Mapping[int, Bucket]:
        keys = {_key(slot, number): number for number in numbers}
        found: dict[int, Bucket] = {number: Bucket(left=slot.size(number)) for number in keys.values()}
        for item in _items(list(keys), exact=exact):
            found[keys[(item["pk"]["S"], item["sk"]["S"])]] = _bucket(item)
        return found

    def claim(self, slot: Slot, bucket: int, *, name: str, word: int) -> bool:
        try:
            BucketRow._get_connection().update_item(
                *_key(slot, bucket),
                actions=_take(slot, bucket, name=name, word=word),
                condition=_may_take(slot, bucket, name=name, word=word),
                return_values="NONE",
            )
        except UpdateError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def claim_all(self, picks: Sequence[tuple[Slot, int, int]], *, name: str) -> Sequence[bool]:
        try:
            with TransactWrite(connection=connection(), return_consumed_capacity="TOTAL") as transaction:
                for slot, bucket, value in picks:
                    transaction.update(
                        _row(slot, bucket),
                        actions=_take(slot, bucket, name=name, word=value),
                        condition=_may_take(slot, bucket, name=name, word=value),
                    )
        except TransactWriteError as error:
            codes = [reason.code if reason else None for reason in error.cancellation_reasons]
            if not codes and error.cause_response_code not in _CONFLICTS | {"TransactionInProgressException"}:
                raise
            # A conflict is somebody else's transaction on the same bucket: look again, pick again.
            return [code is not None for code in codes] or [True] * len(picks)
        return [False] * len(picks)

    def release(self, hold: Hold, *, name: str, word: int) -> bool:
        try:
            BucketRow._get_connection().update_item(
                *_key(hold, hold.bucket),
                actions=[BucketRow.left.set(BucketRow.left + count_of(word)), Path([name]).remove()],
                condition=Path([name]) == word,
                return_values="NONE",
            )
        except UpdateError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True


def shelf_between(shelf: str, first: str, last: str) -> dict[tuple[str, str, int], Bucket]:
    """Every written bucket of a shelf with its slot in ``[first, last]``, by (slot, resource, bucket).

    One query a page (1 MB); what was never written is not here and is full.
    """
    return _by_slot(_shelf(shelf, first, last))


def buckets_of(slots: Sequence[Slot]) -> dict[tuple[str, str, int], Bucket]:
    """The same of these slots on their shelves alone: one batch for every hundred buckets, eventually
    consistent. Less than a query where the shelf holds many others."""
    return _by_slot(_items(_keys(slots), exact=False))


def _by_slot(items: Iterable[dict[str, Any]]) -> dict[tuple[str, str, int], Bucket]:
    found: dict[tuple[str, str, int], Bucket] = {}
    for item in items:
        slot, resource, bucket = item["sk"]["S"].rsplit("#", 2)
        found[(slot, resource, int(bucket))] = _bucket(item)
    return found


def taken_between(
    shelf: str, first: str, last: str, *, now: datetime, apart: str = ""
) -> dict[tuple[str, str], tuple[int, int]]:
    """Places held at ``now`` by (resource, slot), and how many of them by holders named ``apart…``.

    The same query as ``shelf_between``, counted as it is read: a month of twenty types is six hundred buckets
    with thousands of holds, and whoever only counts them needs no object for each.
    """
    return _counted(_shelf(shelf, first, last), now=now, apart=apart)


def taken_of(
    slots: Sequence[Slot], *, now: datetime, apart: str = ""
) -> dict[tuple[str, str], tuple[int, int]]:
    """The same of these slots on their shelves alone, strongly consistent: a batch a hundred buckets."""
    return _counted(_items(_keys(slots), exact=True), now=now, apart=apart)


def _counted(
    items: Iterable[dict[str, Any]], *, now: datetime, apart: str
) -> dict[tuple[str, str], tuple[int, int]]:
    over = int(now.timestamp()) * 1000
    found: dict[tuple[str, str], tuple[int, int]] = {}
    # Places by a word as it is written: lasting holds of one size share theirs. What is no hold counts as
    # nothing: a text has no number, ``left`` and ``ttl`` are far below any word that is not over.
    places: dict[str | None, int] = {None: 0}
    for item in items:
        slot, resource, _ = item["sk"]["S"].rsplit("#", 2)
        taken = aside = 0
        for name, value in item.items():
            written = value.get("N")
            count = places.get(written)
            if count is None:
                word = int(written)
                count = places[written] = count_of(word) if word >= over else 0
            if count:
                taken += count
                if apart and name.startswith(apart):
                    aside += count
        before = found.get((resource, slot))
        found[(resource, slot)] = (taken, aside) if before is None else (before[0] + taken, before[1] + aside)
    return found


def _shelf(shelf: str, first: str, last: str) -> Iterator[dict[str, Any]]:
    table = BucketRow._get_connection()
    start: Any = None
    while True:
        answer = table.query(
            tenant_key("STOCK", shelf),
            range_key_condition=BucketRow.sk.between(first, f"{last}#~"),
            exclusive_start_key=start,
        )
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return


def take(work: UnitOfWork, picks: Sequence[Pick], *, order: str) -> None:
    """Take what was picked, for good, inside ``work``; where somebody was quicker it is a ``Clash``."""
    name = holder(order)
    for pick in picks:
        value = word(count=pick.count, until=None)
        work.update(
            _row(pick.slot, pick.bucket),
            _take(pick.slot, pick.bucket, name=name, word=value),
            _may_take(pick.slot, pick.bucket, name=name, word=value),
        )


def confirm(work: UnitOfWork, holds: Sequence[Hold], *, order: str) -> None:
    """Make holds permanent inside ``work``; one that was taken back in the meantime refuses it all."""
    name = holder(order)
    for hold in holds:
        work.update(
            _row(hold, hold.bucket),
            [Path([name]).set(word(count=hold.count, until=None))],
            Path([name]).exists(),
            otherwise=HoldLost(),
        )


def extend(work: UnitOfWork, holds: Sequence[Hold], *, order: str, until: Any) -> None:
    """Move the expiry of holds inside ``work``."""
    name = holder(order)
    for hold in holds:
        work.update(
            _row(hold, hold.bucket),
            [Path([name]).set(word(count=hold.count, until=until))],
            Path([name]).exists(),
            otherwise=HoldLost(),
        )


def give_back(work: UnitOfWork, hold: Hold, *, order: str, count: int, until: datetime | None) -> None:
    """Return ``count`` places of a hold with this expiry (none: confirmed): once, or the work refuses."""
    name = holder(order)
    before = word(count=hold.count, until=until)
    kept = hold.count - count
    action = Path([name]).set(word(count=kept, until=until)) if kept else Path([name]).remove()
    work.update(
        _row(hold, hold.bucket),
        [BucketRow.left.set(BucketRow.left + count), action],
        Path([name]) == before,
    )


def hand_on(work: UnitOfWork, hold: Hold, *, count: int, source: str, target: str) -> None:
    """So many places of a lasting hold become another's, once, inside ``work``; what is left stays."""
    giver, taker = holder(source), holder(target)
    kept = hold.count - count
    rest = Path([giver]).set(word(count=kept, until=None)) if kept else Path([giver]).remove()
    work.update(
        _row(hold, hold.bucket),
        [Path([taker]).set(word(count=count, until=None)), rest],
        (Path([giver]) == word(count=hold.count, until=None)) & Path([taker]).does_not_exist(),
    )


def _take(slot: Slot, bucket: int, *, name: str, word: int) -> list[Action]:
    left = BucketRow.left | slot.size(bucket)  # if_not_exists: an unwritten bucket is full
    return [BucketRow.left.set(left - count_of(word)), Path([name]).set(word)]


def _may_take(slot: Slot, bucket: int, *, name: str, word: int) -> Condition:
    floor = slot.floor(bucket)
    enough: Condition = BucketRow.left >= count_of(word) + floor
    if not floor or slot.size(bucket) - floor >= count_of(word):
        enough = BucketRow.left.does_not_exist() | enough
    free: Condition = Path([name]).does_not_exist()
    both: Condition = enough & free
    return both


def _key(place: Slot | Hold, bucket: int) -> tuple[str, str]:
    if place.shelf:
        return tenant_key("STOCK", place.shelf), f"{place.slot}#{place.resource}#{bucket}"
    return tenant_key("STOCK", place.resource, place.slot, str(bucket)), "-"


def _row(place: Slot | Hold, bucket: int) -> BucketRow:
    return BucketRow(*_key(place, bucket))


def _keys(slots: Sequence[Slot]) -> list[tuple[str, str]]:
    each = (_key(slot, number) for slot in slots for number in range(slot.buckets))
    return list(dict.fromkeys(each))  # a batch refuses to read a row twice


def _items(keys: Sequence[tuple[str, str]], *, exact: bool) -> Iterator[dict[str, Any]]:
    """The rows that exist of these."""
    for start in range(0, len(keys), AT_ONCE):
        pending = keys[start : start + AT_ONCE]
        while pending:
            answer = _batch_get(pending, exact=exact)
            yield from answer["items"]
            pending = answer["left"]


def _batch_get(keys: Sequence[tuple[str, str]], *, exact: bool) -> dict[str, Any]:
    table = BucketRow._get_connection()
    wanted: Any = [{"pk": pk, "sk": sk} for pk, sk in keys]  # its signature says str, its body wants maps
    answer = table.batch_get_item(wanted, consistent_read=exact)
    name = table.table_name
    left = answer.get("UnprocessedKeys", {}).get(name, {}).get("Keys", [])
    return {
        "items": answer["Responses"].get(name, []),
        "left": [(key["pk"]["S"], key["sk"]["S"]) for key in left],
    }


def _bucket(item: Mapping[str, Any]) -> Bucket:
    holds = {name: int(value["N"]) for name, value in item.items() if name not in _NOT_HOLDS}
    return Bucket(left=int(item["left"]["N"]), holds=holds)

"""Buckets in DynamoDB. A bucket that was never written is full: a slot costs nothing until it sells."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.commerce.stock.domain import (
    LASTING,
    Bucket,
    Hold,
    HoldLost,
    Pick,
    Slot,
    count_of,
    holder,
    is_lasting,
    word,
)
from chalicelib.commerce.stock.rows import BucketRow, bucket_of, items_of, key_of, row_of
from chalicelib.persistence.table import connection
from chalicelib.persistence.unit_of_work import UnitOfWork

_CONFLICTS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class BucketStore:
    """The ``Buckets`` port on the app table."""

    def read(self, slot: Slot, numbers: Sequence[int], *, exact: bool) -> Mapping[int, Bucket]:
        keys = {key_of(slot, number): number for number in numbers}
        found: dict[int, Bucket] = {number: Bucket(left=slot.size(number)) for number in keys.values()}
        for item in items_of(list(keys), exact=exact):
            found[keys[(item["pk"]["S"], item["sk"]["S"])]] = bucket_of(item)
        return found

    def claim(self, slot: Slot, bucket: int, *, name: str, word: int) -> bool:
        try:
            BucketRow._get_connection().update_item(
                *key_of(slot, bucket),
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
                        row_of(slot, bucket),
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
                *key_of(hold, hold.bucket),
                actions=[
                    BucketRow.left.set(BucketRow.left + count_of(word)),
                    Path([name]).remove(),
                    *_timed_less(word),
                ],
                condition=Path([name]) == word,
                return_values="NONE",
            )
        except UpdateError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True


def take(work: UnitOfWork, picks: Sequence[Pick], *, order: str) -> None:
    """Take what was picked, for good, inside ``work``; where somebody was quicker it is a ``Clash``."""
    name = holder(order)
    for pick in picks:
        value = word(count=pick.count, until=None)
        work.update(
            row_of(pick.slot, pick.bucket),
            _take(pick.slot, pick.bucket, name=name, word=value),
            _may_take(pick.slot, pick.bucket, name=name, word=value),
        )


def confirm(work: UnitOfWork, holds: Sequence[Hold], *, order: str) -> None:
    """Make holds permanent inside ``work``; one that was taken back in the meantime refuses it all."""
    name = holder(order)
    for hold in holds:
        work.update(
            row_of(hold, hold.bucket),
            [
                Path([name]).set(word(count=hold.count, until=None)),
                BucketRow.timed.set((BucketRow.timed | hold.count) - hold.count),
            ],
            Path([name]) < LASTING,
            otherwise=HoldLost(),
        )


def extend(work: UnitOfWork, holds: Sequence[Hold], *, order: str, until: Any) -> None:
    """Move the expiry of holds inside ``work``."""
    name = holder(order)
    for hold in holds:
        work.update(
            row_of(hold, hold.bucket),
            [Path([name]).set(word(count=hold.count, until=until))],
            Path([name]) < LASTING,
            otherwise=HoldLost(),
        )


def give_back(work: UnitOfWork, hold: Hold, *, order: str, count: int, until: datetime | None) -> None:
    """Return ``count`` places of a hold with this expiry (none: confirmed): once, or the work refuses."""
    name = holder(order)
    before = word(count=hold.count, until=until)
    kept = hold.count - count
    action = Path([name]).set(word(count=kept, until=until)) if kept else Path([name]).remove()
    work.update(
        row_of(hold, hold.bucket),
        [BucketRow.left.set(BucketRow.left + count), action, *_timed_less(word(count=count, until=until))],
        Path([name]) == before,
    )


def hand_on(work: UnitOfWork, hold: Hold, *, count: int, source: str, target: str) -> None:
    """So many places of a lasting hold become another's, once, inside ``work``; what is left stays."""
    giver, taker = holder(source), holder(target)
    kept = hold.count - count
    rest = Path([giver]).set(word(count=kept, until=None)) if kept else Path([giver]).remove()
    work.update(
        row_of(hold, hold.bucket),
        [Path([taker]).set(word(count=count, until=None)), rest],
        (Path([giver]) == word(count=hold.count, until=None)) & Path([taker]).does_not_exist(),
    )


def _take(slot: Slot, bucket: int, *, name: str, word: int) -> list[Action]:
    left = BucketRow.left | slot.size(bucket)  # if_not_exists: an unwritten bucket is full
    count = count_of(word)
    timed = [] if is_lasting(word) else [BucketRow.timed.set((BucketRow.timed | 0) + count)]
    return [BucketRow.left.set(left - count), Path([name]).set(word), *timed]


def _timed_less(word: int) -> list[Action]:
    """What goes with a hold that is given back: it was held for a while, or for good."""
    count = count_of(word)
    return [] if is_lasting(word) else [BucketRow.timed.set((BucketRow.timed | count) - count)]


def _may_take(slot: Slot, bucket: int, *, name: str, word: int) -> Condition:
    floor = slot.floor(bucket)
    enough: Condition = BucketRow.left >= count_of(word) + floor
    if not floor or slot.size(bucket) - floor >= count_of(word):
        enough = BucketRow.left.does_not_exist() | enough
    free: Condition = Path([name]).does_not_exist()
    both: Condition = enough & free
    return both

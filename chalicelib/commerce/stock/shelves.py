"""What many buckets say together: a shelf's slots by one query, others by the batch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.commerce.stock.domain import Bucket, Slot, count_of, share
from chalicelib.commerce.stock.rows import BucketRow, bucket_of, items_of, keys_of
from chalicelib.persistence.table import tenant_key

_NONE = {"N": "0"}


def shelf_between(shelf: str, first: str, last: str) -> dict[tuple[str, str, int], Bucket]:
    """Every written bucket of a shelf with its slot in ``[first, last]``, by (slot, resource, bucket).

    One query a page (1 MB); what was never written is not here and is full.
    """
    return _by_slot(_shelf(shelf, first, last))


def buckets_of(slots: Sequence[Slot]) -> dict[tuple[str, str, int], Bucket]:
    """The same of these slots on their shelves alone: one batch for every hundred buckets, eventually
    consistent. Less than a query where the shelf holds many others."""
    return _by_slot(items_of(keys_of(slots), exact=False))


def _by_slot(items: Iterable[dict[str, Any]]) -> dict[tuple[str, str, int], Bucket]:
    found: dict[tuple[str, str, int], Bucket] = {}
    for item in items:
        slot, resource, bucket = item["sk"]["S"].rsplit("#", 2)
        found[(slot, resource, int(bucket))] = bucket_of(item)
    return found


def taken_between(
    shelf: str, first: str, last: str, *, now: datetime, apart: str = ""
) -> dict[tuple[str, str], tuple[int, int]]:
    """Places held at ``now`` by (resource, slot), and how many of them by holders named ``apart…``.

    The same query as ``shelf_between``, counted as it is read: a month of twenty types is six hundred buckets
    with thousands of holds, and whoever only counts them needs no object for each.
    """
    return _counted(_shelf(shelf, first, last), now=now, apart=apart)


def sold_between(
    shelves: Iterable[str], first: str, last: str, *, now: datetime, capacities: Mapping[str, int]
) -> dict[tuple[str, str], int]:
    """The same of several shelves, by two attributes a bucket: what is not left of its share is sold.

    ``capacities`` by resource. Only where places are held for a while (or nobody knows the capacity) are the
    holds read, to see which of them are over: one batch for every hundred such buckets.
    """
    found: dict[tuple[str, str], int] = {}
    unsure: list[tuple[str, str]] = []
    for shelf in shelves:
        for item in _shelf(shelf, first, last, only=["sk", "left", "timed"]):
            written = item["sk"]["S"]
            slot, resource, bucket = written.rsplit("#", 2)
            capacity = capacities.get(resource)
            if capacity is None or item.get("timed", _NONE)["N"] != "0":
                unsure.append((tenant_key("STOCK", shelf), written))
                continue
            sold = share(capacity, int(bucket)) - int(item["left"]["N"])
            found[(resource, slot)] = found.get((resource, slot), 0) + sold
    for at, (taken, _) in _counted(items_of(unsure, exact=False), now=now, apart="").items():
        found[at] = found.get(at, 0) + taken
    return found


def taken_of(
    slots: Sequence[Slot], *, now: datetime, apart: str = ""
) -> dict[tuple[str, str], tuple[int, int]]:
    """The same of these slots on their shelves alone, strongly consistent: a batch a hundred buckets."""
    return _counted(items_of(keys_of(slots), exact=True), now=now, apart=apart)


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


def _shelf(shelf: str, first: str, last: str, *, only: list[str] | None = None) -> Iterator[dict[str, Any]]:
    table = BucketRow._get_connection()
    start: Any = None
    while True:
        answer = table.query(
            tenant_key("STOCK", shelf),
            range_key_condition=BucketRow.sk.between(first, f"{last}#~"),
            exclusive_start_key=start,
            attributes_to_get=only,
        )
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return

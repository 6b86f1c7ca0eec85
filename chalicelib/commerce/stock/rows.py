"""Buckets as rows of the app table: their keys, their batches, what they say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pynamodb.attributes import NumberAttribute

from chalicelib.commerce.stock.domain import Bucket, Hold, Slot
from chalicelib.persistence.table import Row, tenant_key

AT_ONCE = 100
"""Rows of one batch."""
_NOT_HOLDS = frozenset({"pk", "sk", "kind", "ttl", "left", "timed"})


class BucketRow(Row, discriminator="bucket"):
    """pk ``STOCK#<resource>#<slot>#<bucket>``, sk ``-``: each bucket a partition of its own.

    On a shelf: pk ``STOCK#<shelf>``, sk ``<slot>#<resource>#<bucket>``. Beside ``left`` every hold is an
    attribute of its own, named by its holder. ``timed`` is how many of the places are held for a while only
    (none: absent or 0): where it is 0, what is not left is sold, and whoever counts needs no hold.
    """

    left = NumberAttribute()
    timed = NumberAttribute(null=True)


def key_of(place: Slot | Hold, bucket: int) -> tuple[str, str]:
    if place.shelf:
        return tenant_key("STOCK", place.shelf), f"{place.slot}#{place.resource}#{bucket}"
    return tenant_key("STOCK", place.resource, place.slot, str(bucket)), "-"


def row_of(place: Slot | Hold, bucket: int) -> BucketRow:
    return BucketRow(*key_of(place, bucket))


def keys_of(slots: Sequence[Slot]) -> list[tuple[str, str]]:
    each = (key_of(slot, number) for slot in slots for number in range(slot.buckets))
    return list(dict.fromkeys(each))  # a batch refuses to read a row twice


def items_of(keys: Sequence[tuple[str, str]], *, exact: bool) -> Iterator[dict[str, Any]]:
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


def bucket_of(item: Mapping[str, Any]) -> Bucket:
    holds = {name: int(value["N"]) for name, value in item.items() if name not in _NOT_HOLDS}
    return Bucket(left=int(item["left"]["N"]), holds=holds)

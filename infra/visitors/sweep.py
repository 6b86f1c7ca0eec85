"""The proof of a whole city at once: a day's events are read by their own keys, a hundred at a time, instead
of hour by hour and type by type, most of which hold nothing.

What is read is the same, and so is the proof (``usecases.proving.recompute``): an event that does not lie
where it belongs is missing from its day's figures, and that nothing else lies anywhere is counted
(``strangers``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from chalicelib.kernel.period import business_day
from chalicelib.tenancy.credentials import own_client
from infra.visitors.day import instant_of
from infra.visitors.said import Envelope
from tenants.bureau.domain.entry import Filed, slot_of
from tenants.bureau.store import LedgerStore, rows

_AT_ONCE = 100


class Sweep(LedgerStore):
    """The ledger, with the events of one day in hand."""

    def __init__(self, said: Iterable[Envelope], day: date) -> None:
        self._day = day
        self._filed: dict[tuple[str, str], list[Filed]] = {}
        places = {
            (one["tenantid"], one["id"]): slot_of(instant_of(one), one["type"])
            for one in said
            if business_day(instant_of(one)) == day
        }
        keys = [rows.feed_key(sender, slot, id) for (sender, id), slot in places.items()]
        for start in range(0, len(keys), _AT_ONCE):
            for item in _read(keys[start : start + _AT_ONCE]):
                filed = rows.filed_of(item)
                self._filed.setdefault((filed.entry.sender, filed.entry.slot), []).append(filed)

    def filed(
        self, *, sender: str, hour: str, type: str, before: str = "", most: int | None = None
    ) -> Iterator[Filed]:
        """See the port. Another day than the one in hand is read from the table."""
        if not hour.startswith(self._day.isoformat()):
            return super().filed(sender=sender, hour=hour, type=type, before=before, most=most)
        found = [
            one
            for one in self._filed.get((sender, f"{hour}#{type}"), [])
            if not before or one.entry.id < before
        ]
        return iter(sorted(found, key=lambda one: one.entry.id, reverse=True)[:most])


def strangers(said: Collection[Envelope], days: Sequence[date], ledger: LedgerStore) -> int:
    """How many rows the table has beyond an event and a mark for everything said, and the days' figures."""
    known = 2 * len({(one["tenantid"], one["id"]) for one in said}) + sum(
        len(ledger.days(day)) for day in days
    )
    table = own_client("dynamodb").describe_table(TableName=rows.table())["Table"]
    return int(table["ItemCount"]) - known  # the engine counts as it writes; AWS every six hours


def _read(keys: Sequence[rows.Item]) -> Iterator[rows.Item]:
    while keys:
        asked = {rows.table(): {"Keys": keys, "ConsistentRead": True}}
        answer = rows.client().batch_get_item(RequestItems=asked)
        yield from answer["Responses"].get(rows.table(), [])
        keys = answer.get("UnprocessedKeys", {}).get(rows.table(), {}).get("Keys", [])

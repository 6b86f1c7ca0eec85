"""Where the engine's changes are caught: the few private names of ministack we lean on.

ministack keeps DynamoDB tables in memory. Every applied item change passes ``_set_item`` or
``_remove_item``, every change record ``_emit_stream_event``, and a wholesale swap
``_items_replaced``; they are wrapped here, and what they apply is appended to the journal in the
same order. :mod:`infra.local.engine.selftest` proves at every start that these names still mean
what they meant.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb

from infra.local.engine.journal import Journal
from infra.local.engine.ranges import SortKeys

# ministack has no types.
_ddb: Any = dynamodb

#: What of a table's record is derived from its items and not part of its definition.
_DERIVED = ("items", "_index_members", "ItemCount", "TableSizeBytes")

#: Expired items removed per turn, so that the sweep never holds up requests.
_EXPIRED_PER_TURN = 200


@dataclass
class KnownTable:
    """One table the data file knows: its row id and the live record it stands for."""

    tid: int
    record: dict[str, Any]
    definition: str
    ttl: str  # name of its TTL attribute, "" for none
    trimmed: int = 0  # change records forgotten so far, as written


class Recorder:
    """Appends what ministack applies to the journal."""

    def __init__(self, *, journal: Journal) -> None:
        self._journal = journal
        self.tables: dict[str, KnownTable] = {}  # by ARN
        self._next_tid = 1
        self._expiring: list[tuple[float, str, str, str]] = []
        self._sequence = ""
        self.keys = SortKeys()

    # -- tables --------------------------------------------------------------------------------

    def adopt(self, *, tid: int, record: dict[str, Any], definition: str, trimmed: int) -> KnownTable:
        """Take a table read from the data file as known."""
        known = KnownTable(tid, record, definition, _ttl_attribute(record), trimmed)
        self.tables[record["TableArn"]] = known
        self._next_tid = max(self._next_tid, tid + 1)
        return known

    def table(self, record: dict[str, Any]) -> KnownTable:
        """The known table of a live record; a record seen first is written with all its items."""
        known = self.tables.get(record["TableArn"])
        if known is None or known.record is not record:
            known = self._first_seen(record)
        return known

    def _first_seen(self, record: dict[str, Any]) -> KnownTable:
        arn = record["TableArn"]
        self.keys.forget()
        previous = self.tables.pop(arn, None)
        if previous is not None:
            self._journal.append("drop", previous.tid)
        known = self.adopt(tid=self._next_tid, record=record, definition=definition_of(record), trimmed=0)
        self._journal.append("define", known.tid, arn, known.definition)
        for pk, sk, item in items_of(record):
            self._journal.append("put", known.tid, pk, sk, item)
        return known

    def sync_definitions(self) -> None:
        """Write definitions that changed, forget tables that are gone; tables are few."""
        live = {}
        for record in _ddb._tables.all_values():
            live[record["TableArn"]] = record
            known = self.table(record)
            definition = definition_of(record)
            if definition != known.definition:
                known.definition = definition
                self._journal.append("define", known.tid, record["TableArn"], definition)
                if known.ttl != _ttl_attribute(record):
                    known.ttl = _ttl_attribute(record)
                    for pk, sk, item in items_of(record):
                        self.watch_expiry(known, pk, sk, item)
        for arn in self.tables.keys() - live.keys():
            self._journal.append("drop", self.tables.pop(arn).tid)

    # -- items and stream ----------------------------------------------------------------------

    def watch_expiry(self, known: KnownTable, pk: str, sk: str, item: dict[str, Any]) -> None:
        """Remember when an item expires, where its table has a TTL attribute."""
        value = item.get(known.ttl) if known.ttl else None
        if value and "N" in value:
            heapq.heappush(self._expiring, (float(value["N"]), known.record["TableArn"], pk, sk))

    def sweep_expired(self) -> int:
        """Remove expired items as DynamoDB does: with a REMOVE record in the service's name."""
        now = time.time()
        removed = 0
        while self._expiring and self._expiring[0][0] <= now and removed < _EXPIRED_PER_TURN:
            _, arn, pk, sk = heapq.heappop(self._expiring)
            known = self.tables.get(arn)
            item = known.record["items"].get(pk, {}).get(sk) if known else None
            if known is None or item is None:
                continue
            if float(item.get(known.ttl, {}).get("N", "inf")) > now:
                continue  # renewed meanwhile: the renewal is further back in the heap
            removed += 1
            with request_scope(*scope_of(arn)):
                _ddb._remove_item(known.record, pk, sk)
                table_name = known.record["TableName"]
                before = len(_ddb._stream_records.get(table_name) or [])
                _ddb._emit_stream_event(table_name, "REMOVE", item, None)
                records = _ddb._stream_records.get(table_name) or []
                if len(records) > before:
                    records[-1]["userIdentity"] = {
                        "Type": "Service",
                        "PrincipalId": "dynamodb.amazonaws.com",
                    }
        return removed

    def trim(self, *, table_name: str, sequence: str | None, account: str, region: str) -> int:
        """Forget change records up to ``sequence`` (None: only what ministack dropped by age)."""
        record = _ddb._tables.get_scoped(account, region, table_name)
        if record is None:
            return 0
        records = _ddb._stream_records.get_scoped(account, region, table_name) or []
        passed = 0
        if sequence is not None:
            while passed < len(records) and records[passed]["dynamodb"]["SequenceNumber"] <= sequence:
                passed += 1
        trimmed = _ddb._stream_trimmed.get_scoped(account, region, table_name, 0) + passed
        if passed:
            del records[:passed]
            _ddb._stream_trimmed.set_scoped(account, region, table_name, trimmed)
        known = self.table(record)
        if trimmed != known.trimmed:
            known.trimmed = trimmed
            self._journal.append("trim", known.tid, trimmed)
        return passed

    def backlog(self) -> dict[str, int]:
        """Change records not trimmed yet, by table."""
        return {key[2]: len(records) for key, records in _ddb._stream_records._data.items()}

    def trim_by_age(self) -> None:
        """Write down what fell off the streams after 24 hours."""
        for account, region, name in list(_ddb._stream_records._data):
            self.trim(table_name=name, sequence=None, account=account, region=region)

    def next_sequence(self) -> str:
        """A sequence number above every earlier one, also across restarts and clock changes."""
        now = f"{int(time.time() * 1000):020d}"
        if now > self._sequence[:20]:
            self._sequence = now + "0" * 10
        else:
            self._sequence = f"{int(self._sequence) + 1:030d}"
        return self._sequence

    def seen_sequence(self, sequence: str) -> None:
        """Continue after ``sequence``."""
        self._sequence = max(self._sequence, sequence)

    # -- the wrapped primitives ----------------------------------------------------------------

    def install(self) -> None:
        """Wrap ministack's primitives."""
        self._wrap_items()
        self._wrap_stream()
        self._wrap_tokens()

    def _wrap_items(self) -> None:
        journal, table_of, watch, keys = self._journal, self.table, self.watch_expiry, self.keys
        set_item, remove_item, replaced = _ddb._set_item, _ddb._remove_item, _ddb._items_replaced

        def recorded_set_item(table: dict[str, Any], pk: str, sk: str, item: Any) -> Any:
            known = table_of(table)
            old = set_item(table, pk, sk, item)
            journal.append("put", known.tid, pk, sk, item)
            if old is None:
                keys.added(table["TableArn"], pk, sk)
            if known.ttl:
                watch(known, pk, sk, item)
            return old

        def recorded_remove_item(table: dict[str, Any], pk: str, sk: str) -> Any:
            old = remove_item(table, pk, sk)
            if old is not None:
                journal.append("remove", table_of(table).tid, pk, sk)
                keys.removed(table["TableArn"], pk, sk)
            return old

        def recorded_replacement(table: dict[str, Any]) -> None:
            replaced(table)
            keys.forget()
            known = table_of(table)
            journal.append("wipe", known.tid)
            for pk, sk, item in items_of(table):
                journal.append("put", known.tid, pk, sk, item)

        _ddb._set_item, _ddb._remove_item = recorded_set_item, recorded_remove_item
        _ddb._items_replaced = recorded_replacement

    def _wrap_stream(self) -> None:
        journal, table_of, emit = self._journal, self.table, _ddb._emit_stream_event

        def recorded_emit(name: str, *arguments: Any, **options: Any) -> None:
            records = _ddb._stream_records.get(name)
            last = records[-1] if records else None
            emit(name, *arguments, **options)
            records = _ddb._stream_records.get(name)
            if records and records[-1] is not last:
                position = _ddb._stream_trimmed.get(name, 0) + len(records) - 1
                known = table_of(_ddb._tables.get(name))
                journal.append("record", known.tid, position, records[-1])

        _ddb._emit_stream_event = recorded_emit
        _ddb._next_stream_seq = self.next_sequence

    def _wrap_tokens(self) -> None:
        journal, store = self._journal, _ddb._txn_token_store

        def recorded_token(token: str, entry: dict[str, Any]) -> None:
            # Only a digest of the request is kept: enough to compare, and no second copy of it.
            signature = Signature.of(entry["signature"])
            store(token, {**entry, "signature": signature})
            saved = {
                **_ddb._txn_idempotency[token],
                "signature": signature.digest,
                "scope": [get_account_id(), get_region()],
            }
            journal.append("token", token, saved, saved["completed_at"])

        _ddb._txn_token_store = recorded_token

    def empty(self) -> None:
        """Empty every table, stream and queue, keeping their definitions (for tests)."""
        for account, region, name in list(_ddb._tables._data):
            record = _ddb._tables.get_scoped(account, region, name)
            record["items"].clear()
            _ddb._items_replaced(record)
            records = _ddb._stream_records.get_scoped(account, region, name) or []
            if records:
                last = records[-1]["dynamodb"]["SequenceNumber"]
                self.trim(table_name=name, sequence=last, account=account, region=region)
        _ddb._txn_idempotency.clear()
        self._expiring.clear()


class Signature:
    """What is kept of a transaction's request: equal to a request of the same content."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    @classmethod
    def of(cls, request: Any) -> Signature:
        """The signature of ``request``."""
        if isinstance(request, Signature):
            return request
        text = json.dumps(request, sort_keys=True, separators=(",", ":"))
        return cls(hashlib.sha256(text.encode()).hexdigest())

    def __eq__(self, other: object) -> bool:
        return self.digest == Signature.of(other).digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _ttl_attribute(record: dict[str, Any]) -> str:
    account, region = scope_of(record["TableArn"])
    setting = _ddb._ttl_settings.get_scoped(account, region, record["TableName"])
    if not setting or setting.get("TimeToLiveStatus") != "ENABLED":
        return ""
    return str(setting.get("AttributeName", ""))


def scope_of(arn: str) -> tuple[str, str]:
    """(account, region) of an ARN."""
    parts = arn.split(":")
    return parts[4], parts[3]


def items_of(record: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(partition key, sort key, item) of every item of a live table record."""
    for pk, sort in record["items"].items():
        for sk, item in sort.items():
            yield pk, sk, item


def definition_of(record: dict[str, Any]) -> str:
    """Everything of a table that is not its items, as JSON."""
    account, region = scope_of(record["TableArn"])
    name = record["TableName"]
    return json.dumps(
        {
            "record": {key: value for key, value in record.items() if key not in _DERIVED},
            "ttl": _ddb._ttl_settings.get_scoped(account, region, name),
            "pitr": _ddb._pitr_settings.get_scoped(account, region, name),
            "tags": _ddb._tags.get_scoped(account, region, record["TableArn"]),
        },
        sort_keys=True,
    )

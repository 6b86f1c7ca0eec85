"""Reading the data file back into ministack's memory at start."""

from __future__ import annotations

import gc
import json
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

from ministack.services import dynamodb

from infra.local.engine.messages import QueueRecorder
from infra.local.engine.recorder import Recorder, Signature, scope_of
from infra.local.engine.store import FILE_NAME, connect, damaged

_ddb: Any = dynamodb

#: Items parsed by one call.
_TOGETHER = 1000


def restore(*, data_dir: Path, recorder: Recorder, queues: QueueRecorder) -> int:
    """Put everything the data file holds in place; returns the number of items.

    Raises:
        DamagedData: a row cannot be read.
    """
    path = data_dir / FILE_NAME
    connection = connect(path=path)
    # Hundreds of thousands of objects that all stay: collecting in between finds nothing.
    gc.disable()
    try:
        count = sum(
            _restore_table(connection, recorder=recorder, row=row)
            for row in connection.execute("SELECT tid, arn, definition, trimmed FROM tables")
        )
        _restore_tokens(connection)
        for queue, body in connection.execute("SELECT queue, body FROM messages"):
            queues.restored(queue=queue, message=json.loads(body))
        for service, body in connection.execute("SELECT service, body FROM state"):
            if service == "kms":
                queues.restore_keys(body=body)
    except (sqlite3.DatabaseError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, str(error) or type(error).__name__) from error
    finally:
        connection.close()
        gc.enable()
        gc.freeze()
    return count


def _restore_table(
    connection: sqlite3.Connection, *, recorder: Recorder, row: tuple[int, str, str, int]
) -> int:
    tid, arn, definition, trimmed = row
    account, region = scope_of(arn)
    saved = json.loads(definition)
    record: dict[str, Any] = saved["record"]
    name = record["TableName"]
    items: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    count = 0
    rows = connection.execute("SELECT pk, sk, body FROM items WHERE tid=?", (tid,))
    while batch := rows.fetchmany(_TOGETHER):
        # Parsed together they share the strings of their attribute names.
        parsed = json.loads(f"[{','.join(body for _, _, body in batch)}]")
        for (pk, sk, _), item in zip(batch, parsed, strict=True):
            items[pk][sk] = item
        count += len(batch)
    record.update(items=items, ItemCount=count, TableSizeBytes=count * 200)
    _ddb._tables.set_scoped(account, region, name, record)
    if saved["ttl"]:
        _ddb._ttl_settings.set_scoped(account, region, name, saved["ttl"])
    if saved["pitr"]:
        _ddb._pitr_settings.set_scoped(account, region, name, saved["pitr"])
    if saved["tags"]:
        _ddb._tags.set_scoped(account, region, arn, saved["tags"])
    known = recorder.adopt(tid=tid, record=record, definition=definition, trimmed=trimmed)
    if known.ttl:
        for pk, sort in items.items():
            for sk, item in sort.items():
                recorder.watch_expiry(known, pk, sk, item)
    _restore_stream(connection, recorder=recorder, tid=tid, arn=arn, trimmed=trimmed)
    return count


def _restore_stream(
    connection: sqlite3.Connection, *, recorder: Recorder, tid: int, arn: str, trimmed: int
) -> None:
    account, region = scope_of(arn)
    rows = connection.execute("SELECT record FROM stream WHERE tid=? ORDER BY position", (tid,))
    records = [json.loads(body) for (body,) in rows]
    if records:
        recorder.seen_sequence(records[-1]["dynamodb"]["SequenceNumber"])
    name = arn.rpartition("/")[2]
    _ddb._stream_records.set_scoped(account, region, name, records)
    _ddb._stream_trimmed.set_scoped(account, region, name, trimmed)


def _restore_tokens(connection: sqlite3.Connection) -> None:
    for token, text in connection.execute("SELECT token, entry FROM tokens"):
        entry = json.loads(text)
        account, region = entry.pop("scope")
        entry["signature"] = Signature(entry["signature"])
        _ddb._txn_idempotency.set_scoped(account, region, token, entry)

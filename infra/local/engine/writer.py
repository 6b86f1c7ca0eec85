"""The process that puts the engine's changes on disk.

It is a process and not a thread because SQLite gives up the interpreter lock at every statement:
under load a thread would wait for the event loop once per row. Here the event loop only hands over
bytes, and writing overlaps with serving on the second core.

Protocol: on standard input frames of ``<length:8 bytes big endian><marshalled list of operations>``,
on standard output one byte per frame once that frame is durable. End of input means the engine is
gone: what was received whole is committed and the process ends. The lock on the data folder is an
inherited file descriptor, so it is held until the last commit is done, also when the engine was
killed.
"""

from __future__ import annotations

import json
import marshal
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local.engine.store import FILE_NAME, connect

#: Seconds between two attempts to fold the write-ahead log into the data file.
_CHECKPOINT_EVERY = 2.0
#: DynamoDB remembers a ClientRequestToken for ten minutes.
_TOKEN_SECONDS = 600.0

_Rows = list[tuple[Any, ...]]

_UPSERT_ITEM = "INSERT INTO items VALUES (?,?,?,?) ON CONFLICT (tid,pk,sk) DO UPDATE SET body=excluded.body"
_STATEMENTS: dict[str, str] = {
    "define": (
        "INSERT INTO tables (tid, arn, definition) VALUES (?,?,?) "
        "ON CONFLICT (tid) DO UPDATE SET arn=excluded.arn, definition=excluded.definition"
    ),
    "send": "INSERT OR REPLACE INTO messages VALUES (?,?,?)",
    "delete_message": "DELETE FROM messages WHERE queue=? AND id=?",
    "token": "INSERT OR REPLACE INTO tokens VALUES (?,?,?)",
    "state": "INSERT OR REPLACE INTO state VALUES (?,?)",
}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Writer:
    """Applies frames of operations to the data file, one transaction per frame."""

    def __init__(self, *, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._items: dict[tuple[int, str, str], str | None] = {}
        self._last_token_sweep = time.time()

    def apply(self, operations: list[tuple[Any, ...]]) -> None:
        """Commit ``operations``, in order, in one transaction."""
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        stream: _Rows = []
        written: dict[int, str] = {}
        for operation in operations:
            kind = operation[0]
            if kind == "put":
                _, tid, pk, sk, item = operation
                # A stream record carries the same item: marshal keeps them one object.
                body = _text(item)
                written[id(item)] = body
                self._items[(tid, pk, sk)] = body
            elif kind == "remove":
                self._items[operation[1:]] = None
            elif kind == "record":
                _, tid, position, record = operation
                stream.append((tid, position, _record_text(record, written)))
            elif kind in _STATEMENTS:
                arguments = tuple(
                    value if isinstance(value, str | int | float) else _text(value) for value in operation[1:]
                )
                db.execute(_STATEMENTS[kind], arguments)
            else:
                # These touch whole tables: what came before must be in place.
                self._flush(stream)
                _WHOLE_TABLE[kind](db, *operation[1:])
        self._flush(stream)
        self._forget_tokens()
        db.execute("COMMIT")

    def _flush(self, stream: _Rows) -> None:
        """Write the last state of every touched item, then the stream records."""
        puts = [(*key, body) for key, body in self._items.items() if body is not None]
        gone = [key for key, body in self._items.items() if body is None]
        if puts:
            self._db.executemany(_UPSERT_ITEM, puts)
        if gone:
            self._db.executemany("DELETE FROM items WHERE tid=? AND pk=? AND sk=?", gone)
        if stream:
            self._db.executemany("INSERT OR REPLACE INTO stream VALUES (?,?,?)", stream)
        self._items.clear()
        stream.clear()

    def _forget_tokens(self) -> None:
        now = time.time()
        if now - self._last_token_sweep > 60:
            self._last_token_sweep = now
            self._db.execute("DELETE FROM tokens WHERE at < ?", (now - _TOKEN_SECONDS,))


def _record_text(record: dict[str, Any], written: dict[int, str]) -> str:
    """The record as JSON; its new image is the text already made for the item."""
    body = record["dynamodb"]
    new = written.get(id(body.get("NewImage")))
    if new is None:
        return _text(record)
    shell = {key: value for key, value in record.items() if key != "dynamodb"}
    shell["dynamodb"] = {key: value for key, value in body.items() if key != "NewImage"}
    return f'{_text(shell)[:-2]},"NewImage":{new}}}}}'


def _wipe(db: sqlite3.Connection, tid: int) -> None:
    db.execute("DELETE FROM items WHERE tid=?", (tid,))


def _drop(db: sqlite3.Connection, tid: int) -> None:
    db.execute("DELETE FROM items WHERE tid=?", (tid,))
    db.execute("DELETE FROM stream WHERE tid=?", (tid,))
    db.execute("DELETE FROM tables WHERE tid=?", (tid,))


def _trim(db: sqlite3.Connection, tid: int, trimmed: int) -> None:
    """Forget records before absolute position ``trimmed``."""
    db.execute("DELETE FROM stream WHERE tid=? AND position<?", (tid, trimmed))
    db.execute("UPDATE tables SET trimmed=? WHERE tid=?", (trimmed, tid))


def _purge(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM messages")


_WHOLE_TABLE: dict[str, Callable[..., None]] = {
    "wipe": _wipe,
    "drop": _drop,
    "trim": _trim,
    "purge": _purge,
}


def _checkpoint(*, path: Path) -> None:
    """Fold the log into the data file now and then; commits go on meanwhile."""
    connection = connect(path=path)
    wal = path.with_name(path.name + "-wal")
    while True:
        time.sleep(_CHECKPOINT_EVERY)
        try:
            size = wal.stat().st_size if wal.exists() else 0
            if size:
                # A log that never found a quiet moment is cut once: some tens of milliseconds.
                mode = "TRUNCATE" if size > 256 * 1024 * 1024 else "PASSIVE"
                connection.execute(f"PRAGMA wal_checkpoint({mode})")
        except (sqlite3.OperationalError, OSError):
            continue


def _read_exactly(size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        chunk = os.read(0, min(1 << 20, size - len(parts)))
        if not chunk:
            return b""
        parts += chunk
    return bytes(parts)


def main() -> int:
    """Serve frames from standard input until it ends."""
    path = Path(sys.argv[1]) / FILE_NAME
    connection = connect(path=path)
    writer = Writer(connection=connection)
    threading.Thread(target=_checkpoint, kwargs={"path": path}, daemon=True).start()
    os.write(1, b"\x01")
    while header := _read_exactly(8):
        frame = _read_exactly(int.from_bytes(header, "big"))
        if not frame:
            break
        try:
            writer.apply(marshal.loads(frame))  # noqa: S302  (our parent wrote it)
        except sqlite3.Error as error:
            # Nothing may be acknowledged any more; the engine sees the closed pipe and stops.
            print(f"The data folder cannot be written: {error}.", file=sys.stderr, flush=True)
            return 3
        try:
            os.write(1, b"\x01")
        except BrokenPipeError:
            break
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

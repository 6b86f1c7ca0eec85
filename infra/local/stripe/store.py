"""One SQLite file: every object, event, delivery, task and idempotency key of the stand-in.

One connection behind one lock: requests are short, and a stand-in needs no more. Each request is
one transaction, so an object, its events and their deliveries appear together or not at all, and
what was answered survives ``kill -9`` (WAL, synchronous=FULL).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .errors import Json, StripeFault

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, account TEXT NOT NULL,
  kind TEXT NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL, private TEXT NOT NULL,
  UNIQUE (account, id));
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, account, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent
  ON objects (kind, account, json_extract(body, '$.payment_intent'));
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, account TEXT NOT NULL,
  endpoint TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  next_at REAL NOT NULL, last_status INTEGER, last_error TEXT, created REAL NOT NULL,
  done_at REAL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, next_at);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS tasks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, kind TEXT NOT NULL,
  account TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS tasks_due ON tasks (due);
CREATE TABLE IF NOT EXISTS idempotency (
  account TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL,
  status INTEGER NOT NULL, body TEXT NOT NULL, request_id TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_TABLES = ("objects", "deliveries", "tasks", "idempotency", "settings")
_LETTERS = string.ascii_letters + string.digits
KEY_LIFE = 24 * 3600
EVENT_LIFE = 30 * 24 * 3600


def new_id(prefix: str, *, length: int = 24) -> str:
    """A random identifier in Stripe's manner."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


@dataclass
class Record:
    """One object: ``body`` is what Stripe would show, ``private`` what it would keep to itself."""

    kind: str
    id: str
    account: str
    body: Json
    private: Json = field(default_factory=dict)
    seq: int = 0


class Unit:
    """One transaction's view of the store."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        now: float,
        origin: str,
        request_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        self.sql = connection
        self.now = int(now)
        self.instant = now
        self.origin = origin
        self.request_id = request_id
        self.idempotency_key = idempotency_key
        self.stirred = False

    def add(self, record: Record) -> Record:
        """Insert a new object."""
        cursor = self.sql.execute(
            "INSERT INTO objects (id, account, kind, created, body, private) VALUES (?, ?, ?, ?, ?, ?)",
            (
                record.id,
                record.account,
                record.kind,
                int(record.body.get("created", self.now)),
                _dump(record.body),
                _dump(record.private),
            ),
        )
        record.seq = int(cursor.lastrowid or 0)
        return record

    def save(self, record: Record) -> None:
        """Write an object back."""
        self.sql.execute(
            "UPDATE objects SET body = ?, private = ? WHERE account = ? AND id = ?",
            (_dump(record.body), _dump(record.private), record.account, record.id),
        )

    def remove(self, record: Record) -> None:
        """Forget an object."""
        self.sql.execute("DELETE FROM objects WHERE account = ? AND id = ?", (record.account, record.id))

    def get(self, ident: str, *, account: str, kind: str | None = None) -> Record | None:
        """The object of that id in that account, or None: other accounts' objects do not exist."""
        row = self.sql.execute(
            "SELECT * FROM objects WHERE account = ? AND id = ?", (account, ident)
        ).fetchone()
        record = _record(row) if row else None
        return record if record and kind in (None, record.kind) else None

    def anywhere(self, ident: str, *, kind: str) -> Record | None:
        """The object in whatever account: for hosted pages and control, where no key is shown."""
        row = self.sql.execute("SELECT * FROM objects WHERE id = ? AND kind = ?", (ident, kind)).fetchone()
        return _record(row) if row else None

    def find(
        self,
        kind: str,
        *,
        account: str | None,
        where: str = "",
        values: tuple[object, ...] = (),
        limit: int = -1,
        ascending: bool = False,
    ) -> list[Record]:
        """Objects of a kind, newest first. ``where`` is our own SQL, never a caller's text."""
        clause = " AND account = ?" if account is not None else ""
        ours: tuple[object, ...] = (account,) if account is not None else ()
        order = "ASC" if ascending else "DESC"
        rows = self.sql.execute(
            f"SELECT * FROM objects WHERE kind = ?{clause}{where} ORDER BY seq {order} LIMIT ?",  # noqa: S608
            (kind, *ours, *values, limit),
        ).fetchall()
        return [_record(row) for row in rows]

    def later(self, kind: str, *, after: float, account: str, subject: str, data: Json | None = None) -> None:
        """Have a task run after so many seconds; it survives a restart."""
        self.sql.execute(
            "INSERT INTO tasks (due, kind, account, subject, data) VALUES (?, ?, ?, ?, ?)",
            (self.instant + after, kind, account, subject, _dump(data or {})),
        )
        self.stirred = True


class Store:
    """The file, its lock, and a bell that wakes the background work."""

    def __init__(self, path: Path, *, origin: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.origin = origin
        self.bell = threading.Condition()
        self.rung = False
        self._lock = threading.RLock()
        self._sql = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._sql.row_factory = sqlite3.Row
        self._sql.execute("PRAGMA journal_mode = WAL")
        self._sql.execute("PRAGMA synchronous = FULL")
        self._sql.executescript(_SCHEMA)

    @contextmanager
    def unit(
        self,
        *,
        request_id: str | None = None,
        idempotency_key: str | None = None,
        write: bool = True,
    ) -> Iterator[Unit]:
        """A transaction: committed on leaving, undone by an exception that keeps no state."""
        with self._lock:
            unit = Unit(
                self._sql,
                now=time.time(),
                origin=self.origin,
                request_id=request_id,
                idempotency_key=idempotency_key,
            )
            self._sql.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield unit
            except BaseException as fault:
                keeps = isinstance(fault, StripeFault) and fault.keeps_state
                self._sql.execute("COMMIT" if keeps else "ROLLBACK")
                if keeps and unit.stirred:
                    self.wake()
                raise
            self._sql.execute("COMMIT")
        if unit.stirred:
            self.wake()

    def wake(self) -> None:
        """Tell the background work that something is due."""
        with self.bell:
            self.rung = True
            self.bell.notify_all()

    def sleep(self, seconds: float) -> None:
        """Until the bell rings; one that rang since the last sleep counts."""
        with self.bell:
            if not self.rung:
                self.bell.wait(timeout=seconds)
            self.rung = False

    def setting(self, name: str, *, default: str = "") -> str:
        """A switch of the control endpoints."""
        with self._lock:
            row = self._sql.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row["value"]) if row else default

    def set(self, name: str, value: str) -> None:
        """Turn a switch."""
        with self._lock:
            self._sql.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
        self.wake()

    def prune(self) -> None:
        """Drop idempotency keys after a day and events after thirty, as Stripe does."""
        now = int(time.time())
        with self.unit() as unit:
            unit.sql.execute("DELETE FROM idempotency WHERE created < ?", (now - KEY_LIFE,))
            unit.sql.execute("DELETE FROM deliveries WHERE created < ?", (now - EVENT_LIFE,))
            unit.sql.execute("DELETE FROM objects WHERE kind = 'event' AND created < ?", (now - EVENT_LIFE,))

    def empty(self, *, keep: Callable[[Unit], None] | None = None) -> None:
        """Forget everything; ``keep`` may put back what must always be there."""
        with self.unit() as unit:
            for table in _TABLES:
                unit.sql.execute(f"DELETE FROM {table}")  # noqa: S608
            if keep:
                keep(unit)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._sql.close()


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _record(row: sqlite3.Row) -> Record:
    return Record(
        kind=row["kind"],
        id=row["id"],
        account=row["account"],
        body=json.loads(row["body"]),
        private=json.loads(row["private"]),
        seq=row["seq"],
    )

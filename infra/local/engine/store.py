"""The data file of the embedded engine: one SQLite database, its schema and how it is read.

Everything the engine must find again after a crash is a row here. Rows are written by
:mod:`infra.local.engine.writer`, a process of its own, and read once at start by
:mod:`infra.local.engine.restore`.

Shapes
    ``tables``    one row per DynamoDB table: its definition, TTL setting and stream horizon
    ``items``     one row per item, the item as DynamoDB JSON
    ``stream``    change records not yet trimmed, by absolute position
    ``messages``  queue messages sent and not yet deleted
    ``tokens``    ClientRequestTokens of transactions, kept ten minutes as DynamoDB does
    ``state``     small services kept whole (KMS keys and aliases)
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

FILE_NAME = "engine.sqlite3"

#: Raised with every incompatible change of the shapes above.
SCHEMA_VERSION = 2

# Tables with long rows keep them in order of arrival, and a tree of keys beside it: in a tree of keys alone
# (WITHOUT ROWID) a page holds at least four rows, so one of 1.1 kB spills into a page of its own.
_LONG = {
    "items": "tid INTEGER NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, body TEXT NOT NULL, "
    "PRIMARY KEY (tid, pk, sk)",
    "stream": "tid INTEGER NOT NULL, position INTEGER NOT NULL, record TEXT NOT NULL, "
    "PRIMARY KEY (tid, position)",
    "messages": "queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (queue, id)",
}
_SCHEMA = """
CREATE TABLE tables (
    tid INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE,
    definition TEXT NOT NULL, trimmed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE tokens (token TEXT PRIMARY KEY, entry TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE state (service TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
""" + "".join(f"CREATE TABLE {name} ({columns});\n" for name, columns in _LONG.items())


class DamagedData(Exception):
    """The data folder cannot be read; the message says in one sentence what to do."""


def damaged(path: Path, reason: str) -> DamagedData:
    """The error to raise for a data file that cannot be used."""
    return DamagedData(
        f"The data file {path} cannot be used ({reason}). Put a copy from a backup in its place, "
        f"or move the folder {path.parent} away to start empty."
    )


def connect(*, path: Path) -> sqlite3.Connection:
    """Open (and on first use create) the data file at ``path``.

    ``synchronous=FULL`` in WAL mode makes every commit wait for the log to reach the disk.

    Raises:
        DamagedData: the file is not ours, is of another version, or is broken.
    """
    try:
        connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # Checkpoints run on a second connection, so no commit ever waits for one.
        connection.execute("PRAGMA wal_autocheckpoint=0")
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if not tables:
            connection.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT;")
            return connection
        _bring_up(connection)
        version = _version(connection)
        # Every page of the small tables and the tree of items is touched by the restore anyway;
        # quick_check of 400,000 items would double the time to start, so it is left out.
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error
    if version != SCHEMA_VERSION:
        raise damaged(path, f"its version is {version}, this program reads {SCHEMA_VERSION}")
    return connection


def _bring_up(connection: sqlite3.Connection) -> None:
    """A file of version 1 has the same rows in other trees: copy them, once."""
    connection.execute(
        "BEGIN IMMEDIATE"
    )  # of several processes one does it, the others wait and find it done
    if connection.execute("PRAGMA user_version").fetchone()[0] == 1:
        for name, columns in _LONG.items():
            connection.execute(f"ALTER TABLE {name} RENAME TO before_{name}")
            connection.execute(f"CREATE TABLE {name} ({columns})")
            connection.execute(f"INSERT INTO {name} SELECT * FROM before_{name}")  # noqa: S608 - our own names
            connection.execute(f"DROP TABLE before_{name}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])

"""Starting, running and stopping the engine."""

from __future__ import annotations

import asyncio
import concurrent.futures
import fcntl
import gc
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from infra.local.engine import ministack_env  # first: it sets what ministack reads at import

# isort: split
from ministack import app as ministack_app

from infra.local.engine import adopt, memo, ranges, selftest
from infra.local.engine.journal import Journal
from infra.local.engine.messages import QueueRecorder
from infra.local.engine.recorder import Recorder
from infra.local.engine.restore import restore
from infra.local.engine.server import Connection
from infra.local.engine.store import DamagedData

#: Seconds a new engine waits for one that is still writing.
_LOCK_PATIENCE = 10.0
#: DynamoDB actions that only read or change items: no definition can have changed.
_ITEM_ACTIONS = frozenset(
    {
        *("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchWriteItem", "BatchGetItem", "TransactWriteItems", "TransactGetItems"),
        *("DescribeTable", "ListTables", "DescribeTimeToLive"),
    }
)
#: KMS actions that change no key.
_KEY_USES = frozenset(
    {
        *("Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
        *("GenerateMac", "VerifyMac", "GenerateRandom", "DescribeKey", "ListAliases", "ListKeys"),
    }
)


class EngineFailure(Exception):
    """The engine cannot start; the message says what to do."""


def _lock(data_dir: Path) -> int:
    """Hold the data folder; returns the descriptor that keeps it held."""
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / "engine.lock", os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(descriptor, True)
    deadline = time.monotonic() + _LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EngineFailure(
                    f"The data folder {data_dir} is in use by another engine: stop it, or set "
                    f"DATA_DIR to another folder."
                ) from None
            time.sleep(0.05)


class _SelfTestJournal(Journal):
    """Keeps what is appended in a list, before there is a writer."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[Any, ...]] | None = []

    def append(self, *operation: Any) -> None:
        if self.operations is not None:
            self.operations.append(operation)
        else:
            super().append(*operation)


class Engine:
    """The parts of a running engine."""

    def __init__(self, *, data_dir: Path, testing: bool, expires: bool) -> None:
        self._data_dir = data_dir
        self._testing = testing
        self._expires = expires
        self._journal = _SelfTestJournal()
        self._recorder = Recorder(journal=self._journal)
        self._queues = QueueRecorder(journal=self._journal)

    async def start(self, *, port: int) -> asyncio.Server:
        """Read the data folder, start the writer and listen."""
        lock = _lock(self._data_dir)
        try:
            selftest.check_names()
            memo.install()
            ranges.install(keys=self._recorder.keys)
            self._recorder.install()
            assert self._journal.operations is not None
            selftest.check_recording(operations=self._journal.operations)
            self._recorder.tables.clear()
            adopt.install(recorder=self._recorder, queues=self._queues)
            restore(data_dir=self._data_dir, recorder=self._recorder, queues=self._queues)
        except (DamagedData, selftest.WrongEngine) as error:
            raise EngineFailure(str(error)) from error
        self._journal.operations = None
        loop = asyncio.get_running_loop()
        # Set by ministack's own start, which we do not run: it would look for Docker and scripts.
        ministack_app._MAIN_LOOP = loop
        loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(max_workers=8))
        try:
            await self._journal.start(data_dir=self._data_dir, lock=lock)
            server = await loop.create_server(self._connection, "127.0.0.1", port, backlog=512)
        except OSError as error:
            raise EngineFailure(
                f"Port {port} on this computer is taken: stop what uses it or choose another."
            ) from error
        except RuntimeError as error:
            raise EngineFailure(f"The data folder {self._data_dir}: {error}.") from error
        return server

    def _connection(self) -> Connection:
        return Connection(journal=self._journal, after=self._after, control=self._control)

    def _after(self, prefix: str, action: str) -> None:
        """Record what a request may have changed beside items."""
        if prefix == "DynamoDB_20120810":
            if action not in _ITEM_ACTIONS:
                self._recorder.sync_definitions()
        elif prefix == "TrentService":
            if action not in _KEY_USES:
                self._queues.sync_keys()
        elif prefix != "DynamoDBStreams_20120810":
            self._queues.sync()

    def _control(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The engine's own requests: ``trim``, ``backlog``, ``empty`` (tests), ``health``."""
        if command == "trim":
            passed = self._recorder.trim(
                table_name=str(arguments["table"]),
                sequence=str(arguments["sequence"]),
                account=ministack_env.ACCOUNT,
                region=ministack_env.REGION,
            )
            return {"trimmed": passed}
        if command == "backlog":
            return {"streams": self._recorder.backlog(), "queues": self._queues.backlog()}
        if command == "empty" and self._testing:
            self._recorder.empty()
            self._queues.empty()
            return {"emptied": True}
        return {"status": "ready"}

    async def housekeeping(self) -> None:
        """Expiry every second, the rest every minute."""
        minute = time.monotonic() + 60
        while True:
            await asyncio.sleep(1.0)
            while self._expires and self._recorder.sweep_expired():
                await asyncio.sleep(0)
            self._queues.sync()
            if time.monotonic() > minute:
                minute = time.monotonic() + 60
                self._recorder.trim_by_age()
                # Items stay: what is alive now need not be looked at by later collections.
                gc.collect(1)
                gc.freeze()

    async def close(self) -> None:
        """Bring everything to disk."""
        self._recorder.sync_definitions()
        self._queues.sync()
        await self._journal.close()


async def serve(*, port: int, data_dir: Path, testing: bool = False, expires: bool = True) -> None:
    """Serve on 127.0.0.1:``port`` with ``data_dir`` until SIGTERM or SIGINT.

    ``expires``: rows past their TTL are removed by the machine's clock, as DynamoDB does.

    Raises:
        EngineFailure: it cannot start; the message is one sentence saying what to do.
    """
    engine = Engine(data_dir=data_dir, testing=testing, expires=expires)
    # Full collections walk every item: with many items alive they would stall requests.
    gc.set_threshold(20_000, 50, 1_000_000)
    server = await engine.start(port=port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    keeper = loop.create_task(engine.housekeeping())
    print("ready", flush=True)
    await stop.wait()
    keeper.cancel()
    server.close()
    await engine.close()
    sys.stdout.flush()
    # Long polls of clients may still be open; everything is on disk.
    os._exit(0)

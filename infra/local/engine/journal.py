"""From an applied change to a change on disk: group commit for the engine's event loop.

A change is appended where it is applied, so the order on disk is the applied order. The batch
leaves for the writer process at the end of the loop's turn; while a batch is being committed the
next one grows, so concurrent requests share one flush to disk. **No reply leaves before every
change applied before it is durable**: also reads, because a reply that shows a change is a promise
that the change is there to stay.
"""

from __future__ import annotations

import asyncio
import marshal
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Journal:
    """The engine's side of the writer process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._thread = 0
        self._pending: list[tuple[Any, ...]] = []
        self._in_flight = False
        self._scheduled = False
        self._appended = 0
        self._sent = 0
        self._durable = 0
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: asyncio.WriteTransport | None = None
        self.on_failure: Callable[[], None] = lambda: os._exit(3)

    async def start(self, *, data_dir: Path, lock: int) -> None:
        """Start the writer on ``data_dir``; ``lock`` is the descriptor that holds the folder."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.engine.writer", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C goes to the engine, which then closes the pipe
        )
        ready = self._loop.create_future()
        reader = _Acknowledgements(self, ready)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        await self._loop.connect_read_pipe(lambda: reader, self._process.stdout)
        self._pipe, _ = await self._loop.connect_write_pipe(asyncio.BaseProtocol, self._process.stdin)
        await ready
        self._send()

    def append(self, *operation: Any) -> None:
        """Add one operation of :mod:`infra.local.engine.writer`; callable from any thread."""
        # CloudFormation provisions in threads; the lock is free nearly always.
        with self._guard:
            self._pending.append(operation)
            self._appended += 1
            if self._scheduled or self._pipe is None:
                return
            self._scheduled = True
        assert self._loop is not None
        if threading.get_ident() == self._thread:
            self._loop.call_soon(self._send)
        else:
            self._loop.call_soon_threadsafe(self._send)

    def _send(self) -> None:
        with self._guard:
            self._scheduled = False
        if self._in_flight or not self._pending or self._pipe is None:
            return
        with self._guard:
            batch, self._pending = self._pending, []
        self._sent += len(batch)
        self._in_flight = True
        frame = marshal.dumps(batch)
        self._pipe.write(len(frame).to_bytes(8, "big") + frame)

    def acknowledged(self) -> None:
        """One frame is durable: let the replies go that waited for it, send the next frame."""
        self._in_flight = False
        self._durable = self._sent
        waiting = self._waiting
        while waiting and waiting[0][0] <= self._durable:
            waiting.popleft()[1]()
        if self._pending:
            self._send()

    def failed(self) -> None:
        """The writer is gone: nothing may be acknowledged any more."""
        self.on_failure()

    @property
    def clean(self) -> bool:
        """Whether everything applied so far is on disk."""
        return self._durable >= self._appended

    def when_durable(self, reply: Callable[[], None]) -> None:
        """Call ``reply`` once everything applied so far is on disk: at once when it already is."""
        if self._durable >= self._appended:
            reply()
        else:
            self._waiting.append((self._appended, reply))

    async def drained(self) -> None:
        """Return when everything applied so far is on disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def settle() -> None:
            if not done.done():
                done.set_result(None)

        self.when_durable(settle)
        await done

    async def close(self) -> None:
        """Commit what is pending and end the writer."""
        await self.drained()
        self.on_failure = lambda: None
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            await asyncio.to_thread(self._process.wait, 10)


class _Acknowledgements(asyncio.Protocol):
    """Reads one byte per durable frame; the first says that the writer has opened the file."""

    def __init__(self, journal: Journal, ready: asyncio.Future[None]) -> None:
        self._journal = journal
        self._ready = ready

    def data_received(self, data: bytes) -> None:
        for _ in data:
            if not self._ready.done():
                self._ready.set_result(None)
            else:
                self._journal.acknowledged()

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self._ready.done():
            self._ready.set_exception(RuntimeError("the writer of the data folder did not start"))
        else:
            self._journal.failed()

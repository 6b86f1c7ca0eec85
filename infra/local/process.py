"""One child process of the local stack."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from infra.local.kinship import HELD_BY_STDIN

#: A log of this size is put aside; the one put aside before is let go.
LOG_BYTES = 5_000_000


class NotStarted(Exception):
    """A child ended before it was ready; the message is what it said."""


class Child:
    """A module run as a process of its own, held by a pipe: it ends when this process ends.

    Start children from the main thread: on Linux the kernel ties them to the thread that did.
    """

    def __init__(
        self,
        *,
        module: str,
        arguments: list[str],
        environment: Mapping[str, str],
        log: Path | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.module = module
        self._arguments = arguments
        self._environment = dict(environment)
        self._log = log
        self._cwd = cwd
        self._log_guard = threading.Lock()
        self._tail: deque[str] = deque(maxlen=12)
        self._process: subprocess.Popen[str] | None = None
        self._readers: list[threading.Thread] = []

    def start(self, *, patience: float = 60.0) -> None:
        """Start the process and wait until it says ``ready``.

        Raises:
            NotStarted: it ended, or said nothing within ``patience`` seconds.
        """
        # The module is found from the root of the tree, also when the app lies elsewhere.
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, self._environment.get("PYTHONPATH", "")]))
        environment = {
            **self._environment,
            "PYTHONPATH": path,
            "PYTHONUNBUFFERED": "1",
            HELD_BY_STDIN: "1",
        }
        self._tail.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=self._cwd,
            text=True,
            start_new_session=True,  # Ctrl-C is ours: children stop in order
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        ready = threading.Event()
        self._readers = [
            threading.Thread(target=self._follow, args=(self._process.stderr,), daemon=True),
            threading.Thread(target=self._await_ready, args=(self._process.stdout, ready), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        deadline = time.monotonic() + patience
        while not ready.wait(0.01):
            if self._process.poll() is not None and not ready.wait(0.1):
                self._forget()
                raise NotStarted(self.said or f"{self.module} ended without a word")
            if time.monotonic() > deadline:
                self.kill()
                raise NotStarted(f"{self.module} was not ready within {patience:.0f} seconds")

    def _await_ready(self, stream: TextIO, ready: threading.Event) -> None:
        for line in stream:
            if line.strip() == "ready":
                ready.set()
            else:
                self._write(line)

    def _follow(self, stream: TextIO) -> None:
        for line in stream:
            self._tail.append(line.rstrip())
            self._write(line)

    def _write(self, line: str) -> None:
        """Keep a line in the log; a full one makes room for a new one."""
        if self._log is None or not line.strip():
            return
        with self._log_guard, contextlib.suppress(OSError):
            if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
                self._log.replace(self._log.with_suffix(".old"))
            with self._log.open("a", encoding="utf-8") as file:
                file.write(line)

    @property
    def said(self) -> str:
        """The last lines of complaint: what it wrote to its error stream."""
        return "\n".join(self._tail)

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it is alive."""
        return self._process is not None and self._process.poll() is None

    def stop(self, *, patience: float = 30.0) -> None:
        """Ask it to end and wait; one that does not is killed."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                self.kill()
        self._forget()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()

    def _forget(self) -> None:
        """Read what it said last, and let go of the pipes."""
        assert self._process is not None
        for reader in self._readers:
            reader.join(timeout=1)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether ``port`` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

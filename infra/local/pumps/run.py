"""All pumps of an app together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from chalice.app import Chalice

from chalicelib.kernel.module import Module
from infra.local.pumps.checkpoints import Checkpoints
from infra.local.pumps.queue import QueuePump
from infra.local.pumps.schedule import SchedulePump
from infra.local.pumps.sources import QueueSource, ScheduleSource, StreamSource, sources
from infra.local.pumps.stream import StreamPump, Trimmer
from infra.local.pumps.wire import Engine

#: Seconds the batches in hand may take after the stop signal.
GRACE = 20.0


class Pumps:
    """Feeds the decorated handlers of ``app`` from the engine at ``endpoint``.

    ``tables`` maps ``app``, ``control`` and ``ledger`` to their physical names; ``modules``: those whose
    schedules run; ``schedules`` switches all recurring duties off for tests that call them themselves.
    """

    def __init__(
        self,
        *,
        app: Chalice,
        endpoint: str,
        region: str,
        tables: dict[str, str],
        data_dir: Path,
        modules: Iterable[Module] = (),
        schedules: bool = True,
    ) -> None:
        self._stop = threading.Event()
        engine = Engine(endpoint=endpoint, region=region)
        checkpoints = Checkpoints(data_dir=data_dir)
        followed: dict[str, list[str]] = {name: [] for key, name in tables.items() if key != "control"}
        self._threads: list[threading.Thread] = []
        found = sources(app=app, tables=tables, modules=modules)
        for source in found:
            if isinstance(source, StreamSource):
                followed.setdefault(source.table, []).append(source.name)
                pump = StreamPump(
                    source=source,
                    engine=engine,
                    checkpoints=checkpoints,
                    data_dir=data_dir,
                    stop=self._stop,
                )
                self._add(source.name, pump.run)
            elif isinstance(source, QueueSource):
                for number in range(source.threads):
                    queue = QueuePump(source=source, engine=engine, stop=self._stop)
                    self._add(f"{source.name}-{number}", queue.run)
            elif isinstance(source, ScheduleSource) and schedules:
                schedule = SchedulePump(source=source, engine=engine, stop=self._stop)
                self._add(source.name, schedule.run)
        trimmer = Trimmer(engine=engine, checkpoints=checkpoints, consumers=followed, stop=self._stop)
        self._add("trimmer", trimmer.run)
        self.names = [source.name for source in found]

    def _add(self, name: str, run: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=run, name=f"pump-{name}", daemon=True))

    def start(self) -> None:
        """Start every pump in a thread of its own."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the batches in hand and stop."""
        self._stop.set()
        deadline = time.monotonic() + GRACE
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))


def drain(*, endpoint: str, region: str = "cn-north-1", timeout: float = 30.0) -> None:
    """Return when no change waits in a stream and no message in a queue (dead letters aside).

    Needs running pumps. The engine counts both at one moment, and a pump gives up a record or a
    message only after what it caused is written: nothing is in between.

    Raises:
        TimeoutError: something still waits; the message says what.
    """
    engine = Engine(endpoint=endpoint, region=region)
    deadline = time.monotonic() + timeout
    while True:
        backlog = engine.control("backlog")
        waiting = {name: count for part in backlog.values() for name, count in part.items() if count}
        if not waiting:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"still waiting after {timeout:.0f} s: {waiting}")
        time.sleep(0.05)

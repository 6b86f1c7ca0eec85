"""How far each consumer of a stream has come, on disk."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any


class Checkpoints:
    """Sequence numbers by consumer, in one small file that is replaced whole."""

    def __init__(self, *, data_dir: Path) -> None:
        self._path = data_dir / "pumps.json"
        self._guard = threading.Lock()
        self._passed: dict[str, str] = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            # A file that cannot be read costs nothing but repetition: consumers are idempotent.
            self._passed = dict(json.loads(self._path.read_text()))

    def passed(self, consumer: str) -> str | None:
        """The last sequence number ``consumer`` is done with."""
        return self._passed.get(consumer)

    def pass_(self, consumer: str, sequence: str) -> None:
        """Record, durably, that ``consumer`` is done up to ``sequence``."""
        with self._guard:
            self._passed[consumer] = sequence
            write_whole(path=self._path, content=self._passed)


def write_whole(*, path: Path, content: Any) -> None:
    """Replace the file at ``path`` by ``content`` as JSON; after a crash it is old or new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)

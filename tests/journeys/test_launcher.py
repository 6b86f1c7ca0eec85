"""``make run``: what a newcomer starts, kills, starts again, and gets told when it cannot start."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.process import free_port
from tests.journeys.callers import Caller, eventually, hang_up

pytestmark = pytest.mark.journey

_ROOT = Path(__file__).resolve().parents[2]


class Run:
    """One start of the launcher in a folder of its own."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self.folder, self.port = folder, port
        own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=folder,
            env={**own, "PORT": str(port), "DATA_DIR": str(folder / "data"), "PYTHONPATH": str(_ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def until_ready(self) -> None:
        eventually(
            lambda: "is running" in self.said or self.process.poll() is not None,
            what="the launcher's table",
            seconds=120,
        )
        assert self.process.poll() is None, self.said

    def until_over(self) -> int:
        status = self.process.wait(timeout=90)
        self._reader.join(timeout=10)
        return status

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.until_over()

    def demo(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / ".local" / "demo.json").read_text("utf-8"))
        return found


_FOREIGN = ("SONGYUN_", "STRIPE_", "AWS_")


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """Whatever a test starts is stopped after it."""
    started: list[Run] = []
    yield started
    for run in started:
        run.stop()
        assert run.process.stdout is not None
        run.process.stdout.close()


def test_a_killed_launcher_takes_its_children_along_and_a_second_start_finds_everything(
    tmp_path: Path, runs: list[Run]
) -> None:
    port = free_port()
    first = Run(tmp_path, port=port)
    runs.append(first)
    first.until_ready()
    demo = first.demo()
    key = next(tenant["api_key"] for tenant in demo["tenants"] if tenant["kind"] == "scenic")
    clerk = Caller(base_url=demo["base_url"], key=key)
    before = clerk.get("/api/v1/scenic/orders").json["orders"]
    assert before, "the demo's own orders"
    assert all(login["password"] in first.said for login in demo["logins"])

    children = first.children()
    assert len(children) == 5, first.said
    first.process.kill()
    first.until_over()
    eventually(lambda: not any(map(_lives, children)), what="the children end with the launcher")
    hang_up()

    second = Run(tmp_path, port=port)
    runs.append(second)
    second.until_ready()
    assert second.demo() == demo
    assert clerk.get("/api/v1/scenic/orders").json["orders"] == before
    wall = Caller(base_url=demo["base_url"], key=demo["bureau"]["api_key"])
    eventually(
        lambda: wall.get("/api/v1/bureau/wall").json["sold"] == len(before),
        what="the demo's sales on the wall",
    )

    second.process.send_signal(signal.SIGINT)
    assert second.until_over() == 0
    assert "Traceback" not in second.said
    hang_up()


def test_a_busy_port_gets_one_sentence(tmp_path: Path, runs: list[Run]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = Run(tmp_path, port=taken.getsockname()[1])
        runs.append(run)
        assert run.until_over() == 1
    assert _sentences(run.said) == 1
    assert f"Port {run.port} on this computer is taken" in run.said
    assert "make run PORT=" in run.said


def test_a_damaged_data_folder_gets_one_sentence_and_stays_as_it_is(tmp_path: Path, runs: list[Run]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    broken = data / "engine.sqlite3"
    broken.write_bytes(b"SQLite format 3\x00" + b"\xff" * 8192)
    kept = broken.read_bytes()
    run = Run(tmp_path, port=free_port())
    runs.append(run)
    assert run.until_over() == 1
    assert "Traceback" not in run.said
    assert "cannot be used" in run.said
    assert "backup" in run.said
    assert broken.read_bytes() == kept


def test_a_port_that_is_no_number_and_a_folder_that_cannot_be_written_get_one_sentence(
    tmp_path: Path, runs: list[Run]
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    run = Run(tmp_path, port=free_port())
    runs.append(run)
    assert run.until_over() == 1
    assert _sentences(run.said) == 1
    assert "DATA_DIR" in run.said
    low = Run(tmp_path, port=80)
    runs.append(low)
    assert low.until_over() == 1
    assert "PORT must be a number" in low.said


def _sentences(said: str) -> int:
    assert "Traceback" not in said
    return len([line for line in said.splitlines() if line.strip()])


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

"""What a process has consumed, and what this machine is worth."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


def family(pid: int) -> list[int]:
    """A process and its living descendants (the engine writes to disk in a child)."""
    children: dict[int, list[int]] = {}
    for line in _ps("-A", "-o", "pid=", "-o", "ppid=").splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def _cpu_seconds(pid: int) -> float:
    if sys.platform == "linux":
        # The clock that clock_getcpuclockid() names: all threads, user and system, in nanoseconds;
        # /proc/<pid>/stat shows the same in steps of ten milliseconds.
        return time.clock_gettime((~pid << 3) | 2)
    seconds = 0.0
    for part in _ps("-o", "time=", "-p", str(pid)).strip().replace("-", ":").split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _ps(*arguments: str) -> str:
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True)
class Meter:
    """The processes whose CPU is compared before and after a stretch of work."""

    pids: Mapping[str, Sequence[int]]

    def read(self) -> dict[str, float]:
        """Seconds so far, by name."""
        return {name: sum(map(_cpu_seconds, pids)) for name, pids in self.pids.items()}


@dataclass(frozen=True)
class Rounds:
    """The same figure from several rounds: the best says what it costs, the median how quiet it was."""

    values: Sequence[float]

    @property
    def best(self) -> float:
        return min(self.values)

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def machine_loop(times: int = 5) -> Rounds:
    """CPU milliseconds of a fixed loop in plain Python: the yardstick between machines and days."""
    return Rounds([_loop() for _ in range(times)])


def _loop() -> float:
    before = time.process_time()
    kept: dict[str, int] = {}
    value = 1
    for step in range(300_000):
        value = (value * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        if not step % 3:
            kept[f"{value & 1023:x}"] = value
    assert len(kept) == 1024
    return (time.process_time() - before) * 1000


def child_cost(command: Sequence[str], *, environment: Mapping[str, str], cwd: Path) -> tuple[float, float]:
    """CPU milliseconds and peak memory (MB) of a command run to its end."""
    # Asked of a fresh interpreter, because the peak of children is kept for the life of a process.
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command],
        capture_output=True,
        text=True,
        check=True,
        env=dict(environment),
        cwd=cwd,
    )
    seconds, peak = done.stdout.split()[-2:]
    unit = 1 if sys.platform == "darwin" else 1024
    return float(seconds) * 1000, int(peak) * unit / 1e6


def own_cpu_ms(work: Callable[[], object], *, times: int) -> float:
    """CPU milliseconds of this process for one call, over ``times`` calls."""
    before = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - before) * 1000 / times

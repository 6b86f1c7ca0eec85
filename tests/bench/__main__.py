"""``python -m tests.bench``: measure, print one table, write ``.local/bench.json``."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.figures import NAMES, Report
from tests.bench.phases import PHASES, Phase, Scale

WRITTEN = Path(".local/bench.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Songyun's figures.")
    parser.add_argument("--only", default="", help="figures to measure, separated by commas")
    parser.add_argument("--quick", action="store_true", help="few repetitions: to see that it works")
    parser.add_argument("--feed-seconds", type=int, help="how long the feed must keep its rate")
    given = parser.parse_args(arguments)
    wanted = {name for name in given.only.split(",") if name}
    if unknown := wanted - set(NAMES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    scale = Scale.quick() if given.quick else Scale()
    scale = scale.with_feed(given.feed_seconds)
    phases = [phase for phase in PHASES if (wanted & set(phase.names) if wanted else not phase.asked)]
    logging.getLogger().addHandler(_Briefly())
    report = Report()
    _measure(phases, report, scale)
    if given.quick:
        report.put("quick", 1)  # and far fewer tickets than fifty thousand
    if wanted:  # a phase measures more than was asked for; all of it was measured here and now
        _say("Other figures stay as the last run found them.")
    rare = {name for phase in PHASES if phase.asked for name in phase.names}
    report.write(WRITTEN, kept={name: value for name, value in _earlier().items() if wanted or name in rare})
    print()
    for line in report.lines():
        print(line)
    print()
    for line in report.starts():
        print(line)
    return 0


def _measure(phases: Sequence[Phase], report: Report, scale: Scale) -> None:
    began = time.monotonic()
    with ExitStack() as stack:
        world = None
        for phase in phases:
            if phase.alone:
                _say(f"{time.monotonic() - began:4.0f} s  {phase.title}")
                phase.run(None, report, scale)
                continue
            if world is None:
                from tests.bench.world import world as running

                _say(f"{time.monotonic() - began:4.0f} s  starting a stack of its own")
                world = stack.enter_context(running())
            _say(f"{time.monotonic() - began:4.0f} s  {phase.title}")
            phase.run(world, report, scale)
    report.put("bench_seconds", time.monotonic() - began)


class _Briefly(logging.Handler):
    """An alarm of the application in this process as one line: what failed, without its history."""

    def emit(self, record: logging.LogRecord) -> None:
        reason = record.exc_info[1] if record.exc_info else None
        _say(f"        {record.getMessage()[:160]}{f' ({reason})' if reason else ''}")


def _earlier() -> dict[str, float]:
    try:
        found = json.loads(WRITTEN.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

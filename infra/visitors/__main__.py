"""``python -m infra.visitors play``: a day against a running `make run`; ``replay``: the test of the feed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from chalicelib.kernel.period import business_day


def main(arguments: Sequence[str] | None = None) -> int:
    """Play or replay; 1 where a figure is not what its events say, 2 where there is nothing to play in."""
    parser = argparse.ArgumentParser(prog="python -m infra.visitors")
    verbs = parser.add_subparsers(dest="verb", required=True)
    replaying = verbs.add_parser("replay")
    replaying.add_argument("--days", type=int, default=8)
    replaying.add_argument("--seed", type=int, default=1)
    playing = verbs.add_parser("play")
    playing.add_argument("--day", default="", help="YYYY-MM-DD, today by default")
    playing.add_argument("--speed", type=float, default=60)
    playing.add_argument("--seed", type=int, default=1)
    playing.add_argument(
        "--alone", action="store_true", help="only the enterprises with systems of their own"
    )
    given = parser.parse_args(arguments)
    return _replay(given) if given.verb == "replay" else _play(given)


def _replay(given: argparse.Namespace) -> int:
    from infra.local.fixture import Stack
    from infra.visitors.replay import Script, play

    with Stack():
        played = play(Script(days=given.days, seed=given.seed), say=_say)
    for line in played.differences[:40]:
        print(line)
    print("equal" if not played.differences else f"{len(played.differences)} differences")
    return 1 if played.differences else 0


def _play(given: argparse.Namespace) -> int:
    from infra.visitors.beside import Beside
    from infra.visitors.player import NotYet, Play, play
    from infra.visitors.town import NotRunning, find_town

    try:
        day = date.fromisoformat(given.day) if given.day else business_day(datetime.now(UTC))
        port = int(os.environ.get("PORT") or 8000)
        town = find_town(data_dir=Path(os.environ.get("DATA_DIR") or ".local/data").resolve(), port=port)
        beside = None if given.alone else Beside(town, seed=given.seed)
        play(town, Play(day=day, speed=given.speed, seed=given.seed), say=_say, beside=beside)
    except (NotRunning, NotYet, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

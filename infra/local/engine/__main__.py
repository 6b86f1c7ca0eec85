"""The embedded engine: ``python -m infra.local.engine --port P --data-dir D``.

DynamoDB, its streams, queues, the event bus and keys on one loopback port, durable in one data
file. Prints ``ready`` when it serves; ends with status 1 and one sentence when it cannot.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from infra.local.engine.serve import EngineFailure, serve
from infra.local.kinship import follow_parent


def main() -> int:
    """Read the arguments and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.engine")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--testing", action="store_true", help="allow emptying all tables at once")
    parser.add_argument(
        "--keep-expired", action="store_true", help="leave expired rows: the tests keep a clock of their own"
    )
    arguments = parser.parse_args()
    follow_parent()
    try:
        asyncio.run(
            serve(
                port=arguments.port,
                data_dir=arguments.data_dir,
                testing=arguments.testing,
                expires=not arguments.keep_expired,
            )
        )
    except EngineFailure as failure:
        print(failure, file=sys.stderr, flush=True)
        os._exit(
            1
        )  # the sentence is the last word: some libraries report their leaks at the interpreter's end
    return 0


if __name__ == "__main__":
    sys.exit(main())

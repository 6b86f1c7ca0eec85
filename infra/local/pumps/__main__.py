"""The pumps' process: ``python -m infra.local.pumps --data-dir D``."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from infra.local.kinship import follow_parent
from infra.local.pumps.run import Pumps


def main() -> int:
    """Pump until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.pumps")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--no-schedules", action="store_true")
    arguments = parser.parse_args()
    follow_parent()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    sys.path.insert(0, str(Path.cwd()))
    from app import app  # here: configuration is read from the environment at import
    from tenants import modules

    pumps = Pumps(
        app=app,
        endpoint=os.environ["AWS_ENDPOINT_URL"],
        region=os.environ["AWS_REGION"],
        tables={key: os.environ[f"SONGYUN_{key.upper()}_TABLE"] for key in ("app", "control", "ledger")},
        data_dir=arguments.data_dir,
        modules=modules(),
        schedules=not arguments.no_schedules,
    )
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    pumps.start()
    print("ready", flush=True)
    stop.wait()
    pumps.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m infra.local.doors --port 8430 --base-url … --data-dir …``"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from infra.local.doors.gateway import Gateway
from infra.local.doors.house import House
from infra.local.doors.page import serve
from infra.local.kinship import follow_parent


def _present() -> datetime:
    return datetime.now(UTC)


def main() -> int:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.doors")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    given = parser.parse_args()
    follow_parent(grace=3.0)
    known = json.loads((given.data_dir / "demo.json").read_text("utf-8"))["doors"]
    folder = given.data_dir / "doors"
    folder.mkdir(exist_ok=True)
    house = House(folder / "state.json", devices=known["devices"])
    gateway = Gateway(house, base_url=given.base_url, key=known["key"], clock=_present)
    page = serve(house, port=given.port, clock=_present)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    threading.Thread(target=gateway.run, daemon=True).start()
    threading.Thread(target=page.serve_forever, daemon=True).start()
    print("ready", flush=True)
    over.wait()
    gateway.stop()
    page.shutdown()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

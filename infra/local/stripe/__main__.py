"""``python -m infra.local.stripe --port 8420 --data-dir …``"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from .endpoints import LOOPBACK, reachable
from .errors import StripeFault
from .server import Settings, StandIn


def main() -> int:
    """Run until told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.stripe",
        description="The local stand-in for Stripe. Listens on 127.0.0.1 only; test money only.",
    )
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--webhook", help="default endpoint, told of every account's events")
    parser.add_argument("--webhook-secret", help="its signing secret, whsec_…")
    parser.add_argument("--webhook-events", default="*", help="comma-separated types (default *)")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    given = parser.parse_args()
    if (given.webhook is None) != (given.webhook_secret is None):
        parser.error("--webhook and --webhook-secret belong together")
    if given.webhook is not None:
        try:
            reachable(given.webhook, param="url")
        except StripeFault:
            parser.error(f"--webhook must be on this machine: {', '.join(LOOPBACK)}")
    settings = Settings(
        port=given.port,
        data_dir=given.data_dir,
        webhook=given.webhook,
        webhook_secret=given.webhook_secret,
        webhook_events=[name for name in given.webhook_events.split(",") if name],
        verbose=given.verbose,
    )
    try:
        standin = StandIn(settings)
    except BlockingIOError:
        parser.error(f"another stand-in is using {given.data_dir}")
    except OSError as reason:
        parser.error(f"cannot listen on 127.0.0.1:{given.port}: {reason.strerror}")
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    standin.start()
    print(f"Stripe stand-in: {standin.origin}\nready", flush=True)  # the launcher waits for that word
    over.wait()
    standin.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

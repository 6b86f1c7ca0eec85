"""``make run``: the whole product on this computer.

Starts the engine, the local stand-in for Stripe, the site and the pumps; prints addresses and demo
logins; stops them in order on Ctrl-C. ``PORT`` and ``DATA_DIR`` override 8000 and ``.local/data``.
"""

from __future__ import annotations

import sys

#: Python releases this runs on: from here.
_OLDEST = (3, 11)


def main() -> int:
    """Run until told to stop; status 1 and one sentence when that is not possible."""
    if sys.version_info[:2] < _OLDEST:
        print("Songyun needs Python 3.11 or newer: install it, then run `make run` again.")
        return 2
    try:
        from infra.local.launcher import Launcher
        from infra.local.settings import Unusable, settings
    except ImportError as error:
        print(f"Something is not installed ({error.name}): run `make setup`.", file=sys.stderr)
        return 2
    try:
        return Launcher(settings=settings()).run()
    except Unusable as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""Dead letters back to their module: ``python -m infra.redrive --stage prod --module hotel``.

After the cause is mended (``infra/README.md``, inbox-dead). Run with an operator's AWS credentials, which
may receive from and delete in the dead-letter queue, and send to the inbox.
"""

from __future__ import annotations

import argparse
import os
import sys


def main() -> int:
    """Move them, and say how many."""
    parser = argparse.ArgumentParser(prog="python -m infra.redrive")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--module", required=True, help="whose inbox, e.g. hotel")
    parser.add_argument("--most", type=int, default=1000, help="stop after so many (1000)")
    asked = parser.parse_args()
    os.environ["SONGYUN_STAGE"] = asked.stage
    from chalicelib.messaging.consumer import redrive  # here: the stage is read at import
    from tenants import modules

    listening = {module.key: module for module in modules() if module.inbox is not None}
    if asked.module not in listening:
        print(f"{asked.module} has no inbox; {', '.join(sorted(listening))} have one", file=sys.stderr)
        return 1
    print(f"{redrive(listening[asked.module], most=asked.most)} messages moved back")
    return 0


if __name__ == "__main__":
    sys.exit(main())

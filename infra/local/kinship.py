"""A child process ends when the process that started it is gone, however that one ended.

``python -m infra.local.kinship MODULE ARGUMENTS`` runs a module that does not see to it itself.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
import threading
import time

#: Set by the parent when the child's standard input is a pipe it holds open.
HELD_BY_STDIN = "SONGYUN_HELD_BY_STDIN"

_PR_SET_PDEATHSIG = 1


def follow_parent(*, grace: float = 25.0) -> None:
    """End with the parent: by kernel signal on Linux, by end of standard input everywhere.

    The signal is SIGTERM, so a child still brings its work in hand to an end; one that has not
    ended ``grace`` seconds later ends at once.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before the call above
            os.kill(os.getpid(), signal.SIGTERM)
    if os.environ.pop(HELD_BY_STDIN, "") == "1":
        threading.Thread(target=_watch, args=(grace,), name="parent-watch", daemon=True).start()


def _watch(grace: float) -> None:
    while True:
        try:
            if not os.read(0, 1024):
                break
        except OSError:
            break
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os._exit(1)


def main() -> None:
    """Run the module named by the first argument, with the others as its arguments."""
    follow_parent(grace=3.0)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

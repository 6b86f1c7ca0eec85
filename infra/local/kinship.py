"""A child process ends when the process that started it is gone, however that one ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

#: Set by the parent when the child's standard input is a pipe it holds open.
HELD_BY_STDIN = "SONGYUN_HELD_BY_STDIN"

_PR_SET_PDEATHSIG = 1


def follow_parent() -> None:
    """End with the parent: by kernel signal on Linux, by end of standard input everywhere.

    The signal is SIGTERM, so a child still brings its work in hand to an end.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before the call above
            os.kill(os.getpid(), signal.SIGTERM)
    if os.environ.pop(HELD_BY_STDIN, "") == "1":
        threading.Thread(target=_watch, name="parent-watch", daemon=True).start()


def _watch() -> None:
    while True:
        try:
            if not os.read(0, 1024):
                break
        except OSError:
            break
    os.kill(os.getpid(), signal.SIGTERM)

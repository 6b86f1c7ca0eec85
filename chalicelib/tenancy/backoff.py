"""How long somebody who clashed waits before the next try: exponential, with full jitter."""

import random
import time


def back_off(attempt: int, *, base: float = 0.01) -> None:
    """Sleep for a random part of ``base * 2**attempt`` seconds, so that they do not meet again."""
    time.sleep(random.uniform(0, base * 2**attempt))  # noqa: S311 - jitter, not a secret

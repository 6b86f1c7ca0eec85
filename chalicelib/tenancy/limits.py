"""Limits: what a tenant's plan includes, and how fast one caller may act."""

import threading
import time
from collections import OrderedDict

from chalicelib.kernel.errors import Exhausted, NotEntitled
from chalicelib.tenancy.context import current

_KEPT = 10_000


def require_entitlement(name: str) -> None:
    """Refuse a sales feature that the tenant's plan lacks. Statutory features never ask."""
    if name not in current().tenant.entitlements:
        raise NotEntitled(feature=name)


class TokenBucket:
    """A bucket per caller in this process's memory: ``rate`` per second, bursts up to ``size``.

    In memory on purpose: a table write per request would cost more than the order it guards.
    The hard limits (API stage throttle, conditional writes) stand behind it.
    """

    def __init__(self, *, rate: float, size: float) -> None:
        self._rate, self._size = rate, size
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        """Take one token or raise ``Exhausted`` with the seconds to wait."""
        now = time.monotonic()
        with self._lock:
            level, seen = self._levels.pop(caller, (self._size, now))
            level = min(self._size, level + (now - seen) * self._rate)
            granted = level >= 1
            self._levels[caller] = (level - 1 if granted else level, now)
            if len(self._levels) > _KEPT:
                self._levels.popitem(last=False)
        if not granted:
            raise Exhausted(retry_after=max(1, round((1 - level) / self._rate)))

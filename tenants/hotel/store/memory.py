"""What this process keeps of rows for a moment, per tenant: set-up, sheets and nights that a search reads."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.commerce.stock.hints import Hints
from chalicelib.tenancy.context import current

_KEPT = 4_000
_lock = threading.Lock()
_memory: OrderedDict[tuple[str, ...], tuple[float, Any]] = OrderedDict()
_hints = Hints()
T = TypeVar("T")


def kept(*key: str, seconds: float, read: Callable[[], T]) -> T:
    """What ``read`` gave at most so many seconds ago, else what it gives now."""
    whole = (current().tenant.id, *key)
    found = _memory.get(whole)
    if found is not None and time.monotonic() - found[0] < seconds:
        value: T = found[1]
        return value
    fresh = read()
    put(*key, value=fresh)
    return fresh


def peek(*key: str, seconds: float) -> Any | None:
    """What is kept and not older than that, or nothing."""
    found = _memory.get((current().tenant.id, *key))
    return found[1] if found is not None and time.monotonic() - found[0] < seconds else None


def put(*key: str, value: Any) -> None:
    """Keep a value from now on."""
    with _lock:
        _memory[(current().tenant.id, *key)] = (time.monotonic(), value)
        while len(_memory) > _KEPT:
            _memory.popitem(last=False)


def drop(*key: str) -> None:
    """Forget one value: this process has just changed it."""
    with _lock:
        _memory.pop((current().tenant.id, *key), None)


def hints() -> Hints:
    """What this process believes about the places of nights."""
    return _hints


def forget_hotel() -> None:
    """Read everything anew (tests)."""
    global _hints  # noqa: PLW0603 - what is forgotten is the process's own
    with _lock:
        _memory.clear()
        _hints = Hints()

"""Days long over, remembered for a minute: a wall asks every two seconds, last year does not move."""

import threading
import time
from collections.abc import Sequence
from datetime import date

from chalicelib.tenancy.context import current
from tenants.bureau.domain.authority import Scope
from tenants.bureau.domain.day import Day
from tenants.bureau.store.reading import Reading
from tenants.bureau.store.scope import reach

_FRESH = 60.0
_MOST = 48
_lock = threading.Lock()
_kept: dict[tuple[str, Scope, date], tuple[float, Sequence[Day]]] = {}


def past_days(day: date) -> Sequence[Day]:
    """Every sender's figures of a past day, at most a minute old; kept apart by who may see what."""
    key, present = (current().tenant.id, reach(), day), time.monotonic()
    with _lock:
        found = _kept.get(key)
        if found is not None and present - found[0] < _FRESH:
            return found[1]
    days = Reading().days(day)
    with _lock:
        if len(_kept) >= _MOST:
            _kept.pop(min(_kept, key=lambda one: _kept[one][0]))
        _kept[key] = (present, days)
    return days


def forget_past() -> None:
    """Read everything anew (tests)."""
    with _lock:
        _kept.clear()

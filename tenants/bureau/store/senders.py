"""Who ought to report: every tenant of a kind that closes its days."""

import threading
import time

from chalicelib.messaging.schemas import contracts
from chalicelib.persistence import directory
from tenants.bureau.domain.wall import Known
from tenants.bureau.store.scope import reach

_FRESH = 30.0
_lock = threading.Lock()
_kept: tuple[float, list[Known]] | None = None


def senders() -> list[Known]:
    """The tenants whose kind has a contract for the day's close, as far as the bound officer reaches."""
    scope = reach()
    return [one for one in _all() if scope.reaches(one.district)]


def _all() -> list[Known]:
    """All of them; read anew after half a minute."""
    global _kept  # noqa: PLW0603 - a wall asks every two seconds, the register changes by the day
    present = time.monotonic()
    with _lock:
        if _kept is not None and present - _kept[0] < _FRESH:
            return _kept[1]
    kinds = {name.split(".")[1] for name in contracts() if name.endswith(".day.closed.v1")}
    found = [
        Known(id=one.id, name=one.name, kind=one.kind, district=one.district)
        for kind in sorted(kinds)
        for one in directory.tenants(kind=kind)
    ]
    with _lock:
        _kept = (present, found)
    return found


def forget_senders() -> None:
    """Read the register anew (tests)."""
    global _kept  # noqa: PLW0603
    with _lock:
        _kept = None

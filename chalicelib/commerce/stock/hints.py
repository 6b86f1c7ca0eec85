"""What this process believes about buckets: it saves probing and decides nothing."""

import threading
import time

from chalicelib.commerce.stock.domain import Slot

_FRESH = 1.0
_KEPT = 4096


class Hints:
    """What is believed for a second, by tenant (``who``) and slot."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, tuple[str, str]], tuple[float, dict[int, int]]] = {}
        self._closed: dict[tuple[str, tuple[str, str]], tuple[float, int]] = {}
        self._over: dict[tuple[str, tuple[str, str]], int] = {}

    def known(self, who: str, slot: Slot) -> dict[int, int] | None:
        """Left per bucket as last seen, if that was within the last second."""
        found = self._known.get((who, slot.key))
        return found[1] if found and time.monotonic() - found[0] < _FRESH else None

    def learn(self, who: str, slot: Slot, left: dict[int, int], *, over: int = 0) -> dict[int, int]:
        """Note what is ``left`` per bucket, and how many places holds that are ``over`` still keep."""
        with self._lock:
            if len(self._known) > _KEPT:
                self._known.clear()
                self._over.clear()
            self._known[(who, slot.key)] = (time.monotonic(), left)
            self._over[(who, slot.key)] = over
        return left

    def over(self, who: str, slot: Slot) -> int:
        """Places that whoever claims may take back from holds that are over; as old as what is known."""
        return self._over.get((who, slot.key), 0)

    def close(self, who: str, slot: Slot, left: int) -> None:
        """Nothing larger than ``left`` can be had for a second: the flood is answered from memory."""
        with self._lock:
            if len(self._closed) > _KEPT:
                self._closed.clear()
            self._closed[(who, slot.key)] = (time.monotonic(), left)

    def closed(self, who: str, slot: Slot) -> int | None:
        """What was left when the slot was closed, if that was within the last second."""
        found = self._closed.get((who, slot.key))
        return found[1] if found and time.monotonic() - found[0] < _FRESH else None

    def clear(self) -> None:
        """Believe nothing."""
        with self._lock:
            self._known.clear()
            self._closed.clear()
            self._over.clear()

    def reopen(self, who: str, slot: tuple[str, str]) -> None:
        """Believe nothing of this slot any more."""
        with self._lock:
            self._closed.pop((who, slot), None)
            self._known.pop((who, slot), None)


HINTS = Hints()
"""This process's own."""

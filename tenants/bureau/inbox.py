"""The bureau's inbox: every event that goes up, a batch at a time."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.kernel.module import Arrival
from chalicelib.messaging.schemas import problems
from chalicelib.persistence import directory
from tenants.bureau.store import LedgerStore
from tenants.bureau.usecases.intake import take_in


class BureauInbox:
    """Takes whole batches: one transaction serves many events."""

    def __init__(self) -> None:
        self._ledger = LedgerStore()

    def batch(self, arrivals: Sequence[Arrival], now: datetime) -> set[int]:
        """Take in ``arrivals``; the positions that must come again."""
        return take_in(arrivals, now=now, ledger=self._ledger, tenant=directory.by_id, judge=problems)

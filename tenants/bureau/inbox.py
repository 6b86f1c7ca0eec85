"""The bureau's inbox: every event that goes up, a batch at a time."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.kernel.module import Arrival
from chalicelib.messaging.schemas import problems
from chalicelib.persistence import directory
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.bureau.domain.entry import Aside
from tenants.bureau.store import LedgerStore
from tenants.bureau.usecases import stating
from tenants.bureau.usecases.intake import take_in


class BureauInbox:
    """Takes whole batches: one transaction serves many events."""

    def __init__(self) -> None:
        self._ledger = LedgerStore()

    def batch(self, arrivals: Sequence[Arrival], now: datetime) -> set[int]:
        """Take in ``arrivals``; the positions that must come again."""

        def refuse(aside: Aside) -> None:
            """Rare: what is wrong is refused by the sender's relay or at the door, before it gets here."""
            work = UnitOfWork(action="bureau.refuse-record", now=now)
            work.publish(*stating.refusals([aside], now=now))
            if not work.empty:
                work.commit()

        return take_in(
            arrivals,
            now=now,
            ledger=self._ledger,
            tenant=directory.by_id,
            judge=problems,
            refuse=refuse,
        )

"""What happens by itself: sessions expire, delayed payments settle, events are delivered."""

from __future__ import annotations

import json
import threading
import traceback

from . import checkout, refunds
from .delivery import Courier
from .errors import StripeFault
from .store import Store, Unit

LONGEST_SLEEP = 30.0


class Background:
    """One thread that sleeps until something is due."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.courier = Courier(store)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is pending stays in the store."""
        self._stopping = True
        self.store.wake()
        self._thread.join(timeout=5)
        self.courier.stop()

    def _run(self) -> None:
        while not self._stopping:
            try:
                waits = [self._do_due_tasks(), self.courier.send_due()]
            except Exception:  # one bad task must not silence all webhooks
                traceback.print_exc()
                waits = [1.0]
            wait = min([LONGEST_SLEEP, *(seconds for seconds in waits if seconds is not None)])
            self.store.sleep(wait)

    def _do_due_tasks(self) -> float | None:
        while True:
            with self.store.unit(write=False) as unit:
                row = unit.sql.execute("SELECT * FROM tasks ORDER BY due LIMIT 1").fetchone()
                if row is None:
                    return None
                if row["due"] > unit.instant:
                    return float(row["due"] - unit.instant)
            try:
                with self.store.unit() as unit:
                    # The task goes with what it did; where it is refused it goes all the same.
                    unit.sql.execute("DELETE FROM tasks WHERE seq = ?", (row["seq"],))
                    _do(unit, kind=row["kind"], account=row["account"], subject=row["subject"],
                        data=json.loads(row["data"]))  # fmt: skip
            except StripeFault:
                with self.store.unit() as unit:
                    unit.sql.execute("DELETE FROM tasks WHERE seq = ?", (row["seq"],))


def _do(unit: Unit, *, kind: str, account: str, subject: str, data: dict[str, object]) -> None:
    if kind == "expire":
        checkout.expire_if_due(unit, account=account, subject=subject)
    elif kind == "settle":
        checkout.settle(unit, account=account, subject=subject, declined=bool(data["declined"]))
    elif kind == "refund":
        refunds.turn(unit, account=account, subject=subject, status=str(data["status"]))
    elif kind == "pay":
        session = unit.get(subject, account=account, kind="checkout.session")
        if session is not None:
            checkout.pay_by_test_card(
                unit, session, declined=bool(data["declined"]), asynchronous=False, after=0
            )

"""Load: clerks who sell, take money and admit without a pause, and write down what was acknowledged."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.callers import Answer, Gone
from tests.journeys.town import Enterprise, person

CLERKS = 5


@dataclass
class Slip:
    """One party: the keys its requests are sent under, and what the answers said."""

    people: list[dict[str, Any]]
    keys: dict[str, str] = field(default_factory=lambda: {step: uuid.uuid4().hex for step in _STEPS})
    order: dict[str, Any] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    @property
    def admitted(self) -> bool:
        return "admit" in self.done


_STEPS = ("hold", "pay", "admit")


class Clerks:
    """Sell through HTTP from several threads until told to stop, or until the site is gone."""

    def __init__(self, scenic: Enterprise) -> None:
        self.scenic = scenic
        self.slips: list[Slip] = []
        self.surprises: list[str] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work) for _ in range(CLERKS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    @property
    def acknowledged(self) -> int:
        """How many requests were answered with a yes."""
        with self._lock:
            return sum(len(slip.done) for slip in self.slips)

    def _work(self) -> None:
        party = 0
        while not self._stop.is_set():
            party = party % 2 + 1
            slip = Slip(people=[person() for _ in range(party)])
            with self._lock:
                self.slips.append(slip)
            try:
                if not self.serve(slip):
                    return
            except Gone:
                return

    def serve(self, slip: Slip) -> bool:
        """Go through what is left of a slip's steps, each under its own key as any client repeats it.

        False when the site said no.
        """
        steps: dict[str, Callable[[], Answer]] = {
            "hold": lambda: self.scenic.hold(*slip.people, key=slip.keys["hold"]),
            "pay": lambda: self.scenic.pay(slip.order, key=slip.keys["pay"]),
            "admit": lambda: self.scenic.admit(slip.order["tickets"][0]["code"], key=slip.keys["admit"]),
        }
        for step in _STEPS:
            if step in slip.done:
                continue
            answer = steps[step]()
            if answer.status == 503:  # a clear no: the engine is away
                return False
            if answer.status not in (200, 201):
                with self._lock:
                    self.surprises.append(f"{step}: {answer.status} {answer.text[:300]}")
                return False
            if step != "admit":
                slip.order = answer.json
            with self._lock:
                slip.done.append(step)
        return True

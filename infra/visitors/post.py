"""Posting: an enterprise's own system sends its events through the HTTPS door and minds the answers."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.visitors.client import Client

DOOR = "/api/v1/feed/events"
MOST = 100
_PATIENCE = 20


@dataclass
class Tally:
    """What the door answered, over all senders; ``codes``: reasons of refusals."""

    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, answer: dict[str, Any]) -> None:
        """Count the verdicts of one batch."""
        with self._lock:
            for one in answer["results"]:
                self.outcomes[one["outcome"]] += 1
                if one["outcome"] == "refused":
                    self.codes[one.get("code") or "?"] += 1

    def lose(self, events: int) -> None:
        """Events that could not be delivered at all."""
        with self._lock:
            self.failed += events


class Sender:
    """One enterprise's connection to the door."""

    def __init__(self, base_url: str, key: str, tally: Tally) -> None:
        self._client = Client(base_url)
        self._key, self._tally = key, tally

    def send(self, events: Sequence[Any]) -> None:
        """Send events, a hundred at a time; what is throttled waits, what fails is tried again."""
        for start in range(0, len(events), MOST):
            self._batch(events[start : start + MOST])

    def _batch(self, events: Sequence[Any]) -> None:
        body = json.dumps(list(events), ensure_ascii=False).encode()
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/cloudevents-batch+json",
            "Idempotency-Key": secrets.token_urlsafe(12),
        }
        for _ in range(_PATIENCE):
            try:
                answer = self._client.send("POST", DOOR, headers=dict(headers), body=body)
            except OSError:
                self._client.close()
                time.sleep(0.5)
                continue
            if answer.status == 429 or answer.status >= 500:
                time.sleep(min(float(answer.headers.get("retry-after", "1")), 5))
                continue
            if answer.status in {200, 202, 207}:
                self._tally.count(answer.json())
            else:
                self._tally.lose(len(events))
            return
        self._tally.lose(len(events))

"""The gateway: exchanges with the server for every door of the house, and holds out while it is away."""

from __future__ import annotations

import json
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from chalicelib.kernel.period import Clock
from infra.local.doors.house import Door, House

_EVERY = 2.0
_LOG_AT_ONCE = 20
_DOORS_AT_ONCE = 30


class Gateway:
    """Speaks for the doors with one API key of role ``device``."""

    def __init__(self, house: House, *, base_url: str, key: str, clock: Clock) -> None:
        self._house, self._base, self._key, self._clock = house, base_url, key, clock
        self._stop = threading.Event()

    def run(self) -> None:
        """Exchange until stopped; a server that is away is asked again."""
        while not self._stop.wait(_EVERY):
            online = [door for door in self._house.doors.values() if not door.offline]
            for start in range(0, len(online), _DOORS_AT_ONCE):
                self.exchange(online[start : start + _DOORS_AT_ONCE])

    def stop(self) -> None:
        """End after the exchange in hand."""
        self._stop.set()

    def exchange(self, doors: Sequence[Door]) -> bool:
        """One exchange for some doors; whether it was answered."""
        with self._house.lock:
            logs, room = {}, _LOG_AT_ONCE
            for door in doors:
                logs[door.id] = door.log[:room]
                room -= len(logs[door.id])
            said = {door.id: dict(door.results) for door in doors}
        reports = [
            {"device": door.id, "battery": door.battery, "results": said[door.id], "entries": logs[door.id]}
            for door in doors
        ]
        try:
            answer = self._post("/api/v1/hotel/devices/exchange", {"reports": reports})
        except (urllib.error.URLError, OSError, ValueError):
            return False
        with self._house.lock:
            for door in doors:
                for id in said[door.id]:
                    door.results.pop(id, None)
                door.log = door.log[len(logs[door.id]) :]
                door.tidy(now=self._clock())
            for command in answer["commands"]:
                self._house.doors[command["device"]].obey(command)
            if answer["commands"] or any(said.values()) or any(logs.values()):
                self._house.keep()
        return True

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the address of this installation
            self._base + path,
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._key}",
                "Content-Type": "application/json",
                "Idempotency-Key": secrets.token_urlsafe(12),
            },
        )
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            given: dict[str, Any] = json.load(answer)
            return given

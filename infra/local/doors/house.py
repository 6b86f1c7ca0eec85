"""The doors of one house, as their makers build them: what they know, what they remember, what they let in.

A lock keeps the codes that were written into it and those that were taken back; a code it was never told may
prove itself. What happened is logged until the server has it. All of it is kept in one file.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.kernel.period import parse_instant, rfc3339
from infra.local.pumps.checkpoints import write_whole
from tenants.hotel.domain.key import window_of

ZONE = "Asia/Shanghai"
_MOST_LOG = 500


@dataclass
class Door:
    """One lock or lift. ``codes``: by grant [code, since, until]; ``barred``: codes taken back."""

    id: str
    kind: str
    place: str
    seed: str = ""
    offline: bool = False
    battery: int = 92
    codes: dict[str, list[str]] = field(default_factory=dict)
    barred: dict[str, str] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    floor: str = "1"

    def try_code(self, code: str, *, now: datetime) -> tuple[bool, str]:
        """Whether it opens, and why or why not. What happened is logged."""
        opened, grant, why = self._judged(code, now=now)
        entry = {"at": rfc3339(now), "outcome": "opened" if opened else "refused"}
        self.log = [*self.log, {**entry, **({"grant": grant} if grant else {})}][-_MOST_LOG:]
        return opened, why

    def obey(self, command: dict[str, Any]) -> None:
        """Carry a command out; the result goes with the next exchange. Twice is as good as once."""
        match command["op"]:
            case "issue":
                self.codes[command["grant"]] = [command["code"], command["since"], command["until"]]
            case "revoke":
                gone = self.codes.pop(command["grant"], None)
                self.barred[(gone or [command["code"]])[0]] = command["until"]
            case "call":
                self.floor = command["floor"]
        self.results[command["id"]] = ""

    def tidy(self, *, now: datetime) -> None:
        """Forget what is over."""
        text = rfc3339(now - timedelta(days=1))
        self.codes = {grant: kept for grant, kept in self.codes.items() if kept[2] > text}
        self.barred = {code: until for code, until in self.barred.items() if until > text}

    def _judged(self, code: str, *, now: datetime) -> tuple[bool, str, str]:
        if code in self.barred:
            return False, "", "这把钥匙已收回"
        for grant, (kept, since, until) in self.codes.items():
            if kept == code:
                if parse_instant(since) <= now < parse_instant(until):
                    return True, grant, "欢迎"
                return False, grant, "不在有效时间内"
        if self.seed and window_of(code, seed=bytes.fromhex(self.seed), zone=ZONE, now=now) is not None:
            return True, "", "欢迎（离线验证）"
        return False, "", "密码不对"


class House:
    """Every door, kept in ``path``."""

    def __init__(self, path: Path, *, devices: list[dict[str, Any]]) -> None:
        self._path, self.lock = path, threading.Lock()
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.doors = {
            one["id"]: Door(**{**one, **kept.get(one["id"], {}), "seed": one.get("seed", "")})
            for one in devices
        }

    def keep(self) -> None:
        """Write everything down; the seeds stay where they came from."""
        content = {
            door.id: {name: value for name, value in vars(door).items() if name not in {"id", "seed"}}
            for door in self.doors.values()
        }
        write_whole(path=self._path, content=content)

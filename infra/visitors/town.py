"""The running town: what `make run` remembers in its data folder, and the cast registered in it.

An enterprise with a system of its own needs a tenant and an API key with the role ``feed.write``: both are
made here as the operator of the platform would make them (``infra.register``), and kept in ``visitors.json``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from chalicelib.messaging.manifest import CLOSED
from infra.local.stack import environment
from infra.visitors.cast import Operator


class NotRunning(Exception):
    """There is no town to play in; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Town:
    """Addresses and demo keys of the running stack."""

    base_url: str
    stripe_url: str
    data_dir: Path
    demo: dict[str, Any]

    def tenant(self, kind: str) -> dict[str, Any]:
        """The demo tenant of a kind: slug, name, district, API key."""
        found: dict[str, Any] = next(one for one in self.demo["tenants"] if one["kind"] == kind)
        return found

    def login(self, who: str, kind: str) -> tuple[str, str]:
        """Address and password of one of its people: ``gate``, ``desk``, ``officer``."""
        slug = self.tenant(kind)["slug"]
        found = next(
            one for one in self.demo["logins"] if one["tenant"] == slug and one["login"].startswith(f"{who}@")
        )
        return found["login"], found["password"]


def find_town(*, data_dir: Path, port: int) -> Town:
    """The town of this data folder; this process gets its environment, so that it can register tenants."""
    kept, local = data_dir / "demo.json", data_dir / "local.json"
    if not kept.exists() or not local.exists():
        raise NotRunning(f"Nothing has run in {data_dir}: start `make run` first, with the same DATA_DIR.")
    remembered = json.loads(local.read_text("utf-8"))
    base_url = f"http://127.0.0.1:{port}"
    engine = f"http://127.0.0.1:{remembered['engine_port']}"
    os.environ.update(environment(endpoint=engine, base_url=base_url, data_dir=data_dir))
    return Town(
        base_url=base_url,
        stripe_url=f"http://127.0.0.1:{remembered['stripe_port']}",
        data_dir=data_dir,
        demo=json.loads(kept.read_text("utf-8")),
    )


def register(town: Town, wanted: Sequence[Operator], *, now: datetime) -> list[tuple[Operator, str]]:
    """Each enterprise with its tenant and its key; who is there already is taken as it is."""
    from chalicelib.control import usecases as control
    from chalicelib.control.store import ControlStore
    from chalicelib.persistence import directory

    path = town.data_dir / "visitors.json"
    kept: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    registry = ControlStore()
    found: list[tuple[Operator, str]] = []
    for one in wanted:
        if one.slug not in kept:
            tenant = directory.by_slug(one.slug) or control.create_tenant(
                kind=one.kind, slug=one.slug, name=one.name, district=one.district, now=now, registry=registry
            )
            secret, _ = control.issue_key(
                tenant=tenant.id,
                label="own system",
                roles=("feed.write",),
                actor="system:visitors",
                now=now,
                registry=registry,
            )
            kept[one.slug] = {"id": tenant.id, "key": secret}
        found.append((replace(one, id=kept[one.slug]["id"]), kept[one.slug]["key"]))
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept, indent=1), "utf-8")
    return found


class Closes:
    """The data of each close that was written, so that the next day's names it: closes form a chain."""

    def __init__(self, town: Town) -> None:
        self._path = town.data_dir / "visitors-closes.json"
        self._kept: dict[str, Any] = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}

    def get(self, slug: str, day: date) -> dict[str, Any] | None:
        """What an enterprise closed a day with."""
        found: dict[str, Any] | None = self._kept.get(slug, {}).get(day.isoformat())
        return found

    def keep(self, slug: str, day: date, script: Sequence[Mapping[str, Any]]) -> None:
        """Remember the close that ends a script."""
        if script and script[-1]["type"].endswith(CLOSED):
            self._kept.setdefault(slug, {})[day.isoformat()] = dict(script[-1]["data"])

    def write(self) -> None:
        """Onto disk."""
        self._path.write_text(json.dumps(self._kept, ensure_ascii=False), "utf-8")

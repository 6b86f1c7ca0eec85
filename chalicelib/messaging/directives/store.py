"""Directives in the tenant's own rows: the archive by month, what holds, and what waits to be opened."""

import json
import threading
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.ids import is_id, moment_of
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.messaging.directives.domain import Directive
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

MOST_WAITING = 100
RETURN = "return#"
_FRESH = 5.0
_AFTER = timedelta(days=2)
_TIMES = ("issued", "delivered", "due", "read", "acted", "refused", "over")


class DirectedRow(Row, discriminator="directed"):
    """pk ``DIRECTED#<month of its issue>``, sk its id: the archive, one row a directive."""

    body = UnicodeAttribute()


class HoldingRow(Row, discriminator="directed-holding"):
    """pk ``DIRECTED#HOLDS``, sk its id: what is in force now or later. Gone when it ends."""

    body = UnicodeAttribute()


class WaitingRow(Row, discriminator="directed-waiting"):
    """pk ``DIRECTED#WAITS``, sk its id: what nobody has opened yet; ``return#<id>``: returns to be signed."""


class DirectiveStore:
    """The bound tenant's directives; writers join the unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def find(self, id: str) -> Directive | None:
        """The directive with this id."""
        row = DirectedRow.find(*_key(id)) if _safe(id) else None
        return _directive(row.sk, row.body) if row is not None else None

    def keep(self, after: Directive, *, before: Directive | None, now: datetime) -> None:
        """It, as it is now; somebody else's change in between is a ``Clash``."""
        body = _body(after)
        row = DirectedRow(*_key(after.id), body=body)
        if before is None:
            self._work.create(row, otherwise=Clash())
        else:
            self._work.put(row, DirectedRow.body == _body(before), otherwise=Clash())
        holding = HoldingRow(tenant_key("DIRECTED", "HOLDS"), after.id, body=body)
        if after.ahead(now) and after.ends is not None:
            holding.ttl = int((after.ends + _AFTER).timestamp())
            self._work.put(holding)
        elif after.kind != "notice":
            self._work.delete(holding)
        waiting = WaitingRow(tenant_key("DIRECTED", "WAITS"), after.id)
        if after.awaited:
            self._work.put(waiting)
        else:
            self._work.delete(waiting)
        forget_holding()

    def month(self, month: date, *, before: str = "", most: int) -> list[Directive]:
        """Those that were issued in a month, newest first, with ids below ``before``."""
        rows: Any = DirectedRow.query(
            tenant_key("DIRECTED", f"{month:%Y-%m}"),
            DirectedRow.sk < before if before else None,
            scan_index_forward=False,
            limit=most,
            consistent_read=True,
        )
        return [found for row in rows if (found := _directive(row.sk, row.body)).kind]

    def ahead(self) -> list[Directive]:
        """What is in force now or later, read exactly (an inbox decides by it)."""
        return _read_holding(exact=True)


def holding(*, now: datetime) -> list[Directive]:
    """What is in force for the bound tenant, as known within the last five seconds."""
    return [one for one in ahead(now=now) if one.begins <= now]


def ahead(*, now: datetime) -> list[Directive]:
    """The same, with what will be in force."""
    tenant = current().tenant.id
    kept = _memory.get(tenant)
    if kept is None or time.monotonic() - kept[0] >= _FRESH:
        kept = (time.monotonic(), _read_holding(exact=False))
        with _lock:
            if len(_memory) > _KEPT:
                _memory.clear()
            _memory[tenant] = kept
    return [one for one in kept[1] if one.ahead(now)]


def waiting() -> list[str]:
    """The ids of what nobody has opened yet, newest first; a hundred at most."""
    return [id for id in all_waiting() if not id.startswith(RETURN)]


def all_waiting() -> list[str]:
    """The same with the returns that wait for the unit's signature, in one read."""
    rows: Any = WaitingRow.query(
        tenant_key("DIRECTED", "WAITS"), scan_index_forward=False, limit=MOST_WAITING, consistent_read=True
    )
    return [row.sk for row in rows]


def forget_holding() -> None:
    """Read anew at next use (after a change in this process; tests)."""
    with _lock:
        _memory.clear()


_lock = threading.Lock()
_memory: dict[str, tuple[float, Sequence[Directive]]] = {}
_KEPT = 5000


def _read_holding(*, exact: bool) -> list[Directive]:
    rows: Any = HoldingRow.query(tenant_key("DIRECTED", "HOLDS"), consistent_read=exact, limit=MOST_WAITING)
    return [_directive(row.sk, row.body) for row in rows]


def _safe(id: str) -> bool:
    return len(id) <= 64 and id.replace("_", "").replace("-", "").isalnum()


def _key(id: str) -> tuple[str, str]:
    month = f"{business_day(moment_of(id)):%Y-%m}" if is_id(id, "cm") else "-"
    return tenant_key("DIRECTED", month), id


def _body(one: Directive) -> str:
    times = {name: rfc3339(at) for name in _TIMES if (at := getattr(one, name)) is not None}
    plain = {name: getattr(one, name) for name in ("kind", "type", "status", "action", "ending")}
    return json.dumps({**plain, **times, "data": one.data}, ensure_ascii=False, separators=(",", ":"))


def _directive(id: str, body: str) -> Directive:
    kept: dict[str, Any] = json.loads(body)
    kept |= {name: parse_instant(kept[name]) for name in _TIMES if name in kept}
    return Directive(id=id, **kept)

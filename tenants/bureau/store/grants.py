"""Grants in the bureau's own rows of the app table, and the roles that they lend."""

import json
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.persistence import directory
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from tenants.bureau.domain.authority import Grant, GrantOver
from tenants.bureau.usecases.delegating import Officer

_FRESH = 5.0
_MOST = 500
_lock = threading.Lock()
_kept: dict[str, tuple[float, Sequence[Grant]]] = {}


class GrantRow(Row, discriminator="bureau-grant"):
    """pk ``GRANTS``, sk its id: a few a month, so one partition holds years."""

    body = UnicodeAttribute()
    over = UnicodeAttribute()


class GrantStore:
    """The ``Grants`` port on one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self) -> Sequence[Grant]:
        """See the port."""
        return _read(exact=True)

    def keep(self, grant: Grant) -> None:
        """See the port."""
        over = rfc3339(grant.over) if grant.over is not None else "-"
        row = GrantRow(tenant_key("GRANTS"), grant.id, body=_body(grant), over=over)
        if grant.over is None:
            self._work.create(row)
        else:
            self._work.put(row, GrantRow.over == "-", otherwise=GrantOver())
        self._work.about(grant.id)
        forget_grants()


def lent(actor: str, now: datetime) -> frozenset[str]:
    """The roles that grants in force lend to an officer; kept in memory for five seconds."""
    bureau = current().tenant.id
    kept = _kept.get(bureau)
    if kept is None or time.monotonic() - kept[0] >= _FRESH:
        kept = (time.monotonic(), _read(exact=False))
        with _lock:
            _kept[bureau] = kept
    return frozenset(one.role for one in kept[1] if one.to == actor and one.holds(now))


def officers() -> list[Officer]:
    """The bureau's people."""
    return [
        Officer(actor=one.actor, label=one.label, roles=one.roles)
        for one in directory.members(current().tenant.id)
    ]


def forget_grants() -> None:
    """Read anew at next use."""
    with _lock:
        _kept.clear()


def _read(*, exact: bool) -> list[Grant]:
    rows: Any = GrantRow.query(
        tenant_key("GRANTS"), scan_index_forward=False, limit=_MOST, consistent_read=exact
    )
    return [_grant(row) for row in rows]


def _body(grant: Grant) -> str:
    plain = {name: getattr(grant, name) for name in ("to", "label", "power", "district", "by", "reason")}
    times = {"since": rfc3339(grant.since), "until": rfc3339(grant.until)}
    return json.dumps({**plain, **times}, ensure_ascii=False, separators=(",", ":"))


def _grant(row: GrantRow) -> Grant:
    kept: dict[str, Any] = json.loads(row.body)
    kept |= {name: parse_instant(kept[name]) for name in ("since", "until")}
    return Grant(id=row.sk, over=parse_instant(row.over) if row.over != "-" else None, **kept)

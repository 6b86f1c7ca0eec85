"""Reception: events of systems that are not ours, each judged by itself, then on everybody's way.

What passes is an outbox row in the sender's own partition, as if one of our modules had said it: relay,
bus, ledger, quarantine and reconciliation hold without knowing the difference. A mark beside it, written in
the same transaction, remembers the event's id: the same event again is a duplicate, another event under
its id is refused.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import N_
from chalicelib.kernel.events import UP
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import rfc3339
from chalicelib.messaging.schemas import Problem, contracts, problems
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import Tenant, current

MOST = 100
"""Events in one request."""

TOGETHER = 45
"""Events in one transaction: a mark each, beside the outbox, audit and command rows, under the hundred."""

_REMEMBERED = timedelta(days=40)
_REUSED = Problem("feed.id.reused", "id", N_("这个事件编号已用于另一条内容不同的事件。"))
_NOT_UP = Problem("feed.lane", "type", N_("这种事件不由单位上报。"))

Outcome = Literal["accepted", "duplicate", "refused"]


class ReceivedRow(Row, discriminator="received"):
    """An event id that this sender has used: pk ``RECEIVED#<id>``. The bureau's own marks outlive it."""

    digest = UnicodeAttribute()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one record. ``problem``: why it was refused."""

    id: str
    outcome: Outcome
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class _New:
    envelope: dict[str, Any]
    digest: str


def receive(records: Sequence[Any], *, now: datetime, work: UnitOfWork) -> list[Verdict]:
    """Judge and take in what the bound tenant's system says; a verdict for each record, in their order.

    The last part of a large batch, and of a small one all, goes into ``work``: the caller commits it with
    its answer. Earlier parts are committed here: if the caller then fails, they are duplicates next time.
    """
    tenant = current().tenant
    judged = [_judged(record, tenant=tenant, now=now) for record in records]
    known = _known([one.envelope["id"] for one in judged if isinstance(one, _New)])
    fresh: list[_New] = []
    verdicts: list[Verdict] = []
    for one in judged:
        if isinstance(one, Verdict):
            verdicts.append(one)
            continue
        id = one.envelope["id"]
        seen = known.get(id)
        if seen is None:
            known[id] = one.digest
            fresh.append(one)
            verdicts.append(Verdict(id=id, outcome="accepted"))
        elif seen == one.digest:
            verdicts.append(Verdict(id=id, outcome="duplicate"))
        else:
            verdicts.append(Verdict(id=id, outcome="refused", problem=_REUSED))
    parts = list(_parts(fresh))
    for part in parts[:-1]:
        own = UnitOfWork(action=work.action, now=now)
        _put(part, work=own, now=now)
        own.commit()
    if parts:
        _put(parts[-1], work=work, now=now)
    return verdicts


def _judged(record: Any, *, tenant: Tenant, now: datetime) -> _New | Verdict:
    said = record.get("id") if isinstance(record, Mapping) else None
    id = said[:64] if isinstance(said, str) else ""
    envelope = _completed(record, tenant=tenant, now=now)
    found = problems(envelope, tenant=tenant, now=now)
    if not found and contracts()[envelope["type"]].lane != UP:
        found = [_NOT_UP]  # commands come from above, and what is inside a module stays there
    if found:
        return Verdict(id=id, outcome="refused", problem=found[0])
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return _New(envelope=envelope, digest=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def _completed(record: Any, *, tenant: Tenant, now: datetime) -> Any:
    """What we know of the sender need not be repeated in each event; what it says itself is checked."""
    if not isinstance(record, Mapping):
        return record
    type = record.get("type")
    contract = contracts().get(type) if isinstance(type, str) else None
    known = {
        "subject": "-",
        "dataschema": f"urn:tourism:schema:{str(type).removeprefix('tourism.')}",
        "datacontenttype": "application/json",
        "tenantid": tenant.id,
        "tenantkind": tenant.kind,
        "district": tenant.district,
        "piiclass": contract.piiclass if contract is not None else "p0",
        "status": "actual",
        "recordedtime": rfc3339(now),
    }
    return {**known, **record}


def _known(ids: Sequence[str]) -> dict[str, str]:
    keys = [(tenant_key("RECEIVED", id), "-") for id in dict.fromkeys(ids)]
    return {row.pk.rpartition("#")[2]: row.digest for row in ReceivedRow.several(keys)}


def _parts(fresh: Sequence[_New]) -> Iterator[Sequence[_New]]:
    for start in range(0, len(fresh), TOGETHER):
        yield fresh[start : start + TOGETHER]


def _put(part: Sequence[_New], *, work: UnitOfWork, now: datetime) -> None:
    for one in part:
        # Somebody who sends the same at the same time makes this a Clash: the caller judges anew.
        work.create(
            ReceivedRow(
                tenant_key("RECEIVED", one.envelope["id"]),
                "-",
                digest=one.digest,
                ttl=int((now + _REMEMBERED).timestamp()),
            )
        )
    work.forward(*(one.envelope for one in part))

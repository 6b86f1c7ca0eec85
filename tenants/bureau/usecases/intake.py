"""Intake: from the bus into the ledger. Nothing valid is refused twice, nothing is counted twice."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from chalicelib.kernel.module import Arrival
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.manifest import id_weight
from chalicelib.messaging.schemas import Problem, contracts
from chalicelib.telemetry import alarm
from chalicelib.tenancy.context import Tenant
from tenants.bureau.domain.entry import Aside, Entry, entry_of
from tenants.bureau.domain.figures import CLOSED_SUFFIX, gauge_day, gauges
from tenants.bureau.usecases.ports import Directory, Judge, Ledger, Recorded, Told

_KEPT_BYTES = 65_536
_UNTRUSTED = {"feed.sender.unknown", "feed.sender.forged"}
_PLAIN = re.compile(r"^[A-Za-z0-9_.:-]{1,64}\Z")
PARKED = "feed.version.ahead"


def take_in(
    arrivals: Sequence[Arrival], *, now: datetime, ledger: Ledger, tenant: Directory, judge: Judge
) -> set[int]:
    """Judge a batch, file what is valid, set aside what is not; the positions that must come again."""
    failed: set[int] = set()
    entries: dict[int, Entry] = {}
    for index, arrival in enumerate(arrivals):
        try:
            sender = tenant(_said(arrival.envelope, "tenantid"))
            found = judge(arrival.envelope, tenant=sender, now=now)
            if found:
                believed = sender if found[0].code not in _UNTRUSTED else None
                ledger.set_aside(_aside(arrival.envelope, found[0], sender=believed, now=now))
            else:
                entries[index] = _entry(arrival, now=now)
        except Exception:
            alarm("intake.judging", event=_said(arrival.envelope, "id"))
            failed.add(index)
    recorded = ledger.record(list(entries.values()))
    fates = dict(zip(entries, recorded, strict=True))
    failed |= {index for index, one in fates.items() if one.fate == "failed"}
    try:
        ledger.tell(_told((entries[index], one) for index, one in fates.items()))
        for one in recorded:
            if one.replaced is not None:
                _take_back(one.replaced, ledger=ledger)
    except Exception:  # the counts stand; gauges are told again with the next delivery of these events
        alarm("intake.gauges")
        failed |= set(entries)
    return failed


def _told(fates: Iterable[tuple[Entry, Recorded]]) -> list[Told]:
    """The gauges of what counts; of ``known`` entries too: a crash may have cut them off before."""
    newest: dict[tuple[str, Any, str], Told] = {}
    for entry, recorded in fates:
        if recorded.fate in {"failed", "replaced"}:
            continue
        day = gauge_day(entry.envelope)
        for name, gauge in gauges(entry.envelope).items():
            key = (entry.sender, day, name)
            if key not in newest or newest[key].gauge < gauge:
                newest[key] = Told(sender=entry.sender, day=day, name=name, gauge=gauge)
    return list(newest.values())


def _take_back(replaced: Entry, *, ledger: Ledger) -> None:
    """Where a corrected event was the latest word, the latest of what still counts takes its place.

    A close is left alone: the corrected close is later than the one it corrects.
    """
    type = replaced.envelope["type"]
    if type.endswith(CLOSED_SUFFIX):
        return
    for name, gauge in gauges(replaced.envelope).items():
        old = Told(sender=replaced.sender, day=replaced.day, name=name, gauge=gauge)
        remaining = (
            gauges(filed.entry.envelope)[name]
            for hour in range(23, -1, -1)
            for filed in ledger.filed(sender=replaced.sender, hour=f"{replaced.day}T{hour:02d}", type=type)
            if filed.counts and name in gauges(filed.entry.envelope)
        )
        ledger.retell(old, max(remaining, default=None))


def _entry(arrival: Arrival, *, now: datetime) -> Entry:
    contract = contracts()[arrival.envelope["type"]]
    return entry_of(
        arrival.envelope,
        received=now,
        weight=id_weight(arrival.envelope["id"]),
        due=contract.due,
        replay=arrival.replay,
    )


def _aside(envelope: Any, problem: Problem, *, sender: Tenant | None, now: datetime) -> Aside:
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    raw = text.encode("utf-8", "replace")
    sha = hashlib.sha256(raw).hexdigest()
    id = _said(envelope, "id")
    return Aside(
        id=f"{id if _PLAIN.match(id) else '~'}~{sha[:12]}",
        sender=sender.id if sender is not None else "-",
        day=business_day(now),
        type=_said(envelope, "type")[:80] or "-",
        code=problem.code,
        at=problem.at or "-",
        words=problem.words,
        body=text if len(raw) <= _KEPT_BYTES else json.dumps({"bytes": len(raw), "sha256": sha}),
        sha=sha,
        received=rfc3339(now),
        parked=problem.code == PARKED,
    )


def _said(envelope: Any, name: str) -> str:
    value = envelope.get(name) if isinstance(envelope, dict) else None
    return value if isinstance(value, str) else ""

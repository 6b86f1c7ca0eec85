"""Intake: from the bus into the ledger. Nothing valid is refused twice, nothing is counted twice."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.module import Arrival
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.messaging.manifest import id_weight
from chalicelib.messaging.schemas import Problem, contracts
from chalicelib.telemetry import alarm
from chalicelib.tenancy.context import Tenant
from tenants.bureau.domain.entry import Aside, Entry, entry_of
from tenants.bureau.domain.figures import Gauge, gauge_day, gauges, misdated
from tenants.bureau.usecases.ports import Directory, Judge, Ledger, Recorded, Told

_KEPT_BYTES = 65_536
_UNTRUSTED = {"feed.sender.unknown", "feed.sender.forged"}
_PLAIN = re.compile(r"^[A-Za-z0-9_.:-]{1,64}\Z")
PARKED = "feed.version.ahead"


def take_in(
    arrivals: Sequence[Arrival],
    *,
    now: datetime,
    ledger: Ledger,
    tenant: Directory,
    judge: Judge,
    refuse: Callable[[Aside], None] | None = None,
) -> set[int]:
    """Judge a batch, file what is valid, set aside what is not; the positions that must come again.

    ``refuse`` tells the sender. It comes before the row that keeps the refusal: told twice is no harm.
    """
    failed: set[int] = set()
    entries: dict[int, Entry] = {}
    for index, arrival in enumerate(arrivals):
        try:
            sender = tenant(_said(arrival.envelope, "tenantid"))
            found = judge(arrival.envelope, tenant=sender, now=now) or _misdated(arrival.envelope)
            if found:
                believed = sender if found[0].code not in _UNTRUSTED else None
                aside = _aside(arrival.envelope, found[0], sender=believed, now=now)
                if refuse is not None:
                    refuse(aside)
                ledger.set_aside(aside)
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
        for index, one in fates.items():
            gone = _replaced(entries[index], one, ledger=ledger)
            if gone is not None:
                _take_back(gone, by=entries[index], ledger=ledger)
        for entry, by in _overtaken(entries.values(), ledger=ledger):
            _take_back(entry, by=by, ledger=ledger)
    except Exception:  # the counts stand; gauges are told again with the next delivery of these events
        alarm("intake.gauges")
        failed |= set(entries)
    return failed


def _told(fates: Iterable[tuple[Entry, Recorded]]) -> list[Told]:
    """The gauges of what counts; of ``known`` entries too: a crash may have cut them off before.

    Only gauges of one and the same event may stand beside each other: of another, an older one might
    overwrite a newer one that is there.
    """
    newest: dict[tuple[str, date, str], Gauge] = {}
    for entry, recorded in fates:
        if recorded.fate in {"failed", "replaced"}:
            continue
        for name, gauge in gauges(entry.envelope).items():
            key = (entry.sender, gauge_day(entry.envelope), name)
            newest[key] = max(gauge, newest.get(key, gauge), key=lambda one: (one.at, one.id))
    by_event: dict[tuple[str, date, str], dict[str, Gauge]] = {}
    for (sender, day, name), gauge in newest.items():
        by_event.setdefault((sender, day, gauge.id), {})[name] = gauge
    found: list[Told] = []
    for (sender, day, _), told in by_event.items():
        (name, gauge), *others = told.items()
        found.append(Told(sender=sender, day=day, name=name, gauge=gauge, beside=dict(others)))
    return found


def _overtaken(entries: Iterable[Entry], *, ledger: Ledger) -> Iterator[tuple[Entry, Entry]]:
    """Entries whose gauges were just told and whose correction came in between, with that correction.

    It found nothing to take back then, so what was told after it would stand for good.
    """
    told = [entry for entry in entries if gauges(entry.envelope)]
    for (sender, id), by in ledger.corrections([(entry.sender, entry.id) for entry in told]).items():
        found = ledger.entry(sender=sender, id=by)
        if found is not None:
            yield next(one for one in told if (one.sender, one.id) == (sender, id)), found.entry


def _replaced(entry: Entry, recorded: Recorded, *, ledger: Ledger) -> Entry | None:
    """The entry that this one replaced; of a known correction too: a crash may have cut off what follows."""
    if recorded.fate != "known" or entry.corrects is None:
        return recorded.replaced
    found = ledger.entry(sender=entry.sender, id=entry.corrects)
    return found.entry if found is not None and found.by == entry.id else None


def _take_back(replaced: Entry, *, by: Entry, ledger: Ledger) -> None:
    """Where a corrected event was the latest word, the latest of what still counts takes its place: of the
    day it was said on, or the correction itself. A close is left alone: the corrected one is later.
    """
    said = gauges(replaced.envelope)
    if not said or "close" in said:
        return
    day = gauge_day(replaced.envelope)
    told = ledger.day(replaced.sender, replaced.day)
    hours = [name[2:] for name in told.counters if name.startswith("h:")] if told is not None else []
    standing = [
        filed.entry
        for hour in hours
        for filed in ledger.filed(
            sender=replaced.sender, hour=f"{replaced.day}T{hour}", type=replaced.envelope["type"]
        )
        if filed.counts
    ]
    words = [gauges(one.envelope) for one in (*standing, by) if gauge_day(one.envelope) == day]
    for name, gauge in said.items():
        old = Told(sender=replaced.sender, day=day, name=name, gauge=gauge)
        ledger.retell(old, max((word[name] for word in words if name in word), default=None))


def _misdated(envelope: Any) -> list[Problem]:
    at = misdated(envelope)
    return [Problem("feed.schema", f"data.{at}", N_("事件的内容不符合格式。"))] if at else []


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

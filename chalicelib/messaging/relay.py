"""The relay: what a transaction committed is checked, goes to the bus, and is forgotten after.

At least once, in no promised order. An event cannot be forged across tenants: the tenant comes from
the partition key of the stored row, which only that tenant's credentials can write.
"""

import base64
import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import telemetry
from chalicelib.kernel.errors import N_
from chalicelib.kernel.events import UP
from chalicelib.kernel.ids import TenantId, moment_of
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day, parse_instant
from chalicelib.messaging import bus
from chalicelib.messaging.manifest import lacking
from chalicelib.messaging.quarantine import quarantine
from chalicelib.messaging.schemas import Problem, problems
from chalicelib.messaging.sent import count_sent
from chalicelib.persistence import directory
from chalicelib.persistence.journal import OutboxRow, audited, envelopes_of, unpacked
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.tenancy.context import Tenant, bind, current, duty

_TOO_LARGE = Problem("feed.too-large", "data", N_("事件太大,无法传送。"))
_UNREADABLE = Problem("feed.malformed", "-", N_("待发事件无法读取。"))
_SWEPT = 200  # rows a lane gives up in one sweep: the next one takes the rest


@dataclass
class _Parcel:
    """What one stored row wants published; ``row`` is deleted afterwards (None: it stays)."""

    sequence: str
    tenant: Tenant
    body: str | bytes
    row: tuple[str, str] | None
    valid: list[dict[str, Any]] = field(default_factory=list)


def relay(records: Sequence[Mapping[str, Any]], *, now: datetime) -> dict[str, list[dict[str, str]]]:
    """Publish what these stream records of the app table committed; the records that must come
    again.

    Two kinds of row speak: an inserted ``outbox`` row, and any row whose ``out`` (a JSON list of
    envelopes) changed: an item that carries its own outbox, so that a one-item command stays one
    item.
    """
    with telemetry.use_case("messaging.relay", records=len(records)) as line:
        parcels: list[_Parcel] = []
        failed: set[str] = set()
        for record in records:
            try:
                parcels.extend(_opened(record))
            except Exception:
                telemetry.alarm("relay.unopened", sequence=record["dynamodb"].get("SequenceNumber"))
                failed.add(record["dynamodb"]["SequenceNumber"])
        sent, unsent = _deliver(parcels, now=now)
        failed |= unsent
        line["published"], line["failed"] = sent, len(failed)
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in sorted(failed)]}


def sweep(*, now: datetime, older: timedelta = timedelta(seconds=60)) -> dict[str, int]:
    """Publish again every outbox row without a receipt for ``older``: {rows, events, failed}."""
    totals = {"rows": 0, "events": 0, "failed": 0}
    for tenant in directory.tenants():
        try:
            with bind(duty(tenant, "relay")):
                parcels = list(_waiting(tenant, before=now - older))
            sent, unsent = _deliver(parcels, now=now)
        except Exception:
            telemetry.alarm("relay.sweep", tenant=tenant.id)
            totals["failed"] += 1
            continue
        totals["rows"] += len(parcels)
        totals["events"] += sent
        totals["failed"] += len(unsent)
    if totals["rows"]:
        telemetry.emit("messaging.sweep", totals)
    return totals


def resend(
    *,
    day: date,
    now: datetime,
    types: Collection[str] = (),
    ids: Collection[str] = (),
    hours: Collection[int] = (),
    held: Sequence[Mapping[str, Any]] = (),
) -> dict[str, int]:
    """Publish again, from the audit rows, what the bound tenant said on a day: {events, failed}.

    Each filter that is given narrows: types, event ids, local hours of occurrence; ``held`` (D07) leaves
    out the hours of a type of which the city holds exactly what was said. The day's own audit rows and
    the next day's are read: what happened before midnight may have been written after it.
    """
    wanted: list[dict[str, Any]] = []
    for written in (day, day + timedelta(days=1)):
        for row in audited(day=written):
            for envelope in envelopes_of(row):
                at = parse_instant(envelope["time"])
                if (
                    bus.lane_of(envelope) == UP
                    and business_day(at) == day
                    and (not types or envelope["type"] in types)
                    and (not ids or envelope["id"] in ids)
                    and (not hours or at.astimezone(SHANGHAI).hour in hours)
                    and not problems(envelope, tenant=current().tenant, now=now)
                ):
                    wanted.append(envelope)
    if held:
        wanted = lacking(wanted, held)
    failed = bus.publish(wanted)
    totals = {"events": len(wanted) - len(failed), "failed": len(failed)}
    telemetry.emit("messaging.resend", {"tenant": current().tenant.id, **totals})
    return totals


def _opened(record: Mapping[str, Any]) -> Iterator[_Parcel]:
    change = record["dynamodb"]
    new, old = change.get("NewImage"), change.get("OldImage") or {}
    if not new or not new["pk"]["S"].startswith("T#"):
        return
    row: tuple[str, str] | None = None
    body: str | bytes
    if new.get("kind", {}).get("S") == "outbox":
        if record["eventName"] != "INSERT":
            return
        said, row = new["events"], (new["pk"]["S"], new["sk"]["S"])
        body = _bytes(said["B"]) if "B" in said else said["S"]  # text: see ``OutboxRow.events``
    elif "out" in new and new["out"] != old.get("out"):
        body = new["out"].get("S", "[]")
    else:
        return
    tenant = directory.by_id(new["pk"]["S"].split("#", 2)[1])
    if tenant is None:
        # Its outbox row stays, so nothing is lost: the sweep sends it once the directory knows the
        # tenant.
        telemetry.alarm("relay.tenant-unknown", pk=new["pk"]["S"])
        return
    yield _Parcel(sequence=change["SequenceNumber"], tenant=tenant, body=body, row=row)


def _bytes(value: str | bytes) -> bytes:
    """A binary attribute of a stream record: Lambda is handed base64, a client of the stream the bytes."""
    return value if isinstance(value, bytes) else base64.b64decode(value)


def _waiting(tenant: Tenant, *, before: datetime) -> Iterator[_Parcel]:
    for lane in range(LANES):
        for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)), consistent_read=True, limit=_SWEPT):
            if moment_of(row.sk) > before:
                break  # ids sort by time: the rest is younger
            yield _Parcel(sequence=row.sk, tenant=tenant, body=row.events, row=(row.pk, row.sk))


def _deliver(parcels: Sequence[_Parcel], *, now: datetime) -> tuple[int, set[str]]:
    """Check, publish, forget: how many events went out, and the sequences that must come again."""
    failed: set[str] = set()
    for parcel in parcels:
        try:
            _sort_out(parcel, now=now)
        except Exception:  # the reason could not be kept, so the event is not given up yet
            telemetry.alarm("relay.quarantine", tenant=parcel.tenant.id)
            failed.add(parcel.sequence)
    ready = [parcel for parcel in parcels if parcel.sequence not in failed]
    flat = [(parcel, envelope) for parcel in ready for envelope in parcel.valid]
    refused = bus.publish([envelope for _, envelope in flat])
    failed |= {flat[index][0].sequence for index in refused}
    _count([flat[index] for index in range(len(flat)) if index not in refused], now=now)
    _forget([parcel for parcel in ready if parcel.sequence not in failed])
    return len(flat) - len(refused), failed


def _count(sent: Sequence[tuple[_Parcel, dict[str, Any]]], *, now: datetime) -> None:
    """Add to each tenant's count of the day. A count that fails is a count that is short: nothing is lost."""
    tenants = {parcel.tenant.id: parcel.tenant for parcel, _ in sent}
    for id, tenant in tenants.items():
        try:
            with bind(duty(tenant, "relay")):
                count_sent((envelope for parcel, envelope in sent if parcel.tenant.id == id), now=now)
        except Exception:
            telemetry.alarm("relay.count", tenant=id)


def _sort_out(parcel: _Parcel, *, now: datetime) -> None:
    """Fill ``parcel.valid``; what is invalid goes to the tenant's quarantine and blocks nobody."""
    try:
        envelopes = unpacked(parcel.body) if isinstance(parcel.body, bytes) else json.loads(parcel.body)
        if not isinstance(envelopes, list):
            raise TypeError("not a list")
    except (TypeError, ValueError, zlib.error):
        _refuse(parcel, str(parcel.body), _UNREADABLE, now=now)
        return
    for envelope in envelopes:
        found = problems(envelope, tenant=parcel.tenant, now=now)
        if not found and bus.too_large(envelope):
            found = [_TOO_LARGE]
        if found:
            _refuse(parcel, envelope, found[0], now=now)
        else:
            parcel.valid.append(envelope)


def _refuse(parcel: _Parcel, body: Any, problem: Problem, *, now: datetime) -> None:
    telemetry.alarm("relay.refused", tenant=parcel.tenant.id, code=problem.code, at=problem.at)
    with bind(duty(parcel.tenant, "relay")):
        quarantine(body, problem, now=now)


def _forget(parcels: Sequence[_Parcel]) -> None:
    """Delete the outbox rows whose events the bus has taken: that no row is left is the receipt.

    A row that cannot be deleted now is published once more by the sweep: a duplicate, not a loss.
    """
    rows: dict[TenantId, list[tuple[str, str]]] = {}
    tenants = {parcel.tenant.id: parcel.tenant for parcel in parcels}
    for parcel in parcels:
        if parcel.row is not None:
            rows.setdefault(parcel.tenant.id, []).append(parcel.row)
    for tenant, keys in rows.items():
        try:
            with bind(duty(tenants[tenant], "relay")), OutboxRow.batch_write() as batch:
                for pk, sk in dict.fromkeys(keys):
                    batch.delete(OutboxRow(pk, sk))
        except Exception:
            telemetry.alarm("relay.receipt", tenant=tenant, rows=len(keys))

"""The consumer: one queue's messages into one module's inbox, each under the tenant it belongs to.

At least once and in no order: an inbox is idempotent. A message that fails is a failure alone; the
others stay done.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from chalicelib import telemetry
from chalicelib.config import settings
from chalicelib.kernel.events import DOWN
from chalicelib.kernel.module import Arrival, BatchConsumer, Inbox, Module
from chalicelib.persistence import directory
from chalicelib.tenancy.context import Tenant, bind, duty
from chalicelib.tenancy.credentials import own_client

_REPLAYED: ContextVar[bool] = ContextVar("replayed", default=False)
_HOME_FRESH = 30.0


def replayed() -> bool:
    """Whether the event in hand comes from the archive: then nothing is mailed or charged again."""
    return _REPLAYED.get()


def consume(
    module: Module, records: Sequence[Mapping[str, Any]], *, now: datetime
) -> dict[str, list[dict[str, str]]]:
    """Hand SQS records (bodies: EventBridge events) to the inbox; the messages that must come again."""
    with telemetry.use_case(f"{module.key}.inbox", records=len(records)) as line:
        failed: set[int] = set()
        arrivals: dict[int, Arrival] = {}
        for index, record in enumerate(records):
            try:
                arrival = _read(record["body"])
                if arrival.lane in module.sources:  # what a wider rule let through is not ours
                    arrivals[index] = arrival
            except Exception:
                telemetry.alarm("inbox.unreadable", module=module.key, message=record.get("messageId"))
                failed.add(index)
        if module.carries:
            below = {index: one for index, one in arrivals.items() if one.lane == DOWN}
            arrivals = {index: one for index, one in arrivals.items() if index not in below}
            failed |= _carried(module, below, now)
        failed |= _at_home(module, arrivals, now) if not module.own else _each(module, arrivals, now)
        line["failed"] = len(failed)
    return {
        "batchItemFailures": [{"itemIdentifier": records[index]["messageId"]} for index in sorted(failed)]
    }


def redrive(module: Module, *, most: int = 1000) -> int:
    """Move messages from the module's dead-letter queue back to its queue; how many moved.

    Received, sent, then deleted: an interruption leaves a duplicate, never a loss. ``most`` bounds
    the run, so that a poison which comes straight back cannot keep it going.
    """
    sqs = own_client("sqs")
    queue, dead = (sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in queue_names(module))
    moved = 0
    while moved < most:
        got = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=min(10, most - moved)).get(
            "Messages", []
        )
        if not got:
            break
        sent = sqs.send_message_batch(
            QueueUrl=queue,
            Entries=[{"Id": str(n), "MessageBody": message["Body"]} for n, message in enumerate(got)],
        )
        for entry in sent.get("Successful", []):
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=got[int(entry["Id"])]["ReceiptHandle"])
            moved += 1
        if sent.get("Failed"):
            break
    telemetry.emit("messaging.redrive", {"module": module.key, "moved": moved})
    return moved


def queue_names(module: Module) -> tuple[str, str]:
    """The names of the module's queue and of its dead-letter queue."""
    stem = f"songyun-{settings().stage}-{module.key}-inbox"
    return stem, f"{stem}-dead"


def _read(body: str) -> Arrival:
    event = json.loads(body)
    envelope = event["detail"]
    if not isinstance(envelope, dict):
        raise TypeError("the detail is not an object")
    return Arrival(envelope=envelope, lane=event["source"], replay=event.get("replay-name"))


def _at_home(module: Module, arrivals: Mapping[int, Arrival], now: datetime) -> set[int]:
    """Everything under the module's single tenant (the bureau), whoever sent it."""
    if not arrivals:
        return set()
    home = _home(module.key)
    if home is None:
        telemetry.alarm("inbox.homeless", module=module.key)
        return set(arrivals)
    return _given(module, home, arrivals, now)


def _carried(module: Module, arrivals: Mapping[int, Arrival], now: datetime) -> set[int]:
    """What goes down to tenants whose kind has no module yet, taken in under each of them: shown in their
    console, pulled by their systems. Taking the same in again changes nothing.
    """
    from chalicelib.messaging.directives.inbox import take

    failed: set[int] = set()
    for index, arrival in arrivals.items():
        envelope = arrival.envelope
        for id in envelope["data"].get("to", []):
            try:
                tenant = directory.by_id(id)
                if tenant is not None and tenant.kind in module.carries:
                    with bind(duty(tenant, "inbox")):
                        take(envelope, now=now)
            except Exception:
                telemetry.alarm("inbox.failed", module=module.key, tenant=id, event=envelope.get("id"))
                failed.add(index)
    return failed


def _each(module: Module, arrivals: Mapping[int, Arrival], now: datetime) -> set[int]:
    """Each event under the tenants it concerns, where they are of the module's kind."""
    failed: set[int] = set()
    groups: dict[str, tuple[Tenant, dict[int, Arrival]]] = {}
    for index, arrival in arrivals.items():
        try:
            for tenant in _concerned(module, arrival):
                groups.setdefault(tenant.id, (tenant, {}))[1][index] = arrival
        except Exception:
            telemetry.alarm("inbox.directory", module=module.key)
            failed.add(index)
    for tenant, theirs in groups.values():
        failed |= _given(module, tenant, theirs, now)
    return failed


def _given(module: Module, tenant: Tenant, arrivals: Mapping[int, Arrival], now: datetime) -> set[int]:
    """Hand one tenant's events to the inbox, one by one or as a batch; the positions that failed."""
    inbox = _inbox(module)
    with bind(duty(tenant, "inbox")):
        if callable(inbox):
            return {index for index, one in arrivals.items() if not _handled(module, inbox, one, now)}
        order = list(arrivals)
        try:
            refused = inbox.batch([arrivals[index] for index in order], now)
        except Exception:
            telemetry.alarm("inbox.failed", module=module.key, tenant=tenant.id, events=len(order))
            return _one_by_one(inbox, arrivals, now)
        return {order[position] for position in refused}


def _one_by_one(inbox: BatchConsumer, arrivals: Mapping[int, Arrival], now: datetime) -> set[int]:
    """A batch that crashed, each event alone: what is wrong with one stays with it."""
    if len(arrivals) == 1:
        return set(arrivals)
    failed: set[int] = set()
    for index, arrival in arrivals.items():
        try:
            if inbox.batch([arrival], now):
                failed.add(index)
        except Exception:
            telemetry.alarm("inbox.failed", event=arrival.envelope.get("id"))
            failed.add(index)
    return failed


def _concerned(module: Module, arrival: Arrival) -> Iterator[Tenant]:
    """The sender; of an event that goes down, those whom ``data.to`` names."""
    said = arrival.envelope["data"].get("to", []) if arrival.lane == DOWN else [arrival.envelope["tenantid"]]
    for id in said:
        tenant = directory.by_id(id)
        if tenant is not None and tenant.kind == module.key:
            yield tenant


def _handled(module: Module, inbox: Any, arrival: Arrival, now: datetime) -> bool:
    token = _REPLAYED.set(arrival.replay is not None)
    try:
        inbox(arrival.envelope, now)
    except Exception:
        telemetry.alarm("inbox.failed", module=module.key, event=arrival.envelope.get("id"))
        return False
    finally:
        _REPLAYED.reset(token)
    return True


_lock = threading.Lock()
_homes: dict[str, tuple[float, Tenant]] = {}
_inboxes: dict[str, Inbox] = {}


def _inbox(module: Module) -> Inbox:
    """The module's inbox, made once: by key, since a manifest carries mappings."""
    if module.inbox is None:
        raise ValueError(f"{module.key} has a queue but no inbox")
    with _lock:
        if module.key not in _inboxes:
            _inboxes[module.key] = module.inbox()
        return _inboxes[module.key]


def _home(kind: str) -> Tenant | None:
    present = time.monotonic()
    with _lock:
        kept = _homes.get(kind)
    if kept is not None and present - kept[0] < _HOME_FRESH:
        return kept[1]
    found = next(iter(directory.tenants(kind=kind)), None)
    if found is not None:
        with _lock:
            _homes[kind] = (present, found)
    return found


def forget_homes() -> None:
    """Look the home tenants and inboxes up anew (tests)."""
    with _lock:
        _homes.clear()
        _inboxes.clear()

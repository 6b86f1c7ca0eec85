"""The bus: PutEvents in batches, failed entries again and only those; called nowhere else."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.config import settings
from chalicelib.messaging.schemas import contracts
from chalicelib.telemetry import alarm
from chalicelib.tenancy.backoff import back_off
from chalicelib.tenancy.credentials import own_bus

ENTRIES, BYTES = 10, 256 * 1024
"""PutEvents takes at most ten entries, together under 256 kB."""

_ATTEMPTS = 3


def lane_of(envelope: Mapping[str, Any]) -> str:
    """Which way an envelope goes: up, down or inside; empty for a type without a contract."""
    contract = contracts().get(envelope["type"])
    return contract.lane if contract is not None else ""


def too_large(envelope: Mapping[str, Any]) -> bool:
    """Whether this envelope could never pass the bus."""
    return _size(_entry(envelope)) >= BYTES


def publish(envelopes: Sequence[Mapping[str, Any]]) -> set[int]:
    """Put valid envelopes on the bus; the positions of those it did not take after a few attempts.

    Never raises for the bus's sake: a bus that is down takes nothing, and the caller keeps what it
    has.
    """
    entries = [_entry(envelope) for envelope in envelopes]
    failed: set[int] = set()
    for batch in _batches(entries):
        failed |= _put(entries, batch)
    return failed


def _put(entries: Sequence[Mapping[str, str]], batch: list[int]) -> set[int]:
    left = batch
    for attempt in range(_ATTEMPTS):
        if attempt:
            back_off(attempt, base=0.05)
        try:
            answer = own_bus().put([entries[index] for index in left])
        except Exception:
            alarm("bus.unreachable", entries=len(left), attempt=attempt)
            continue
        if not answer.get("FailedEntryCount"):
            return set()
        verdicts = zip(left, answer["Entries"], strict=True)
        left = [index for index, verdict in verdicts if verdict.get("ErrorCode")]
    return set(left)


def _entry(envelope: Mapping[str, Any]) -> dict[str, str]:
    return {
        "EventBusName": settings().bus,
        "Source": lane_of(envelope),
        "DetailType": envelope["type"],
        "Detail": json.dumps(envelope, ensure_ascii=False, separators=(",", ":")),
    }


def _size(entry: Mapping[str, str]) -> int:
    return sum(len(entry[part].encode()) for part in ("Source", "DetailType", "Detail"))


def _batches(entries: Sequence[Mapping[str, str]]) -> Iterator[list[int]]:
    batch: list[int] = []
    total = 0
    for index, entry in enumerate(entries):
        size = _size(entry)
        if batch and (len(batch) == ENTRIES or total + size >= BYTES):
            yield batch
            batch, total = [], 0
        batch.append(index)
        total += size
    if batch:
        yield batch

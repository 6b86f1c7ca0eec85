"""From a counted piece of work to what AWS would count for it.

A function is billed from its first instruction to its answer: its own processor time, which was
measured here and stretches where the function has less than a whole processor, and the waiting for
tables, bus and provider, which is assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from infra.cost.prices import Assumptions
from infra.cost.usage import Usage

#: Megabytes at which Lambda gives one whole processor; less memory is a share of it.
WHOLE_PROCESSOR = 1769
GB = 1e9


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One invocation of a function, as it was counted.

    memory: MB. cpu_ms: its processor time here. calls: to DynamoDB; write and read units as consumed.
    published: events put on the bus. received: messages taken from a queue. log_bytes: its own lines.
    answer_bytes: what a request was answered with. provider_calls: to the payment provider.
    """

    function: str
    trigger: Literal["http", "stream", "queue", "schedule"]
    memory: int
    cpu_ms: float
    calls: int = 0
    write_units: float = 0.0
    read_units: float = 0.0
    published: int = 0
    published_bytes: int = 0
    received: int = 0
    log_bytes: int = 0
    answer_bytes: int = 0
    provider_calls: int = 0

    def billed_ms(self, assumed: Assumptions) -> int:
        """Milliseconds that Lambda bills."""
        share = min(1.0, self.memory / WHOLE_PROCESSOR)
        own = self.cpu_ms * assumed["processor_factor"] / share
        waits = (
            self.calls * assumed["table_call_ms"]
            + math.ceil(self.published / 10) * assumed["bus_call_ms"]
            + self.provider_calls * assumed["provider_call_ms"]
        )
        return max(1, math.ceil(own + waits))


def usage_of(piece: Piece, assumed: Assumptions) -> Usage:
    """What AWS counts for one invocation."""
    used = Usage.of(
        function_requests=1,
        function_gb_seconds=piece.billed_ms(assumed) / 1000 * piece.memory / 1024,
        write_units=piece.write_units,
        read_units=piece.read_units,
        traces=assumed["traced_share"],
    )
    logged = piece.log_bytes + assumed["function_log_bytes"]
    if piece.trigger == "http":
        logged += assumed["access_log_bytes"]
        used += Usage.of(gateway_requests=1, transfer_gb=piece.answer_bytes / GB)
    if piece.trigger == "queue":
        # Each message is sent by the bus; a batch is received once and deleted once.
        used += Usage.of(queue_requests=piece.received + 2)
    return used + _published(piece, assumed) + _logged(logged, assumed)


def stored(*, table_bytes: float, assumed: Assumptions) -> Usage:
    """Rows that stay, in a table with point-in-time recovery."""
    months = table_bytes / GB * assumed["kept_months"]
    return Usage.of(table_gb_months=months, backup_gb_months=months)


def _published(piece: Piece, assumed: Assumptions) -> Usage:
    archived = piece.published_bytes / GB
    return Usage.of(
        bus_events=piece.published,
        archive_gb=archived,
        archive_gb_months=archived * assumed["archive_months"],
    )


def _logged(size: float, assumed: Assumptions) -> Usage:
    kept = size / GB * assumed["log_compression"] * assumed["log_months"]
    return Usage.of(log_gb=size / GB, log_gb_months=kept)

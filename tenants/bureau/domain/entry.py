"""An entry: one accepted event as the ledger keeps it, and the fate it met there."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, parse_instant, rfc3339
from tenants.bureau.domain.deadlines import books_close, due_of
from tenants.bureau.domain.figures import Counters, contribution, day_of, occurred, receipt

Fate = Literal["counted", "known", "replaced", "failed"]
"""counted: it is in, with its figures. known: it was in before. replaced: it is in, but a correction stands
for it, so it adds nothing. failed: it is not in and must come again.
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event that passed the checks. ``slot``: local hour and type: where the ledger files it."""

    sender: str
    id: str
    slot: str
    day: date
    envelope: Mapping[str, Any]
    body: str
    sha: str
    received: str
    late: bool
    weight: int
    replay: str | None = None

    @property
    def corrects(self) -> str | None:
        """The event that this one replaces; only actual events replace."""
        return self.envelope.get("corrects") if self.envelope["status"] == "actual" else None

    @property
    def receipt(self) -> Counters:
        """What its arrival adds."""
        delay = (parse_instant(self.received) - occurred(self.envelope)).total_seconds()
        return receipt(self.envelope, weight=self.weight, late=self.late, after=self.after, delay=delay)

    @property
    def after(self) -> bool:
        """Whether it came late, and after the books of its day were closed."""
        return self.late and parse_instant(self.received) > books_close(self.day)

    @property
    def figures(self) -> Counters:
        """What its content adds, while no correction stands for it."""
        return contribution(self.envelope)


@dataclass(frozen=True, kw_only=True)
class Filed:
    """An entry as it is read back: with the id of the correction that stands for it, if any."""

    entry: Entry
    by: str | None = None

    @property
    def counts(self) -> bool:
        """Whether its figures stand."""
        return self.by is None


@dataclass(frozen=True, kw_only=True)
class Aside:
    """An event that was refused or parked, and why. ``sender`` is ``-`` where it could not be believed.

    ``released``: when one that was parked was taken in after all.
    """

    id: str
    sender: str
    day: date
    type: str
    code: str
    at: str
    words: str
    body: str
    sha: str
    received: str
    parked: bool
    released: str = ""


def entry_of(
    envelope: Mapping[str, Any],
    *,
    received: datetime,
    weight: int,
    due: timedelta | None,
    replay: str | None = None,
) -> Entry:
    """The entry of a valid envelope. ``due``: what its type's contract grants."""
    at = occurred(envelope)
    latest = due_of(envelope, at=at, contract=due)
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return Entry(
        sender=envelope["tenantid"],
        id=envelope["id"],
        slot=slot_of(at, envelope["type"]),
        day=day_of(envelope),
        envelope=envelope,
        body=body,
        sha=hashlib.sha256(body.encode()).hexdigest(),
        received=rfc3339(received),
        late=latest is not None and received > latest,
        weight=weight,
        replay=replay,
    )


def slot_of(at: datetime, type: str) -> str:
    """``2026-11-22T09#tourism.scenic.entry.counted.v1``."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H}#{type}"

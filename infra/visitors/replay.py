"""The replay: days of the city through the bureau's real intake on the engine, then every figure held
against the batch recomputation.

The events are handed to the inbox directly (``BureauInbox.batch``), as many at a time as one transaction
takes: the relay, the bus and the queue are not in it, the checks, the transactions and the figures are. Each
batch is taken in at the moment of its last arrival, so lateness is what it would have been.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from chalicelib.kernel.ids import TenantId
from chalicelib.kernel.module import Arrival
from chalicelib.kernel.period import business_day
from chalicelib.persistence.directory import TenantRow, forget_directory
from chalicelib.tenancy.context import Tenant, bind, duty
from infra.visitors.batch import differing
from infra.visitors.cast import Operator, cast
from infra.visitors.day import Pace, day_of, instant_of
from infra.visitors.mess import Delivery, Mess, corrections, deliveries
from infra.visitors.said import Envelope
from infra.visitors.sweep import Sweep, strangers
from tenants.bureau.domain.day import Day
from tenants.bureau.domain.figures import STANDING, gauge_day
from tenants.bureau.inbox import BureauInbox
from tenants.bureau.store import LedgerStore
from tenants.bureau.store.senders import forget_senders
from tenants.bureau.usecases.proving import recompute

BUREAU = Tenant(
    id=TenantId("tn_" + "0" * 25 + "b"),
    kind="bureau",
    slug="v-bureau",
    name="郑州市文化广电和旅游局（演示）",
    district="410100",
)
TOGETHER = 100
HANDS = 2


@dataclass(frozen=True, kw_only=True)
class Script:
    """What is played."""

    seed: int = 1
    first: date = date(2026, 10, 1)
    days: int = 8
    scenic: int = 12
    hotels: int = 16
    homestays: int = 14
    agencies: int = 8
    pace: Pace = field(default_factory=lambda: Pace(service=0.8))
    mess: Mess = field(default_factory=Mess)


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of it. ``differences``: in words; none is what is wanted."""

    said: int
    delivered: int
    seconds: float
    differences: Sequence[str]


Say = Callable[[str], None]


def play(script: Script, *, say: Say = lambda _line: None, proof: bool = True) -> Played:
    """Generate, mess up, take in, compare. The engine's tables must be empty. ``proof``: also work every
    figure out again from the ledger (``prove``).
    """
    operators = settle(script)
    said = told(script, operators)
    arriving = delivered(script, said)
    say(
        f"{len(said):,} events of {len(operators)} enterprises and {script.days} days, "
        f"{len(arriving):,} deliveries"
    )
    began = time.monotonic()
    take_in(arriving, say=say)
    seconds = time.monotonic() - began
    say(f"taken in after {seconds:.0f} s: {len(arriving) / max(seconds, 0.001):.0f} a second")
    return Played(
        said=len(said),
        delivered=len(arriving),
        seconds=seconds,
        differences=compared(said, proof=proof, say=say),
    )


def settle(script: Script) -> list[Operator]:
    """Write the cast into the directory; the same ids in every playing."""
    wanted = cast(
        seed=script.seed,
        scenic=script.scenic,
        hotels=script.hotels,
        homestays=script.homestays,
        agencies=script.agencies,
    )
    operators = [replace(one, id=f"tn_{number:026d}") for number, one in enumerate(wanted, start=1)]
    tenants = [BUREAU, *(tenant_of(one) for one in operators)]
    with TenantRow.batch_write() as batch:
        for one in tenants:
            facts: dict[str, Any] = {
                "tenant": one.id,
                "tenant_kind": one.kind,
                "slug": one.slug,
                "name": one.name,
            }
            for pk, sk in (
                (f"TENANT#{one.id}", "-"),
                (f"SLUG#{one.slug}", "-"),
                ("REGISTER", one.id),
                (f"REGISTER#{one.kind}", one.id),
            ):
                batch.save(TenantRow(pk, sk, district=one.district, status="active", **facts))
    forget_directory()
    forget_senders()
    return operators


def tenant_of(operator: Operator) -> Tenant:
    """The tenant that an enterprise is."""
    return Tenant(
        id=TenantId(operator.id),
        kind=operator.kind,
        slug=operator.slug,
        name=operator.name,
        district=operator.district,
    )


def told(script: Script, operators: Sequence[Operator]) -> list[Envelope]:
    """Everything that is said, corrections included."""
    found: list[Envelope] = []
    for operator in operators:
        previous = None
        for back in range(script.days):
            day = script.first + timedelta(days=back)
            said = day_of(operator, day, seed=script.seed, pace=script.pace, previous=previous)
            previous = said[-1]["data"]
            found += said
    return found + corrections(found, share=script.mess.corrected, dice=_dice(script, "corrections"))


def delivered(script: Script, said: Sequence[Envelope]) -> list[Delivery]:
    """How all of it arrives."""
    return deliveries(said, mess=script.mess, dice=_dice(script, "mess"))


def take_in(arriving: Sequence[Delivery], *, say: Say = lambda _line: None) -> None:
    """Hand everything to the inbox, a batch at a time, by two hands; what fails comes again."""
    batches = [arriving[start : start + TOGETHER] for start in range(0, len(arriving), TOGETHER)]
    done = 0
    with ThreadPoolExecutor(HANDS) as hands:
        for taken in hands.map(_taken, batches):
            before, done = done, done + taken
            if before // 10_000 != done // 10_000:
                say(f"  {done:,} of {len(arriving):,}")


def _taken(batch: Sequence[Delivery]) -> int:
    left = list(batch)
    with bind(duty(BUREAU, "replay")):
        inbox = BureauInbox()
        for _ in range(20):
            failed = inbox.batch(
                [Arrival(envelope=one.envelope, lane="tourism.up") for one in left], left[-1].at
            )
            left = [left[index] for index in sorted(failed)]
            if not left:
                return len(batch)
    raise RuntimeError(f"{len(left)} events never got in")


def compared(said: Sequence[Envelope], *, proof: bool, say: Say = lambda _line: None) -> list[str]:
    """Where figures, events and batch disagree; nothing: all three agree."""
    days = _days(said)
    with bind(duty(BUREAU, "replay")):
        ledger = LedgerStore()
        kept: dict[date, list[Day]] = {day: ledger.days(day) for day in days}
        found = differing(said, kept)
        say(f"against the batch: {len(found)} differences")
        if proof:
            began = time.monotonic()
            proven = [str(one) for day in days for one in recompute(day=day, ledger=Sweep(said, day))]
            more = strangers(said, days, ledger)
            proven += [f"{more} rows of the ledger that nobody accounts for"] if more else []
            say(
                f"against the ledger's own events: {len(proven)} differences, "
                f"after {time.monotonic() - began:.0f} s"
            )
            found += proven
    return found


def _days(said: Sequence[Envelope]) -> list[date]:
    return sorted({*map(_day, said), *map(gauge_day, said), STANDING})


def _day(envelope: Envelope) -> date:
    return business_day(instant_of(envelope))


def _dice(script: Script, what: str) -> random.Random:
    return random.Random(f"{script.seed} {what}")  # noqa: S311 - a play, not a secret

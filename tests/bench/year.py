"""A year of the lake: two million events land day by day and are compacted, twelve reports are sealed.

``python -m tests.bench.year`` runs in a process of its own, so that its peak memory is its own: saying,
landing, asking DuckDB and sealing together. The city's events are the day player's; what saying them costs is
told apart (``year_said_s``), for nobody says a year at once. One day at a time is in hand.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.kernel.ids import TenantId
from chalicelib.kernel.period import Period
from chalicelib.messaging.manifest import id_weight
from chalicelib.messaging.schemas import contracts
from chalicelib.tenancy.context import Tenant, bind, duty
from infra.visitors.cast import Operator, cast
from infra.visitors.day import Pace, day_of
from tenants.bureau.domain.day import Day, Known
from tenants.bureau.domain.entry import Filed, entry_of
from tenants.bureau.domain.figures import Counters, Gauge, gauge_day, gauges
from tests.bench.figures import Report

FIRST, NOW = date(2026, 1, 1), datetime(2027, 2, 20, tzinfo=UTC)
_BUREAU = Tenant(id=TenantId("tn_" + "b" * 26), kind="bureau", slug="b", name="b", district="410100")


def measure(_world: None, report: Report, scale: Any) -> None:
    """In a child: seconds of landing, compacting and twelve reports, and the child's peak."""
    with tempfile.TemporaryDirectory(prefix="songyun-year-") as folder:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.bench.year",
                "--events",
                str(scale.year),
                "--months",
                str(scale.months),
            ],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "SONGYUN_FILES": folder},
            cwd=Path(__file__).resolve().parents[2],
        )
    found = json.loads(done.stdout.splitlines()[-1])
    for name in ("year_build_s", "year_build_mb", "year_events", "year_said_s", "year_lake_mb"):
        report.put(name, found[name])


class Told:
    """A day of the city as the ledger would hold it, without the ledger: the port ``landing.Source``."""

    def __init__(self, day: date, operators: Sequence[Operator], pace: Pace) -> None:
        self._day = day
        self._filed: dict[tuple[str, str], list[Filed]] = {}
        self.events = 0
        counters: dict[str, Counters] = {one.id: {} for one in operators}
        latest: dict[str, dict[str, Gauge]] = {one.id: {} for one in operators}
        for operator in operators:
            for envelope in day_of(operator, day, seed=1, pace=pace):
                entry = entry_of(
                    envelope,
                    received=datetime.fromisoformat(envelope["time"]) + timedelta(seconds=2),
                    weight=id_weight(envelope["id"]),
                    due=contracts()[envelope["type"]].due,
                )
                if entry.day != day:
                    continue  # the close, twenty past midnight: it would land with the next day
                self.events += 1
                self._filed.setdefault((entry.sender, entry.slot), []).append(Filed(entry=entry))
                kept = counters[entry.sender]
                for part in (entry.receipt, entry.figures):
                    for name, n in part.items():
                        kept[name] = kept.get(name, 0) + n
                if gauge_day(envelope) == day:
                    latest[entry.sender].update(gauges(envelope))
        self._days = [
            Day(sender=one.id, counters=counters[one.id], gauges=latest[one.id], heard=f"{day}T16:00:00Z")
            for one in operators
        ]

    def days(self, day: date) -> Sequence[Day]:
        """See the port."""
        return self._days if day == self._day else ()

    def filed(self, *, sender: str, hour: str, type: str) -> Sequence[Filed]:
        """See the port."""
        return self._filed.get((sender, f"{hour}#{type}"), ())


class Asked:
    """Senders' days out of the lake by DuckDB: a month is asked for at once and read a day at a time."""

    def __init__(self) -> None:
        self._next: Iterator[tuple[date, list[Day]]] = iter(())
        self._known: tuple[date, list[Day]] = (date.min, [])

    def days(self, day: date) -> Sequence[Day]:
        """See ``sealing.Days``; days of a month are asked for in order."""
        while self._known[0] < day or self._known[0].month != day.month:
            found = next(self._next, None)
            if found is None or found[0].month != day.month or found[0] > day:
                if day.day != 1 and self._known[0].month == day.month:
                    return ()
                self._next = _month(day.replace(day=1))
                found = next(self._next, (day, []))
            self._known = found
        return self._known[1] if self._known[0] == day else ()


def _month(first: date) -> Iterator[tuple[date, list[Day]]]:
    """Day by day of a month: its senders with their counters (gauges are not in these reports' sums)."""
    from itertools import groupby

    from tenants.bureau.store.lake.duck import ask
    from tenants.bureau.store.lake.queries import queries

    period = Period(first, (first + timedelta(days=32)).replace(day=1))
    spoken: dict[date, dict[str, dict[str, Gauge]]] = {}
    for about, sender, name, said, id, value in ask(queries()["gauges_by_day"], period=period):
        spoken.setdefault(about, {}).setdefault(sender, {})[name] = Gauge(said, id, json.loads(value))
    rows = ask(queries()["figures_by_day"], period=period)
    for day, of_day in groupby(rows, key=lambda row: row[0]):
        days = []
        for sender, group in groupby(of_day, key=lambda row: row[1]):
            mine = list(group)
            days.append(
                Day(
                    sender=sender,
                    counters={name: int(amount) for _, _, name, amount, _ in mine},
                    gauges=spoken.get(day, {}).get(sender, {}),
                    heard=max(heard for *_, heard in mine),
                )
            )
        yield day, days


def main(arguments: Sequence[str] | None = None) -> int:
    """Build it; one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.year")
    parser.add_argument("--events", type=int, default=2_000_000, help="of the whole year")
    parser.add_argument("--months", type=int, default=12, help="only the first months of it")
    given = parser.parse_args(arguments)
    with bind(duty(_BUREAU, "bench")):
        found = _build(given.events, months=given.months)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found["year_build_mb"] = peak * (1 if sys.platform == "darwin" else 1024) / 1e6
    print(json.dumps(found))
    return 0


def _build(wanted: int, *, months: int) -> dict[str, float]:
    from chalicelib.persistence.files import files
    from tenants.bureau.store.lake.files import LakeStore
    from tenants.bureau.usecases.landing import land_day

    operators, pace = _city(wanted)
    lake, said, landed, events = LakeStore(), 0.0, 0.0, 0
    last = date(2026 + months // 12, months % 12 + 1, 1)
    for back in range((last - FIRST).days):
        day, began = FIRST + timedelta(days=back), time.monotonic()
        told = Told(day, operators, pace)
        events, said, began = events + told.events, said + time.monotonic() - began, time.monotonic()
        if land_day(day=day, now=NOW, ledger=told, lake=lake) != told.events:
            raise RuntimeError(f"{day} did not land whole")
        lake.compact(day=day, now=NOW)
        landed += time.monotonic() - began
    began = time.monotonic()
    sealed = _sealed(operators, months=months)
    if sum(sealed) != events:
        raise RuntimeError(f"reports of {sum(sealed)} events, and {events} landed")
    kept = files()
    return {
        "year_build_s": landed + time.monotonic() - began,
        "year_said_s": said,
        "year_events": events,
        "year_lake_mb": sum(len(kept.get(name) or b"") for name in kept.names("lake/")) / 1e6,
    }


def _city(wanted: int) -> tuple[list[Operator], Pace]:
    """A cast whose days are so large that a year of them comes to about ``wanted`` events."""
    pace, times = Pace(step=10, detail=0.6, service=0.5), 1.0
    for _ in range(2):  # twice: a larger cast has other sizes than a small one
        days = [FIRST + timedelta(days=back) for back in (3, 10)]
        said = sum(len(day_of(one, day, seed=1, pace=pace)) - 1 for one in _cast(times) for day in days)
        times *= wanted / 365 / (said / len(days))
    return _cast(times), pace


def _cast(times: float) -> list[Operator]:
    some, more = math.ceil(4 * times), math.ceil(6 * times)
    whole = cast(seed=1, scenic=some, hotels=more, homestays=more, agencies=some)
    return [replace(one, id=f"tn_{number:026d}") for number, one in enumerate(whole)]


def _sealed(operators: Sequence[Operator], *, months: int) -> list[int]:
    """The monthly reports, sealed; of how many events each was made."""
    from tenants.bureau.domain.report.definitions import report_on
    from tenants.bureau.domain.report.periods import span_of
    from tenants.bureau.usecases.sealing import seal
    from tests.fake_archive import FakeArchive

    known = [Known(id=one.id, name=one.name, kind=one.kind, district=one.district) for one in operators]
    archive, days, counts = FakeArchive(), Asked(), []
    for month in range(1, months + 1):
        report = report_on("R08", date(2026, month, 1))
        assert report is not None
        span = span_of("month", date(2026, month, 1))
        asked = {"report": report, "span": span, "scope": "410100", "by": "bench", "now": NOW}
        made = seal(**asked, days=days, senders=lambda: known, archive=archive)  # type: ignore[arg-type]
        counts.append(int(made.sealed.watermark["events"]))
    return counts


if __name__ == "__main__":
    sys.exit(main())

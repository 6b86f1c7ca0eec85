"""Sealing: a report is worked out from the ledger's days, sealed, and amended when later facts change it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from tenants.bureau.domain.authority import within
from tenants.bureau.domain.day import Day, Known
from tenants.bureau.domain.deadlines import books_close
from tenants.bureau.domain.directive import Directive, receipt_of
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.indicators import KPIS
from tenants.bureau.domain.kpi import Definition, definition_on
from tenants.bureau.domain.measures import Subject
from tenants.bureau.domain.report.content import Gathered
from tenants.bureau.domain.report.definitions import REPORTS, Report
from tenants.bureau.domain.report.periods import Span, before, year_before
from tenants.bureau.domain.report.seal import (
    Difference,
    Sealed,
    body_of,
    canonical,
    differences,
    opened,
    sha_of,
)
from tenants.bureau.usecases.ports import Senders

UNBELIEVED = "-"


class Days(Protocol):
    """Senders' days: the live ledger's, or the lake's."""

    def days(self, day: date) -> Sequence[Day]:
        """Every sender's figures of a business day."""
        ...


class Issued(Protocol):
    """The directives that were issued."""

    def issued(self, *, month: date, before: str, most: int) -> list[Directive]:
        """Those of a month, newest first, with ids below ``before``."""
        ...


class Archive(Protocol):
    """Sealed reports: a row each, and the sealed bytes under their hash."""

    def versions(self, *, code: str, span: Span, scope: str) -> list[Sealed]:
        """The versions of a report, the first first."""
        ...

    def content(self, sha: str) -> bytes | None:
        """What was sealed under a hash."""
        ...

    def keep(self, sealed: Sealed, data: bytes) -> None:
        """A new version, or ``Clash`` when there is one of this number already."""
        ...

    def checked(self, sealed: Sealed) -> None:
        """Remember that a version was worked out again and stands."""
        ...


Outcome = Literal["sealed", "amended", "unchanged"]


@dataclass(frozen=True, kw_only=True)
class Made:
    """What sealing came to."""

    sealed: Sealed
    outcome: Outcome


def work_out(
    *,
    report: Report,
    span: Span,
    scope: str,
    now: datetime,
    days: Days,
    senders: Senders,
    directives: Issued | None = None,
) -> tuple[dict[str, Any], str]:
    """The body of a report as the facts stand, and the last receipt that went in.

    It depends on the ledger and the register alone: worked out again from the same, it is the same.
    """
    gathered = Gathered(report=report, kpis=_kpis(report, span))
    receipts: dict[tuple[str, str], Gauge] = {}
    known = [one for one in senders() if within(one.district, scope)]
    for day in span:
        told = days.days(day)
        subjects = subjects_of(day=day, told=told, known=known, scope=scope, now=now)
        gathered.feed(subjects)
        inside = {one.known.id for one in subjects} | ({UNBELIEVED} if is_city(scope) else set())
        for one in (each for each in told if each.sender in inside):
            gathered.events += one.count("received")
            gathered.replaced += one.count("replaced")
            gathered.refused += one.count("quarantined") + one.count("parked")
            gathered.through = max(gathered.through, one.heard)
            _keep_receipts(one, receipts)
    if report.kpis and directives is not None:
        gathered.feed_receipts(_owed(span, known=known, directives=directives, said=receipts, now=now))
    if report.compared:
        for name, former in (
            ("before", before(report.cadence, span)),
            ("year", year_before(report.cadence, span)),
        ):
            gathered.formers.setdefault(name, gathered.empty())
            for day in former:
                subjects = subjects_of(day=day, told=days.days(day), known=known, scope=scope, now=now)
                gathered.feed_former(name, subjects)
    body = body_of(
        report=report.code,
        span=span.name,
        first=span.first,
        last=span.last,
        scope=scope,
        query=report.query,
        final=now > books_close(span.last),
        watermark=gathered.watermark,
        content=gathered.content(),
    )
    return body, gathered.through


def seal(
    *,
    report: Report,
    span: Span,
    scope: str,
    by: str,
    now: datetime,
    days: Days,
    senders: Senders,
    archive: Archive,
    directives: Issued | None = None,
) -> Made:
    """Seal a report, or amend it where facts have changed since. Unchanged ones stay as they are."""
    body, through = work_out(
        report=report,
        span=span,
        scope=scope,
        now=now,
        days=days,
        senders=senders,
        directives=directives,
    )
    data = canonical(body)
    versions = archive.versions(code=report.code, span=span, scope=scope)
    last = versions[-1] if versions else None
    changed: list[Difference] = []
    if last is not None:
        former = opened(archive.content(last.sha), sha=last.sha)
        changed = differences(former["content"], body["content"])
        if not changed and former["final"] == body["final"]:
            same = replace(last, checked=rfc3339(now))
            archive.checked(same)
            return Made(sealed=same, outcome="unchanged")
    made = Sealed(
        code=report.code,
        span=span.name,
        first=span.first,
        last=span.last,
        scope=scope,
        version=last.version + 1 if last is not None else 1,
        query=report.query,
        sha=sha_of(data),
        watermark=body["watermark"],
        through=through,
        sealed=rfc3339(now),
        checked=rfc3339(now),
        by=by,
        final=body["final"],
        supersedes=last.sha if last is not None else "",
        changes=len(changed),
    )
    archive.keep(made, data)
    return Made(sealed=made, outcome="amended" if last is not None else "sealed")


def due(
    *, now: datetime, scope: str, since: date, archive: Archive, rows: Sequence[Report] = REPORTS
) -> Iterator[tuple[Report, Span]]:
    """The reports that had to be worked out by now and were not. ``since``: nothing before that day."""
    for report in rows:
        for span in report.spans(now=now):
            moment = report.latest(span, now=now)
            if moment is None or span.last < since or not report.holds(span.first):
                continue
            versions = archive.versions(code=report.code, span=span, scope=scope)
            if not versions or parse_instant(versions[-1].checked) < moment:
                yield report, span


def subjects_of(
    *, day: date, told: Sequence[Day], known: Sequence[Known], scope: str, now: datetime
) -> list[Subject]:
    """Every sender's day: those who ought to report, silent ones too, and those nobody knows any more.

    Who joined after a day did not owe it: a new tenant must not amend last week's report.
    """
    heard = {one.sender: one for one in told if one.sender != UNBELIEVED}
    owing = [one for one in known if one.id in heard or not _joined_after(one.id, day, now)]
    ids = {one.id for one in owing}
    # Who left the register has no district any more, and so stands in the city's reports alone.
    strangers = [
        Known(id=id, name=id, kind="", district="") for id in heard if id not in ids and is_city(scope)
    ]
    return [
        Subject(
            known=one, day=day, told=heard.get(one.id, Day(sender=one.id)), heard=one.id in heard, now=now
        )
        for one in (*owing, *strangers)
    ]


def is_city(scope: str) -> bool:
    """Whether a scope is the whole city."""
    return scope.endswith("00")


def _joined_after(tenant: str, day: date, now: datetime) -> bool:
    joined = joined_on(tenant)
    return joined is not None and day < joined <= business_day(now)


def joined_on(tenant: str) -> date | None:
    """The day on which a tenant joined: its id carries it."""
    try:
        return business_day(moment_of(tenant))
    except Missing:  # no moment that ever was
        return None


def _kpis(report: Report, span: Span) -> list[Definition]:
    if not report.kpis:
        return []
    codes = dict.fromkeys(one.code for one in KPIS)
    found = (definition_on(KPIS, code=code, day=span.last) for code in codes)
    return [one for one in found if one is not None]


def _keep_receipts(told: Day, receipts: dict[tuple[str, str], Gauge]) -> None:
    for name, gauge in told.gauges.items():
        if name.startswith("ack:"):
            key = (name[4:], told.sender)
            receipts[key] = max(gauge, receipts.get(key, gauge), key=lambda one: (one.at, one.id))


def _owed(
    span: Span,
    *,
    known: Sequence[Known],
    directives: Issued,
    said: Mapping[tuple[str, str], Gauge],
    now: datetime,
) -> Iterable[Subject]:
    """What senders owed a receipt for: no events of their own, so only KPIs of receipts see them."""
    names = {one.id: one for one in known}
    for month in sorted({day.replace(day=1) for day in span}):
        for directive in directives.issued(month=month, before="", most=500):
            day = business_day(directive.issued)
            for id in directive.to if day in span else ():
                if id in names:
                    receipt = receipt_of(directive, names[id], said.get((directive.id, id)), now=now)
                    yield Subject(
                        known=names[id],
                        day=day,
                        told=Day(sender=id),
                        heard=False,
                        now=now,
                        owed=[(directive, receipt)],
                    )

"""What is asked of reports, and where the answers come from."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.web.http import Asked, Blank, Call, Member
from tenants.bureau.domain.report.definitions import REPORTS, Report, report_on
from tenants.bureau.domain.report.periods import Span, span_of
from tenants.bureau.domain.report.seal import Sealed
from tenants.bureau.routes.asked import LEDGER, senders
from tenants.bureau.routes.report_words import Reader
from tenants.bureau.store.archive import ArchiveStore
from tenants.bureau.store.directives import DirectiveStore
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import archive, sealing
from tenants.bureau.usecases.archive import Opened
from tenants.bureau.usecases.sealing import Made

PUBLISHER = Member("bureau.approve", kind="bureau")
SENDER = Member("bureau.command", kind="bureau")
PULL = "bureau.pull"
PULLER = Member(PULL, kind="bureau")
HERE = "/bureau/reports"
CODES = tuple(dict.fromkeys(one.code for one in REPORTS))
SHA = r"^[0-9a-f]{64}$"
FormName = Literal["pdf", "xlsx", "csv", "json"]


class OfReports(Asked):
    """Which sealed reports: of a kind, a year, a month; of each the version that stands, or all."""

    code: str = Field(default="", pattern=r"^(R[0-9]{2})?$")
    year: Annotated[int | None, Blank] = Field(
        default=None, ge=2020, le=2100, description="this year by default"
    )
    month: Annotated[int | None, Blank] = Field(default=None, ge=1, le=12)
    all: bool = Field(default=False, description="amended versions too")


class Make(Asked):
    """A report of the period that a day lies in. Scope: the whole city by default."""

    code: str = Field(pattern=r"^R[0-9]{2}$")
    day: date
    scope: str = Field(default="", pattern=r"^(4101[0-9]{2})?$")


class OfFile(Asked):
    form: FormName = "pdf"


class OfTrace(Asked):
    """A cell of a report."""

    sheet: str = Field(pattern=r"^[a-z_]{1,40}$")
    row: str = Field(default="", max_length=80)
    column: str = Field(pattern=r"^[a-z_]{1,40}$")


class SendTo(Asked):
    to: str = Field(pattern=r"^[a-z]{2,30}$")


def make(call: Call, asked: Make) -> Made:
    """Seal what was asked for, or amend it. The scope must lie in the officer's reach."""
    if asked.code not in CODES:
        raise Missing
    scope = asked.scope or (call.tenant.district if reach().everywhere else min(reach().districts))
    reach().require([scope])
    report, span = of_day(asked.code, asked.day)
    if span.first > business_day(call.now):
        raise Missing
    made = seal_with(call.work, report=report, span=span, scope=scope, by=call.context.actor, now=call.now)
    if made.outcome != "unchanged":
        ArchiveStore(call.work).wait(made.sealed)
    return made


def seal_with(work: UnitOfWork, *, report: Report, span: Span, scope: str, by: str, now: datetime) -> Made:
    """Seal on one unit of work, from the live ledger."""
    return sealing.seal(
        report=report,
        span=span,
        scope=scope,
        by=by,
        now=now,
        days=LEDGER,
        senders=senders,
        archive=ArchiveStore(work),
        directives=DirectiveStore(work),
    )


def of_day(code: str, day: date) -> tuple[Report, Span]:
    """The report's version and period that a day belongs to."""
    report = report_on(code, day)
    if report is None:
        raise Missing
    return report, span_of(report.cadence, day)


def opened_asked(call: Call) -> Opened:
    """The report that the path names, within the officer's reach."""
    found = archive.see_report(id=call.path["id"], shelf=ArchiveStore(call.work))
    reach().require([found.sealed.scope])
    return found


def listed_asked(call: Call) -> list[Sealed]:
    """The reports that were asked for, as far as the officer reaches."""
    asked = call.query
    found = archive.see_reports(
        year=asked.year or business_day(call.now).year,
        code=asked.code,
        month=asked.month,
        latest=not asked.all,
        shelf=ArchiveStore(call.work),
    )
    return [one for one in found if reach().reaches(one.scope)]


def reader(call: Call) -> Reader:
    """Who reads the page."""
    return Reader(locale=call.locale, say=call.translate)

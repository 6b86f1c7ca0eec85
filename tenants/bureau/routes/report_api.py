"""Reports for programs: the list, the content, sealing on demand, the feed of the next level up."""

from datetime import date
from typing import Any

from pydantic import Field

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day
from chalicelib.web.http import Answered, Asked, Attachment, Call, endpoint
from tenants.bureau.domain.report.dispatch import Dispatch, addressed
from tenants.bureau.domain.report.seal import Difference, Sealed
from tenants.bureau.routes.asked import READER, blueprint
from tenants.bureau.routes.report_asked import (
    PULL,
    PULLER,
    SHA,
    Make,
    OfFile,
    OfReports,
    listed_asked,
    make,
    opened_asked,
)
from tenants.bureau.routes.reports import attached
from tenants.bureau.store.archive import ArchiveStore
from tenants.bureau.store.dispatches import DispatchStore
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import archive

API = "/api/v1/bureau/reports"
FEED = "/api/v1/bureau/dispatches"


class SealedAnswer(Answered):
    """One version of a report. ``sha256``: of its canonical JSON, which ``content`` answers byte for byte."""

    id: str
    report: str
    period: str
    first: date
    last: date
    scope: str
    version: int
    query: str
    sha256: str
    watermark: dict[str, int]
    through: str | None
    sealed: str
    final: bool
    supersedes: str | None
    changes: int
    published: str | None
    files: dict[str, str] = Field(description="SHA-256 of each file that was made of it")
    content: str = Field(description="where the sealed content is")


class ReportsAnswer(Answered):
    reports: list[SealedAnswer]


class ChangeAnswer(Answered):
    """A cell that an amendment says otherwise."""

    sheet: str
    row: str
    column: str
    before: int | str | None
    after: int | str | None


class ReportAnswer(Answered):
    seal: SealedAnswer
    body: dict[str, Any]
    changes: list[ChangeAnswer]


class MadeAnswer(Answered):
    outcome: str = Field(description="sealed, amended or unchanged")
    seal: SealedAnswer


class OfDispatches(Asked):
    year: int | None = Field(default=None, ge=2020, le=2100)
    after: str = Field(default="", pattern=r"^(dp_[0-9a-z]{26})?$", description="ids above this one")


class DispatchAnswer(Answered):
    id: str
    report: str
    sha256: str
    to: str
    sent: str
    received: str | None
    content: str
    pdf: str


class DispatchesAnswer(Answered):
    dispatches: list[DispatchAnswer]


class Receipt(Asked):
    """What the recipient holds."""

    sha256: str = Field(pattern=SHA)


@endpoint(
    blueprint,
    "GET",
    API,
    use_case="bureau.list-reports",
    door=READER,
    query=OfReports,
    answers=ReportsAnswer,
    summary="Sealed reports of a year",
)
def list_reports(call: Call) -> ReportsAnswer:
    """The list."""
    return ReportsAnswer(reports=[_seal(one) for one in listed_asked(call)])


@endpoint(
    blueprint,
    "POST",
    API,
    use_case="bureau.seal-report",
    door=READER,
    body=Make,
    answers=MadeAnswer,
    status=201,
    summary="Seal a report of a period, or amend it where facts have changed since",
)
def seal_report(call: Call, body: Make) -> MadeAnswer:
    """On demand."""
    made = make(call, body)
    return MadeAnswer(outcome=made.outcome, seal=_seal(made.sealed))


@endpoint(
    blueprint,
    "GET",
    f"{API}/{{id}}",
    use_case="bureau.read-report",
    door=READER,
    answers=ReportAnswer,
    summary="One version of a report with what it says and what it changed",
)
def read_report(call: Call) -> ReportAnswer:
    """One version."""
    found = opened_asked(call)
    return ReportAnswer(
        seal=_seal(found.sealed), body=dict(found.body), changes=[_change(one) for one in found.changes]
    )


@endpoint(
    blueprint, "GET", f"{API}/{{id}}/file", use_case="bureau.download-report", door=READER, query=OfFile
)
def download_report(call: Call) -> Attachment:
    """A file of it; ``form=json`` is the sealed content byte for byte."""
    return attached(call, opened_asked(call), call.query.form)


@endpoint(
    blueprint,
    "GET",
    FEED,
    use_case="bureau.pull-dispatches",
    door=PULLER,
    query=OfDispatches,
    answers=DispatchesAnswer,
    summary="The feed of the next level up: reports that were sent to them, the first first",
)
def pull_dispatches(call: Call) -> DispatchesAnswer:
    """What was sent."""
    asked = call.query
    found = DispatchStore(call.work).sent(year=asked.year or business_day(call.now).year, after=asked.after)
    return DispatchesAnswer(dispatches=[_dispatch(one) for one in found if _reached(one, call)])


@endpoint(blueprint, "GET", f"{FEED}/{{id}}/file", use_case="bureau.pull-report", door=PULLER, query=OfFile)
def pull_report(call: Call) -> Attachment:
    """A file of a report that was sent; nothing that was not sent."""
    dispatch = archive.sent_with(id=call.path["id"], dispatches=DispatchStore(call.work))
    _require(dispatch, call)
    return attached(
        call, archive.see_report(id=dispatch.report, shelf=ArchiveStore(call.work)), call.query.form
    )


@endpoint(
    blueprint,
    "POST",
    f"{FEED}/{{id}}/receipt",
    use_case="bureau.confirm-dispatch",
    door=PULLER,
    body=Receipt,
    answers=DispatchAnswer,
    summary="Confirm by its hash that a report has arrived",
)
def confirm_dispatch(call: Call, body: Receipt) -> DispatchAnswer:
    """The recipient has it."""
    _require(archive.sent_with(id=call.path["id"], dispatches=DispatchStore(call.work)), call)
    found = archive.receive(
        id=call.path["id"], sha=body.sha256, now=call.now, dispatches=DispatchStore(call.work)
    )
    return _dispatch(found)


def _reached(dispatch: Dispatch, call: Call) -> bool:
    """Whether the key's scope reaches whose report it is, and it was sent to the key's recipient."""
    return reach(PULL).reaches(dispatch.scope) and addressed(dispatch, call.context.roles)


def _require(dispatch: Dispatch, call: Call) -> None:
    """Raise ``Missing`` for one that is not the key's."""
    if not _reached(dispatch, call):
        raise Missing


def _seal(one: Sealed) -> SealedAnswer:
    return SealedAnswer(
        id=one.id,
        report=one.code,
        period=one.span,
        first=one.first,
        last=one.last,
        scope=one.scope,
        version=one.version,
        query=one.query,
        sha256=one.sha,
        watermark=dict(one.watermark),
        through=one.through or None,
        sealed=one.sealed,
        final=one.final,
        supersedes=one.supersedes or None,
        changes=one.changes,
        published=one.published or None,
        files=dict(one.files),
        content=f"{API}/{one.id}/file?form=json",
    )


def _change(one: Difference) -> ChangeAnswer:
    return ChangeAnswer(sheet=one.sheet, row=one.row, column=one.column, before=one.before, after=one.after)


def _dispatch(one: Dispatch) -> DispatchAnswer:
    return DispatchAnswer(
        id=one.id,
        report=one.report,
        sha256=one.sha,
        to=one.to,
        sent=one.at,
        received=one.received or None,
        content=f"{FEED}/{one.id}/file?form=json",
        pdf=f"{FEED}/{one.id}/file?form=pdf",
    )

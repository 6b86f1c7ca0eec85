"""What the schedules start that needs words: sealed reports and their files."""

import time
from collections.abc import Callable
from datetime import datetime

from chalicelib.kernel.period import business_day
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from tenants.bureau.domain.report.definitions import Report
from tenants.bureau.domain.report.periods import Span
from tenants.bureau.routes import report_files
from tenants.bureau.routes.report_asked import seal_with
from tenants.bureau.store.archive import ArchiveStore
from tenants.bureau.usecases.producing import Waiting, produce
from tenants.bureau.usecases.sealing import Made, joined_on

_SECONDS = 200
_BY = "system:reports"


def make_reports(now: datetime) -> int:
    """Seal what is due since this bureau joined, and make the files that wait."""
    tenant = current().tenant
    started = time.monotonic()

    def seal(report: Report, span: Span) -> Made:
        work = UnitOfWork(action="bureau.seal-report", now=now)
        made = seal_with(work, report=report, span=span, scope=tenant.district, by=_BY, now=now)
        if made.outcome != "unchanged":
            ArchiveStore(work).wait(made.sealed)
        work.commit()
        return made

    def within(act: Callable[[Waiting], None]) -> None:
        work = UnitOfWork(action="bureau.render-report", now=now)
        act(ArchiveStore(work))
        if not work.empty:
            work.commit()

    return produce(
        now=now,
        scope=tenant.district,
        since=joined_on(tenant.id) or business_day(now),
        archive=ArchiveStore(UnitOfWork(action="bureau.reports", now=now)),
        seal=seal,
        work=within,
        render=lambda opened, form: report_files.render(opened, form, slug=tenant.slug, issuer=tenant.name),
        enough=lambda: time.monotonic() - started > _SECONDS,
    )

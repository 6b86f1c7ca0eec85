"""What the schedules start: sealed reports and their files, and requests for statutory returns."""

import time
from collections.abc import Callable
from datetime import datetime

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.events import Event
from chalicelib.kernel.period import business_day
from chalicelib.messaging.returns.forms import form_on, period_named
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current
from tenants.bureau.domain.report.definitions import Report
from tenants.bureau.domain.report.periods import Span
from tenants.bureau.domain.returns import Asked
from tenants.bureau.routes import report_files
from tenants.bureau.routes.asked import LEDGER, senders
from tenants.bureau.routes.report_asked import seal_with
from tenants.bureau.store.archive import ArchiveStore
from tenants.bureau.store.returns import AskedStore
from tenants.bureau.usecases import returning
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


def ask_for_returns(now: datetime) -> int:
    """Ask for the statutory returns whose moment has come, each tenant in a transaction of its own."""
    made = 0
    for form, period in returning.due_requests(now):
        kept = AskedStore(UnitOfWork(action="bureau.returns", now=now))
        made += returning.ask_for(
            form=form,
            period=period,
            now=now,
            days=LEDGER,
            senders=senders,
            kept=kept.asked(form=form.code, period=period.name),
            each=_ask(now),
        )
    return made


def ask_one(*, form: str, period: str, to: str, now: datetime) -> int:
    """Ask one tenant, whether or not it was there in the period and asked before."""
    wanted = period_named(period)
    found = form_on(form, wanted.last) if wanted is not None else None
    if wanted is None or found is None:
        raise Missing
    return returning.ask_for(
        form=found,
        period=wanted,
        now=now,
        days=LEDGER,
        senders=senders,
        kept=(),
        each=_ask(now),
        only=to,
    )


def _ask(now: datetime) -> Callable[[Asked, Event], None]:
    def each(asked: Asked, event: Event) -> None:
        work = UnitOfWork(action="bureau.ask-return", now=now)
        store = AskedStore(work)
        store.ask(asked)
        store.publish(event)
        work.commit()

    return each

"""Sealed reports at the desk: the list, one with its figures and files, the way home from a figure."""

from typing import Any

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.web.http import Attachment, Call, Empty, Filled, Html, Redirect, page
from chalicelib.web.printing import can_print
from tenants.bureau.domain.authority import APPROVE, COMMAND
from tenants.bureau.domain.report.definitions import REPORTS
from tenants.bureau.domain.report.dispatch import RECIPIENTS
from tenants.bureau.domain.report.periods import Span, span_of
from tenants.bureau.domain.report.seal import Sealed
from tenants.bureau.routes import report_files, report_view, report_words, words
from tenants.bureau.routes.asked import LEDGER, READER, blueprint, senders
from tenants.bureau.routes.frame import frame
from tenants.bureau.routes.report_asked import (
    CODES,
    HERE,
    PUBLISHER,
    SENDER,
    Make,
    OfFile,
    OfReports,
    OfTrace,
    SendTo,
    listed_asked,
    make,
    of_day,
    opened_asked,
    reader,
)
from tenants.bureau.routes.ways import events_href, query
from tenants.bureau.store.archive import ArchiveStore
from tenants.bureau.store.dispatches import DispatchStore
from tenants.bureau.store.scope import reach
from tenants.bureau.usecases import archive, tracing
from tenants.bureau.usecases.archive import Opened
from tenants.bureau.usecases.tracing import Step


@page(blueprint, "GET", HERE, use_case="bureau.see-reports", door=READER, query=OfReports)
def see_reports(call: Call) -> Html:
    """The report centre: what was sealed, and a form for any period."""
    return _centre(call, listed_asked(call))


def _again(call: Call) -> Html:
    call.query = OfReports()
    return _centre(call, listed_asked(call))


@page(blueprint, "POST", HERE, use_case="bureau.make-report", door=READER, body=Make, invalid=_again)
def make_report(call: Call, body: Make) -> Redirect:
    """Seal a report of a period, or amend it where facts have changed since."""
    made = make(call, body)
    return Redirect(f"{HERE}/{made.sealed.id}?{query(outcome=made.outcome)}")


@page(blueprint, "GET", f"{HERE}/{{id}}", use_case="bureau.see-report", door=READER)
def see_report(call: Call) -> Html:
    """One version: its sheets, its seal, what it changed, where it went."""
    found = opened_asked(call)
    sealed = found.sealed

    def home(sheet: Any, row: Any, column: Any) -> str | None:
        if sheet["by"] == "kpi":
            days = query(first=sealed.first.isoformat(), last=sealed.last.isoformat())
            return f"/bureau/kpi/{row['key']}?{days}"
        if sheet["by"] == "measure":
            return None
        cell = query(sheet=sheet["key"], row=row["key"], column=column["key"])
        return f"{HERE}/{sealed.id}/behind?{cell}"

    who = reader(call)
    return Html(
        "bureau/report.html",
        report=report_view.head(sealed, who),
        tables=report_view.tables(found.body, who, link=home),
        changes=report_view.changes(found.changes, who),
        versions=[_version(one, sealed) for one in reversed(found.versions)],
        superseded=_line(found.superseded, call) if found.superseded else None,
        forms=_forms(sealed),
        verify_href=f"/reports/{call.tenant.slug}/verify?sha={sealed.sha}",
        public_href=f"/reports/{call.tenant.slug}/{sealed.id}",
        sent=[_sent(one, call) for one in _dispatches(call, sealed)],
        recipients=[(one.code, call.translate(one.name)) for one in RECIPIENTS],
        may_send=reach(COMMAND).reaches(sealed.scope),
        may_publish=sealed.final and not sealed.published and reach(APPROVE).reaches(sealed.scope),
        **frame(call, HERE),
    )


@page(blueprint, "GET", f"{HERE}/{{id}}/file", use_case="bureau.fetch-report", door=READER, query=OfFile)
def fetch_report(call: Call) -> Attachment:
    """A file of a report; ``json`` is the sealed content itself, byte for byte."""
    found, form = opened_asked(call), call.query.form
    return attached(call, found, form)


@page(blueprint, "GET", f"{HERE}/{{id}}/behind", use_case="bureau.trace-report", door=READER, query=OfTrace)
def trace_report(call: Call) -> Html:
    """The senders' days behind one cell, each with the way to its events."""
    found, asked = opened_asked(call), call.query
    sealed = found.sealed
    report, _ = of_day(sealed.code, sealed.first)
    traced = tracing.trace(
        report=report,
        span=Span(sealed.first, sealed.last, sealed.span),
        scope=sealed.scope,
        sheet=asked.sheet,
        row=asked.row,
        column=asked.column,
        now=call.now,
        days=LEDGER,
        senders=senders,
    )
    who = reader(call)
    tables = {one["key"]: one for one in report_view.tables(found.body, who)}
    row = next(
        (one for one in tables.get(asked.sheet, {"rows": []})["rows"] if one["key"] == asked.row), None
    )
    if row is None:
        raise Missing
    place = [one["key"] for one in tables[asked.sheet]["columns"]].index(asked.column)
    unit = traced.column.unit
    return Html(
        "bureau/report_behind.html",
        report=report_view.head(sealed, who),
        sheet=tables[asked.sheet]["title"],
        row=row["label"],
        column=call.translate(traced.column.title),
        sealed=row["cells"][place]["text"],
        present=report_words.cell(traced.value, unit, who),
        rate=traced.column.over is not None,
        steps=[_step(one, unit, call) for one in traced.steps],
        more=traced.more,
        **frame(call, HERE),
    )


@page(
    blueprint,
    "POST",
    f"{HERE}/{{id}}/publish",
    use_case="bureau.publish-report",
    door=PUBLISHER,
    body=Empty,
)
def publish_report(call: Call, _body: Empty) -> Redirect:
    """Release the public edition."""
    found = opened_asked(call)
    reach(APPROVE).require([found.sealed.scope])
    archive.publish(opened=found, now=call.now, shelf=ArchiveStore(call.work))
    return Redirect(f"{HERE}/{found.sealed.id}")


@page(blueprint, "POST", f"{HERE}/{{id}}/send", use_case="bureau.send-report", door=SENDER, body=SendTo)
def send_report(call: Call, body: SendTo) -> Redirect:
    """Send it to the next level up: it is in their feed from now on."""
    found = opened_asked(call)
    reach(COMMAND).require([found.sealed.scope])
    archive.send(
        opened=found,
        to=body.to,
        by=call.context.actor,
        now=call.now,
        dispatches=DispatchStore(call.work),
    )
    return Redirect(f"{HERE}/{found.sealed.id}")


def attached(call: Call, found: Opened, form: str) -> Attachment:
    """A file as it was rendered first; what is rendered now is kept for good, in a transaction of its own."""
    name = f"{found.sealed.id}.{form}"
    if form == "json":
        body = ArchiveStore(call.work).content(found.sealed.sha) or b""
        return Attachment(body, content_type=report_files.TYPES["json"], name=name)
    work = UnitOfWork(action="bureau.render-report", now=call.now)
    able = form != "pdf" or can_print()
    body = archive.hand_out(
        opened=found,
        form=form,  # type: ignore[arg-type]
        shelf=ArchiveStore(work),
        render=(
            (lambda one, way: report_files.render(one, way, slug=call.tenant.slug, issuer=call.tenant.name))
            if able
            else None
        ),
    )
    if not work.empty:
        work.commit()
    return Attachment(body, content_type=report_files.TYPES[form], name=name)


def _centre(call: Call, found: list[Sealed]) -> Html:
    asked = call.query
    year = asked.year or business_day(call.now).year
    say = call.translate
    kinds = {one.code: one for one in REPORTS}
    return Html(
        "bureau/reports.html",
        reports=[_line(one, call) for one in found],
        kinds=[
            {
                "code": code,
                "title": one.title,
                "cadence": report_words.CADENCES[one.cadence],
                "due": _next(one, call),
            }
            for code, one in kinds.items()
        ],
        codes=[(code, f"{code} {say(one.title)}") for code, one in kinds.items()],
        years=[(str(one), str(one)) for one in range(business_day(call.now).year, 2024, -1)],
        months=[(str(n), str(n)) for n in range(1, 13)],
        chosen={"code": asked.code, "year": str(year), "month": str(asked.month or ""), "all": asked.all},
        places=[(code, say(word)) for code, word in words.DISTRICTS.items() if reach().reaches(code)],
        form=Filled(call.form, call.wrong),
        today=business_day(call.now),
        **frame(call, HERE),
    )


def _next(report: Any, call: Call) -> str | None:
    span = span_of(report.cadence, business_day(call.now))
    ahead = [one for one in report.moments(span) if one > call.now]
    return ahead[0].isoformat() if ahead else None


def _line(one: Sealed, call: Call) -> dict[str, Any]:
    return {**report_view.head(one, reader(call)), "href": f"{HERE}/{one.id}", "forms": _forms(one)}


def _version(one: Sealed, shown: Sealed) -> dict[str, Any]:
    return {
        "version": one.version,
        "sealed": one.sealed,
        "changes": one.changes,
        "sha": one.sha,
        "href": f"{HERE}/{one.id}",
        "shown": one.version == shown.version,
    }


def _forms(one: Sealed) -> list[dict[str, str]]:
    return [
        {"form": form, "text": text, "href": f"{HERE}/{one.id}/file?form={form}"}
        for form, text in report_words.FORMS.items()
    ]


def _dispatches(call: Call, sealed: Sealed) -> list[Any]:
    found = DispatchStore(call.work).sent(year=business_day(call.now).year)
    return [one for one in found if one.report == sealed.id]


def _sent(one: Any, call: Call) -> dict[str, Any]:
    names = {each.code: each.name for each in RECIPIENTS}
    return {
        "to": call.translate(names.get(one.to, one.to)),
        "at": one.at,
        "received": one.received or None,
    }


def _step(one: Step, unit: str, call: Call) -> dict[str, Any]:
    who = reader(call)
    plain = unit if unit in {"fen", "minutes"} else "count"
    top = round(one.top / 60) if unit == "minutes" else one.top
    return {
        "name": one.known.name,
        "day": one.day,
        "value": report_words.cell(top, plain, who),
        "over": None if one.bottom is None else report_words.cell(one.bottom, "count", who),
        "href": events_href(sender=one.known.id, day=one.filed, hour=one.hour, type=one.type),
    }


__all__ = ["CODES", "attached"]

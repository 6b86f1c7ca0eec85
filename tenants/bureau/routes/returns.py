"""Statutory returns at the officers' desk: who owes what, what was declared, checked, accepted, sent back."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.messaging.returns.domain import due_at, working_days_left
from chalicelib.messaging.returns.forms import FORMS, Form, Period, form_on, period_named, period_of
from chalicelib.messaging.returns.values import filled_values
from chalicelib.web import return_words
from chalicelib.web.http import Asked, Blank, Call, Html, Member, Page, Paging, Redirect, page
from chalicelib.web.sheets import csv_sheet
from tenants.bureau.domain.authority import COMMAND
from tenants.bureau.domain.returns import STATES, Decision, ReasonsMissing, Standing
from tenants.bureau.routes import words
from tenants.bureau.routes.asked import LEDGER, READER, blueprint, senders
from tenants.bureau.routes.frame import frame
from tenants.bureau.routes.looking import looked
from tenants.bureau.routes.paging import paged
from tenants.bureau.routes.ways import events_href, query
from tenants.bureau.store.grants import officers
from tenants.bureau.store.returns import AskedStore
from tenants.bureau.store.scope import reach, require_city
from tenants.bureau.usecases import returning
from tenants.bureau.usecases.returning import Overview

HERE = "/bureau/returns"
OFFICER = Member(COMMAND, kind="bureau")
StateName = Literal["asked", "overdue", "declared", "checked", "accepted", "returned"]


class OfReturns(Paging):
    """A form and a period; the last one that was asked for by default."""

    form: str = Field(default="", pattern=r"^([a-z]{3,20}-[a-z]{3,20})?$")
    period: str = Field(default="", pattern=r"^([0-9]{4}(-[0-9]{2}|Q[1-4])?)?$")
    state: Annotated[StateName | None, Blank] = None


class Judgement(Asked):
    """What an officer decides; reasons where it goes back."""

    outcome: Literal["checked", "accepted", "returned"]
    reasons: str = Field(default="", max_length=500)


@page(blueprint, "GET", HERE, use_case="bureau.see-returns", door=READER, query=OfReturns)
def see_returns(call: Call) -> Html:
    """One form and period: everybody who owes it, what needs doing first."""
    found = overview(call)
    say, today = call.translate, business_day(call.now)
    due = business_day(due_at(found.form, found.period))
    here = f"{HERE}?{query(form=found.form.code, period=found.period.name)}"
    shown, following = paged(found.standings, call, key=lambda one: one.known.id)
    chosen = f"{here}&state={call.query.state}" if call.query.state else here
    return Html(
        "bureau/returns.html",
        form=found.form.title,
        period=return_words.period(found.period, say=say, locale=call.locale),
        source=found.form.source,
        due=due,
        left=return_words.left(working_days_left(due, today), due=due, today=today, say=say),
        passed=today > due,
        total=sum(found.counts.values()),
        states=[
            {
                "code": each,
                "text": words.RETURN_STATES[each][0],
                "tone": words.RETURN_STATES[each][1],
                "count": found.counts[each],
                "href": f"{here}&state={each}",
            }
            for each in STATES
        ],
        state=call.query.state,
        all_href=here,
        csv_href=f"{HERE}.csv?{query(form=found.form.code, period=found.period.name)}",
        returns=[_line(one, call) for one in shown],
        next_href=f"{chosen}&cursor={following}" if following else None,
        forms=[(one.code, say(one.title)) for one in FORMS],
        periods=_periods(found.form, call),
        chosen={"form": found.form.code, "period": found.period.name},
        **frame(call, HERE),
    )


@page(blueprint, "GET", f"{HERE}.csv", use_case="bureau.export-returns", door=READER, query=OfReturns)
def export_returns(call: Call) -> Any:
    """What was declared, a row a unit and field."""
    found = overview(call)
    rows = [
        (
            *(one.known.id, one.known.name, one.known.district, one.state, field.key, field.title),
            *(_declared(one, field.key), one.asked.values.get(field.key), one.declared_at),
        )
        for one in found.standings
        for field in found.form.fields
    ]
    head = ("unit", "name", "district", "state", "field", "title", "declared", "computed", "declared_at")
    return csv_sheet(head, rows, name=f"{found.form.code}-{found.period.name}.csv")


@page(blueprint, "GET", f"{HERE}/{{id}}", use_case="bureau.see-return", door=READER)
def see_return(call: Call) -> Html:
    """One unit's return beside what the figures say, now and when it was asked for."""
    one = standing_asked(call)
    looked(call, "return", sender=one.known.id, at=f"{one.asked.form.code}_{one.asked.period.name}")
    return _shown(call, one)


@page(blueprint, "POST", f"{HERE}/{{id}}", use_case="bureau.judge-return", door=OFFICER, body=Judgement)
def judge_return(call: Call, body: Judgement) -> Page:
    """Check it (district), accept it (city), or send it back with reasons."""
    one = standing_asked(call)
    reach(COMMAND).require([one.known.district])
    level: Literal["district", "city"] = "district" if body.outcome == "checked" else _level(one)
    if level == "city" or body.outcome == "accepted":
        require_city(COMMAND)
    try:
        returning.judge(
            one,
            level=level,
            outcome=body.outcome,
            reasons=body.reasons,
            by=call.context.actor,
            now=call.now,
            returns=AskedStore(call.work),
        )
    except ReasonsMissing as refusal:
        call.begin()
        return _shown(call, one, refused=call.translate(refusal.remedy)).with_status(refusal.status)
    return Redirect(f"{HERE}/{one.asked.id}")


def overview(call: Call) -> Overview:
    """The form and period that the query names, or the last that was asked for."""
    asked = call.query
    code = asked.form or FORMS[0].code
    period = period_named(asked.period) if asked.period else _latest(code, call)
    form = form_on(code, period.last) if period is not None else None
    if period is None or form is None or period.name != period_of(form.cadence, period.last).name:
        raise Missing
    return returning.see_returns(
        form=form,
        period=period,
        now=call.now,
        days=LEDGER,
        senders=senders,
        returns=AskedStore(call.work),
        state=asked.state,
    )


def standing_asked(call: Call) -> Standing:
    """The return that the path names, within the officer's reach."""
    parts = call.path["id"].split("_", 2)
    period = period_named(parts[1]) if len(parts) == 3 else None
    form = form_on(parts[0], period.last) if period is not None else None
    if period is None or form is None:
        raise Missing
    return returning.see_return(
        form=form,
        period=period,
        to=parts[2],
        now=call.now,
        days=LEDGER,
        senders=senders,
        returns=AskedStore(call.work),
    )


def _latest(code: str, call: Call) -> Period | None:
    """The last period of a form for which anybody was asked; where nobody ever was, the one just over."""
    form = next((one for one in FORMS if one.code == code), None)
    if form is None:
        return None
    over = returning.period_before(form, business_day(call.now))
    asked = [period for one, period in returning.due_requests(call.now) if one.code == code]
    if not asked or over in asked or AskedStore(call.work).asked(form=code, period=over.name):
        return over  # in its first days an office may have asked by hand
    return max(asked)


def _periods(form: Form, call: Call) -> list[tuple[str, str]]:
    """The last twelve periods of a form."""
    found, day = [], business_day(call.now)
    for _ in range(12):
        period = returning.period_before(form, day)
        name = return_words.period(period, say=call.translate, locale=call.locale)
        found.append((period.name, name))
        day = period.first
    return found


def _line(one: Standing, call: Call) -> dict[str, Any]:
    text, tone = words.RETURN_STATES[one.state]
    return {
        "href": f"{HERE}/{one.asked.id}",
        "name": one.known.name,
        "district": words.DISTRICTS.get(one.known.district, one.known.district or "—"),
        "state": {"text": call.translate(text), "tone": tone},
        "declared": one.declared_at or None,
        "late": one.late,
        "differences": len(one.declared["differences"]) if one.declared is not None else None,
        "version": one.declared["version"] if one.declared is not None else None,
    }


def _level(one: Standing) -> Literal["district", "city"]:
    """At which level a return that goes back is now: with the district until it passed it on."""
    return "city" if one.state in {"checked", "accepted"} else "district"


def _shown(call: Call, one: Standing, *, refused: str | None = None) -> Html:
    form, period, say = one.asked.form, one.asked.period, call.translate
    powers = reach(COMMAND)
    city = powers.everywhere
    inside = powers.reaches(one.known.district)
    checked = one.last is not None and one.last.outcome == "checked"
    own = checked and one.last is not None and one.last.by == call.context.actor
    people = {officer.actor: officer.label for officer in officers()}
    return Html(
        "bureau/return.html",
        one={**_line(one, call), "hash": one.declared["hash"] if one.declared is not None else None},
        id=one.asked.id,
        title=form.title,
        period=return_words.period(period, say=say, locale=call.locale),
        rule=form.rule,
        due=rfc3339(one.asked.due),
        asked=one.asked.at,
        fields=_fields(one, call),
        back_href=f"{HERE}?{query(form=form.code, period=period.name)}",
        event_href=_event(one),
        why=(one.declared or {}).get("why"),
        replaces=(one.declared or {}).get("replaces"),
        decisions=[_decision(each, people, call) for each in reversed(one.asked.decisions)],
        may_check=one.state == "declared" and inside,
        may_accept=one.state == "checked" and city and not own,
        may_return=inside and (one.state == "declared" or (one.state in {"checked", "accepted"} and city)),
        waits_for_other=bool(own and city),
        refused=refused,
        **frame(call, HERE),
    )


def _event(one: Standing) -> str | None:
    """The declaration itself, as it was received."""
    if not one.declared_at:
        return None
    return events_href(
        sender=one.known.id,
        day=business_day(parse_instant(one.declared_at)),
        type="tourism.statistics.return.declared.v1",
    )


def _fields(one: Standing, call: Call) -> list[dict[str, Any]]:
    form = one.asked.form
    asked = filled_values(form, one.asked.values, {})
    reasons = {each["field"]: each for each in (one.declared or {}).get("differences", ())}
    lines = []
    for field in form.fields:
        why = reasons.get(field.key, {})
        declared, computed = _declared(one, field.key), asked.get(field.key)
        lines.append(
            {
                "title": field.title,
                "unit": return_words.UNITS[field.unit],
                "declared": return_words.shown(declared, field.unit),
                "computed": return_words.shown(computed, field.unit),
                "differs": declared is not None and computed is not None and declared != computed,
                "why": call.translate(return_words.REASONS[why["reason"]]) if why else "",
                "note": why.get("note", ""),
            }
        )
    return lines


def _declared(one: Standing, key: str) -> int | None:
    return one.declared["values"].get(key) if one.declared is not None else None


def _decision(one: Decision, people: dict[str, str], call: Call) -> dict[str, Any]:
    key = f"returned.{one.level}" if one.outcome == "returned" else one.outcome
    return {
        "title": call.translate(return_words.STEPS[key]),
        "at": one.at,
        "text": " · ".join(filter(None, [people.get(one.by, ""), one.reasons])) or None,
        "state": "urgent" if one.outcome == "returned" else "done",
    }

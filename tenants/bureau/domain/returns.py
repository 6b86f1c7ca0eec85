"""Statutory returns on the bureau's side: what was asked of whom, what was declared, who passed it. Pure.

What a unit declared is a gauge of the period's last day (the newest declaration counts, in any order of
arrival); what officers decided is a row. The state follows from both, so nothing has to be kept in step.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.events import DOWN, Event
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.messaging.returns.domain import PASSED, REQUESTED, RETURNED, due_at
from chalicelib.messaging.returns.forms import Form, Period
from tenants.bureau.domain.day import Known
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.measures import Measure, Parts, Said, Sum

State = Literal["asked", "overdue", "declared", "checked", "accepted", "returned"]
STATES: tuple[State, ...] = ("overdue", "declared", "checked", "returned", "asked", "accepted")
"""What somebody must do something about first."""

Level = Literal["district", "city"]
Outcome = Literal["checked", "accepted", "returned"]


class NotDeclared(Refusal):
    code = "bureau.return.not-declared"
    detail = N_("这份报表现在不能审核。")
    remedy = N_("请刷新页面:单位可能还没有报送,或已经重新报送。")


class NotChecked(Refusal):
    code = "bureau.return.not-checked"
    detail = N_("区县还没有审核,市级不能受理。")
    remedy = N_("请先由区县审核通过。")


class SameOfficer(Refusal):
    code = "bureau.return.same-officer"
    detail = N_("区县审核和市级受理不能由同一个人办理。")
    remedy = N_("请由另一名有权限的人员受理。")


class ReasonsMissing(Invalid):
    code = "bureau.return.reasons"
    detail = N_("退回时需要写明理由。")
    remedy = N_("请写明哪一项不对、应当怎样改,单位会看到这段话。")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What an officer decided about one declaration, named by its hash."""

    hash: str
    level: Level
    outcome: Outcome
    by: str
    at: str
    reasons: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A return that was asked of a tenant, with the values that were computed for it then."""

    form: Form
    period: Period
    to: str
    at: str
    values: Mapping[str, int]
    decisions: tuple[Decision, ...] = ()

    @property
    def due(self) -> datetime:
        """The last instant that is in time."""
        return due_at(self.form, self.period)

    @property
    def id(self) -> str:
        """``hotel-month_2026-10_tn_…``."""
        return f"{self.form.code}_{self.period.name}_{self.to}"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A return as it stands. ``declared``: the newest declaration's data and moment, if there is one."""

    asked: Asked
    known: Known
    state: State
    late: bool
    declared: Mapping[str, Any] | None = None
    declared_at: str = ""
    event: str = ""

    @property
    def last(self) -> Decision | None:
        """The last decision about what is declared now."""
        wanted = self.declared["hash"] if self.declared is not None else ""
        return next((one for one in reversed(self.asked.decisions) if one.hash == wanted), None)


def standing(asked: Asked, known: Known, gauge: Gauge | None, *, now: datetime) -> Standing:
    """How a return stands: by its newest declaration, and what was decided about that one."""
    said: Mapping[str, Any] | None = gauge.value if gauge is not None else None
    if said is None or said["period"] != asked.period.name:
        late = now > asked.due
        return Standing(asked=asked, known=known, state="overdue" if late else "asked", late=late)
    assert gauge is not None
    shown = Standing(
        asked=asked,
        known=known,
        state="declared",
        late=parse_instant(gauge.at) > asked.due,
        declared=said,
        declared_at=gauge.at,
        event=gauge.id,
    )
    return replace(shown, state=shown.last.outcome) if shown.last is not None else shown


def decide(
    one: Standing, *, level: Level, outcome: Outcome, reasons: str, by: str, now: datetime
) -> tuple[Asked, Event]:
    """Pass a return on, accept it, or send it back with reasons; the row and the event that says so.

    A district checks what was declared; the city accepts what was checked, by another officer; either sends
    back what it has before it, the city what it accepted too.
    """
    waits = {"district": {"declared"}, "city": {"declared", "checked"}}[level]
    if outcome == "returned" and level == "city":
        waits = {*waits, "accepted"}
    if one.declared is None or one.state not in waits:
        raise NotDeclared
    if outcome == "accepted" and one.state != "checked":
        raise NotChecked
    if outcome == "accepted" and one.last is not None and one.last.by == by:
        raise SameOfficer
    if outcome == "returned" and len(reasons.strip()) < 4:
        raise ReasonsMissing(errors=[{"at": "/reasons", "detail": ReasonsMissing.remedy}])
    decision = Decision(
        hash=one.declared["hash"],
        level=level,
        outcome=outcome,
        by=by,
        at=rfc3339(now),
        reasons=reasons.strip() if outcome == "returned" else "",
    )
    asked = replace(one.asked, decisions=(*one.asked.decisions, decision))
    data: dict[str, Any] = {
        "to": [asked.to],
        "form": asked.form.code,
        "period": asked.period.name,
        "hash": decision.hash,
        "level": level,
    }
    if outcome == "returned":
        data["reasons"] = decision.reasons
    type = RETURNED if outcome == "returned" else PASSED
    return asked, Event(type=type, subject=asked.id, at=now, lane=DOWN, data=data)


def request(asked: Asked, *, now: datetime) -> Event:
    """Ask a tenant for a return, with what is known already."""
    data = {
        "to": [asked.to],
        "form": asked.form.code,
        "edition": asked.form.edition,
        "period": asked.period.name,
        "values": dict(asked.values),
    }
    return Event(type=REQUESTED, subject=asked.id, at=now, lane=DOWN, due=asked.due, data=data)


def measure_of(figure: str) -> Measure:
    """What a form's figure means here: a counter, a field of the night audit, guests from abroad."""
    stem, _, part = figure.partition(".")
    if stem == "audit":
        return Said("audit", part)
    if part == "!":
        return Parts(stem, without=frozenset({"CN"}), foreign=True)
    return Sum((figure,))

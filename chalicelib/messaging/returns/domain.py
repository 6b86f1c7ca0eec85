"""A return as one enterprise has it: what is known, what it says, who signed, how it fares. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, datetime
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.events import Event
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import local, rfc3339
from chalicelib.kernel.workdays import is_workday
from chalicelib.messaging.returns.forms import CLOSING, Form, Period
from chalicelib.messaging.returns.values import (
    Given,
    check_reasons,
    check_values,
    differs,
    filled_values,
    names_somebody,
)

State = Literal["open", "filled", "declared", "checked", "accepted", "returned", "amending"]
"""open: nothing written yet. filled: written, not signed. declared: signed and sent. checked: the district
passed it. accepted: the city has it. returned: sent back with reasons, to be filled again. amending: the unit
itself corrects what it declared; what it declared stands until the correction is signed.
"""

DECLARED = "tourism.statistics.return.declared.v1"
REQUESTED = "tourism.report.return.requested.v2"
RETURNED = "tourism.report.return.returned.v1"
PASSED = "tourism.report.return.passed.v1"


class NotOpen(Refusal):
    code = "return.not-open"
    detail = N_("这份报表已经报送,不能直接改。")
    remedy = N_("需要更正时,请点「更正」并说明原因,改好后重新签报。")


class NotFilled(Refusal):
    code = "return.not-filled"
    detail = N_("这份报表还没有填完,不能签报。")
    remedy = N_("请先填写并保存所有必填项。")


class SamePerson(Refusal):
    code = "return.same-person"
    detail = N_("填表人和签报人不能是同一个人。")
    remedy = N_("请由本单位另一名有签报权限的人员核对后签报。")


class NotDeclaredYet(Refusal):
    code = "return.not-declared"
    detail = N_("还没有报送过的报表不用更正,直接修改即可。")


class WhyMissing(Invalid):
    code = "return.why"
    detail = N_("更正时需要说明原因。")
    remedy = N_("请写明为什么更正,不要写姓名、电话和证件号。")


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happened to a return: who did what, when, and the reasons, if it came back."""

    what: str
    at: str
    by: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Return:
    """One form and period. computed: what the authority's figures say. booked: what the unit's own books said
    when it was filled. version: counts declarations. hash: of the last one. why: the unit's reason for
    correcting it.
    """

    form: Form
    period: Period
    due: datetime
    asked: str
    computed: Mapping[str, int | None]
    booked: Mapping[str, int] = field(default_factory=dict)
    state: State = "open"
    given: Mapping[str, Given] = field(default_factory=dict)
    version: int = 0
    hash: str = ""
    filler: str = ""
    signer: str = ""
    reasons: str = ""
    why: str = ""
    history: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """``hotel-month_2026-10``."""
        return f"{self.form.code}_{self.period.name}"

    @property
    def editable(self) -> bool:
        """Whether the unit may still write in it."""
        return self.state in {"open", "filled", "returned", "amending"}

    @property
    def correcting(self) -> bool:
        """Whether the unit corrects what it declared, and nobody sent it back."""
        return self.editable and bool(self.why)

    def late(self, now: datetime) -> bool:
        """Whether it is owed and overdue: what stands declared is not."""
        return self.editable and not self.correcting and now > self.due

    @property
    def known(self) -> dict[str, int | None]:
        """What fields are filled with before anybody writes: the unit's own books, else the figures."""
        return {one.key: self.booked.get(one.key, self.computed.get(one.key)) for one in self.form.fields}

    @property
    def measured(self) -> dict[str, int | None]:
        """What a field is held against: the figures, where they know it; else the unit's own books."""
        return {
            one.key: self.computed[one.key]
            if self.computed.get(one.key) is not None
            else self.booked.get(one.key)
            for one in self.form.fields
        }

    def values(self) -> dict[str, int | None]:
        """Every field's value: written, else known, else derived."""
        return filled_values(self.form, self.known, self.given)

    def differences(self) -> list[dict[str, Any]]:
        """Where the unit says otherwise than what is measured."""
        values, measured = self.values(), self.measured
        return [
            _difference(one.key, measured[one.key], values[one.key], self.given.get(one.key, Given()))
            for one in self.form.fields
            if differs(one.key, values, measured) and not one.derived
        ]

    def written(self, given: Mapping[str, Given], *, by: str, now: datetime) -> "Return":
        """Filled in (again). Raises ``NotOpen``, ``ValueInvalid``, ``ReasonMissing``."""
        if not self.editable:
            raise NotOpen
        check_values(self.form, given)
        after = replace(self, given=dict(given), state="filled", filler=by)
        check_reasons(self.form, after.given, values=after.values(), measured=after.measured)
        return replace(after, history=(*self.history, Step(what="filled", at=rfc3339(now), by=by)))

    def signed(
        self, *, by: str, role: str, now: datetime, tenant: str, alone: bool
    ) -> tuple["Return", Event]:
        """Declared by the unit. alone: it has nobody else. Raises ``NotFilled``, ``SamePerson``."""
        values = self.values()
        empty = [one.key for one in self.form.fields if one.must and values[one.key] is None]
        if self.state != "filled" or empty:
            raise NotFilled(fields=empty)
        if self.needs_other(by, alone=alone):
            raise SamePerson
        said = self._said(values, role=role)
        said["hash"] = declared_hash(said, tenant=tenant)
        after = replace(
            self,
            state="declared",
            version=said["version"],
            hash=said["hash"],
            signer=by,
            reasons="",
            why="",
            history=(*self.history, Step(what="declared", at=rfc3339(now), by=by)),
        )
        return after, Event(type=DECLARED, subject=self.id, at=now, data=said, due=self.due)

    def needs_other(self, by: str, *, alone: bool) -> bool:
        """Whether somebody else has to sign what this person filled in."""
        return self.form.two and by == self.filler and not alone

    def amended(self, why: str, *, by: str, now: datetime) -> "Return":
        """Opened again by the unit itself. Raises ``NotDeclaredYet``, ``WhyMissing``."""
        if self.editable:
            raise NotDeclaredYet
        why = why.strip()
        if len(why) < 4 or names_somebody(why):
            raise WhyMissing(errors=[{"at": "/why", "detail": WhyMissing.remedy}])
        step = Step(what="amending", at=rfc3339(now), by=by, words=why)
        return replace(self, state="amending", why=why, history=(*self.history, step))

    def dropped(self, declared: Mapping[str, Any], *, by: str, now: datetime) -> "Return":
        """The correction is given up: what was declared stands as it was. Raises ``NotOpen``."""
        if not self.correcting:
            raise NotOpen
        why = {one["field"]: one for one in declared["differences"]}
        given = {
            key: Given(
                value=value, reason=why.get(key, {}).get("reason", ""), note=why.get(key, {}).get("note", "")
            )
            for key, value in declared["values"].items()
            if (row := self.form.field(key)) is not None and not row.derived
        }
        step = Step(what="dropped", at=rfc3339(now), by=by)
        return replace(self, state=self._stood, given=given, why="", history=(*self.history, step))

    def judged(self, data: Mapping[str, Any], *, type: str, at: str) -> "Return":
        """What a level above said of the declaration that it names; of an earlier one it says nothing now."""
        if data["hash"] != self.hash or (self.editable and not self.correcting):
            return self
        level = str(data["level"])
        if type == RETURNED:
            step = Step(what=f"returned.{level}", at=at, words=str(data["reasons"]))
            return replace(self, state="returned", reasons=step.words, why="", history=(*self.history, step))
        passed: State = "checked" if level == "district" else "accepted"
        history = (*self.history, Step(what=passed, at=at))
        return replace(self, state=self.state if self.correcting else passed, history=history)

    @property
    def _stood(self) -> State:
        """How what is declared stands, whatever the unit does meanwhile."""
        steps: dict[str, State] = {"declared": "declared", "checked": "checked", "accepted": "accepted"}
        return next((steps[one.what] for one in reversed(self.history) if one.what in steps), "declared")

    def _said(self, values: Mapping[str, int | None], *, role: str) -> dict[str, Any]:
        said: dict[str, Any] = {
            "form": self.form.code,
            "edition": self.form.edition,
            "period": self.period.name,
            "since": self.period.first.isoformat(),
            "until": self.period.last.isoformat(),
            "version": self.version + 1,
            "values": {key: value for key, value in values.items() if value is not None},
            "differences": self.differences(),
            "signer": role,
        }
        more = {"replaces": self.hash, "why": self.why}
        return said | {name: words for name, words in more.items() if words}


def _difference(key: str, computed: int | None, declared: int | None, given: Given) -> dict[str, Any]:
    said: dict[str, Any] = {"field": key, "computed": computed, "declared": declared}
    said |= {"reason": given.reason or "other", "note": given.note}
    return {name: value for name, value in said.items() if value not in (None, "")}


def due_at(form: Form, period: Period) -> datetime:
    """The last instant that is in time."""
    return local(form.due.day(period), CLOSING)


def working_days_left(due: date, today: date) -> int:
    """Working days until a day, that day included; negative when it has passed."""
    step = 1 if due >= today else -1
    low, high = min(due, today), max(due, today)
    days = sum(is_workday(date.fromordinal(n)) for n in range(low.toordinal() + 1, high.toordinal() + 1))
    return step * days


def declared_hash(said: Mapping[str, Any], *, tenant: str) -> str:
    """SHA-256 of what is declared and by whom, in canonical JSON."""
    body = {**{name: value for name, value in said.items() if name != "hash"}, "tenant": tenant}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

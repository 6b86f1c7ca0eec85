"""A return as one enterprise has it: what was computed, what it says, who signed, how it fares. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.events import Event
from chalicelib.kernel.period import local, rfc3339
from chalicelib.kernel.workdays import is_workday
from chalicelib.messaging.returns.forms import CLOSING, Form, Period

State = Literal["open", "filled", "declared", "checked", "accepted", "returned"]
"""open: nothing written yet. filled: written, not signed. declared: signed and sent. checked: the district
passed it. accepted: the city has it. returned: sent back with reasons, to be filled again.
"""

Reason = Literal["missing", "late", "definition", "elsewhere", "mistake", "other"]
"""Why a declared value differs from the computed one: events missing, not in yet, another definition, kept in
another system, a mistake in what was reported, something else.
"""
REASONS: tuple[Reason, ...] = ("missing", "late", "definition", "elsewhere", "mistake", "other")

DECLARED = "tourism.statistics.return.declared.v1"
REQUESTED = "tourism.report.return.requested.v2"
RETURNED = "tourism.report.return.returned.v1"
PASSED = "tourism.report.return.passed.v1"

_LARGEST = 10**15
_NUMBERS = re.compile(r"\d[\d\s-]{5,}\d")


class NotOpen(Refusal):
    code = "return.not-open"
    detail = N_("这份报表已经报送,不能再改。")
    remedy = N_("需要更正时,请联系主管部门退回后重填。")


class NotFilled(Refusal):
    code = "return.not-filled"
    detail = N_("这份报表还没有填完,不能签报。")
    remedy = N_("请先填写并保存所有必填项。")


class ValueInvalid(Invalid):
    code = "return.value"
    detail = N_("有数字填写不正确。")
    remedy = N_("请填写不小于零的数字;金额以元计,最多两位小数。")


class ReasonMissing(Invalid):
    code = "return.reason"
    detail = N_("与系统计算不一致的数字需要说明原因。")
    remedy = N_("请为标出的每一项选择原因;说明里不要写姓名、电话和证件号。")


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the unit writes into one field. ``value`` None: left empty."""

    value: int | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happened to a return: who did what, when, and the reasons, if it came back."""

    what: str
    at: str
    by: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Return:
    """One form and period. ``computed``: what the bureau's figures say. ``version``: counts declarations."""

    form: Form
    period: Period
    due: datetime
    asked: str
    computed: Mapping[str, int | None]
    state: State = "open"
    given: Mapping[str, Given] = field(default_factory=dict)
    version: int = 0
    hash: str = ""
    filler: str = ""
    signer: str = ""
    reasons: str = ""
    history: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """``hotel-month_2026-10``."""
        return f"{self.form.code}_{self.period.name}"

    @property
    def editable(self) -> bool:
        """Whether the unit may still write in it."""
        return self.state in {"open", "filled", "returned"}

    def late(self, now: datetime) -> bool:
        """Whether it is owed and overdue."""
        return self.editable and now > self.due

    def values(self) -> dict[str, int | None]:
        """Every field's value: written, else computed, else derived."""
        return filled_values(self.form, self.computed, self.given or {})

    def differences(self) -> list[dict[str, Any]]:
        """Where the unit says otherwise than the figures."""
        values = self.values()
        return [
            _difference(one.key, self.computed[one.key], values[one.key], self.given.get(one.key, Given()))
            for one in self.form.fields
            if differs(one.key, values, self.computed) and not one.derived
        ]

    def written(self, given: Mapping[str, Given], *, by: str, now: datetime) -> "Return":
        """Filled in (again). Raises ``NotOpen``, ``ValueInvalid``, ``ReasonMissing``."""
        if not self.editable:
            raise NotOpen
        _check_values(self.form, given)
        after = replace(self, given=dict(given), state="filled", filler=by)
        _check_reasons(after)
        return replace(after, history=(*self.history, Step(what="filled", at=rfc3339(now), by=by)))

    def signed(self, *, by: str, role: str, now: datetime, tenant: str) -> tuple["Return", Event]:
        """Declared by the unit. Raises ``NotFilled``."""
        values = self.values()
        empty = [one.key for one in self.form.fields if one.must and values[one.key] is None]
        if self.state != "filled" or empty:
            raise NotFilled(fields=empty)
        version = self.version + 1
        said = {
            "form": self.form.code,
            "edition": self.form.edition,
            "period": self.period.name,
            "since": self.period.first.isoformat(),
            "until": self.period.last.isoformat(),
            "version": version,
            "values": {key: value for key, value in values.items() if value is not None},
            "differences": self.differences(),
            "signer": role,
        }
        said["hash"] = declared_hash(said, tenant=tenant)
        after = replace(
            self,
            state="declared",
            version=version,
            hash=str(said["hash"]),
            signer=by,
            reasons="",
            history=(*self.history, Step(what="declared", at=rfc3339(now), by=by)),
        )
        return after, Event(type=DECLARED, subject=self.id, at=now, data=said, due=self.due)

    def judged(self, data: Mapping[str, Any], *, type: str, at: str) -> "Return":
        """What a level above said of the declaration that it names; of an earlier one it says nothing now."""
        if data["hash"] != self.hash or self.state not in {"declared", "checked"}:
            return self
        level = str(data["level"])
        if type == RETURNED:
            step = Step(what=f"returned.{level}", at=at, words=str(data["reasons"]))
            return replace(self, state="returned", reasons=step.words, history=(*self.history, step))
        state: State = "checked" if level == "district" else "accepted"
        return replace(self, state=state, history=(*self.history, Step(what=state, at=at)))


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


def filled_values(
    form: Form, computed: Mapping[str, int | None], given: Mapping[str, Given]
) -> dict[str, int | None]:
    """The values of a form: what follows from others is worked out from these, never from rounded parts."""
    values: dict[str, int | None] = {}
    for one in form.fields:
        if not one.derived:
            written = given.get(one.key)
            values[one.key] = written.value if written is not None else computed.get(one.key)
    for one in form.fields:
        if one.derived:
            values[one.key] = derived(one.derived, values, scale=10_000 if one.unit == "rate" else 1)
    return {one.key: values[one.key] for one in form.fields}


def derived(rule: str, values: Mapping[str, int | None], *, scale: int) -> int | None:
    """``a/b`` (rounded half up) or ``a+b``; nothing where a part is missing, or a divisor is zero."""
    if "/" in rule:
        top, bottom = (values[name] for name in rule.split("/"))
        if top is None or not bottom:
            return None
        return int(Fraction(top * scale, bottom) + Fraction(1, 2))
    parts = [values[name] for name in rule.split("+")]
    return None if None in parts else sum(part for part in parts if part is not None)


def differs(key: str, values: Mapping[str, int | None], computed: Mapping[str, int | None]) -> bool:
    """Whether a value is another than the computed one, where there is one."""
    return computed.get(key) is not None and values[key] != computed[key]


def declared_hash(said: Mapping[str, Any], *, tenant: str) -> str:
    """SHA-256 of what is declared and by whom, in canonical JSON."""
    body = {**{name: value for name, value in said.items() if name != "hash"}, "tenant": tenant}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check_values(form: Form, given: Mapping[str, Given]) -> None:
    wrong = [
        one.key
        for one in form.fields
        if (value := given.get(one.key, Given()).value) is not None and not 0 <= value <= _LARGEST
    ]
    if wrong:
        raise ValueInvalid(errors=_at(wrong, ValueInvalid))


def _check_reasons(after: Return) -> None:
    values = after.values()
    wrong: list[str] = []
    for one in after.form.fields:
        written = after.given.get(one.key, Given())
        if _NUMBERS.search(written.note):
            wrong.append(one.key)
        if one.derived or not differs(one.key, values, after.computed):
            continue
        if written.reason not in REASONS or (written.reason == "other" and not written.note.strip()):
            wrong.append(one.key)
    if wrong:
        raise ReasonMissing(errors=_at(wrong, ReasonMissing))


def _at(keys: Sequence[str], refusal: type[Refusal]) -> list[dict[str, str]]:
    return [{"at": f"/{key}", "detail": refusal.remedy} for key in keys]

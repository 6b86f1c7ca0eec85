"""The values of a return: written, computed, derived; what is wrong with them. Pure."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.messaging.returns.forms import Form

Reason = Literal["missing", "late", "definition", "elsewhere", "mistake", "other"]
"""Why a declared value differs from the computed one: events missing, not in yet, another definition, kept in
another system, a mistake in what was reported, something else.
"""
REASONS: tuple[Reason, ...] = ("missing", "late", "definition", "elsewhere", "mistake", "other")

_LARGEST = 10**15
_NUMBERS = re.compile(r"\d[\d\s-]{5,}\d")


class ValueInvalid(Invalid):
    code = "return.value"
    detail = N_("有数字填写不正确。")
    remedy = N_("请填写不小于零的数字;金额以元计,最多两位小数;「其中」项不能大于它所属的项。")


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


def names_somebody(text: str) -> bool:
    """Whether a text holds what may be the number of a phone or a document."""
    return _NUMBERS.search(text) is not None


def check_values(form: Form, given: Mapping[str, Given]) -> None:
    """Raise ``ValueInvalid`` for a number out of bounds, or a part that is more than its whole."""
    wrong = []
    for one in form.fields:
        value = given.get(one.key, Given()).value
        whole = given.get(one.within, Given()).value
        if value is None:
            continue
        if not 0 <= value <= _LARGEST or (whole is not None and value > whole):
            wrong.append(one.key)
    if wrong:
        raise ValueInvalid(errors=_at(wrong, ValueInvalid))


def check_reasons(
    form: Form,
    given: Mapping[str, Given],
    *,
    values: Mapping[str, int | None],
    measured: Mapping[str, int | None],
) -> None:
    """Raise ``ReasonMissing`` where a difference is not explained, or a note holds somebody's number."""
    wrong: list[str] = []
    for one in form.fields:
        written = given.get(one.key, Given())
        owed = not one.derived and differs(one.key, values, measured)
        unsaid = written.reason not in REASONS or (written.reason == "other" and not written.note.strip())
        if names_somebody(written.note) or (owed and unsaid):
            wrong.append(one.key)
    if wrong:
        raise ReasonMissing(errors=_at(wrong, ReasonMissing))


def _at(keys: Sequence[str], refusal: type[Refusal]) -> list[dict[str, str]]:
    return [{"at": f"/{key}", "detail": refusal.remedy} for key in keys]

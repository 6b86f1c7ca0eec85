"""Casework 案件授权: what stands for a person in an event is covered, and opened to one officer for one case.

Events name nobody, but some carry a pseudonym (a guest's, a buyer's) or a number in a register (a guide's) by
which one person can be followed. An officer sees them only with a personal grant: for one enterprise, for a
reason, for a time, given by a leader, never to oneself (Personal Information Protection Law, art. 6 and 51:
the least that is needed, access by assigned powers).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kernel.errors import N_, Forbidden, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.authority import DELEGATE, scope_of
from tenants.bureau.domain.figures import types

COVERED: Mapping[str, Sequence[str]] = {
    types.CHECKED_IN: ("guest",),
    types.CHECKED_OUT: ("guest",),
    types.ORDER: ("buyer",),
    types.GROUP: ("guide",),
    types.OPENED: ("complainant",),
    types.SURVEY: ("respondent",),
}
"""By type the fields that stand for a person."""

COVER = "█"


class NotOpened(Forbidden):
    code = "bureau.case.closed"
    detail = N_("人员编号已遮盖,您没有查看这家单位人员编号的授权。")
    remedy = N_("请联系带班领导,说明案由后由其授权。")


class CaseGrantInvalid(Invalid):
    code = "bureau.case.invalid"
    detail = N_("案件授权的对象或期限不正确。")
    remedy = N_("授权不能给自己,截止时间要在 %(days)s 天以内。")


class CaseGrantOver(Refusal):
    code = "bureau.case.over"
    detail = N_("这项案件授权已经结束。")


@dataclass(frozen=True, kw_only=True)
class Longest:
    """How long a case's grant may last. A row."""

    days: int
    source: str
    since: date
    until: date | None = None


LONGEST: tuple[Longest, ...] = (
    Longest(days=14, source="default to be confirmed by the bureau", since=date(2020, 1, 1)),
)


def longest_on(day: date) -> int:
    """For how many days a case's grant may be given on a day."""
    return next(one.days for one in LONGEST if one.since <= day and (one.until is None or day < one.until))


@dataclass(frozen=True, kw_only=True)
class CaseGrant:
    """Who may open what stands for people in one enterprise's events. ``case``: its number in the bureau's
    own files. ``over``: when it was taken back early.
    """

    id: str
    to: str
    label: str
    sender: str
    case: str
    reason: str
    by: str
    given: datetime
    until: datetime
    over: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.over is None and self.given <= now < self.until


def check_case_grant(grant: CaseGrant, *, roles: Iterable[str], district: str) -> None:
    """Raise ``CaseGrantInvalid``, or ``OutsideScope`` where the giver does not answer for the district."""
    most = longest_on(grant.given.date())
    lasts = grant.given < grant.until <= grant.given + timedelta(days=most)
    if grant.to == grant.by or not lasts:
        raise CaseGrantInvalid(days=most)
    scope_of(set(roles), DELEGATE).require([district])


def covered(envelope: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The envelope with what stands for a person covered, and the names of the fields that were."""
    data = envelope["data"]
    names = [name for name in COVERED.get(envelope["type"], ()) if data.get(name)]
    if not names:
        return dict(envelope), []
    return {**envelope, "data": {**data, **dict.fromkeys(names, COVER)}}, names


def covered_text(body: str) -> str:
    """The text of a record that was set aside, the same fields covered; what is no event stays as it is."""
    try:
        found = json.loads(body)
    except ValueError:
        return body
    if not isinstance(found, dict) or not isinstance(found.get("data"), dict):
        return body
    return json_covered({"type": "", **found}, body)


def json_covered(envelope: Mapping[str, Any], body: str) -> str:
    """An envelope as text, the same fields covered; ``body``, as it was sent, where there are none."""
    shown, names = covered(envelope)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")) if names else body

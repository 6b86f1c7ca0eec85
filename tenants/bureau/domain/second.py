"""Two people 双人复核: which directives a second officer must release. Rows with validity, not code."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.kernel.errors import N_, Forbidden, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day

LAPSES = timedelta(hours=2)
"""A proposal that nobody released by then is gone: the weather it spoke of is another."""


class OwnProposal(Forbidden):
    code = "bureau.directive.own-proposal"
    detail = N_("不能复核自己提出的指令。")
    remedy = N_("请另一位有复核权的人员办理。")


class NotPending(Refusal):
    code = "bureau.directive.not-pending"
    detail = N_("这条指令不在待复核状态。")
    remedy = N_("请刷新页面;已过时限的请重新提出。")


@dataclass(frozen=True, kw_only=True)
class SecondRule:
    """What needs a second officer. ``colours``: of a warning. ``at_most``: a capacity order that leaves no
    more than so many thousandths (a cap of people: none).
    """

    kind: str
    source: str
    since: date
    colours: frozenset[str] = frozenset()
    at_most: int | None = None
    until: date | None = None

    def asks(self, kind: str, data: Mapping[str, Any], on: date) -> bool:
        """Whether this row demands it of such a directive on that day."""
        if kind != self.kind or on < self.since or (self.until is not None and on >= self.until):
            return False
        if self.colours:
            return str(data.get("colour")) in self.colours
        if self.at_most is None:
            return True
        return data.get("cap") == 0 or data.get("permille", 1000) <= self.at_most


_ASSUMED = "default of this system, to be confirmed by the bureau"

RULES: tuple[SecondRule, ...] = (
    SecondRule(kind="alert", colours=frozenset({"red"}), source=_ASSUMED, since=date(2026, 1, 1)),
    SecondRule(kind="capacity", at_most=0, source=_ASSUMED, since=date(2026, 1, 1)),
)


def needs_second(kind: str, data: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether a second officer must release it."""
    return any(rule.asks(kind, data, business_day(now)) for rule in RULES)

"""A night's proof: how far the recomputation of the figures has come, and what it found.

A city of a thousand enterprises is not proven in one run of a function, so a night is proven in slices: the
cursor (which day, after which sender) is kept, and the next run goes on behind it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day
from tenants.bureau.domain.deadlines import books_close

BACK = 2
"""The days before the night that are proven: what came late to the older one is seen the next night too."""

BEGINS = time(0, 30)
"""On Zhengzhou's clock, when yesterday is told but for what comes late."""

_NAMED = 100

State = Literal["running", "done", "overdue"]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """``night``: the date on which it began. ``day``: the one being proven, none when all are; ``after``: the
    last sender of it that is. ``differing``: whose figures do not follow (a hundred at most).
    """

    night: date
    began: datetime
    day: date | None
    after: str = ""
    proven: int = 0
    differing: tuple[str, ...] = ()
    done: datetime | None = None
    called: bool = False

    def state(self, now: datetime) -> State:
        """Done, on its way, or not done by the moment at which the books of the day close."""
        if self.done is not None:
            return "done"
        return "overdue" if now > due(self.night) else "running"


def begun(night: date, *, now: datetime) -> Proof:
    """A night's proof before its first sender; the older day first."""
    return Proof(night=night, began=now, day=night - timedelta(days=BACK))


def advanced(proof: Proof, *, senders: Iterable[str], differing: Iterable[str]) -> Proof:
    """These senders of the day are proven, in the order of their ids."""
    found = list(senders)
    return replace(
        proof,
        after=max([proof.after, *found]),
        proven=proof.proven + len(found),
        differing=tuple(sorted({*proof.differing, *differing}))[:_NAMED],
    )


def day_over(proof: Proof, *, now: datetime) -> Proof:
    """The day is proven: the next one, or the end."""
    following = proof.day + timedelta(days=1) if proof.day is not None else proof.night
    if following < proof.night:
        return replace(proof, day=following, after="")
    return replace(proof, day=None, after="", done=now)


def night_of(now: datetime) -> date:
    """The night whose proof is due: today's once it has begun, else yesterday's."""
    today = business_day(now)
    return today if now.astimezone(SHANGHAI).time() >= BEGINS else today - timedelta(days=1)


def due(night: date) -> datetime:
    """When a night's proof must be done: as the books of the day before it close."""
    return books_close(night - timedelta(days=1))

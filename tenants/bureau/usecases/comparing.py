"""Comparing: a day beside the one a year before, by who reported on both."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day
from tenants.bureau.domain.authority import within
from tenants.bureau.domain.comparing import Comparison, compare, year_before
from tenants.bureau.domain.day import Day, second_of
from tenants.bureau.domain.wall import Wall, wall_of
from tenants.bureau.usecases.ports import Ledger, Senders

Past = Callable[[date], Sequence[Day]]
"""Every sender's figures of a day that is long over."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """The wall of a day, and the day held against last year's."""

    wall: Wall
    year: Comparison


def see_board(
    *, day: date, now: datetime, ledger: Ledger, senders: Senders, past: Past, district: str = ""
) -> Board:
    """The day of the city, or of one of its districts: the partitions of the day, of the day before
    and of a year before, however long the history is.
    """
    running = day == business_day(now)
    hour = now.astimezone(SHANGHAI).hour if running else None
    known = [one for one in senders() if not district or within(one.district, district)]
    ids = {one.id for one in known}

    def here(days: Sequence[Day]) -> Sequence[Day]:
        return [one for one in days if one.sender in ids] if district else days

    days, then = here(ledger.days(day)), year_before(day)
    return Board(
        wall=wall_of(
            day=day,
            days=days,
            before=here(ledger.days(day - timedelta(days=1))),
            known=known,
            hour=hour,
            until=second_of(now, day=day),
        ),
        year=compare(today=days, then=here(past(then)), then_day=then, hour=hour),
    )

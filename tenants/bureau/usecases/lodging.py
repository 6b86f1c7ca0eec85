"""Lodging: what hotels and homestays say of last night, of tonight and of their guests' registration."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day
from tenants.bureau.domain.day import Day
from tenants.bureau.domain.line import Line, Nights, nights_of
from tenants.bureau.domain.wall import District, Wall, wall_of
from tenants.bureau.usecases.comparing import Past
from tenants.bureau.usecases.ports import Ledger, Senders

KINDS = frozenset({"hotel", "homestay"})
SPAN = 14
"""Nights of the curves."""


@dataclass(frozen=True, kw_only=True)
class Night:
    """One night of the city: rooms by the night audits, of how many houses; guests and their registration."""

    day: date
    houses: int
    rooms: Nights | None
    guests: int
    foreign: int
    foreign_timely: int
    domestic: int
    domestic_timely: int


@dataclass(frozen=True, kw_only=True)
class Lodging:
    """A day of the houses, the nights before it, and where the guests are from."""

    wall: Wall
    nights: Sequence[Night]
    origins: dict[str, int]

    @property
    def houses(self) -> Sequence[Line]:
        """Line by line."""
        return self.wall.lines

    @property
    def districts(self) -> Sequence[District]:
        """District by district."""
        return self.wall.districts


def see_lodging(
    *, day: date, now: datetime, ledger: Ledger, senders: Senders, past: Past, span: int = SPAN
) -> Lodging:
    """Reads one partition a night: ``span`` of them, and remembered ones are not read again."""
    houses = [one for one in senders() if one.kind in KINDS]
    ids = {one.id for one in houses}
    days = {
        each: [one for one in _days(each, now=now, ledger=ledger, past=past) if one.sender in ids]
        for each in (day - timedelta(days=back) for back in range(span, -1, -1))
    }
    return Lodging(
        wall=wall_of(day=day, days=days[day], before=days[day - timedelta(days=1)], known=houses, hour=None),
        nights=[_night(each, told) for each, told in days.items() if each < day or each < business_day(now)],
        origins=_origins(days[day]),
    )


def _days(day: date, *, now: datetime, ledger: Ledger, past: Past) -> Sequence[Day]:
    return ledger.days(day) if day >= business_day(now) - timedelta(days=1) else past(day)


def _night(day: date, told: Sequence[Day]) -> Night:
    audits = [nights for one in told if (nights := nights_of(one)) is not None]

    def summed(*names: str) -> int:
        return sum(one.count(name) for one in told for name in names)

    return Night(
        day=day,
        houses=len(audits),
        rooms=Nights(
            available=sum(one.available for one in audits),
            sold=sum(one.sold for one in audits),
            revenue=sum(one.revenue for one in audits),
        )
        if audits
        else None,
        guests=summed("guests"),
        foreign=summed("registered.foreign", "unregistered.foreign"),
        foreign_timely=summed("timely.foreign"),
        domestic=summed("registered.domestic", "unregistered.domestic"),
        domestic_timely=summed("timely.domestic"),
    )


def _origins(days: Iterable[Day]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in days:
        for code, n in one.split("from").items():
            found[code] = found.get(code, 0) + n
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

"""The holiday view (R04): key areas, entries, ticket income, year on year on the comparable set, origins."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day
from tenants.bureau.domain.comparing import Comparison, compare, holiday_of, year_before
from tenants.bureau.domain.day import Day
from tenants.bureau.domain.figures import added
from tenants.bureau.usecases.comparing import Past
from tenants.bureau.usecases.ports import Ledger, Senders

NAMES = ("admitted", "sold", "sold_fen", "guests", "paid_fen")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One area: the day, since the holiday began, and the day a year before (None: not comparable)."""

    sender: str
    name: str
    district: str
    area: str
    reporting: bool
    admitted: int
    income: int
    since_admitted: int
    since_income: int
    before: int | None

    @property
    def change(self) -> float | None:
        """By which share entries grew."""
        return (self.admitted - self.before) / self.before if self.before else None


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day of a holiday (``name`` empty: an ordinary day, which stands alone)."""

    name: str
    first: date
    last: date
    day: date
    rows: Sequence[Row]
    today: Comparison
    since: Comparison
    origins: Mapping[str, int]
    guests_from: Mapping[str, int]
    silent: int

    @property
    def number(self) -> int:
        """Which day of the holiday it is, from 1."""
        return (self.day - self.first).days + 1


def see_holiday(*, day: date, now: datetime, ledger: Ledger, senders: Senders, past: Past) -> Holiday:
    """Reads the partitions of the holiday so far and of the same days a year before."""
    holiday = holiday_of(day)
    first = holiday.first if holiday is not None else day
    span = [first + timedelta(days=n) for n in range((day - first).days + 1)]
    days = {each: _days(each, now=now, ledger=ledger, past=past) for each in span}
    before = {each: past(year_before(each)) for each in span}
    areas = [one for one in senders() if one.kind == "scenic"]
    told = {each: {one.sender: one for one in part} for each, part in days.items()}
    then = {one.sender: one for one in before[day] if one.count("received") > one.count("apart")}
    rows = [
        Row(
            sender=one.id,
            name=one.name,
            district=one.district,
            area=area,
            reporting=_reported(told[day].get(one.id)),
            admitted=_of(told[day].get(one.id), "admitted", area),
            income=_of(told[day].get(one.id), "sold_fen", area),
            since_admitted=sum(_of(told[each].get(one.id), "admitted", area) for each in span),
            since_income=sum(_of(told[each].get(one.id), "sold_fen", area) for each in span),
            before=_of(then[one.id], "admitted", area)
            if one.id in then and _reported(told[day].get(one.id))
            else None,
        )
        for one in areas
        for area in _areas(told[each].get(one.id) for each in span)
    ]
    counters = added(one.counters for one in days[day])
    return Holiday(
        name=holiday.name if holiday is not None else "",
        first=first,
        last=holiday.last if holiday is not None else day,
        day=day,
        rows=sorted(rows, key=lambda one: (-one.admitted, one.name, one.area)),
        today=compare(today=days[day], then=before[day], then_day=year_before(day), names=NAMES),
        since=_since(days, before, year_before(first)),
        origins=_split(counters, "origin"),
        guests_from=_split(counters, "from"),
        silent=sum(not _reported(told[day].get(one.id)) for one in areas),
    )


def _since(
    days: Mapping[date, Sequence[Day]], before: Mapping[date, Sequence[Day]], then_day: date
) -> Comparison:
    """The holiday so far, summed over days on which a sender is comparable."""
    parts = [compare(today=days[each], then=before[each], then_day=then_day, names=NAMES) for each in days]
    return Comparison(
        then_day=then_day,
        senders=max((one.senders for one in parts), default=0),
        reporting=max((one.reporting for one in parts), default=0),
        now=added(one.now for one in parts),
        then=added(one.then for one in parts),
    )


def _days(day: date, *, now: datetime, ledger: Ledger, past: Past) -> Sequence[Day]:
    return ledger.days(day) if day >= business_day(now) - timedelta(days=1) else past(day)


def _areas(days: Iterable[Day | None]) -> list[str]:
    """The areas that a sender spoke of in the span; one nameless where it was silent."""
    found = {
        area
        for one in days
        if one is not None
        for name in ("admitted", "sold_fen")
        for area in one.areas(name)
    }
    return sorted(found) or [""]


def _reported(day: Day | None) -> bool:
    return day is not None and day.count("received") > day.count("apart")


def _of(day: Day | None, name: str, area: str) -> int:
    if day is None:
        return 0
    return day.count(f"{name}/{area}") if area else day.count(name)


def _split(counters: Mapping[str, int], stem: str) -> dict[str, int]:
    found = {name[len(stem) + 1 :]: n for name, n in counters.items() if name.startswith(f"{stem}.")}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))

"""The wall: one day of the city, sender by sender and district by district, from figures alone."""

from collections.abc import Iterable, Sequence
from datetime import date

from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.day import Day, Known
from tenants.bureau.domain.line import SUMS, Line, Nights, Sums, level_of, line_of, status_of

__all__ = ["Day", "District", "Known", "Line", "Wall", "level_of", "line_of", "status_of", "wall_of"]


@dataclass(frozen=True, kw_only=True)
class District:
    """A district's day: the sum of its senders, worked out when it is read, so that no row is written by
    all of them. ``level``: the highest rung of its areas; ``fullest``: the share of the fullest. ``free``,
    ``inside``: None where nobody said.
    """

    code: str
    senders: int
    reporting: int
    inside: int | None
    instant: int | None
    level: int | None
    fullest: float | None
    admitted: int
    refused: int
    sold: int
    paid_fen: int
    guests: int
    free: int | None
    nights: Nights | None
    cases: int


@dataclass(frozen=True, kw_only=True)
class Wall(Sums):
    """A day of the city: totals, lines, districts, admitted, sold and taken by hour."""

    day: date
    lines: Sequence[Line]
    districts: Sequence[District]
    silent: int
    overload: int
    inside: int | None
    instant: int | None
    free: int | None
    nights: Nights | None
    hours_admitted: Sequence[int | None]
    hours_sold: Sequence[int | None]
    hours_guests: Sequence[int | None]
    hours_paid: Sequence[int | None]
    hours_inside: Sequence[int | None]


def wall_of(
    *,
    day: date,
    days: Iterable[Day],
    known: Iterable[Known],
    hour: int | None,
    before: Iterable[Day] = (),
    until: int = 86_400,
) -> Wall:
    """Put a day together. ``hour``: the local hour now if the day is today; hours still to come are gaps.
    ``before``: the day before, for the last night. ``until``: the seconds of the day that have passed.

    Tenants that sent nothing stand on the wall as not reporting; senders the directory no longer knows
    stay.
    """
    heard = {one.sender: one for one in days}
    last = {one.sender: one for one in before}
    names = {one.id: one for one in known}
    for sender in heard:
        names.setdefault(sender, Known(id=sender, name=sender, kind="", district=""))
    lines = sorted(
        (line_of(one, heard.get(one.id), before=last.get(one.id), until=until) for one in names.values()),
        key=lambda line: (not line.reporting, -(line.share or -1), -line.admitted, line.name),
    )
    return Wall(
        day=day,
        lines=lines,
        districts=_districts(lines),
        silent=sum(not line.reporting for line in lines),
        overload=sum(line.overload for line in lines),
        inside=_total(line.inside for line in lines),
        instant=_total(line.instant for line in lines),
        free=_total(line.free for line in lines),
        nights=_nights(lines),
        hours_admitted=_hours(heard.values(), "admitted", hour),
        hours_sold=_hours(heard.values(), "sold", hour),
        hours_guests=_hours(heard.values(), "guests", hour),
        hours_paid=_hours(heard.values(), "paid_fen", hour),
        hours_inside=_seen(heard.values(), hour),
        **{name: sum(getattr(line, name) for line in lines) for name in SUMS},
    )


def _districts(lines: Sequence[Line]) -> list[District]:
    by_code: dict[str, list[Line]] = {}
    for line in lines:
        by_code.setdefault(line.district, []).append(line)
    return [
        District(
            code=code,
            senders=len(part),
            reporting=sum(line.reporting for line in part),
            inside=_total(line.inside for line in part),
            instant=_total(line.instant for line in part),
            level=max((line.level for line in part if line.level is not None), default=None),
            fullest=max((line.share for line in part if line.share is not None), default=None),
            admitted=sum(line.admitted for line in part),
            refused=sum(line.refused for line in part),
            sold=sum(line.sold for line in part),
            paid_fen=sum(line.paid_fen for line in part),
            guests=sum(line.guests for line in part),
            free=_total(line.free for line in part),
            nights=_nights(part),
            cases=sum(line.cases for line in part),
        )
        for code, part in sorted(by_code.items())
    ]


def _nights(lines: Iterable[Line]) -> Nights | None:
    told = [line.nights for line in lines if line.nights is not None]
    if not told:
        return None
    return Nights(
        available=sum(one.available for one in told),
        sold=sum(one.sold for one in told),
        revenue=sum(one.revenue for one in told),
    )


def _total(values: Iterable[int | None]) -> int | None:
    found = [value for value in values if value is not None]
    return sum(found) if found else None


def _hours(days: Iterable[Day], name: str, hour: int | None) -> list[int | None]:
    told = list(days)
    sums = [sum(day.counters.get(f"{name}@{h:02d}", 0) for day in told) for h in range(24)]
    return [n if told and (hour is None or h <= hour) else None for h, n in enumerate(sums)]


def _seen(days: Iterable[Day], hour: int | None) -> list[int | None]:
    """People inside at the end of each hour: of each area the last word, also of an hour before; an area
    that has not said anything yet is left out; behind the last hour that anybody spoke of is a gap.
    """
    zones: dict[tuple[str, str], dict[int, int]] = {}
    for day in days:
        for name, gauge in day.gauges.items():
            if name.startswith("seen:"):
                zone, _, at = name[5:].rpartition("@")
                zones.setdefault((day.sender, zone), {})[int(at)] = int(gauge.value)
    found: list[int | None] = []
    told = max((at for said in zones.values() for at in said), default=-1)
    for h in range(24):
        last = [
            max((at, n) for at, n in said.items() if at <= h)[1] for said in zones.values() if min(said) <= h
        ]
        found.append(sum(last) if last and h <= told and (hour is None or h <= hour) else None)
    return found

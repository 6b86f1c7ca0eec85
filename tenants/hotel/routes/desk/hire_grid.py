"""A day of meeting rooms and cars as rows of hours: what is taken when, and where a free hour leads."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.web.http import Call
from tenants.hotel.domain.extra import Extra, Per
from tenants.hotel.domain.hire import HIRED, Hire, HireState
from tenants.hotel.domain.property import Property, text
from tenants.hotel.usecases.setup_ports import House

LOOKS = {
    HireState.BOOKED: "expected",
    HireState.RUNNING: "here",
    HireState.ENDED: "gone",
    HireState.UNUSED: "missed",
}
_OPENS, _CLOSES = 8, 22


def hire_grid(
    *,
    hires: Sequence[Hire],
    rows: Sequence[dict[str, Any]],
    day: date,
    where: Property,
    house: House,
    call: Call,
) -> dict[str, Any]:
    """What the day's table reads: its hours, and each thing with its lanes of cells.

    rows: the hires as lines of the day, in the same order; who was cancelled takes nothing.
    """
    extras = [one for one in house.extras.values() if one.site == where.id and one.kind in HIRED and one.on]
    hourly = [one for one in extras if one.per is Per.HOUR]
    first = min((one.opens.hour for one in hourly), default=_OPENS)
    last = max((one.closes.hour + (one.closes.minute > 0) for one in hourly), default=_CLOSES)
    shown = [(hire, row) for hire, row in zip(hires, rows, strict=True) if hire.state in LOOKS]
    begin = datetime.combine(day, time(0), ZoneInfo(where.zone))
    return {
        "hours": list(range(first, last)),
        "things": [
            {
                "title": text(extra.names, call.locale),
                "lanes": [
                    list(_cells(lane, extra, span=(first, last), begin=begin, call=call))
                    for lane in _lanes([one for one in shown if one[0].extra == extra.id])
                ],
            }
            for extra in sorted(extras, key=lambda one: (one.kind, one.id))
        ],
    }


def _lanes(shown: Iterable[tuple[Hire, dict[str, Any]]]) -> list[list[tuple[Hire, dict[str, Any]]]]:
    """As many lanes as hires overlap; one that is empty where there is nothing."""
    lanes: list[list[tuple[Hire, dict[str, Any]]]] = []
    for one in sorted(shown, key=lambda pair: pair[0].starts):
        lane = next((some for some in lanes if _until(some[-1][0]) <= one[0].starts), None)
        if lane is None:
            lanes.append([one])
        else:
            lane.append(one)
    return lanes or [[]]


def _until(hire: Hire) -> datetime:
    return hire.ended or hire.ends


def _cells(
    lane: Sequence[tuple[Hire, dict[str, Any]]],
    extra: Extra,
    *,
    span: tuple[int, int],
    begin: datetime,
    call: Call,
) -> Iterable[dict[str, Any]]:
    """A lane from left to right: bars over their hours, and the free hours between them. ``begin``: the day's
    midnight; ``span``: from and to which full hour it is drawn."""
    at, last = span

    def free(hour: int) -> dict[str, Any]:
        ahead = begin + timedelta(hours=hour + 1) > call.now
        inside = extra.per is not Per.HOUR or extra.opens.hour <= hour < extra.closes.hour
        href = f"/hotel/hire-new?day={begin.date().isoformat()}&start={hour}" if ahead and inside else ""
        return {"span": 1, "href": href}

    for hire, row in lane:
        begins, ends = (_hour(one - begin) for one in (hire.started or hire.starts, _until(hire)))
        left = max(at, min(int(begins), last - 1))
        right = min(last, max(left + 1, -int(-ends // 1)))
        yield from map(free, range(at, left))
        yield {"span": right - left, "href": row["href"], "look": LOOKS[hire.state], "row": row}
        at = right
    yield from map(free, range(at, last))


def _hour(since: timedelta) -> float:
    return since.total_seconds() / 3600

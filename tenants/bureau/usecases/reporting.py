"""Reporting: who has told the city about a day, who told it late, who has not told it at all."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, parse_instant
from tenants.bureau.domain.authority import within
from tenants.bureau.domain.deadlines import books_close
from tenants.bureau.domain.figures import CLOSED_SUFFIX, Gauge
from tenants.bureau.domain.punctuality import STATES, Report, State, report_of
from tenants.bureau.domain.wall import Day, Known
from tenants.bureau.usecases.ports import Ledger, Senders

UNBELIEVED = "-"
Days = Mapping[str, Day]


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """A day's reporters, the gravest finding first. ``counts``: of all, whatever part is shown."""

    day: date
    due: datetime
    counts: dict[State, int]
    reports: Sequence[Report]
    cursor: str


def see_reporting(
    *,
    day: date,
    now: datetime,
    ledger: Ledger,
    senders: Senders,
    state: State | None = None,
    kind: str = "",
    district: str = "",
    name: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Reporting:
    """Who reported a day: two reads of one partition each, however many senders there are. Narrowed by kind,
    district and a part of the name, the counts are of those that are left.

    Whose close came on a day on which closes of its kind were late is looked up, to say when it came.
    """
    following = day + timedelta(days=1)
    written = {each: {one.sender: one for one in ledger.days(each)} for each in (day, following)}
    told = written[day]
    known = {one.id: one for one in senders()}
    for sender in told:
        if sender != UNBELIEVED:
            known.setdefault(sender, Known(id=sender, name=sender, kind="", district=""))
    reports = []
    for id, one in known.items():
        if kind not in {"", one.kind} or name.casefold() not in one.name.casefold():
            continue
        if district and not within(one.district, district):
            continue
        close = told[id].gauges.get("close") if id in told else None
        closed = _closed(one, close, written=written, ledger=ledger)
        reports.append(report_of(one, told.get(id), day=day, closed=closed, now=now))
    reports.sort(key=lambda one: (STATES.index(one.state), one.known.name, one.known.id))
    counts = {each: sum(one.state == each for one in reports) for each in STATES}
    shown = [one for one in reports if state in {None, one.state}]
    ids = [one.known.id for one in shown]
    start = ids.index(cursor) + 1 if cursor in ids else 0
    part = shown[start : start + limit]
    return Reporting(
        day=day,
        due=books_close(day),
        counts=counts,
        reports=part,
        cursor=part[-1].known.id if start + limit < len(shown) else "",
    )


def _closed(known: Known, close: Gauge | None, *, written: Mapping[date, Days], ledger: Ledger) -> str:
    """When the close of a day reached us; empty without one.

    What a close says of its own time is believed only where no close of that day was late: who sets his
    clock back is found by the receipt.
    """
    if close is None:
        return ""
    at = parse_instant(close.at).astimezone(SHANGHAI)
    type = f"tourism.{known.kind}{CLOSED_SUFFIX}"
    on = written.get(at.date())
    figures = on.get(known.id) if on is not None else ledger.day(known.id, at.date())
    if figures is None or not figures.count(f"l:{type}"):
        return close.at
    found = (one.entry for one in ledger.filed(sender=known.id, hour=f"{at:%Y-%m-%dT%H}", type=type))
    return next((entry.received for entry in found if entry.id == close.id), close.at)

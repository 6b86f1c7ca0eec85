"""Restating: figures as they were known at any moment. Late data restates a day, it never overwrites what was
known: the ledger keeps when each event was received, so every earlier state follows from it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from chalicelib.kernel.errors import N_, Invalid, Missing
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant
from tenants.bureau.domain.day import Day, Known
from tenants.bureau.domain.entry import Filed
from tenants.bureau.domain.figures import CLOSED_SUFFIX, Counters, Gauge, added, gauge_day, gauges
from tenants.bureau.domain.figures.types import AUDIT
from tenants.bureau.domain.wall import Wall, wall_of
from tenants.bureau.usecases.ports import Ledger, Senders

MOST = 20_000
"""Events that are worked through at once; beyond it one sender at a time."""


class TooManyEvents(Invalid):
    code = "bureau.restating.too-many"
    detail = N_("这一天的事件太多,不能一次重算全市。")
    remedy = N_("请选择一个单位查看。")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A figure that was known as ``then`` and is ``now``."""

    name: str
    then: int
    now: int


@dataclass(frozen=True, kw_only=True)
class Restated:
    """One sender's day as it was known, as it is now, and what became of its figures since."""

    known: Known
    then: Day
    now: Day
    changes: Sequence[Change]


def see_as_of(*, sender: str, day: date, known: datetime, ledger: Ledger, senders: Senders) -> Restated:
    """One sender's day as it was known at a moment. Raises ``Missing`` for someone nobody ever heard."""
    told = ledger.day(sender, day)
    who = next((one for one in senders() if one.id == sender), None)
    if told is None and who is None:
        raise Missing
    present = told or Day(sender=sender)
    _bounded([present])
    return _restated(who or Known(id=sender, name=sender, kind="", district=""), present, day, known, ledger)


def see_restated(*, day: date, known: datetime, ledger: Ledger, senders: Senders) -> list[Restated]:
    """Whose figures of a day have changed since a moment. Who was not heard since is not looked at."""
    names = {one.id: one for one in senders()}
    moved = [one for one in ledger.days(day) if one.heard and parse_instant(one.heard) > known]
    _bounded(moved)
    found = [
        _restated(
            names.get(one.sender, Known(id=one.sender, name=one.sender, kind="", district="")),
            one,
            day,
            known,
            ledger,
        )
        for one in moved
    ]
    return [one for one in found if one.changes]


def see_wall_as_of(*, day: date, known: datetime, ledger: Ledger, senders: Senders) -> Wall:
    """The city's day as it was known at a moment."""
    present, last = ledger.days(day), ledger.days(day - timedelta(days=1))
    moved = [one for one in present if one.heard and parse_instant(one.heard) > known]
    _bounded(moved)
    ids = {one.sender for one in moved}
    then = [
        rebuilt(one, day=day, known=known, ledger=ledger) if one.sender in ids else one for one in present
    ]
    nights = frozenset({"audit"})
    before = [
        Day(
            sender=one.sender,
            gauges=_elsewhere(one, day - timedelta(days=1), known=known, ledger=ledger, stems=nights),
        )
        for one in last
    ]
    heard = [one for one in then if one.counters or one.gauges]
    return wall_of(day=day, days=heard, before=before, known=senders(), hour=None)


def rebuilt(told: Day, *, day: date, known: datetime, ledger: Ledger) -> Day:
    """A sender's day from the events received by ``known``; a correction counts once it was known itself."""
    counters: Counters = {}
    latest = _elsewhere(told, day, known=known, ledger=ledger)
    heard = ""
    for filed in entries_of(told, day=day, ledger=ledger):
        entry = filed.entry
        if parse_instant(entry.received) > known:
            continue
        heard = max(heard, entry.received)
        stands = filed.by is None or not _was_known(told.sender, filed.by, known, ledger)
        counters = added([counters, entry.receipt, entry.figures if stands else {"replaced": 1}])
        if stands and gauge_day(entry.envelope) == day:
            for name, gauge in gauges(entry.envelope).items():
                if name not in latest or latest[name] < gauge:
                    latest[name] = gauge
    return Day(sender=told.sender, counters=counters, gauges=latest, heard=heard)


def entries_of(told: Day, *, day: date, ledger: Ledger) -> Iterator[Filed]:
    """Every event of a sender's day; its own counters say where there are any."""
    for name in sorted(told.counters):
        if name.startswith("h:"):
            for type in sorted(told.types()):
                yield from ledger.filed(sender=told.sender, hour=f"{day}T{name[2:]}", type=type)


def _restated(who: Known, present: Day, day: date, known: datetime, ledger: Ledger) -> Restated:
    then = rebuilt(present, day=day, known=known, ledger=ledger)
    names = sorted({*then.counters, *present.counters})
    changes = [
        Change(name=name, then=then.count(name), now=present.count(name))
        for name in names
        if ":" not in name and name not in _APART and then.count(name) != present.count(name)
    ]
    return Restated(known=who, then=then, now=present, changes=changes)


_APART = {"quarantined", "parked", "received", "late", "after", "apart", "replaced"}
"""Of the reporting, not of what is reported; what was set aside is not an event."""


def _was_known(sender: str, id: str, known: datetime, ledger: Ledger) -> bool:
    found = ledger.entry(sender=sender, id=id)
    return found is not None and parse_instant(found.entry.received) <= known


_DATED = frozenset({"close", "audit", "free", "incident", "return"})


def _elsewhere(
    told: Day, day: date, *, known: datetime, ledger: Ledger, stems: frozenset[str] = _DATED
) -> dict[str, Gauge]:
    """What was said of this day on another one. Of a close or a night audit that was said again later, the
    last word by then is looked for on the day after; of free rooms only what still stands is known.
    """
    found: dict[str, Gauge] = {}
    lost = False
    for name, gauge in told.gauges.items():
        if name.partition(":")[0] not in stems:
            continue
        filed = ledger.entry(sender=told.sender, id=gauge.id)
        if filed is None or filed.entry.day == day:
            continue
        if parse_instant(filed.entry.received) <= known:
            found[name] = gauge
        else:
            lost = True
    if lost:
        following = day + timedelta(days=1)
        after = ledger.day(told.sender, following)
        for filed in entries_of(after, day=following, ledger=ledger) if after is not None else ():
            _keep(filed, day, known, found)
    return found


def _keep(filed: Filed, day: date, known: datetime, found: dict[str, Gauge]) -> None:
    envelope = filed.entry.envelope
    dated = envelope["type"] == AUDIT or envelope["type"].endswith(CLOSED_SUFFIX)
    if not dated or gauge_day(envelope) != day or parse_instant(filed.entry.received) > known:
        return
    for name, gauge in gauges(envelope).items():
        if name not in found or found[name] < gauge:
            found[name] = gauge


def _bounded(days: Sequence[Day]) -> None:
    if sum(one.count("received") for one in days) > MOST:
        raise TooManyEvents

"""Gauges and counted minutes in DynamoDB."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.exceptions import PutError, UpdateError

from chalicelib.kernel.errors import Clash
from chalicelib.kernel.period import business_day, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.scenic.domain.area import Capacity, Gauge
from tenants.scenic.domain.passing import Leaving, Passing
from tenants.scenic.store.passings import LEAVINGS, PASSINGS, Claim, Marks
from tenants.scenic.usecases.ports import Minute

_NOTED_FOR = timedelta(days=2)
"""A count that is sent again later than this is another one; the gauge is of another day then."""
_FAILED = "ConditionalCheckFailedException"


class GaugeRow(Row, discriminator="gauge"):
    """pk ``GAUGE#<area>``, sk ``<day>``: who is inside, what was announced, and the passings and leavings
    under way (``store/passings.py``). One write unit a scan.
    """

    inside = NumberAttribute(default=0)
    entered = NumberAttribute(default=0)
    exited = NumberAttribute(default=0)
    level_instant = NumberAttribute(default=0)
    level_day = NumberAttribute(default=0)
    status = UnicodeAttribute(default="open")
    reason = UnicodeAttribute(default="")
    out = UnicodeAttribute(null=True)


class LeftRow(Row, discriminator="counted-out"):
    """pk ``LEFT#<area>#<day>#<two signs of the scan>``, sk the scan: it was counted out, by this turn."""

    turn = UnicodeAttribute()


class MinuteRow(Row, discriminator="counted-minute"):
    """pk ``MINUTE#<area>#<day>``, sk the minute: the scans that have been counted of it."""

    seen = UnicodeSetAttribute(null=True)
    version = NumberAttribute()


class FlowStore:
    """The ``Flow`` port on the app table."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._seen: dict[tuple[str, date], Gauge] = {}

    def gauge(self, area: str, day: date, *, exact: bool = False) -> Gauge:
        if exact or (area, day) not in self._seen:  # a page asks several times in one request
            self._seen[area, day] = self._gauge(area, day, exact=exact)
        return self._seen[area, day]

    def _gauge(self, area: str, day: date, *, exact: bool) -> Gauge:
        row = GaugeRow.find(tenant_key("GAUGE", area), day.isoformat(), consistent=exact)
        if row is None:
            return Gauge()
        return Gauge(
            inside=int(row.inside or 0),
            entered=int(row.entered or 0),
            exited=int(row.exited or 0),
            level_instant=int(row.level_instant or 0),
            level_day=int(row.level_day or 0),
            status=row.status or "open",  # type: ignore[arg-type]
            reason=row.reason or "",
        )

    def enter(
        self, area: str, day: date, *, passing: Passing, capacity: Capacity
    ) -> tuple[Gauge, Passing] | None:
        count = passing.count
        room = GaugeRow.inside <= capacity.instant - count
        today = GaugeRow.entered <= capacity.day - count
        if (
            min(capacity.instant, capacity.day) >= count
        ):  # nobody came yet: there is room, if any is left at all
            room, today = (
                GaugeRow.inside.does_not_exist() | room,
                GaugeRow.entered.does_not_exist() | today,
            )
        open_ = GaugeRow.status.does_not_exist() | (GaugeRow.status == "open")
        actions = [
            GaugeRow.inside.set((GaugeRow.inside | 0) + count),
            GaugeRow.entered.set((GaugeRow.entered | 0) + count),
        ]
        return self._claim(area, day, PASSINGS, passing, actions=actions, condition=room & today & open_)

    def confirmed(self, area: str, day: date, passing: Passing) -> None:
        PASSINGS.remember(tenant_key("GAUGE", area), day, [passing])

    def passings(self, area: str, day: date) -> Sequence[Passing]:
        return PASSINGS.carried(_read(area, day))

    def let_go(self, area: str, day: date, passing: Passing) -> None:
        mark = PASSINGS.attribute(passing)
        self._change(area, day, [mark.remove()], mark == PASSINGS.packed(passing))

    def give_back(self, area: str, day: date, passing: Passing) -> Gauge | None:
        mark = PASSINGS.attribute(passing)
        mine = mark == PASSINGS.packed(passing)
        one_less = [GaugeRow.entered.set(GaugeRow.entered - passing.count), mark.remove()]
        inside = GaugeRow.inside.set(GaugeRow.inside - passing.count)
        gauge = self._change(area, day, [inside, *one_less], mine & (GaugeRow.inside >= passing.count))
        return gauge or self._change(
            area, day, one_less, mine
        )  # whoever never came in was counted out already

    def leave(
        self, area: str, day: date, *, leaving: Leaving, said: Mapping[str, Any]
    ) -> tuple[Gauge, Leaving] | None:
        count = leaving.count
        actions = [
            GaugeRow.inside.set(GaugeRow.inside - count),
            GaugeRow.exited.set((GaugeRow.exited | 0) + count),
            GaugeRow.out.set(json.dumps([said], ensure_ascii=False, separators=(",", ":"))),
        ]
        return self._claim(area, day, LEAVINGS, leaving, actions=actions, condition=GaugeRow.inside >= count)

    def noted(self, area: str, day: date, scan: str) -> str:
        row = LeftRow.find(*_left(area, day, scan), consistent=True)
        return row.turn if row is not None else ""

    def note(self, area: str, day: date, leaving: Leaving) -> str:
        until = int((leaving.at + _NOTED_FOR).timestamp())
        try:
            LeftRow(*_left(area, day, leaving.scan), turn=leaving.turn, ttl=until).put(
                LeftRow.pk.does_not_exist()
            )
        except PutError as error:
            if error.cause_response_code != _FAILED:
                raise
            turn = self.noted(area, day, leaving.scan)
            if turn != leaving.turn:
                return turn
        LEAVINGS.remember(tenant_key("GAUGE", area), day, [leaving])
        return leaving.turn

    def leavings(self, area: str, day: date) -> Sequence[Leaving]:
        return LEAVINGS.carried(_read(area, day))

    def take_off(self, area: str, day: date, leaving: Leaving) -> None:
        mark = LEAVINGS.attribute(leaving)
        self._change(area, day, [mark.remove()], mark == LEAVINGS.packed(leaving))

    def count_back(self, area: str, day: date, leaving: Leaving) -> Gauge | None:
        mark = LEAVINGS.attribute(leaving)
        actions = [
            GaugeRow.inside.set(GaugeRow.inside + leaving.count),
            GaugeRow.exited.set(GaugeRow.exited - leaving.count),
            mark.remove(),
        ]
        return self._change(area, day, actions, mark == LEAVINGS.packed(leaving))

    def announce(self, area: str, day: date, *, before: Gauge, after: Gauge) -> None:
        row = GaugeRow(tenant_key("GAUGE", area), day.isoformat())
        condition = (
            _was(GaugeRow.level_instant, before.level_instant)
            & _was(GaugeRow.level_day, before.level_day)
            & (GaugeRow.status.does_not_exist() | (GaugeRow.status == before.status))
        )
        self._work.update(
            row,
            [
                GaugeRow.level_instant.set(after.level_instant),
                GaugeRow.level_day.set(after.level_day),
                GaugeRow.status.set(after.status),
                GaugeRow.reason.set(after.reason),
            ],
            condition,
            otherwise=Clash(),
        )

    def minute(self, area: str, minute: datetime) -> Minute:
        row = MinuteRow.find(_minute_pk(area, minute), rfc3339(minute))
        if row is None:
            return Minute(area=area, minute=minute)
        return Minute(area=area, minute=minute, seen=frozenset(row.seen or ()), version=int(row.version))

    def counted(self, minute: Minute, *, more: frozenset[str]) -> None:
        row = MinuteRow(_minute_pk(minute.area, minute.minute), rfc3339(minute.minute))
        new = MinuteRow.pk.does_not_exist() if minute.version == 0 else MinuteRow.version == minute.version
        self._work.update(
            row,
            [
                MinuteRow.seen.add(set(more)),
                MinuteRow.version.set(minute.version + 1),
                MinuteRow.kind.set(MinuteRow),  # an update that creates writes no discriminator of itself
            ],
            new,
            otherwise=Clash(),
        )

    def _claim(
        self,
        area: str,
        day: date,
        marks: Marks[Claim],
        claim: Claim,
        *,
        actions: Sequence[Any],
        condition: Any,
    ) -> tuple[Gauge, Claim] | None:
        """Claim, and take off what is confirmed, in one write; the claim of the same scan that is there
        already, or nothing where ``condition`` does not hold."""
        pk, mark = tenant_key("GAUGE", area), marks.attribute(claim)
        free = condition & mark.does_not_exist()
        done = marks.recall(pk, day)
        while True:
            gone = [marks.attribute(one).remove() for one in done if one.scan != claim.scan]
            may_go = marks.may_go(done)
            whole = free if may_go is None else free & may_go
            gauge = self._change(area, day, [*actions, mark.set(marks.packed(claim)), *gone], whole)
            if gauge is not None:
                return gauge, claim
            item = _read(area, day)
            there = {one.scan: one for one in marks.carried(item)}
            theirs = [one for one in done if one.scan in there and there[one.scan].turn != one.turn]
            if not theirs:
                marks.remember(pk, day, done)
                return (_gauge(item), there[claim.scan]) if claim.scan in there else None
            done = [one for one in done if one not in theirs]  # another sending has taken these anew

    def _change(self, area: str, day: date, actions: Any, condition: Any) -> Gauge | None:
        self._seen.pop((area, day), None)
        try:
            answer = GaugeRow._get_connection().update_item(
                tenant_key("GAUGE", area),
                day.isoformat(),
                actions=actions,
                condition=condition,
                return_values="ALL_NEW",
            )
        except UpdateError as error:
            if error.cause_response_code == _FAILED:
                return None
            raise
        return _gauge(answer["Attributes"])


def minutes(*, area: str, day: date) -> list[Minute]:
    """Every counted minute of a day, in order."""
    return [
        Minute(area=area, minute=_instant(row.sk), seen=frozenset(row.seen or ()), version=int(row.version))
        for row in MinuteRow.query(tenant_key("MINUTE", area, day.isoformat()))
    ]


def _left(area: str, day: date, scan: str) -> tuple[str, str]:
    return tenant_key("LEFT", area, day.isoformat(), scan[:2]), scan


def _read(area: str, day: date) -> Mapping[str, Any]:
    table = GaugeRow._get_connection()
    answer = table.get_item(tenant_key("GAUGE", area), day.isoformat(), consistent_read=True)
    item: Mapping[str, Any] = answer.get("Item", {})
    return item


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _minute_pk(area: str, minute: datetime) -> str:
    return tenant_key("MINUTE", area, business_day(minute).isoformat())


def _was(attribute: Any, value: int) -> Any:
    return attribute.does_not_exist() | (attribute == 0) if value == 0 else attribute == value


def _gauge(item: Mapping[str, Any]) -> Gauge:
    def number(name: str) -> int:
        return int(item[name]["N"]) if name in item else 0

    return Gauge(
        inside=number("inside"),
        entered=number("entered"),
        exited=number("exited"),
        level_instant=number("level_instant"),
        level_day=number("level_day"),
        status=item["status"]["S"] if "status" in item else "open",
        reason=item["reason"]["S"] if "reason" in item else "",
    )

"""Stays: one room (or one whole house) that somebody of a booking lives in, night by night.

A stay's id carries its booked day of arrival and follows from its booking, line and number: the same booking
always has the same stays, and an id leads to its row without an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.ids import derived_id, moment_of
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.booking import people

if TYPE_CHECKING:
    from chalicelib.commerce.orders.domain import Line, Order
    from chalicelib.commerce.stock import Hold


GONE = "gone"
"""The fact of a line that names the pieces given up, by number: the others keep theirs, and so their ids."""


class StayState(StrEnum):
    EXPECTED = "expected"
    IN_HOUSE = "in-house"
    DEPARTED = "departed"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"


class StayIs(Refusal):
    code = "hotel.stay.state"
    detail = N_("这次住宿的状态不允许这样做。")
    remedy = N_("请刷新后查看最新状态。")


class StayBegun(Refusal):
    code = "hotel.stay.begun"
    detail = N_("订单中已有客人入住或未到店,不能整单取消。")
    remedy = N_("请对在住的客房办理提前离店。")


class TooEarly(Refusal):
    code = "hotel.stay.too-early"
    detail = N_("还没到入住日期 %(day)s。")
    remedy = N_("今晚要住请另办一晚散客入住,或更改预订日期。")


class StillExpected(Refusal):
    code = "hotel.stay.still-expected"
    detail = N_("客人 %(at)s 起才可入住,现在还不能记为未到店。")
    remedy = N_("过了入住时间仍没有来再记;客人说不来了请办理取消。")


class NoNights(Refusal):
    code = "hotel.stay.no-nights"
    status = 422
    detail = N_("离店日期应在 %(first)s 至 %(last)s 之间。")


class NoUndo(Refusal):
    code = "hotel.stay.no-undo"
    detail = N_("这一步已不能撤销。")
    remedy = N_("请直接重新排房。")


class TooLate(Refusal):
    code = "hotel.stay.too-late"
    status = 422
    detail = N_("延迟退房须在 %(first)s 之后、%(last)s 之前。")
    remedy = N_("更晚离店请延住一晚。")


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A room for the nights ``[first, last)`` of a stay; for hours of one day both are that day."""

    room: str
    first: date
    last: date

    def on(self, night: date) -> bool:
        """Whether it has this night."""
        return self.first <= night < self.last or self.first == self.last == night


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A stay as kept. ``party`` is sealed: {name, phone} of whom to ask for.

    type, plan: what was sold. nightly: fen for each night, taxes that come on top left out. hours: for a room
    by the hour 钟点房, from and to which full hour of ``arrive``; then there are no nights. late: until when
    the guests keep the room on their last day, where more than check-out time was agreed. segments: which
    room on which nights, empty while none is assigned; a whole house has one segment for each of its rooms.
    holds: the places that the stay took by itself, on top of those that its booking holds for it; a night
    that is among them is no longer held by the booking. has: the rooms that the guests have the keys of.
    missed: nobody was seen at first, so a bill may be there before they come.
    previous: the segments before the last change of rooms, which can be undone until something else changes.
    """

    id: str
    site: str
    order: str
    line: int
    number: int
    type: str
    plan: str
    arrive: date
    depart: date
    nightly: tuple[int, ...]
    adults: int
    children: int
    channel: str
    party: bytes
    hours: tuple[int, int] | None = None
    state: StayState = StayState.EXPECTED
    segments: tuple[Segment, ...] = ()
    holds: tuple[Hold, ...] = field(default_factory=tuple)
    previous: tuple[Segment, ...] | None = None
    has: tuple[str, ...] = ()
    arrived: datetime | None = None
    left: datetime | None = None
    late: datetime | None = None
    missed: bool = False
    version: int = 0

    @property
    def nights(self) -> tuple[date, ...]:
        """Each night by the date on which it begins; none for hours."""
        return tuple(self.arrive + timedelta(days=step) for step in range((self.depart - self.arrive).days))

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms the guests have, else those of the first night, else nothing."""
        return self.has or self.rooms_on(self.arrive)

    @property
    def room(self) -> str | None:
        """The rooms in one word: ``301``, or ``601·602`` of a house; nothing while none is assigned."""
        return "·".join(self.rooms) or None

    def rooms_on(self, night: date) -> tuple[str, ...]:
        """The rooms of a night."""
        return tuple(segment.room for segment in self.segments if segment.on(night))

    def price_of(self, night: date) -> int:
        """Fen for one of its nights."""
        return self.nightly[(night - self.arrive).days]

    def require(self, *states: StayState) -> None:
        """Refuse what these states do not allow."""
        if self.state not in states:
            raise StayIs(state=str(self.state))


def expected(order: Order, *, property: str, party: bytes) -> tuple[Stay, ...]:
    """The stays of a booking: one for each room of each line."""
    return tuple(
        Stay(
            id=id,
            site=property,
            order=order.id,
            line=index,
            number=number,
            type=line.product,
            plan=line.option,
            arrive=arrive,
            depart=depart,
            nightly=tuple(line.facts.get("nightly", (line.price,))),
            adults=(people(line) or (1, 0))[0],
            children=(people(line) or (1, 0))[1],
            channel=order.channel,
            party=party,
            hours=hours,
        )
        for index, line in enumerate(order.lines)
        if line.kind == "night"
        for arrive, depart, hours in [dates(line)]
        for number, id in zip(numbers(line), ids(order, index), strict=True)
    )


def ids(order: Order, index: int) -> tuple[str, ...]:
    """The ids of a line's stays."""
    line = order.lines[index]
    if line.kind != "night":
        return ()
    day = datetime.combine(dates(line)[0], time(0), UTC)
    return tuple(derived_id("st", now=day, seed=f"{order.id}/{index}/{number}") for number in numbers(line))


def numbers(line: Line) -> tuple[int, ...]:
    """The numbers of a line's pieces, in order: those that were given up have left a gap."""
    gone = line.facts.get(GONE, ())
    return tuple(number for number in range(line.count + len(gone)) if number not in gone)


def booked_day(id: str) -> date:
    """The day of arrival that an id carries."""
    return moment_of(id).date()


def dates(line: Line) -> tuple[date, date, tuple[int, int] | None]:
    """(arrive, depart, hours) of a line: ``2035-10-10/2035-10-12``, or ``2035-10-10T09`` by the hour."""
    first, _, last = line.slot.partition("/")
    if last:
        return date.fromisoformat(first), date.fromisoformat(last), None
    day, _, start = first.partition("T")
    length = int((line.ends - line.starts).total_seconds()) // 3600
    return date.fromisoformat(day), date.fromisoformat(day), (int(start), int(start) + length)


def arrived(stay: Stay, *, now: datetime, tonight: date, today: date) -> Stay:
    """The guests have their rooms. Raises ``StayIs``, ``TooEarly``."""
    stay.require(StayState.EXPECTED)
    if today < stay.arrive:
        raise TooEarly(day=stay.arrive)
    night = min(max(stay.arrive, tonight), stay.depart - timedelta(days=1)) if stay.nights else stay.arrive
    return changed(stay, state=StayState.IN_HOUSE, has=stay.rooms_on(night), arrived=now)


def departed(stay: Stay, *, now: datetime) -> Stay:
    """The guests have left. Raises ``StayIs``."""
    stay.require(StayState.IN_HOUSE)
    return changed(stay, state=StayState.DEPARTED, has=(), left=now)


def lengthened(stay: Stay, depart: date, *, nightly: Sequence[int], room: str | None) -> Stay:
    """The stay up to another ``depart``, its further nights in ``room`` or where it is last."""
    after = changed(stay, depart=depart, nightly=(*stay.nightly, *nightly), late=None)
    if not stay.segments:
        return after
    grown = [
        replace(segment, last=depart)
        if segment.last == stay.depart and room in {None, segment.room}
        else segment
        for segment in stay.segments
    ]
    if room is not None and room not in stay.rooms_on(stay.depart - timedelta(days=1)):
        grown.append(Segment(room=room, first=stay.depart, last=depart))
    return replace(after, segments=tuple(grown))


def shortened(stay: Stay, depart: date) -> Stay:
    """The stay without its nights from ``depart`` on. Raises ``NoNights``."""
    first = stay.arrive + timedelta(days=1)
    if not first <= depart < stay.depart:
        raise NoNights(first=first, last=stay.depart - timedelta(days=1))
    cut = [
        replace(segment, last=min(segment.last, depart))
        for segment in stay.segments
        if segment.first < depart
    ]
    return changed(
        stay,
        depart=depart,
        nightly=stay.nightly[: (depart - stay.arrive).days],
        segments=tuple(cut),
        late=None,
    )


def in_room(stay: Stay, rooms: Sequence[str], *, since: date) -> Stay:
    """The stay in these rooms from night ``since`` on; none: no longer assigned from there."""
    kept = [
        replace(segment, last=min(segment.last, since)) for segment in stay.segments if segment.first < since
    ]
    new = [Segment(room=room, first=since, last=stay.depart) for room in rooms]
    return changed(stay, segments=_joined([*kept, *new]))


def changed(stay: Stay, **values: object) -> Stay:
    """A later version of the stay."""
    return replace(stay, version=stay.version + 1, previous=None, **values)  # type: ignore[arg-type]  # its own fields


def _joined(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Segments of one room that follow one another are one."""
    made: list[Segment] = []
    for segment in segments:
        before = next((one for one in made if one.room == segment.room and one.last == segment.first), None)
        if before is not None and segment.first < segment.last:
            made[made.index(before)] = replace(before, last=segment.last)
        else:
            made.append(segment)
    return tuple(made)

"""A hire 租用: a meeting room, equipment or a car, given for a time and taken back; billed by real use."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.commerce.orders.domain import Line, Order
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day
from tenants.hotel.domain.extra import Extra, Kind, Rental
from tenants.hotel.domain.metering import Metering, share

HIRED = (Kind.MEETING, Kind.GEAR, Kind.CAR)
EARLY = timedelta(hours=12)
"""So long before its time something may be handed over."""


class HireState(StrEnum):
    BOOKED = "booked"
    RUNNING = "running"
    ENDED = "ended"
    UNUSED = "unused"
    CANCELLED = "cancelled"


class HireIs(Refusal):
    code = "hotel.hire.state"
    detail = N_("“%(title)s” 现在不能这样办理。")
    remedy = N_("请刷新页面,看它现在的状态。")


class HireTime(Refusal):
    code = "hotel.hire.time"
    status = 422
    detail = N_("时间不对:不能晚于现在,结束须在开始之后,最早提前 12 小时开始。")


class LicenceUnseen(Refusal):
    code = "hotel.hire.licence"
    status = 422
    detail = N_("交车前须当面核对驾驶证:准驾车型 %(licence)s,在有效期内。")
    remedy = N_("没有有效驾驶证的不能交车,可改订带司机的车。")


class KilometresWrong(Refusal):
    code = "hotel.hire.kilometres"
    status = 422
    detail = N_("请填里程表读数;还车读数不能小于交车读数。")


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What a use costs in fen: its time, and kilometres beyond those included."""

    minutes: int
    time: int
    kilometres: int = 0
    over: int = 0

    @property
    def total(self) -> int:
        return self.time + self.over


@dataclass(frozen=True, kw_only=True)
class Hire:
    """Something hired. ``price`` in fen for all ``count`` pieces over the booked time; ``metering`` and
    ``rental`` as they were when it was booked. ``stay``: whose bill; none: a bill of the order's own.

    with_rooms: the booked price is on the stay's bill from check-in on. gone, back: the odometer, km.
    """

    id: str
    site: str
    order: str
    line: int
    extra: str
    kind: Kind
    title: str
    count: int
    price: int
    starts: datetime
    ends: datetime
    metering: Metering
    rental: Rental | None = None
    stay: str = ""
    with_rooms: bool = False
    party: bytes = b""
    state: HireState = HireState.BOOKED
    started: datetime | None = None
    ended: datetime | None = None
    gone: int | None = None
    back: int | None = None
    licence: bool = False
    billed: int = 0
    by: str = ""
    version: int = 1

    @property
    def booked(self) -> int:
        """Minutes that were booked."""
        return max(1, int((self.ends - self.starts).total_seconds()) // 60)

    @property
    def over(self) -> bool:
        """Whether nothing is left to be done with it."""
        return self.state in {HireState.ENDED, HireState.UNUSED, HireState.CANCELLED}

    def begun(self, at: datetime, *, kilometres: int | None, licence: bool, by: str, now: datetime) -> "Hire":
        """Handed over. Raises ``HireIs``, ``HireTime``, ``LicenceUnseen``, ``KilometresWrong``."""
        if self.state is not HireState.BOOKED:
            raise HireIs(title=self.title)
        if at > now or at < self.starts - EARLY:
            raise HireTime
        if self.rental is not None and not self.rental.driver:
            if not licence:
                raise LicenceUnseen(licence=self.rental.licence)
            if kilometres is None:
                raise KilometresWrong
        return replace(
            self,
            state=HireState.RUNNING,
            started=at,
            gone=kilometres,
            licence=licence,
            by=by,
            version=self.version + 1,
        )

    def finished(
        self, at: datetime, *, kilometres: int | None, by: str, now: datetime
    ) -> "tuple[Hire, Bill]":
        """Taken back, and what it costs. Raises ``HireIs``, ``HireTime``, ``KilometresWrong``."""
        if self.state is not HireState.RUNNING or self.started is None:
            raise HireIs(title=self.title)
        if at > now or at < self.started:
            raise HireTime
        bill = self.bill(at, kilometres=kilometres)
        after = replace(
            self,
            state=HireState.ENDED,
            ended=at,
            back=kilometres,
            billed=bill.total,
            by=by,
            version=self.version + 1,
        )
        return after, bill

    def bill(self, at: datetime, *, kilometres: int | None) -> Bill:
        """What it would cost if it came back at ``at``. Raises ``KilometresWrong``."""
        assert self.started is not None
        minutes = self.metering.minutes(self.started, at, booked=self.booked)
        time = share(self.price, minutes=minutes, booked=self.booked)
        if self.rental is None or self.gone is None:
            return Bill(minutes=minutes, time=time)
        if kilometres is None or kilometres < self.gone:
            raise KilometresWrong
        days = -(-minutes // (24 * 60))
        beyond = max(0, kilometres - self.gone - days * self.rental.kilometres * self.count)
        return Bill(minutes=minutes, time=time, kilometres=beyond, over=beyond * self.rental.over)

    def unused(self, *, by: str, now: datetime) -> "Hire":
        """Nobody came: what was booked is charged. Raises ``HireIs``, ``HireTime``."""
        if self.state is not HireState.BOOKED:
            raise HireIs(title=self.title)
        if now < self.starts:
            raise HireTime
        return replace(self, state=HireState.UNUSED, billed=self.price, by=by, version=self.version + 1)

    def cancelled(self) -> "Hire":
        """Called off with its booking. Raises ``HireIs`` once it was handed over."""
        if self.state is not HireState.BOOKED:
            raise HireIs(title=self.title)
        return replace(self, state=HireState.CANCELLED, version=self.version + 1)


def hire_id(order: str, line: int, starts: datetime) -> str:
    """Its name: it carries the day, so that it leads to its row."""
    return f"{business_day(starts).isoformat()}.{order}.{line}"


def hired_lines(order: Order) -> Iterator[tuple[int, Line]]:
    """The lines of an order that are given for a time, with their places."""
    for place, line in enumerate(order.lines):
        if line.kind in HIRED:
            yield place, line


def expected(
    order: Order, place: int, line: Line, extra: Extra, *, stay: str, with_rooms: bool, party: bytes
) -> Hire:
    """The hire of a line that becomes firm."""
    return Hire(
        id=hire_id(order.id, place, line.starts),
        site=extra.site,
        order=order.id,
        line=place,
        extra=extra.id,
        kind=extra.kind,
        title=line.title,
        count=line.count,
        price=line.total,
        starts=line.starts,
        ends=line.ends,
        metering=extra.metered,
        rental=extra.rental,
        stay=stay,
        with_rooms=with_rooms,
        party=party,
    )


def in_order(hires: Sequence[Hire]) -> list[Hire]:
    """What runs first, then what is to come by its time, then what is over."""
    rank = {HireState.RUNNING: 0, HireState.BOOKED: 1}
    return sorted(hires, key=lambda one: (rank.get(one.state, 2), one.starts, one.id))

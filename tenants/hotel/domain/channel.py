"""Channels: calendars read and shown, what they take, and where two sold the same night.

A calendar (iCalendar, RFC 5545) knows dates only: nobody's name is kept from it. What it says is busy holds
places like a guest would; what it stops saying gives them back. A feed that nobody could read for a while is
``stale``: a calendar must not go silent unnoticed.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.commerce.stock import Hold
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import Period

CLOSURE = "chn-"
"""Holders of a channel's places begin so and have 16 characters: no order's contain a hyphen."""

HORIZON = timedelta(days=500)
MOST_BUSY = 500
MOST_CHANNELS = 60
STALE_AFTER = timedelta(hours=3)
READ_EVERY = timedelta(minutes=15)


class ChannelsFull(Refusal):
    code = "hotel.channel.too-many"
    status = 422
    detail = N_("最多可连接 %(most)s 个渠道。")
    remedy = N_("请先移除不再使用的渠道。")


class FeedWrong(Refusal):
    code = "hotel.channel.feed"
    status = 422
    detail = N_("这个地址返回的不是日历(iCal)。")
    remedy = N_("请在平台的“导出日历”处重新复制地址。")


class NoRoomThere(Refusal):
    code = "hotel.channel.no-room"
    detail = N_("所选房型在这些日期也已订满。")
    remedy = N_("请改选其他房型。")


class NoPlaceYet(Refusal):
    code = "hotel.channel.no-place"
    detail = N_("这条记录还没有房:同一间房晚被两处卖出。")
    remedy = N_("请先为客人换一个有房的房型。")


class Health(StrEnum):
    """How a channel's calendar is: never read, read lately, not for too long, or it reads nothing in."""

    NEW = "new"
    FRESH = "fresh"
    STALE = "stale"
    OUT = "out"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Another place where a type's rooms are sold. ``address`` (sealed) is the calendar that we read.

    ``key`` is the hash of the secret in the address of the calendar that we show. ``tag`` is the feed's
    ETag; ``error`` why the last reading failed (a public code).
    """

    id: str
    site: str
    type: str
    name: str
    key: str
    address: bytes = b""
    tag: str = ""
    tried: datetime | None = None
    read: datetime | None = None
    busy: int = 0
    error: str = ""
    version: int = 0

    def health(self, *, now: datetime) -> Health:
        """How its calendar is at ``now``."""
        if not self.address:
            return Health.OUT
        if self.read is None:
            return Health.NEW if self.tried is None else Health.STALE
        return Health.STALE if now - self.read > STALE_AFTER else Health.FRESH

    def due(self, *, now: datetime) -> bool:
        """Whether its calendar should be read again."""
        return bool(self.address) and (self.tried is None or now - self.tried >= READ_EVERY)

    def opens(self, secret: str) -> bool:
        """Whether this is the secret of the calendar that we show."""
        return hmac.compare_digest(self.key, hashed(secret))

    def heard(self, *, busy: int, tag: str, now: datetime) -> "Channel":
        """After its calendar was read."""
        return replace(self, tried=now, read=now, busy=busy, tag=tag, error="", version=self.version + 1)

    def unheard(self, *, error: str, now: datetime) -> "Channel":
        """After its calendar could not be read."""
        return replace(self, tried=now, error=error, version=self.version + 1)


@dataclass(frozen=True)
class Busy:
    """An entry of a calendar: half-open dates under the sender's own id."""

    uid: str
    first: date
    last: date

    @property
    def id(self) -> str:
        """The id under which we keep it: the sender's may hold anything, and names its guest at times."""
        return CLOSURE + hashlib.sha256(self.uid.encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Closure:
    """What a channel has taken: nights of a type with the places held. None held: sold twice, or ``order`` is
    the booking that has the places now, since the desk wrote down who comes.

    ``asked`` is the type that the channel sells; ``type`` where the places were found in the end.
    """

    id: str
    channel: str
    site: str
    asked: str
    type: str
    first: date
    last: date
    holds: tuple[Hold, ...] = ()
    order: str = ""
    since: datetime

    @property
    def conflict(self) -> bool:
        """Whether another had sold these nights already."""
        return not self.holds and not self.order

    def booked(self, order: str) -> "Closure":
        """After its places have become a booking's."""
        return replace(self, holds=(), order=order)

    @property
    def nights(self) -> tuple[date, ...]:
        """Each night that it takes."""
        return tuple(Period(self.first, self.last))


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A booking whose entry its channel's calendar has no longer: called off there, or moved. It stands until
    somebody decides."""

    order: str
    site: str
    channel: str
    first: date
    last: date
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a reading changes: closures that end, entries that are new (or moved to other dates)."""

    gone: tuple[Closure, ...]
    new: tuple[Busy, ...]


def difference(kept: Mapping[str, Closure], said: Sequence[Busy], *, today: date) -> Difference:
    """Compare what is kept with what the calendar says now; the past and the far future are left out."""
    wanted: dict[str, Busy] = {}
    for busy in said:
        cut = Busy(busy.uid, max(busy.first, today), min(busy.last, today + HORIZON))
        if cut.first < cut.last:
            wanted[cut.id] = cut
    gone = tuple(
        one for one in kept.values() if one.last > today and not _same(one, wanted.get(one.id), today)
    )
    over = tuple(one for one in kept.values() if one.last <= today)
    stays = kept.keys() - {one.id for one in gone}
    return Difference(gone=gone + over, new=tuple(busy for id, busy in wanted.items() if id not in stays))


def busy_periods(full: Sequence[date]) -> tuple[Period, ...]:
    """Nights as half-open periods, those that touch as one."""
    made: list[Period] = []
    for night in sorted(full):
        if made and made[-1].end == night:
            made[-1] = Period(made[-1].start, night + timedelta(days=1))
        else:
            made.append(Period(night, night + timedelta(days=1)))
    return tuple(made)


def hashed(secret: str) -> str:
    """How a calendar's secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _same(closure: Closure, busy: Busy | None, today: date) -> bool:
    """Whether an entry still says what is kept: the nights that have passed are no difference."""
    if busy is None:
        return False
    return (max(closure.first, today), closure.last) == (busy.first, busy.last)

"""Capacity orders from above (D02): for a while no more than so many. Pure; rows decide, not code.

An order lowers what holds; it never raises it. When its window is over, or it is lifted, the approved maxima
hold again by themselves, because nothing was overwritten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from tenants.scenic.domain.area import Area, AreaFull, Capacity, Gauge, Status

EVERY = "*"
"""An order for all areas of the tenant."""

AUTHORITY = "authority"
"""U12's reason when an order is behind it."""


class AreaLimited(AreaFull):
    detail = N_("按主管部门要求,景区正在限流,现已暂停售票和入园。")
    remedy = N_("请稍后查看实时人数,或改约其他日期。")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One order: ``cap`` people at one time, or ``permille`` of each approved maximum."""

    id: str
    area: str
    begins: datetime
    ends: datetime
    cap: int | None = None
    permille: int | None = None
    reason: str = "other"

    def concerns(self, area: str, start: datetime, end: datetime) -> bool:
        """Whether it holds for this area at some moment of ``[start, end)``."""
        return self.area in {EVERY, area} and self.begins < end and start < self.ends

    def holds(self, area: str, now: datetime) -> bool:
        """Whether it holds for this area now."""
        return self.area in {EVERY, area} and self.begins <= now < self.ends

    def of(self, most: int) -> int:
        """What is left of a maximum of people at one time, or of the places of a session."""
        if self.cap is not None:
            return min(most, self.cap)
        return most * (self.permille or 0) // 1000

    def of_day(self, most: int) -> int:
        """What is left of a day's maximum; a cap speaks of one time, so only a cap of none closes the day."""
        if self.cap is not None:
            return most if self.cap else 0
        return self.of(most)


def lowered(area: Area, limits: Iterable[Limit], now: datetime) -> Capacity:
    """The maxima that hold now: the approved ones, lowered by every order in force."""
    capacity = area.capacity
    for limit in limits:
        if limit.holds(area.id, now):
            capacity = replace(
                capacity,
                instant=min(capacity.instant, limit.of(area.capacity.instant)),
                day=min(capacity.day, limit.of_day(area.capacity.day)),
            )
    return capacity


def withheld(places: int, area: str, limits: Iterable[Limit], start: datetime, end: datetime) -> int:
    """How many of a session's places are not sold because of orders that touch it."""
    return max((places - limit.of(places) for limit in limits if limit.concerns(area, start, end)), default=0)


def strictest(area: Area, limits: Iterable[Limit], now: datetime) -> Limit | None:
    """The order in force that leaves least."""
    holding = [limit for limit in limits if limit.holds(area.id, now)]
    return min(holding, key=lambda limit: (limit.of(area.capacity.instant), limit.id), default=None)


def status_of(area: Area, gauge: Gauge, limits: Sequence[Limit], now: datetime) -> tuple[Status, str]:
    """What U12 says, and why: an order in force limits what would be open, and none closes by it."""
    limit = strictest(area, limits, now)
    if limit is None or gauge.status == "closed":
        return gauge.status, gauge.reason
    if limit.of(area.capacity.instant) == 0:
        return "closed", AUTHORITY
    return "limited", AUTHORITY

"""Groups and allotments 团队: so many rooms of types, for dates, under one name, until a release date.

The rooms are held under a holder of the group's own (``grp-…``). Picking up makes bookings of them; what
nobody has picked up by the release date returns to the stock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.commerce.stock import Hold
from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.places import type_of

GROUP = "grp-"
"""Holders of groups begin so: no order's, stay's or repair's name does."""


class GroupState(StrEnum):
    OPEN = "open"
    RELEASED = "released"
    CANCELLED = "cancelled"


class GroupClosed(Refusal):
    code = "hotel.group.closed"
    detail = N_("这个团队已释放或取消。")


class GroupShort(Refusal):
    code = "hotel.group.short"
    detail = N_("团队还剩 %(left)s 间可用,您要 %(wanted)s 间。")
    remedy = N_("请减少间数,或另外预订。")


class GroupDates(Invalid):
    code = "hotel.group.dates"
    detail = N_("入住与离店应在团队的日期之内。")


class GroupNights(GroupDates):
    code = "hotel.group.nights"
    detail = N_("离店要晚于入住,入住不早于今天,最多 30 晚。")


class ReleaseLate(GroupDates):
    code = "hotel.group.release"
    detail = N_("释放日不能晚于入住日,也不能早于今天。")


class NamesOver(Invalid):
    code = "hotel.group.names"
    detail = N_("名单上有 %(names)s 人,只分 %(rooms)s 间,还没有分房。")
    remedy = N_("一行一间:请增加间数,或删去多出的名字。")


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group. ``contact`` is sealed. rooms: by type, as agreed; rates: fen a room and night, by type; what
    has none is sold at the plan's price. picked: its bookings. holds: what is left to be picked up.
    given: how many rooms were, once it is over."""

    id: str
    site: str
    name: str
    company: str
    contact: bytes
    arrive: date
    depart: date
    rooms: Mapping[str, int]
    plan: str
    release: date
    rates: Mapping[str, int] = field(default_factory=dict)
    state: GroupState = GroupState.OPEN
    holds: tuple[Hold, ...] = ()
    picked: tuple[str, ...] = ()
    given: int = 0
    version: int = 0

    @property
    def nights(self) -> tuple[date, ...]:
        """Each night by the date on which it begins."""
        return tuple(self.arrive + timedelta(days=step) for step in range((self.depart - self.arrive).days))

    def require_open(self) -> None:
        """Refuse what only an open group may do."""
        if self.state is not GroupState.OPEN:
            raise GroupClosed(state=str(self.state))

    def left(self, type: str, nights: Sequence[date]) -> int:
        """How many rooms of a type can still be picked up for all of these nights."""
        slots = {night.isoformat(): 0 for night in nights}
        for hold in self.holds:
            if type_of(hold) == type and hold.slot in slots:
                slots[hold.slot] += hold.count
        return min(slots.values(), default=0)

    def taking(self, type: str, nights: Sequence[date], count: int) -> tuple[Hold, ...]:
        """The places of so many rooms for these nights. Raises ``GroupShort``, ``GroupDates``."""
        if not nights or nights[0] < self.arrive or nights[-1] >= self.depart:
            raise GroupDates
        left = self.left(type, nights)
        if left < count:
            raise GroupShort(left=left, wanted=count)
        found: list[Hold] = []
        for night in nights:
            wanted = count
            for hold in self.holds:
                if hold.slot == night.isoformat() and type_of(hold) == type and wanted:
                    part = min(hold.count, wanted)
                    found.append(replace(hold, count=part))
                    wanted -= part
        return tuple(found)

    def without(self, gone: Sequence[Hold], *, order: str) -> "Group":
        """The group after these places became a booking's."""
        less = {_place(hold): hold.count for hold in gone}
        kept = (replace(hold, count=hold.count - less.get(_place(hold), 0)) for hold in self.holds)
        return replace(
            self,
            holds=tuple(hold for hold in kept if hold.count),
            picked=(*self.picked, order),
            version=self.version + 1,
        )

    def ended(self, state: GroupState) -> "Group":
        """Released or cancelled: nothing is held any more. Raises ``GroupClosed``."""
        self.require_open()
        left = sum(self.left(type, self.nights) for type in self.rooms)
        given = sum(self.rooms.values()) - left
        return replace(self, state=state, holds=(), given=given, version=self.version + 1)


def require_dates(arrive: date, depart: date, release: date, *, tonight: date) -> None:
    """Raises ``GroupNights``, ``ReleaseLate``."""
    if not tonight <= arrive < depart or (depart - arrive).days > 30:
        raise GroupNights
    if not tonight <= release <= arrive:
        raise ReleaseLate


def _place(hold: Hold) -> tuple[str, str, int]:
    return (hold.resource, hold.slot, hold.bucket)

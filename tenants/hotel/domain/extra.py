"""Extras: what is booked beside a room, or alone: breakfast, a parking place, a meeting room, a car.

Those that can run out are counted on the stock kernel like nights: resource ``extra:<id>``, slot a day or an
hour. Their capacity never changes on sale: what is added comes as a further pool.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from chalicelib.commerce.orders.domain import Line
from chalicelib.commerce.stock import Claim, Slot
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.booking import terms_facts
from tenants.hotel.domain.metering import BY_DAY, BY_HOUR, Metering
from tenants.hotel.domain.plan import Fee, Secured, in_order, terms
from tenants.hotel.domain.property import Property, text
from tenants.hotel.domain.refusals import SetupInvalid
from tenants.hotel.domain.rooms import Pool
from tenants.hotel.domain.sheet import month_of

MOST_HOURS, MOST_DAYS = 14, 30
EQUIPMENT = ("projector", "screen", "microphone", "whiteboard", "video", "tea", "wifi")
"""What a meeting room may have, as codes; pages say them in each language."""
LICENCES = ("C1", "C2", "B1", "A1")
"""Classes of driving licence (公安部令第 162 号,附件 1) that cars for hire may need."""


class Kind(StrEnum):
    """What it is; the value is the kind of the order's line, from which the city's six elements follow."""

    MEAL = "table"
    PARKING = "parking"
    MEETING = "meeting"
    GEAR = "gear"
    CAR = "ride"
    OTHER = "service"


class Per(StrEnum):
    """What one price pays for: the whole order, each night of the stay, each hour, each day."""

    ORDER = "order"
    NIGHT = "night"
    HOUR = "hour"
    DAY = "day"


class ExtraUnfit(SetupInvalid):
    code = "hotel.extra.unfit"
    detail = N_("会议室与设备按小时,租车按天;其他服务按单或按晚。")


class ExtraShrinks(SetupInvalid):
    code = "hotel.extra.shrinks"
    detail = N_("已开售的数量只能增加,不能减少(现为 %(count)s)。")


class NotAlone(Refusal):
    code = "hotel.extra.not-alone"
    status = 422
    detail = N_("%(title)s 须与客房一起预订。")
    remedy = N_("请先选择客房。")


class ExtraTime(Refusal):
    code = "hotel.extra.time"
    status = 422
    detail = N_("%(title)s 不能在所选的日期或时间预订。")
    remedy = N_("请换一个日期或时间。")


class TooManyExtras(Refusal):
    code = "hotel.extra.too-many"
    status = 422
    detail = N_("%(title)s 一次最多 %(most)s 份。")


@dataclass(frozen=True, kw_only=True)
class Rental:
    """A car's terms: kilometres a day in the price, fen for each more, deposit in fen, seats.

    ``driver``: it comes with one; else the guest drives with a licence of this class.
    """

    kilometres: int = 200
    over: int = 100
    deposit: int = 0
    seats: int = 5
    driver: bool = False
    licence: str = "C1"


@dataclass(frozen=True, kw_only=True)
class Extra:
    """What is sold beside rooms. ``pools`` empty: it never runs out. ``alone``: also without a room.

    ``opens``, ``closes`` bound hours; ``seats`` and ``equipment`` of a meeting room; ``fees`` as in a rate
    plan; ``metering``: how real use is charged.
    """

    id: str
    site: str
    names: Mapping[str, str]
    kind: Kind
    per: Per
    price: int
    about: Mapping[str, str] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()
    most: int = 9
    alone: bool = False
    fees: tuple[Fee, ...] = (Fee(hours=0),)
    opens: time = time(8)
    closes: time = time(22)
    seats: int = 0
    equipment: tuple[str, ...] = ()
    metering: Metering | None = None
    rental: Rental | None = None
    on: bool = True
    version: int = 0

    def __post_init__(self) -> None:
        wanted = {Kind.MEETING: Per.HOUR, Kind.GEAR: Per.HOUR, Kind.CAR: Per.DAY}.get(self.kind)
        if wanted is not None and self.per is not wanted:
            raise ExtraUnfit
        if wanted is None and self.per in {Per.HOUR, Per.DAY}:
            raise ExtraUnfit

    @property
    def metered(self) -> Metering:
        """How its real use is charged: its own rule, or what is usual for its kind."""
        return self.metering or (BY_DAY if self.kind is Kind.CAR else BY_HOUR)

    @property
    def resource(self) -> str:
        """The first pool's name."""
        return f"extra:{self.id}"

    @property
    def capacity(self) -> int:
        """How many there are; 0 where they never run out."""
        return sum(pool.capacity for pool in self.pools)

    @property
    def limited(self) -> bool:
        """Whether it can run out."""
        return bool(self.pools)

    def with_capacity(self, count: int) -> "Extra":
        """So many of them. Raises ``ExtraShrinks``: what may be sold already stays."""
        more = count - self.capacity
        if more < 0 or (more and not self.pools and self.version):
            raise ExtraShrinks(count=self.capacity)
        if not more:
            return self
        name = self.resource if not self.pools else f"{self.resource}:{len(self.pools) + 1}"
        return replace(self, pools=(*self.pools, Pool(resource=name, capacity=more)))


@dataclass(frozen=True, kw_only=True)
class Use:
    """When an extra is used: nights ``[first, last)``, or from hour ``start`` of ``first`` for ``hours``."""

    first: date
    last: date
    start: int = 0
    hours: int = 0

    @property
    def days(self) -> tuple[date, ...]:
        """Each day of it."""
        count = max(1, (self.last - self.first).days)
        return tuple(self.first + timedelta(days=step) for step in range(count))


def slots(extra: Extra, use: Use) -> tuple[Slot, ...]:
    """The slots that one piece of it takes."""
    if not extra.limited:
        return ()
    first = extra.pools[0]
    if extra.per is Per.HOUR:
        day = use.first
        return tuple(
            Slot(
                resource=first.resource,
                slot=f"{day.isoformat()}T{hour:02d}",
                capacity=first.capacity,
                shelf=f"{extra.site}#{month_of(day)}#hours",
            )
            for hour in range(use.start, use.start + use.hours)
        )
    days = use.days if extra.per is not Per.ORDER else use.days[:1]
    return tuple(
        Slot(
            resource=first.resource,
            slot=day.isoformat(),
            capacity=first.capacity,
            shelf=f"{extra.site}#{month_of(day)}",
        )
        for day in days
    )


def each(extra: Extra, use: Use) -> tuple[Claim, ...]:
    """What one piece claims."""
    return tuple(Claim(slot=slot, count=1) for slot in slots(extra, use))


def price_of(extra: Extra, use: Use) -> int:
    """Fen for one piece over its whole use."""
    match extra.per:
        case Per.ORDER:
            return extra.price
        case Per.HOUR:
            return extra.price * use.hours
        case _:
            return extra.price * len(use.days)


def span(extra: Extra, use: Use, *, property: Property) -> tuple[datetime, datetime]:
    """From when to when it is used."""
    if extra.per is Per.HOUR:
        starts = property.instant(use.first, time(use.start))
        return starts, starts + timedelta(hours=use.hours)
    if extra.per is Per.DAY:
        starts = property.instant(use.first, time(use.start or 9))
        return starts, starts + timedelta(days=len(use.days))
    return property.arrival(use.first), property.departure(max(use.last, use.first))


def require_usable(extra: Extra, use: Use, *, count: int, property: Property, now: datetime) -> None:
    """Refuse what cannot be: a time that is over or closed, more than one order may have."""
    title = text(extra.names, "zh")
    if not 1 <= count <= extra.most:
        raise TooManyExtras(title=title, most=extra.most)
    starts, ends = span(extra, use, property=property)
    too_long = use.hours > MOST_HOURS or len(use.days) > max(MOST_DAYS, 60 if extra.per is Per.NIGHT else 0)
    closed = extra.per is Per.HOUR and not (
        extra.opens.hour <= use.start and use.hours >= 1 and use.start + use.hours <= extra.closes.hour
    )
    over = ends <= now if extra.per is not Per.HOUR else starts <= now - timedelta(hours=1)
    if too_long or closed or over or use.first > property.today(now) + timedelta(days=800):
        raise ExtraTime(title=title)


def use_of(line: Line) -> Use:
    """When the extra of a line is used: what its slot says."""
    first, _, last = line.slot.partition("/")
    day, _, start = first.partition("T")
    if start:
        on = date.fromisoformat(day)
        return Use(first=on, last=on, start=int(start), hours=int(last))
    return Use(first=date.fromisoformat(day), last=date.fromisoformat(last))


def extra_line(
    extra: Extra, use: Use, *, count: int, secured: Secured, property: Property, locale: str
) -> Line:
    """A number of one extra as a line of an order. ``secured``: as the rooms beside it are."""
    starts, ends = span(extra, use, property=property)
    price = price_of(extra, use)
    slot = (
        f"{use.first.isoformat()}T{use.start:02d}/{use.hours}"
        if extra.per is Per.HOUR
        else f"{use.first.isoformat()}/{use.last.isoformat()}"
    )
    return Line(
        kind=str(extra.kind),
        product=extra.id,
        title=text(extra.names, locale),
        option=str(extra.per),
        resource=extra.resource,
        slot=slot,
        starts=starts,
        ends=ends,
        count=count,
        price=price,
        facts={
            "secured": str(secured),
            "due": 0 if secured is Secured.GUARANTEE else price,
            **terms_facts(terms(in_order(extra.fees), (price,), whole=price, arrival=starts)),
        },
    )

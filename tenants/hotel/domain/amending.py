"""What changing a firm booking means: places needed besides, places that return, what it costs or gives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from chalicelib.commerce.orders.domain import Line, Order
from chalicelib.commerce.stock import Claim, Hold
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.booking import terms_facts, terms_of
from tenants.hotel.domain.extra import Extra, each, use_of
from tenants.hotel.domain.nights import claims, hour_slots, met_nights, night_claims
from tenants.hotel.domain.plan import Terms
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.domain.stay import GONE, Stay, dates

FEE = "fee"
"""The kind of a line that is no goods: what stays with the hotel for what was given up."""


class ChangeAtDesk(Refusal):
    code = "hotel.change.at-desk"
    detail = N_("这笔预订不能在网上修改:已有客人入住,或酒店已为您调整过。")
    remedy = N_("请联系酒店前台办理。")


class BookingBegun(Refusal):
    code = "hotel.change.begun"
    detail = N_("这笔预订已有房间入住、离店或未到店,不能再改入住日期。")
    remedy = N_("在前台可以只改离店日期;要改入住日期,请另订一间,再取消原来的一间。")


class TooManyChanges(Refusal):
    code = "hotel.change.too-many"
    detail = N_("这笔预订改过太多次。")
    remedy = N_("请取消后重新预订。")


class NothingChanged(Refusal):
    code = "hotel.change.nothing"
    status = 422
    detail = N_("日期和客房都没有变。")


class AllCancelled(Refusal):
    code = "hotel.change.all"
    status = 422
    detail = N_("这是最后一间客房。")
    remedy = N_("如不再入住,请取消整个预订。")


class ChangeDiffers(Refusal):
    code = "hotel.change.differs"
    detail = N_("金额已变:现在需补 %(pay)s、可退 %(back)s,与您看到的不同。")
    remedy = N_("请重新查看金额后再确认。")


@dataclass(frozen=True, kw_only=True)
class Amending:
    """A change as quoted: all lines as they will be, the money, the places.

    fee: what stays for what was given up. pay: to be paid before the change is made; back: what returns.
    """

    lines: tuple[Line, ...]
    fee: Money
    pay: Money
    back: Money
    added: tuple[Claim, ...]
    removed: tuple[tuple[Hold, int], ...]

    @property
    def total(self) -> Money:
        """What the booking costs afterwards."""
        return Money(sum(line.total for line in self.lines))


Places = Mapping[tuple[str, str], Claim]
"""What lines need, by (first pool, slot)."""


def amending(order: Order, lines: Sequence[Line], *, fee: int, before: Places, after: Places) -> Amending:
    """The quote of a change from what the order needs and will need. Paid is what is due; the rest waits for
    the hotel's desk; what was paid beyond the new total returns."""
    kept, total = order.paid.amount, sum(line.total for line in lines)
    due = sum(line.facts["due"] * line.count for line in lines)
    return Amending(
        lines=tuple(lines),
        fee=Money(fee),
        pay=Money(max(0, min(due, total) - kept)),
        back=Money(max(0, kept - total)),
        added=tuple(
            replace(claim, count=more)
            for key, claim in after.items()
            if (more := claim.count - (before[key].count if key in before else 0)) > 0
        ),
        removed=tuple(
            part
            for key, claim in before.items()
            if (less := claim.count - (after[key].count if key in after else 0)) > 0
            for part in _share(order.holds, key, less)
        ),
    )


def needed(
    lines: Sequence[Line],
    *,
    types: Mapping[str, RoomType],
    extras: Mapping[str, Extra],
    property: Property,
) -> Places:
    """What these lines need together."""
    found: dict[tuple[str, str], Claim] = {}
    for line in lines:
        for claim in _each(line, types=types, extras=extras, property=property) if line.count else ():
            before = found.get(claim.slot.key)
            count = claim.count * line.count + (before.count if before is not None else 0)
            found[claim.slot.key] = Claim(slot=claim.slot, count=count)
    return found


def fee_line(line: Line, fee: int, *, title: str, paid: bool) -> Line:
    """What stays of a line that is given up, as a line of its own. It never comes back."""
    return Line(
        kind=FEE,
        product=line.product,
        title=title,
        option=line.option,
        resource="",
        slot="",
        starts=line.starts,
        ends=line.ends,
        count=1,
        price=fee,
        facts={
            "secured": line.facts["secured"],
            "due": fee if paid else 0,
            **terms_facts(Terms(steps=(), after=fee)),
        },
    )


def bound(line: Line, least: int) -> Line:
    """A line whose terms never cost less than ``least`` fen apiece: moving a stay on does not shake off the
    fee that its old terms had come to."""
    if not least:
        return line
    terms = terms_of(line).at_least(min(least, line.price))
    return replace(line, facts={**line.facts, **terms_facts(terms)})


def gone(line: Line) -> Line:
    """A line that was replaced: it keeps its place among the lines."""
    return replace(line, count=0)


def fewer(line: Line, some: Collection[int]) -> Line:
    """A line without the pieces of these numbers."""
    facts = {**line.facts, GONE: sorted({*line.facts.get(GONE, ()), *some})}
    return replace(line, count=line.count - len(some), facts=facts)


def held(stays: Sequence[Stay], order: Order, *, types: Mapping[str, RoomType]) -> Places:
    """What a booking holds for these of its rooms: not the nights that the desk gave up, nor those for which
    a room has a place under its own name."""
    found: dict[tuple[str, str], Claim] = {}
    for one in stays:
        first, last = nights_of(order.lines[one.line]) or (one.arrive, one.arrive)
        own = {hold.slot for hold in one.holds}
        nights = [night for night in one.nights if first <= night < last and night.isoformat() not in own]
        for claim in claims([(types[one.type], 1)], nights, types=types) if nights else ():
            before = found.get(claim.slot.key)
            count = claim.count + (before.count if before is not None else 0)
            found[claim.slot.key] = Claim(slot=claim.slot, count=count)
    return found


def nights_of(line: Line) -> tuple[date, date] | None:
    """(arrive, depart) of a line for nights; nothing for everything else."""
    if line.kind != "night":
        return None
    arrive, depart, hours = dates(line)
    return None if hours is not None else (arrive, depart)


def _each(
    line: Line, *, types: Mapping[str, RoomType], extras: Mapping[str, Extra], property: Property
) -> tuple[Claim, ...]:
    """What one piece of a line claims."""
    if line.kind == FEE:
        return ()
    if line.kind != "night":
        extra = extras.get(line.product)
        return each(extra, use_of(line)) if extra is not None else ()
    kind = types[line.product]
    arrive, depart, hours = dates(line)
    if hours is None:
        period = [date.fromordinal(day) for day in range(arrive.toordinal(), depart.toordinal())]
        return claims([(kind, 1)], period, types=types)
    capacity = kind.hourly.rooms if kind.hourly is not None else 0
    slots = hour_slots(kind, arrive, range(*hours), capacity=capacity)
    met = met_nights(arrive, *hours, property=property)
    return (*(Claim(slot=slot, count=1) for slot in slots), *night_claims(kind, met))


def _share(holds: Sequence[Hold], key: tuple[str, str], count: int) -> list[tuple[Hold, int]]:
    """So many places of a family of pools in a slot; the allowance is sold last and returns first."""
    name, slot = key
    fitting = [
        hold
        for hold in holds
        if hold.slot == slot and (hold.resource == name or hold.resource.startswith(f"{name}:"))
    ]
    found = []
    for hold in sorted(fitting, key=lambda hold: ":over" not in hold.resource):
        part = min(hold.count, count)
        if part:
            found.append((hold, part))
            count -= part
    return found

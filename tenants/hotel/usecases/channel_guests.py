"""Guests to whom a channel has sold: its calendar says dates and no names, the desk writes down who comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.commerce.orders import events as order_events
from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.domain import Line, Order, State
from chalicelib.commerce.orders.usecases import Mark, Wish
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import Period
from tenants.hotel.domain import booking as firm
from tenants.hotel.domain.booking import stay_line
from tenants.hotel.domain.channel import Closure, NoPlaceYet
from tenants.hotel.domain.offer import NotOffered, Stay, agreed, require_people
from tenants.hotel.domain.plan import RatePlan, Secured
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.usecases import booking, stays
from tenants.hotel.usecases.ports import Hotel, Unit

CHANNEL = "ota"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Who comes, under which plan, for how much (fen for the stay, without taxes that come on top)."""

    plan: str
    rooms: int
    contact: Mapping[str, str]
    adults: int = 1


def entry(channel: str, id: str, *, hotel: Hotel) -> Closure:
    """What a calendar has taken. Raises ``Missing``."""
    found = hotel.channels.closures(channel).get(id)
    if found is None:
        raise Missing(closure=id)
    return found


def plans_of(closure: Closure, *, hotel: Hotel) -> Sequence[RatePlan]:
    """The plans that the type of an entry is sold under."""
    return [plan for plan in hotel.setup.house().plans.values() if plan.sells(closure.type)]


def take_over(channel: str, id: str, guest: Guest, *, mark: Mark, unit: Unit) -> Order:
    """A firm booking of an entry's nights: its places change hands, nobody else could have had them.

    An entry that has one answers it. Sent again it is the same booking. Raises ``NoPlaceYet``,
    ``NotOffered``, ``TooManyPeople``.
    """
    with unit("hotel.channel-guest-hold") as hotel:
        closure = entry(channel, id, hotel=hotel)
        if closure.order:
            return hotel.orders.get(closure.order)
        line = _line(closure, guest, hotel=hotel)
        wish = Wish(
            lines=(line,),
            claims=(),
            locks=(),
            tails=(),
            policy=(),
            people=hotel.vault.seal({"contact": dict(guest.contact), "guests": []}),
            channel=CHANNEL,
            locale="zh",
        )
        order = orders.hold_order(wish, mark=mark, orders=hotel.orders, stock=hotel.stock({}), now=hotel.now)
    if order.state is not State.HELD:
        return order
    with unit("hotel.channel-guest") as hotel:
        closure = entry(channel, id, hotel=hotel)
        if closure.order:
            return hotel.orders.get(closure.order)
        held = hotel.orders.get(order.id)
        held.require_held(now=hotel.now)
        after = firm.guaranteed(replace(held, holds=closure.holds))
        hotel.channels.hand_on(closure.booked(order.id), before=closure)
        hotel.orders.keep(after, before=held)
        stays.expect(after, hotel=hotel)
        buyer = booking.buyer(after, hotel=hotel)
        hotel.publish(order_events.order_placed(after, buyer=buyer, now=hotel.now))
        return after


def decide(site: str, order: str, *, hotel: Hotel) -> None:
    """Somebody has looked after a booking whose entry is gone: moved it, called it off, or lets it stand."""
    hotel.channels.decided(site, order)


def _line(closure: Closure, guest: Guest, *, hotel: Hotel) -> Line:
    if closure.conflict:
        raise NoPlaceYet
    house = hotel.setup.house()
    kind, where = _kind(closure, house.types), house.properties[closure.site]
    plan = house.plans.get(guest.plan)
    if plan is None or not plan.sells(kind.id):
        raise NotOffered(type=kind.id, plan=guest.plan)
    wanted = Stay(period=Period(closure.first, closure.last), adults=guest.adults)
    require_people(wanted, kind=kind)
    share = Money(guest.rooms).split([1] * len(wanted.nights))
    offer = agreed([each.amount for each in share], kind=kind, plan=plan, property=where)
    line = stay_line(offer, stay=wanted, rooms=1, kind=kind, plan=plan, property=where, locale="zh")
    return replace(line, facts={**line.facts, "secured": str(Secured.GUARANTEE)})


def _kind(closure: Closure, types: Mapping[str, RoomType]) -> RoomType:
    found = types.get(closure.type)
    if found is None:
        raise Missing(type=closure.type)
    return found

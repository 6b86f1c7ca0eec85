"""Guests to whom a channel has sold: its calendar says dates and no names, the desk writes down who comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.commerce.orders.domain import Line, Order, State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import Period
from tenants.hotel.domain.booking import stay_line
from tenants.hotel.domain.channel import Closure, NoPlaceYet
from tenants.hotel.domain.offer import NotOffered, Stay, agreed, require_people
from tenants.hotel.domain.plan import RatePlan, Secured
from tenants.hotel.usecases.channels import entry, kind_of
from tenants.hotel.usecases.handing_on import begun, made_firm
from tenants.hotel.usecases.ports import Hotel, Unit

CHANNEL = "ota"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Who comes, under which plan, for how much (fen for the stay, without taxes that come on top)."""

    plan: str
    rooms: int
    contact: Mapping[str, str]
    adults: int = 1


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
        order = begun(line, contact=guest.contact, channel=CHANNEL, mark=mark, hotel=hotel)
    if order.state is not State.HELD:
        return order
    with unit("hotel.channel-guest") as hotel:
        closure = entry(channel, id, hotel=hotel)
        if closure.order:
            return hotel.orders.get(closure.order)
        hotel.channels.hand_on(closure.booked(order.id), before=closure)
        return made_firm(order.id, closure.holds, hotel=hotel)


def decide(site: str, order: str, *, hotel: Hotel) -> None:
    """Somebody has looked after a booking whose entry is gone: moved it, called it off, or lets it stand."""
    hotel.channels.decided(site, order)


def _line(closure: Closure, guest: Guest, *, hotel: Hotel) -> Line:
    if closure.conflict:
        raise NoPlaceYet
    house = hotel.setup.house()
    kind, where = kind_of(house, closure.type), house.properties[closure.site]
    plan = house.plans.get(guest.plan)
    if plan is None or not plan.sells(kind.id):
        raise NotOffered(type=kind.id, plan=guest.plan)
    wanted = Stay(period=Period(closure.first, closure.last), adults=guest.adults)
    require_people(wanted, kind=kind)
    share = Money(guest.rooms).split([1] * len(wanted.nights))
    offer = agreed([each.amount for each in share], kind=kind, plan=plan, property=where)
    line = stay_line(offer, stay=wanted, rooms=1, kind=kind, plan=plan, property=where, locale="zh")
    return replace(line, facts={**line.facts, "secured": str(Secured.GUARANTEE)})

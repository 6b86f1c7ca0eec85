"""Groups: held for a name, picked up by rooms or by a list of names, released when their date has come."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta

from chalicelib.commerce.orders.domain import Line, Order, State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.booking import stay_line
from tenants.hotel.domain.group import GROUP, Group, GroupDates, GroupState, NamesOver, require_dates
from tenants.hotel.domain.nights import claims, pools
from tenants.hotel.domain.offer import agreed, priced, stay
from tenants.hotel.domain.plan import Secured, Step, Terms
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.handing_on import begun, made_firm
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.search import chosen, sheets_of
from tenants.hotel.usecases.setup_ports import House

_RELEASES = time(18)
"""On its release date a group is let go at this hour: the evening's sale can still have the rooms."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A group that is to be held: rooms by type; fen a room and night by type where so agreed."""

    name: str
    contact: Mapping[str, str]
    arrive: date
    depart: date
    rooms: Mapping[str, int]
    plan: str
    release: date
    company: str = ""
    rates: Mapping[str, int] = field(default_factory=dict)
    property: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pick:
    """Rooms of one type for a part of the group; ``names``: whom to ask for, room by room."""

    type: str
    arrive: date
    depart: date
    contact: Mapping[str, str]
    count: int = 1
    adults: int = 1
    names: tuple[str, ...] = ()


def hold_group(asked: Asked, *, hotel: Hotel) -> Group:
    """Every room of every night, or nothing. Raises ``SoldOut``, ``GroupDates``, ``TooMuchAtOnce``."""
    house = hotel.setup.house()
    where = chosen(house, asked.property)
    require_dates(asked.arrive, asked.depart, asked.release, tonight=where.night_of(hotel.now))
    kinds = [_kind(house, type, where) for type in asked.rooms]
    if asked.plan not in house.plans:
        raise Missing(plan=asked.plan)
    group = Group(
        id=GROUP + new_id("gp", now=hotel.now)[-12:],
        site=where.id,
        name=asked.name,
        company=asked.company,
        contact=hotel.vault.seal(dict(asked.contact)),
        arrive=asked.arrive,
        depart=asked.depart,
        rooms=dict(asked.rooms),
        plan=asked.plan,
        release=asked.release,
        rates=dict(asked.rates),
    )
    wanted = claims(
        [(kind, asked.rooms[kind.id]) for kind in kinds], group.nights, types=house.types, stays=False
    )
    stock = hotel.stock(pools(house.types.values(), over=False))
    picks = stock.pick(wanted, now=hotel.now)
    group = replace(group, holds=tuple(pick.hold for pick in picks))
    hotel.groups.create(group, taken=picks)
    say_nights(hotel=hotel, new=group.holds)
    return group


def pick_up(id: str, pick: Pick, *, mark: Mark, property: str | None, unit: Unit) -> Order:
    """A booking of some of the group's rooms: their places change hands, nobody else could have had them.

    Sent again it is the same booking. Raises ``GroupShort``, ``GroupClosed``, ``GroupDates``, ``NamesOver``.
    """
    if len(pick.names) > pick.count:
        raise NamesOver(names=len(pick.names), rooms=pick.count)
    with unit("hotel.pick-up-hold") as hotel:
        where = chosen(hotel.setup.house(), property)
        group = hotel.groups.get(where.id, id)
        line = _line(group, pick, hotel=hotel)
        order = begun(line, contact=pick.contact, channel="desk", mark=mark, hotel=hotel)
    if order.state is not State.HELD:
        return order
    with unit("hotel.pick-up") as hotel:
        group = hotel.groups.get(group.site, id)
        group.require_open()
        nights = tuple(pick.arrive + timedelta(days=step) for step in range((pick.depart - pick.arrive).days))
        taken = group.taking(pick.type, nights, pick.count)
        hotel.groups.hand_on(group.without(taken, order=order.id), before=group, taken=taken, order=order.id)
        return made_firm(order.id, taken, names=pick.names, hotel=hotel)


def let_go(id: str, state: GroupState, *, property: str | None, hotel: Hotel) -> Group:
    """Released, or cancelled: what was not picked up returns; the group's bookings stay. ``GroupClosed``."""
    where = chosen(hotel.setup.house(), property)
    before = hotel.groups.get(where.id, id)
    after = before.ended(state)
    hotel.groups.end(after, before=before)
    hotel.stock({}).reopen(before.holds)
    say_nights(hotel=hotel, back=before.holds)
    return after


def release_due(site: str, *, unit: Unit, now: datetime) -> int:
    """Release every group whose date has come; how many."""
    with unit("hotel.look-for-releases") as hotel:
        where = hotel.setup.house().properties[site]
        found = [
            group.id for group in hotel.groups.open(site) if where.instant(group.release, _RELEASES) <= now
        ]
    for id in found:
        with unit("hotel.release-group") as hotel:
            let_go(id, GroupState.RELEASED, property=site, hotel=hotel)
    return len(found)


def _line(group: Group, pick: Pick, *, hotel: Hotel) -> Line:
    house = hotel.setup.house()
    where, plan = house.properties[group.site], house.plans[group.plan]
    kind = _kind(house, pick.type, where)
    if pick.depart <= pick.arrive:
        raise GroupDates
    wanted = stay(pick.arrive, pick.depart, adults=pick.adults, children=0, tonight=where.night_of(hotel.now))
    rate = group.rates.get(pick.type)
    if rate is None:
        sheets = sheets_of([kind], wanted, hotel=hotel, fresh=True)
        offer = priced(wanted, kind=kind, plan=plan, plans=house.plans, sheets=sheets, property=where)
    else:
        offer = agreed((rate,) * len(wanted.nights), kind=kind, plan=plan, property=where)
    free_until = where.instant(group.release, _RELEASES)
    terms = Terms(steps=(Step(until=free_until, fee=0),), after=offer.nightly[0])
    offer = replace(offer, due=Money(0), terms=terms)
    line = stay_line(offer, stay=wanted, rooms=pick.count, kind=kind, plan=plan, property=where, locale="zh")
    return replace(line, facts={**line.facts, "secured": str(Secured.GUARANTEE), "group": group.id})


def _kind(house: House, type: str, where: Property) -> RoomType:
    kind = house.types.get(type)
    if kind is None or kind.site != where.id or kind.house:
        raise Missing(type=type)
    return kind

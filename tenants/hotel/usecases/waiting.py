"""Waiting for full dates: written down, offered when a night is freed, taken or lapsed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from chalicelib.commerce.orders import usecases as orders
from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.usecases import Mark
from chalicelib.kernel.errors import Missing, Refusal
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt
from tenants.hotel.domain.nights import left
from tenants.hotel.domain.offer import stay
from tenants.hotel.domain.waitlist import OFFERED_FOR, Wait, WaitState
from tenants.hotel.usecases import booking
from tenants.hotel.usecases.basket import Booking, Rooms
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.search import chosen


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Rooms of a type under a plan, and whom to call."""

    type: str
    plan: str
    arrive: date
    depart: date
    contact: Mapping[str, str]
    count: int = 1
    adults: int = 1
    children: int = 0
    property: str | None = None


@dataclass(frozen=True, kw_only=True)
class WaitShown:
    """An entry with whom to call. Personal: for the desk's eyes."""

    wait: Wait
    name: str
    phone: str


def wait_for(wanted: Wanted, *, hotel: Hotel) -> Wait:
    """Write a wish down. Raises ``StayInvalid``, ``Missing``."""
    house = hotel.setup.house()
    where = chosen(house, wanted.property)
    kind = house.types.get(wanted.type)
    if kind is None or kind.site != where.id or wanted.plan not in house.plans:
        raise Missing(type=wanted.type)
    tonight = where.night_of(hotel.now)
    stay(wanted.arrive, wanted.depart, adults=wanted.adults, children=wanted.children, tonight=tonight)
    wait = Wait(
        id=new_id("wl", now=hotel.now),
        site=where.id,
        type=wanted.type,
        plan=wanted.plan,
        arrive=wanted.arrive,
        depart=wanted.depart,
        count=wanted.count,
        adults=wanted.adults,
        children=wanted.children,
        contact=hotel.vault.seal(dict(wanted.contact)),
    )
    hotel.waits.keep(wait, before=None)
    return wait


def waiting(*, property: str | None, hotel: Hotel) -> Sequence[WaitShown]:
    """Who waits or has an offer, in the order in which they came."""
    where = chosen(hotel.setup.house(), property)
    made = []
    for wait in hotel.waits.open(where.id):
        contact = hotel.vault.shown(wait.contact)
        made.append(WaitShown(wait=wait, name=contact["name"], phone=contact["phone"]))
    return made


def withdraw(id: str, *, property: str | None, hotel: Hotel) -> Wait:
    """They want no room any more; what was held for them is let go. Raises ``WaitIs``."""
    where = chosen(hotel.setup.house(), property)
    before = hotel.waits.get(where.id, id)
    before.require(WaitState.WAITING, WaitState.OFFERED)
    if before.order:
        order = hotel.orders.get(before.order)
        if order.state is State.HELD and not order.over(now=hotel.now):
            booking.cancel(order.id, agreed=(0, 0), hotel=hotel)
    after = before.changed(state=WaitState.WITHDRAWN)
    hotel.waits.keep(after, before=before)
    return after


def accept(id: str, *, receipt: Callable[[str, Money], Receipt], property: str | None, hotel: Hotel) -> Wait:
    """They take what was held for them: the booking is firm. Raises ``WaitIs``, ``HoldOver``."""
    where = chosen(hotel.setup.house(), property)
    before = hotel.waits.get(where.id, id)
    before.require(WaitState.OFFERED)
    booking.secure(hotel.orders.get(before.order), receipt=receipt, hotel=hotel)
    after = before.changed(state=WaitState.TAKEN)
    hotel.waits.keep(after, before=before)
    return after


def look_through(site: str, *, unit: Unit) -> Sequence[Wait]:
    """Offer what has come free, first come first served; close what was taken, refused or is over.

    An offer is a booking on hold for two hours. Broken off after the hold, the next look finds the same one.
    """
    with unit("hotel.look-through-waitlist") as hotel:
        entries = hotel.waits.open(site)
    changed = []
    for entry in entries:
        try:
            after = _seen(entry, unit=unit)
        except Refusal:  # this entry cannot be served now (no price, a rule, somebody was quicker)
            continue
        if after is not None:
            changed.append(after)
    return changed


def _seen(entry: Wait, *, unit: Unit) -> Wait | None:
    with unit("hotel.settle-waiting") as hotel:
        where = hotel.setup.house().properties[entry.site]
        state = _closing(entry, where.night_of(hotel.now), hotel=hotel)
        if state is not None:
            after = entry.changed(state=state)
            hotel.waits.keep(after, before=entry)
            return after
    if entry.state is not WaitState.WAITING or not _free(entry, unit=unit):
        return None
    with unit("hotel.offer-waiting") as hotel:
        order = _held(entry, hotel=hotel)
    with unit("hotel.offer-waiting") as hotel:
        held = hotel.orders.get(order.id)
        if held.over(now=hotel.now):  # held, broken off, never offered: the next look holds anew
            hotel.waits.keep(entry.changed(tries=entry.tries + 1), before=entry)
            return None
        until = hotel.now + OFFERED_FOR
        hotel.orders.extend(replace(held, until=until, version=held.version + 1), before=held)
        after = entry.offered(order.id, until=until)
        hotel.waits.keep(after, before=entry)
        return after


def _closing(entry: Wait, tonight: date, *, hotel: Hotel) -> WaitState | None:
    """In which state an entry has come to its end, if it has."""
    if entry.order:
        order = hotel.orders.get(entry.order)
        if order.state is State.CONFIRMED:
            return WaitState.TAKEN
        over = order.state is State.CANCELLED or order.over(now=hotel.now)
        return WaitState.LAPSED if over else None
    return WaitState.LAPSED if entry.arrive < tonight else None


def free(entry: Wait, *, hotel: Hotel) -> bool:
    """Whether every night of the wish has a room for it now."""
    types = hotel.setup.house().types
    nights = hotel.calendar.nights(entry.site, entry.arrive, entry.depart, fresh=True)
    wanted = stay(entry.arrive, entry.depart, adults=1, children=0, tonight=entry.arrive)
    return left(types[entry.type], wanted.slots, nights, types=types) >= entry.count


def _free(entry: Wait, *, unit: Unit) -> bool:
    with unit("hotel.look-for-nights") as hotel:
        if free(entry, hotel=hotel):
            return True
        # What is missing may be what an offer that broke off holds for this very entry.
        return orders.begun(_command(entry), orders=hotel.orders, now=hotel.now)


def _command(entry: Wait) -> str:
    """What its next offer is held under."""
    return f"{entry.id}-{entry.tries}"


def _held(entry: Wait, *, hotel: Hotel) -> Order:
    rooms = Rooms(
        type=entry.type,
        plan=entry.plan,
        count=entry.count,
        adults=entry.adults,
        children=entry.children,
    )
    asked = Booking(
        arrive=entry.arrive,
        depart=entry.depart,
        rooms=(rooms,),
        contact=hotel.vault.unseal(entry.contact),
        channel="desk",
    )
    return booking.hold(asked, mark=Mark(command=_command(entry), digest=entry.id), hotel=hotel)

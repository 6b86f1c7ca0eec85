"""Channels: calendars in and out, and what they take and give back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from chalicelib.commerce.orders.domain import State
from chalicelib.commerce.orders.usecases import HOLD_FOR
from chalicelib.commerce.stock import Hold, SoldOut
from chalicelib.kernel.errors import Clash, Missing, Refusal
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import Period
from tenants.hotel.domain.channel import (
    HORIZON,
    MOST_BUSY,
    MOST_CHANNELS,
    Busy,
    Channel,
    ChannelsFull,
    Closure,
    Dropped,
    busy_periods,
    difference,
    hashed,
)
from tenants.hotel.domain.nights import claims, given_back, left, pools
from tenants.hotel.domain.rooms import RoomType
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.ports import Hotel, Unit
from tenants.hotel.usecases.setup_ports import House


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A calendar as it was read. ``busy`` is None where the sender says that nothing has changed."""

    busy: Sequence[Busy] | None
    tag: str = ""


class Feeds(Protocol):
    """Reads calendars of others."""

    def read(self, address: str, *, tag: str) -> Feed:
        """Raises a ``Refusal``: the address is not allowed, nobody answers, or it is no calendar."""


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What one reading did: closures made, given back, and entries that found no place."""

    made: int = 0
    returned: int = 0
    conflicts: int = 0


def connect(
    *, name: str, type: str, address: str, feeds: Feeds | None = None, hotel: Hotel
) -> tuple[Channel, str]:
    """A new channel and the secret of the calendar we show it, which is said this once."""
    house = hotel.setup.house()
    kind = kind_of(house, type)
    if len(hotel.channels.all()) >= MOST_CHANNELS:
        raise ChannelsFull(most=MOST_CHANNELS)
    if address and feeds is not None:
        feeds.read(address, tag="")  # a wrong address is said now, not in the night
    secret = secrets.token_urlsafe(24)
    channel = Channel(
        id=new_id("ch", now=hotel.now),
        site=kind.site,
        type=kind.id,
        name=name,
        key=hashed(secret),
        address=hotel.vault.seal(address, lasting=True) if address else b"",
    )
    hotel.channels.keep(channel, before=None)
    return channel, secret


def change(
    id: str, *, name: str, address: str | None, renew: bool, feeds: Feeds | None = None, hotel: Hotel
) -> tuple[Channel, str]:
    """Another name, another address ("" reads nothing any more, None leaves it), a new secret if wanted."""
    before = _channel(id, hotel=hotel)
    if address and feeds is not None:
        feeds.read(address, tag="")
    secret = secrets.token_urlsafe(24) if renew else ""
    after = replace(
        before,
        name=name,
        key=hashed(secret) if renew else before.key,
        version=before.version + 1,
    )
    if address is not None:
        sealed = hotel.vault.seal(address, lasting=True) if address else b""
        after = replace(after, address=sealed, tag="", tried=None, read=None, error="")
    hotel.channels.keep(after, before=before)
    return after, secret


def disconnect(id: str, *, hotel: Hotel, unit: Unit) -> None:
    """The channel is gone, and every place that it held is free."""
    channel = _channel(id, hotel=hotel)
    for closure in hotel.channels.closures(id).values():
        _reopen(closure, unit=unit)
    hotel.channels.drop(channel)


def reading(id: str, *, hotel: Hotel) -> Channel:
    """The channel whose calendar is read. Raises ``Missing``, also where it reads none."""
    channel = _channel(id, hotel=hotel)
    if not channel.address:
        raise Missing(channel=id)
    return channel


def sync(channel: Channel, *, feeds: Feeds, hotel: Hotel, unit: Unit) -> Synced:
    """Read a channel's calendar and take or give back what it changed. Reading it twice changes nothing.

    Each entry is a work of its own: what is done is done when a later one fails, and the next reading goes
    on. A failure to read is noted on the channel; what it had taken stays taken.
    """
    address: str = hotel.vault.unseal(channel.address)
    try:
        feed = feeds.read(address, tag=channel.tag)
    except Refusal as refusal:
        with unit("hotel.channel-unheard") as inner:
            inner.channels.keep(channel.unheard(error=refusal.code, now=inner.now), before=channel)
        raise
    kept = hotel.channels.closures(channel.id)
    if feed.busy is None:  # not modified: only conflicts are tried again
        said = [Busy(id, one.first, one.last) for id, one in kept.items()]
        done = _retry(kept, hotel=hotel, unit=unit)
    else:
        said = list(feed.busy)[:MOST_BUSY]
        done = _apply(channel, kept, said, hotel=hotel, unit=unit)
    with unit("hotel.channel-heard") as inner:
        heard = channel.heard(busy=len(said), tag=feed.tag or channel.tag, now=inner.now)
        inner.channels.keep(heard, before=channel)
    return done


def sync_due(*, feeds: Feeds, hotel: Hotel, unit: Unit) -> Mapping[str, Refusal | None]:
    """Read every calendar that is due; by channel why it could not be read, or None."""
    found: dict[str, Refusal | None] = {}
    for channel in hotel.channels.all():
        if channel.due(now=hotel.now):
            try:
                sync(channel, feeds=feeds, hotel=hotel, unit=unit)
                found[channel.id] = None
            except Clash:
                continue  # somebody reads it at this moment
            except Refusal as refusal:
                found[channel.id] = refusal
    return found


def shown(channel: Channel, *, hotel: Hotel) -> Sequence[Period]:
    """What the calendar that we show says is busy: nights on which the type has nothing left.

    What this channel itself holds is not said back to it: it would keep its own ended bookings alive.
    """
    house = hotel.setup.house()
    kind = kind_of(house, channel.type)
    first = house.properties[channel.site].night_of(hotel.now)
    last = first + HORIZON
    nights = hotel.calendar.nights(channel.site, first, last - timedelta(days=1), fresh=False)
    own = [hold for one in hotel.channels.closures(channel.id).values() for hold in _places(one, hotel=hotel)]
    without = given_back(nights, own)
    return busy_periods(
        [
            day
            for day in Period(first, last)
            if left(kind, (day.isoformat(),), without, types=house.types) <= 0
        ]
    )


def _places(closure: Closure, *, hotel: Hotel) -> Sequence[Hold]:
    """What an entry takes: its own places, or on its nights those of the booking that it became."""
    if not closure.order:
        return closure.holds
    order = hotel.orders.get(closure.order)
    slots = {night.isoformat() for night in closure.nights}
    return [hold for hold in order.holds if hold.slot in slots] if order.state is State.CONFIRMED else ()


def _apply(
    channel: Channel, kept: Mapping[str, Closure], said: Sequence[Busy], *, hotel: Hotel, unit: Unit
) -> Synced:
    house = hotel.setup.house()
    today = house.properties[channel.site].night_of(hotel.now)
    changed = difference(kept, said, today=today)
    for closure in changed.gone:
        _reopen(closure, unit=unit, dropped=closure.last > today)
    made = conflicts_ = 0
    for busy in changed.new:
        with unit("hotel.channel-close") as inner:
            taken = _taken(channel, busy, house=house, hotel=inner)
            inner.channels.close(taken, before=None)
            say_nights(hotel=inner, taken=taken.holds)
        made += not taken.conflict
        conflicts_ += taken.conflict
    gone = {closure.id for closure in changed.gone}
    again = _retry({id: one for id, one in kept.items() if id not in gone}, hotel=hotel, unit=unit)
    return Synced(made=made + again.made, returned=len(changed.gone), conflicts=conflicts_ + again.conflicts)


def _retry(kept: Mapping[str, Closure], *, hotel: Hotel, unit: Unit) -> Synced:
    """Try the conflicts again: a place may have come free in the meantime. So it goes with an entry whose
    booking was called off here and that the calendar still has."""
    house = hotel.setup.house()
    made = still = 0
    for before in kept.values():
        kind = house.types.get(before.asked)
        if kind is None or not (before.conflict or _called_off(before, hotel=hotel)):
            continue
        closure = replace(before, order="")
        try:
            with unit("hotel.channel-close") as inner:
                after = held(closure, kind, house=house, hotel=inner)
                inner.channels.close(after, before=before)
                say_nights(hotel=inner, taken=after.holds)
        except SoldOut:
            still += 1
            if before.order:
                with unit("hotel.channel-close") as inner:
                    inner.channels.close(closure, before=before)
        else:
            made += 1
    return Synced(made=made, conflicts=still)


def _called_off(closure: Closure, *, hotel: Hotel) -> bool:
    return bool(closure.order) and hotel.orders.get(closure.order).state is State.CANCELLED


def _taken(channel: Channel, busy: Busy, *, house: House, hotel: Hotel) -> Closure:
    """The closure of a new entry, with its places or, where there are none, as a conflict."""
    closure = Closure(
        id=busy.id,
        channel=channel.id,
        site=channel.site,
        asked=channel.type,
        type=channel.type,
        first=busy.first,
        last=busy.last,
        since=hotel.now,
    )
    try:
        return held(closure, kind_of(house, channel.type), house=house, hotel=hotel)
    except SoldOut:
        return closure


def held(closure: Closure, kind: RoomType, *, house: House, hotel: Hotel) -> Closure:
    """The closure with places held for a quarter of an hour; the work that keeps it makes them lasting."""
    wanted = claims([(kind, 1)], closure.nights, types=house.types)
    stock = hotel.stock(pools(house.types.values(), over=False))
    until = hotel.now + HOLD_FOR
    holds = stock.hold(wanted, order=closure.id, until=until, now=hotel.now, again=True)
    return replace(closure, holds=holds)


def _reopen(closure: Closure, *, unit: Unit, dropped: bool = False) -> None:
    """The entry is gone and its places return; where they are a booking's, somebody must decide about it."""
    with unit("hotel.channel-reopen") as inner:
        inner.stock({}).reopen(closure.holds)
        inner.channels.reopen(closure)
        if dropped and closure.order:
            inner.channels.note(
                Dropped(
                    order=closure.order,
                    site=closure.site,
                    channel=closure.channel,
                    first=closure.first,
                    last=closure.last,
                    since=inner.now,
                )
            )
        say_nights(hotel=inner, back=closure.holds)


def entry(channel: str, id: str, *, hotel: Hotel) -> Closure:
    """What a calendar has taken. Raises ``Missing``."""
    found = hotel.channels.closures(channel).get(id)
    if found is None:
        raise Missing(closure=id)
    return found


def _channel(id: str, *, hotel: Hotel) -> Channel:
    found = hotel.channels.find(id)
    if found is None:
        raise Missing(channel=id)
    return found


def kind_of(house: House, id: str) -> RoomType:
    """The type of this id. Raises ``Missing``."""
    found = house.types.get(id)
    if found is None:
        raise Missing(type=id)
    return found

"""Keys of a stay: given at check-in, taken back at check-out, given anew by a move or another end.

All of it joins the work of the desk that does it: nobody is in the house without a key, or out of it with
one. What the locks make of it is in their queues.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.device import Device, DeviceIs, DeviceKind, Via
from tenants.hotel.domain.key import (
    LONGEST,
    Command,
    Grant,
    Holder,
    KeyTooLong,
    Op,
    Window,
    offline_code,
    offline_spans,
)
from tenants.hotel.domain.stay import StayState
from tenants.hotel.usecases import registration

if TYPE_CHECKING:
    from tenants.hotel.domain.property import Property
    from tenants.hotel.domain.stay import Stay
    from tenants.hotel.usecases.ports import Hotel

GRACE = timedelta(minutes=30)
"""A key ends this much after check-out time: who is late by minutes still gets back to the bags."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whom a key is for, and where and when it opens."""

    owner: str
    holder: Holder
    rooms: tuple[str, ...]
    window: Window


def issue(
    wanted: Wanted, *, property: Property, used: Collection[str] = (), hotel: Hotel
) -> tuple[Grant, str]:
    """A new key and its code, none of those ``used``. Locks that share a secret know it at once; others are
    told.

    Where the rooms' locks are of both sorts, the code is the one that the first of them can check alone.
    """
    if wanted.window.until - wanted.window.since > LONGEST:
        raise KeyTooLong(days=LONGEST.days)
    devices = hotel.devices.all(property.id)
    doors = [one for one in devices if one.kind is DeviceKind.LOCK and one.place in wanted.rooms and one.on]
    floors = tuple(sorted({hotel.setup.room(property.id, room).floor for room in wanted.rooms}))
    lifts = [one for one in devices if one.kind is DeviceKind.LIFT and one.on]
    code = _code(doors, wanted.window, property=property, used=used, hotel=hotel)
    grant = Grant(
        id=new_id("gr", now=hotel.now),
        site=property.id,
        owner=wanted.owner,
        holder=wanted.holder,
        rooms=wanted.rooms,
        floors=floors,
        window=wanted.window,
        code=hotel.vault.seal(code),
        given=tuple(one.id for one in (*doors, *lifts)),
    )
    hotel.grants.keep(grant, before=None)
    for device in (*doors, *lifts):
        hotel.devices.queue(_command(Op.ISSUE, device, grant, hotel=hotel))
    return grant, code


def revoke(grant: Grant, *, hotel: Hotel) -> Grant:
    """The key opens nothing any more; every device that had it is told."""
    after = grant.taken_back(now=hotel.now)
    hotel.grants.keep(after, before=grant)
    known = {one.id: one for one in hotel.devices.all(grant.site)}
    for id in grant.given:
        if id in known:
            hotel.devices.queue(_command(Op.REVOKE, known[id], grant, hotel=hotel))
    return after


def given(stay: Stay, *, property: Property, used: Collection[str] = (), hotel: Hotel) -> str | None:
    """The guests' key at check-in; its code, or nothing where the house has no locks of ours."""
    if not hotel.devices.all(property.id):
        return None
    wanted = _for(stay, property=property, since=hotel.now)
    return issue(wanted, property=property, used=used, hotel=hotel)[1]


def reissued(stay: Stay, *, property: Property, hotel: Hotel) -> str | None:
    """Another key for guests who are in the house: theirs was seen by somebody, or the lock came after them.
    The old ones open nothing any more. Its code, or nothing where the house has no locks of ours.

    Raises ``StayIs``, and as ``registration.require_keys``.
    """
    stay.require(StayState.IN_HOUSE)
    registration.require_keys(stay, hotel=hotel)
    return given(stay, property=property, used=_taken(stay, hotel=hotel)[1], hotel=hotel)


def taken(stay: Stay, *, hotel: Hotel) -> int:
    """Every key of a stay is taken back: its guests left. How many there were."""
    return _taken(stay, hotel=hotel)[0]


def _taken(stay: Stay, *, hotel: Hotel) -> tuple[int, Collection[str]]:
    """How many keys were taken back, and every code that the stay ever had: locks refuse them from now on."""
    known = hotel.grants.of(stay.id)
    live = [grant for grant in known if grant.live(now=hotel.now)]
    for grant in live:
        revoke(grant, hotel=hotel)
    return len(live), [hotel.vault.unseal(grant.code) for grant in known]


def renewed(before: Stay, after: Stay, *, property: Property, hotel: Hotel) -> str | None:
    """Other rooms or another end: the old keys are taken back and one new is given; its code."""
    window = _for(after, property=property, since=hotel.now).window
    same_end = _for(before, property=property, since=hotel.now).window.until == window.until
    if set(before.has) == set(after.has) and same_end:
        return None
    count, used = _taken(before, hotel=hotel)
    return given(after, property=property, used=used, hotel=hotel) if count else None


def shown(stay: Stay, *, hotel: Hotel) -> Mapping[str, tuple[Grant, str]]:
    """The live keys of a stay with their codes, by grant."""
    return {
        grant.id: (grant, hotel.vault.unseal(grant.code))
        for grant in hotel.grants.of(stay.id)
        if grant.live(now=hotel.now)
    }


def call_lift(grant: Grant, *, lift: Device, floor: str, hotel: Hotel) -> Command:
    """Call a lift to a floor that the key may go to. Raises ``DeviceIs``."""
    if lift.kind is not DeviceKind.LIFT or not grant.live(now=hotel.now) or floor not in lift.floors:
        raise DeviceIs(device=lift.id)
    command = replace(
        _command(Op.CALL, lift, grant, hotel=hotel),
        floor=floor,
        window=Window(hotel.now, hotel.now + timedelta(minutes=2)),
    )
    hotel.devices.queue(command)
    return command


def until(stay: Stay, *, property: Property) -> datetime:
    """When a stay's key ends."""
    if stay.late is not None:
        return stay.late + GRACE
    if stay.hours is not None:
        end = stay.hours[1]
        return property.instant(stay.arrive, time(0)) + timedelta(hours=end) + GRACE
    return property.departure(stay.depart) + GRACE


def _for(stay: Stay, *, property: Property, since: datetime) -> Wanted:
    end = max(until(stay, property=property), since + timedelta(hours=1))
    return Wanted(owner=stay.id, holder=Holder.GUEST, rooms=stay.has, window=Window(since, end))


def _code(
    doors: Sequence[Device], window: Window, *, property: Property, used: Collection[str], hotel: Hotel
) -> str:
    """Ten digits: provable by a door that can, otherwise by chance alone (the doors are told).

    What a door can prove follows from its secret, a first day and an end. The first day may be any that is
    past, so it is drawn: who had this room until this morning cannot know the code of who has it now.
    """
    chance = f"{secrets.randbelow(9 * 10**9) + 10**9}"
    seeded = [one for one in doors if one.seed and one.via is Via.POLL]
    if not seeded:
        return chance
    seed = bytes.fromhex(hotel.vault.unseal(seeded[0].seed))
    spans = offline_spans(window, zone=property.zone)
    secrets.SystemRandom().shuffle(spans)
    codes = (offline_code(seed, first=first, hours=hours) for first, hours in spans)
    return next((code for code in codes if code not in used), chance)


def _command(op: Op, device: Device, grant: Grant, *, hotel: Hotel) -> Command:
    return Command(
        id=new_id("cm", now=hotel.now),
        site=device.site,
        device=device.id,
        op=op,
        grant=grant.id,
        window=grant.window,
        made=hotel.now,
        secret=grant.code,
    )

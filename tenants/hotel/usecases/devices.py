"""Devices: set up, heard, told what to do; what they answered."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.device import Device, DeviceKind, Via
from tenants.hotel.domain.key import Command, open_of
from tenants.hotel.domain.property import Property
from tenants.hotel.usecases.key_ports import Entry
from tenants.hotel.usecases.ports import Hotel, Unit

MOST_DEVICES = 1_000
AT_ONCE = 20


class DevicesFull(Refusal):
    code = "hotel.device.too-many"
    status = 422
    detail = N_("最多可登记 %(most)s 台设备。")


class DeviceTwice(Refusal):
    code = "hotel.device.twice"
    detail = N_("这个位置已登记过同名的设备。")
    remedy = N_("请换一个名称,或在列表中查看它。")


class InspectionWrong(Refusal):
    code = "hotel.device.inspection"
    status = 422
    detail = N_("下次检验日期应晚于本次,且不超过三年。")


class RoomUnknown(Refusal):
    code = "hotel.device.room"
    status = 404
    detail = N_("酒店里没有 %(room)s 这个房号。")
    remedy = N_("请改填已登记的房号,或先在“酒店设置”里添加这间客房。")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a device says of itself: the results of its commands, its log, its battery (per cent)."""

    battery: int | None = None
    alarm: str = ""
    results: Mapping[str, str] | None = None
    entries: Sequence[Entry] = ()


class Maker(Protocol):
    """A maker's cloud: carries a command out, or refuses."""

    def carry(self, command: Command, *, device: Device, code: str) -> None:
        """Raises a ``Refusal`` where it did not happen."""


def register(device: Device, *, property: Property, offline: bool, hotel: Hotel) -> tuple[Device, str]:
    """A new device; for a lock that can open alone, the secret it shares with us, said this once (hex).

    Raises ``RoomUnknown``, ``DevicesFull``, ``DeviceTwice``; ``Clash`` where somebody registers the same at
    this moment: tried again, it is the second.
    """
    known = hotel.devices.all(property.id)
    if len(known) >= MOST_DEVICES:
        raise DevicesFull(most=MOST_DEVICES)
    if any(one.label == device.label for one in known):
        raise DeviceTwice
    if device.kind is DeviceKind.LOCK:
        try:
            hotel.setup.room(property.id, device.place)
        except Missing:
            raise RoomUnknown(room=device.place) from None
    seed = (
        secrets.token_hex(20) if offline and device.kind is DeviceKind.LOCK and device.via is Via.POLL else ""
    )
    made = replace(device, seed=hotel.vault.seal(seed, lasting=True) if seed else b"")
    hotel.devices.keep(made, before=None)
    return made, seed


def exchange(told: Mapping[str, Told], *, property: Property, hotel: Hotel) -> Sequence[Command]:
    """A gateway says how its devices are and gets what they are to do; what is not answered for comes again.

    One request is heartbeat, results, log and queue, for as many devices as it serves: two reads, and writes
    only for what is new. A result that comes twice changes nothing.
    """
    known = {one.id: one for one in hotel.devices.all(property.id)}
    results: dict[str, str] = {}
    for id, said in told.items():
        device = known.get(id)
        if device is None:
            raise Missing(device=id)
        heard = device.heard(battery=said.battery, alarm=said.alarm, now=hotel.now)
        if heard is not device:
            hotel.devices.keep(heard, before=device)
        results.update(said.results or {})
    hotel.devices.record([entry for said in told.values() for entry in said.entries])
    waiting: dict[str, Command] = {}
    for command in hotel.devices.queued(property.id):
        if command.device not in told:
            continue
        error = results.get(command.id)
        if error is None:
            waiting[command.id] = command
        else:
            hotel.devices.update(command.answered(ok=not error, error=error), before=command)
    due, over = open_of(waiting.values(), now=hotel.now)
    sent = [one.handed_over(now=hotel.now) for one in due[:AT_ONCE]]
    for one in (*over[:AT_ONCE], *sent):
        hotel.devices.update(one, before=waiting[one.id])
    return sent


def carry(*, property: Property, maker: Maker, via: Via, hotel: Hotel, unit: Unit) -> int:
    """Carry out what waits for the devices of a maker's cloud, each a work of its own; how many went well."""
    done = 0
    known = {one.id: one for one in hotel.devices.all(property.id) if one.via is via}
    waiting = {one.id: one for one in hotel.devices.queued(property.id) if one.device in known}
    due, over = open_of(waiting.values(), now=hotel.now)
    for command in over:
        with unit("hotel.command-over") as inner:
            inner.devices.update(command, before=waiting[command.id])
    for command in due[:AT_ONCE]:
        sent, error = command.handed_over(now=hotel.now), ""
        try:
            maker.carry(sent, device=known[sent.device], code=hotel.vault.unseal(command.secret))
        except Refusal as refusal:
            error = refusal.code
        with unit("hotel.command-carried") as inner:
            inner.devices.update(sent.answered(ok=not error, error=error), before=command)
        done += not error
    return done


def inspected(id: str, *, on: date, next: date, property: Property, hotel: Hotel) -> Device:
    """A lift was inspected; when it is due again."""
    device = _device(id, property=property, hotel=hotel)
    if next <= on or next - on > timedelta(days=1_100):
        raise InspectionWrong
    after = replace(device, inspect=next, version=device.version + 1)
    hotel.devices.keep(after, before=device)
    return after


def _device(id: str, *, property: Property, hotel: Hotel) -> Device:
    found = hotel.devices.find(property.id, id)
    if found is None:
        raise Missing(device=id)
    return found

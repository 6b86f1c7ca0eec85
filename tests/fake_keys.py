"""Devices, their queues and the keys, in memory; and a lock as its maker would build it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import business_day
from tenants.hotel.domain.device import Device
from tenants.hotel.domain.key import Command, Grant
from tenants.hotel.usecases.key_ports import Entry
from tests.fakes import Work


@dataclass
class KeyMemory:
    """Everything about doors."""

    devices: dict[str, Device] = field(default_factory=dict)
    queue: dict[str, Command] = field(default_factory=dict)
    over: dict[str, Command] = field(default_factory=dict)
    entries: dict[tuple[str, datetime, str], Entry] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    accounts: dict[str, bytes] = field(default_factory=dict)


class FakeDevices:
    """The ``Devices`` port."""

    def __init__(self, memory: KeyMemory, work: Work) -> None:
        self._memory, self._work = memory, work

    def all(self, property: str) -> Sequence[Device]:
        return [self._memory.devices[id] for id in sorted(self._memory.devices)]

    def find(self, property: str, id: str) -> Device | None:
        return self._memory.devices.get(id)

    def keep(self, device: Device, *, before: Device | None) -> None:
        kept = self._memory.devices
        if before is None:
            self._work.join(lambda: device.label not in {one.label for one in kept.values()}, lambda: None)
        _keep(kept, device, before, work=self._work)

    def queued(self, property: str) -> Sequence[Command]:
        return [one for _, one in sorted(self._memory.queue.items()) if one.site == property]

    def queue(self, command: Command) -> None:
        queue = self._memory.queue
        self._work.join(lambda: command.id not in queue, lambda: queue.update({command.id: command}))

    def update(self, command: Command, *, before: Command) -> None:
        queue, over = self._memory.queue, self._memory.over

        def same() -> bool:
            kept = queue.get(command.id)
            return kept is not None and (kept.state, kept.tries) == (before.state, before.tries)

        def change() -> None:
            if command.open:
                queue[command.id] = command
            else:
                del queue[command.id]
                over[command.id] = command

        self._work.join(same, change)

    def record(self, entries: Sequence[Entry]) -> None:
        kept = self._memory.entries
        new = {(one.device, one.at, one.grant): one for one in entries}
        self._work.join(lambda: True, lambda: kept.update(new))

    def account(self, maker: str) -> bytes | None:
        return self._memory.accounts.get(maker)

    def keep_account(self, maker: str, sealed: bytes | None) -> None:
        kept = self._memory.accounts
        self._work.join(
            lambda: True,
            lambda: kept.pop(maker, None) and None if sealed is None else kept.update({maker: sealed}),
        )

    def log(self, device: str, day: date) -> Sequence[Entry]:
        found = [one for one in self._memory.entries.values() if one.device == device]
        return sorted((one for one in found if business_day(one.at) == day), key=lambda one: one.at)


class FakeGrants:
    """The ``Grants`` port."""

    def __init__(self, memory: KeyMemory, work: Work) -> None:
        self._memory, self._work = memory, work

    def of(self, owner: str) -> Sequence[Grant]:
        return [one for _, one in sorted(self._memory.grants.items()) if one.owner == owner]

    def keep(self, grant: Grant, *, before: Grant | None) -> None:
        _keep(self._memory.grants, grant, before, work=self._work)


def _keep(kept: dict[str, Any], thing: Any, before: Any, *, work: Work) -> None:
    def same() -> bool:
        found = kept.get(thing.id)
        return (found is None) if before is None else found is not None and found.version == before.version

    work.join(same, lambda: kept.update({thing.id: thing}))

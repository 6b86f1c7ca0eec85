"""What keys and devices need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.kernel.late import dataclass

if TYPE_CHECKING:
    from tenants.hotel.domain.device import Device
    from tenants.hotel.domain.key import Command, Grant


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of a door's log: when, whose grant (empty: a code nobody gave), what happened."""

    device: str
    at: datetime
    grant: str
    outcome: str


class Devices(Protocol):
    """Devices, what they are to do, what they said. Writing joins the work."""

    def all(self, property: str) -> Sequence[Device]: ...

    def find(self, property: str, id: str) -> Device | None: ...

    def keep(self, device: Device, *, before: Device | None) -> None:
        """A new one (``before`` is None) only while no other has its label."""

    def queued(self, property: str) -> Sequence[Command]:
        """Commands that still wait, of every device: one query, and nothing of what is done."""

    def queue(self, command: Command) -> None: ...

    def update(self, command: Command, *, before: Command) -> None:
        """A command moved on; one that is no longer open leaves the queue for the log."""

    def record(self, entries: Sequence[Entry]) -> None:
        """Entries of a door's log; one that is sent twice is kept once."""

    def account(self, maker: str) -> bytes | None:
        """The sealed account at a maker's cloud."""

    def keep_account(self, maker: str, sealed: bytes | None) -> None:
        """Join the work: the account, or none any more."""

    def log(self, device: str, day: date) -> Sequence[Entry]: ...


class Grants(Protocol):
    """Permissions by whom they belong to. Writing joins the work."""

    def of(self, owner: str) -> Sequence[Grant]: ...

    def keep(self, grant: Grant, *, before: Grant | None) -> None: ...

"""What house-keeping, groups, the waitlist and the back office need. Writing joins the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.commerce.stock import Hold, Pick
    from tenants.hotel.domain.cleaning import Task
    from tenants.hotel.domain.group import Group
    from tenants.hotel.domain.office import Find, Note
    from tenants.hotel.domain.waitlist import Wait


class Tasks(Protocol):
    """What is to be cleaned, a task a room and day."""

    def of_day(self, site: str, day: date) -> Mapping[str, Task]:
        """By room."""

    def keep(self, task: Task, *, before: Task | None) -> None:
        """A new task, or ``before`` replaced (its version is checked)."""

    def replace(self, task: Task) -> None:
        """The task of its room and day, whatever was there."""

    def planned(self, site: str, day: date) -> bool:
        """Whether the day's tasks have been made."""

    def note_planned(self, site: str, day: date) -> None:
        """They have."""


class Groups(Protocol):
    """Groups and the places that they hold."""

    def get(self, site: str, id: str, *, month: str = "") -> Group:
        """A group, open or over; else ``Missing``."""

    def open(self, site: str) -> Sequence[Group]:
        """Every group that still holds rooms or may be picked up from."""

    def closed(self, site: str, month: str) -> Sequence[Group]:
        """Those of an arrival in ``yyyymm`` that are over."""

    def create(self, group: Group, *, taken: Sequence[Pick]) -> None:
        """A new group, and its places are taken; ``Clash`` where somebody was quicker."""

    def hand_on(self, group: Group, *, before: Group, taken: Sequence[Hold], order: str) -> None:
        """``taken`` of its places are this booking's from now on; nobody else could have had them."""

    def end(self, group: Group, *, before: Group) -> None:
        """It holds nothing any more."""


class Waits(Protocol):
    """The waitlist."""

    def get(self, site: str, id: str) -> Wait:
        """An open entry, or ``Missing``."""

    def open(self, site: str) -> Sequence[Wait]:
        """In the order in which they came."""

    def keep(self, wait: Wait, *, before: Wait | None) -> None:
        """A new entry, or ``before`` replaced (its version is checked)."""


class Office(Protocol):
    """Lost property and shift notes."""

    def find(self, site: str, id: str) -> Find:
        """Something that was found, or ``Missing``."""

    def finds(self, site: str) -> Sequence[Find]:
        """What is being kept, the oldest first."""

    def closed(self, site: str, month: str) -> Sequence[Find]:
        """What was found in ``yyyymm`` and is gone, the newest first."""

    def keep_find(self, find: Find, *, before: Find | None) -> None:
        """A new one, or how ``before`` ended."""

    def note(self, site: str, id: str) -> Note:
        """A note, or ``Missing``."""

    def notes(self, site: str) -> Sequence[Note]:
        """What waits to be confirmed, then the latest; the newest first."""

    def keep_note(self, note: Note, *, before: Note | None) -> None:
        """A new one, or ``before`` confirmed."""

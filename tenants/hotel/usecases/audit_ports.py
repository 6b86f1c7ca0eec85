"""What the night audit and whoever reads its figures need from the outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.kernel.late import dataclass

if TYPE_CHECKING:
    from tenants.hotel.domain.night_audit import AuditRules, DayFigures, Position, Report, RoomNight


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What was on the books when a day closed: rooms sold of each of the following days, the first next."""

    day: date
    rooms: tuple[int, ...] = field(default_factory=tuple)


class Audits(Protocol):
    """Closed days, their facts and figures. Methods that write join the work."""

    def rules(self, property: str) -> AuditRules: ...

    def keep_rules(self, property: str, rules: AuditRules) -> None: ...

    def position(self, property: str) -> Position | None:
        """Where the business day stands; nothing before the first audit."""

    def begin(self, property: str, day: date, *, at: datetime) -> None:
        """The day after is open from now on, and ``day`` is being closed. Refused with ``Clash`` where it is
        not the open one."""

    def facts(self, property: str, day: date) -> Sequence[RoomNight]: ...

    def note(self, property: str, facts: Sequence[RoomNight]) -> None:
        """New room-nights."""

    def finish(self, report: Report, figures: DayFigures, snapshot: Snapshot) -> None:
        """The day is closed: its report, figures and snapshot are written, once."""

    def report(self, property: str, day: date) -> Report | None: ...

    def reports(self, property: str, month: str) -> Sequence[Report]: ...

    def figures(self, property: str, first: date, last: date) -> Sequence[DayFigures]:
        """Closed days in ``[first, last]``, in order: one query a month."""

    def snapshots(self, property: str, days: Sequence[date]) -> Mapping[date, Snapshot]: ...

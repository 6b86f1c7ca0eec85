"""The cashier's shift 收银班次: the drawer from its float to the count, and what went through it by means."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.folio import Entry, Means, Sort
from tenants.hotel.domain.folio_refusals import CountDiffers, DrawerShort, ShiftMissing


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Amounts in fen. ``taken`` and ``given`` by means: what came in and what went out again.

    site: the house whose drawer it is; none: opened before each house had its own, so it serves every house
    until it is closed. name: the cashier's, as the desk calls them. drops: cash that left the drawer for the
    safe, (instant, fen). counted: at the close, else nothing. reason: why the count differs, as the cashier
    wrote it.
    """

    id: str
    cashier: str
    site: str = ""
    name: str = ""
    opened: datetime
    float_: int
    taken: Mapping[str, int] = field(default_factory=dict)
    given: Mapping[str, int] = field(default_factory=dict)
    drops: tuple[tuple[datetime, int], ...] = ()
    counted: int | None = None
    reason: str = ""
    closed: datetime | None = None
    count: int = 0
    version: int = 0

    def serves(self, site: str | None) -> bool:
        """Whether it is of this house (none: of any)."""
        return site is None or self.site in {"", site}

    @property
    def expected(self) -> int:
        """What should be in the drawer."""
        cash = self.taken.get(Means.CASH, 0) - self.given.get(Means.CASH, 0)
        return self.float_ + cash - sum(amount for _, amount in self.drops)

    @property
    def difference(self) -> int | None:
        """Counted less expected: below nothing, money is missing. Known once it is closed."""
        return None if self.counted is None else self.counted - self.expected

    def with_entries(self, entries: Sequence[Entry]) -> "Shift":
        """The shift after money moved. Raises ``DrawerShort`` where more cash leaves than is there."""
        taken, given = dict(self.taken), dict(self.given)
        moved = [entry for entry in entries if entry.sort is not Sort.CHARGE]
        for entry in moved:
            side = taken if entry.amount < 0 else given
            side[entry.code] = side.get(entry.code, 0) + abs(entry.amount)
        after = replace(
            self, taken=taken, given=given, count=self.count + len(moved), version=self.version + 1
        )
        if after.expected < 0:
            raise DrawerShort(left=Money(self.expected))
        return after

    def dropped(self, amount: int, *, at: datetime) -> "Shift":
        """Cash goes to the safe."""
        self.require_open()
        if amount > self.expected:
            raise DrawerShort(left=Money(self.expected))
        return replace(self, drops=(*self.drops, (at, amount)), version=self.version + 1)

    def ended(self, counted: int, *, reason: str = "", at: datetime) -> "Shift":
        """Counted and closed: a difference and its reason stay for ever. Raises ``CountDiffers``."""
        self.require_open()
        if counted != self.expected and not reason:
            raise CountDiffers(counted=Money(counted), expected=Money(self.expected))
        return replace(self, counted=counted, reason=reason, closed=at, version=self.version + 1)

    def require_open(self) -> None:
        """Refuse what only an open shift may do."""
        if self.closed is not None:
            raise ShiftMissing

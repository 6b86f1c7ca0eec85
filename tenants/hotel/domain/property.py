"""The property: where it stands, its clock, its check-in and check-out, its taxes."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from chalicelib.kernel.texts import in_language
from tenants.hotel.domain.refusals import CheckOutLate, StarsWrong, ZoneUnknown

LANGUAGES = ("zh", "en", "ja", "ko")


@dataclass(frozen=True, kw_only=True)
class Tax:
    """A tax or a fee in proportion to the price. ``included``: the price already contains it."""

    code: str
    names: Mapping[str, str]
    permille: int
    included: bool = True

    def of(self, price: Money) -> Money:
        """Its part of a price that contains it, or what it adds to one that does not; half a fen goes up."""
        base = 1000 + self.permille if self.included else 1000
        return Money((price.amount * self.permille * 2 + base) // (base * 2), price.currency)


@dataclass(frozen=True, kw_only=True)
class Property:
    """A hotel. ``zone`` is an IANA name; ``stars`` 0 is not rated; ``district`` six digits (GB/T 2260).

    address, about, notice: texts by language, for guests. place: latitude and longitude.
    """

    id: str
    names: Mapping[str, str]
    district: str
    zone: str = "Asia/Shanghai"
    check_in: time = time(14)
    check_out: time = time(12)
    stars: int = 0
    taxes: tuple[Tax, ...] = field(default_factory=tuple)
    address: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    notice: Mapping[str, str] = field(default_factory=dict)
    place: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.check_out > self.check_in:
            raise CheckOutLate
        if not 0 <= self.stars <= 5:
            raise StarsWrong
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise ZoneUnknown from None

    def instant(self, day: date, at: time) -> datetime:
        """The instant (UTC) of a wall clock at the property."""
        return _instant(self.zone, day, at)

    def arrival(self, day: date) -> datetime:
        """From when a room can be had that day."""
        return self.instant(day, self.check_in)

    def departure(self, day: date) -> datetime:
        """By when a room is given back that day."""
        return self.instant(day, self.check_out)

    def today(self, now: datetime) -> date:
        """The local date of ``now``."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def night_of(self, now: datetime) -> date:
        """The first night that may be sold at ``now``: until six in the morning the one before."""
        return (now.astimezone(ZoneInfo(self.zone)) - timedelta(hours=6)).date()


@lru_cache(maxsize=1024)  # a search asks for the same arrival once an offer
def _instant(zone: str, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def text(names: Mapping[str, str], locale: str) -> str:
    """A text in the reader's language, or the nearest that was written (``kernel/texts.py``)."""
    return in_language(names, locale)

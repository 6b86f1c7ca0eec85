"""A passing: a place inside that a scan took at the gauge and that its ticket has yet to confirm.

The gauge carries every passing by name until it is confirmed or given back, so what it counts and what the
tickets say can always be brought together, wherever a scan broke off.
"""

from datetime import datetime, timedelta

from chalicelib.kernel.late import dataclass

GRACE = timedelta(minutes=1)
"""How long a passing is left to its own scan before a duty looks after it. Any length is correct."""


@dataclass(frozen=True, kw_only=True)
class Passing:
    """``scan`` names one scan of one ticket, however often it is sent; ``turn`` the sending that came in."""

    scan: str
    turn: str
    order: str  # the ticket's: its order's 16 characters
    number: int
    count: int
    at: datetime

    def due(self, now: datetime) -> bool:
        """Whether nobody can be expected to finish it any more."""
        return self.at + GRACE <= now


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """People who were counted out, until it is noted for good. ``scan`` names one count at one gate, however
    often it is sent; ``turn`` the sending that came in."""

    scan: str
    turn: str
    count: int
    at: datetime

    def due(self, now: datetime) -> bool:
        """Whether nobody can be expected to note it any more."""
        return self.at + GRACE <= now

"""What meeting rooms and cars need: hires by their day. Writing joins the work."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from tenants.hotel.domain.hire import Hire


class Hires(Protocol):
    """Hires."""

    def get(self, id: str) -> Hire:
        """One, or ``Missing``."""

    def several(self, ids: Sequence[str]) -> Sequence[Hire]:
        """Those that are there, in no order."""

    def between(self, site: str, first: date, last: date) -> Sequence[Hire]:
        """Those that begin on these days, both included: one query a month."""

    def create(self, hire: Hire) -> None: ...

    def keep(self, hire: Hire, *, before: Hire) -> None:
        """The next version of one."""

"""The waitlist 候补: who would have a room if a night came free. Nothing is deducted until it is offered."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass

OFFERED_FOR = timedelta(hours=2)
"""How long rooms are held for somebody to whom they were offered."""


class WaitState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({WaitState.WAITING, WaitState.OFFERED})


class WaitIs(Refusal):
    code = "hotel.wait.state"
    detail = N_("这条候补的状态不允许这样做。")


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A wish for full dates. ``contact`` is sealed. order: the booking held for them, once offered."""

    id: str
    site: str
    type: str
    plan: str
    arrive: date
    depart: date
    count: int
    adults: int
    children: int
    contact: bytes
    state: WaitState = WaitState.WAITING
    order: str = ""
    until: datetime | None = None
    tries: int = 0
    version: int = 0

    def require(self, *states: WaitState) -> None:
        """Refuse what these states do not allow."""
        if self.state not in states:
            raise WaitIs(state=str(self.state))

    def offered(self, order: str, *, until: datetime) -> "Wait":
        """Rooms are held for them."""
        self.require(WaitState.WAITING)
        return self.changed(state=WaitState.OFFERED, order=order, until=until, tries=self.tries + 1)

    def changed(self, **values: object) -> "Wait":
        """A later version."""
        return replace(self, version=self.version + 1, **values)  # type: ignore[arg-type]  # its own fields

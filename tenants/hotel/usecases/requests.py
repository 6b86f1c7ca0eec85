"""Guests' requests: asked from the room, taken and done by the house; the room's guide."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from tenants.hotel.domain.request import (
    MOST_OPEN,
    Guide,
    Request,
    RequestKind,
    RequestState,
    TooManyRequests,
    require_time,
)
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases.ports import Hotel


class Requests(Protocol):
    """What guests have asked for. Writing joins the work."""

    def open(self, property: str) -> Sequence[Request]:
        """Every request that waits for somebody, oldest first: one query."""

    def over(self, property: str, day: date) -> Sequence[Request]:
        """Every request that was done or called off on a day: one query."""

    def of_stay(self, stay: str) -> Sequence[Request]: ...

    def keep(self, request: Request, *, before: Request | None) -> None: ...

    def guide(self, property: str) -> Guide: ...

    def keep_guide(self, property: str, guide: Guide) -> None: ...


def ask(
    stay: Stay, *, kind: RequestKind, note: str, at: datetime | None, requests: Requests, hotel: Hotel
) -> Request:
    """A guest in the house asks for something. Raises ``StayIs``, ``TooManyRequests``, ``WakeUpWrong``."""
    stay.require(StayState.IN_HOUSE)
    require_time(kind, at, now=hotel.now)
    if sum(one.open for one in requests.of_stay(stay.id)) >= MOST_OPEN:
        raise TooManyRequests(most=MOST_OPEN)
    request = Request(
        id=new_id("rq", now=hotel.now),
        site=stay.site,
        stay=stay.id,
        room=stay.room or "",
        kind=kind,
        made=hotel.now,
        note=hotel.vault.seal(note) if note else b"",
        at=at,
    )
    requests.keep(request, before=None)
    return request


def move_on(stay: str, id: str, *, state: RequestState, by: str, requests: Requests, hotel: Hotel) -> Request:
    """Somebody takes it, has done it, or it is called off. Raises ``RequestOver``."""
    before = next((one for one in requests.of_stay(stay) if one.id == id), None)
    if before is None:
        raise Missing(request=id)
    after = before.moved_on(state, by=by, now=hotel.now)
    requests.keep(after, before=before)
    return after

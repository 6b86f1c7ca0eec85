"""What guests ask for from their room, and what the room tells them: the guide of the house."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass

MOST_OPEN = 10


class TooManyRequests(Refusal):
    code = "hotel.request.too-many"
    detail = N_("您已有 %(most)s 项请求在办理。")
    remedy = N_("请稍等,或直接致电前台。")


class RequestOver(Refusal):
    code = "hotel.request.over"
    detail = N_("这项请求已办结。")


class WakeUpWrong(Refusal):
    code = "hotel.request.wake-up"
    status = 422
    detail = N_("叫醒时间应在今后 24 小时以内。")


class RequestKind(StrEnum):
    TOWELS = "towels"
    CLEANING = "cleaning"
    REPAIR = "repair"
    LUGGAGE = "luggage"
    WAKE_UP = "wake-up"
    OTHER = "other"


class RequestState(StrEnum):
    ASKED = "asked"
    TAKEN = "taken"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Something that a guest asks for. ``note`` is sealed: people write names and numbers. ``at``: for a
    wake-up call, when."""

    id: str
    site: str
    stay: str
    room: str
    kind: RequestKind
    made: datetime
    note: bytes = b""
    at: datetime | None = None
    state: RequestState = RequestState.ASKED
    by: str = ""
    moved: datetime | None = None
    version: int = 0

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in {RequestState.ASKED, RequestState.TAKEN}

    def moved_on(self, state: RequestState, *, by: str, now: datetime) -> "Request":
        """The request in its next state. Raises ``RequestOver``."""
        if not self.open:
            raise RequestOver
        return replace(self, state=state, by=by, moved=now, version=self.version + 1)


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film of the room's list: titles by language, minutes, and where on this site it lies (or nowhere)."""

    titles: Mapping[str, str]
    minutes: int
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What every guest should know: network, breakfast, notes by language; the films."""

    network: str = ""
    password: str = ""
    phone: str = ""
    breakfast: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    films: Sequence[Film] = ()


def require_time(kind: RequestKind, at: datetime | None, *, now: datetime) -> None:
    """A wake-up call has a time within the next day. Raises ``WakeUpWrong``."""
    if kind is RequestKind.WAKE_UP and (at is None or not now < at <= now + timedelta(hours=24)):
        raise WakeUpWrong

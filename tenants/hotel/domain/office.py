"""What a front desk keeps beside its guests: what was found in rooms, and what one shift tells the next."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.lodging_law import FINDS, in_force


class FindState(StrEnum):
    KEPT = "kept"
    RETURNED = "returned"
    POLICE = "police"
    DISPOSED = "disposed"


class FindKept(Refusal):
    code = "hotel.find.kept"
    detail = N_("失物须保管到 %(day)s,期满后送交公安机关。")
    remedy = N_("未到期前只能归还失主。")


class FindGone(Refusal):
    code = "hotel.find.gone"
    detail = N_("这件失物已处理。")


class NoteGone(Refusal):
    code = "hotel.note.seen"
    detail = N_("这条交班已有人接收。")


@dataclass(frozen=True, kw_only=True)
class Find:
    """Something a guest left behind 失物. ``owner`` is sealed: to whom it went, or who asks for it.

    until: up to which day it is kept for its owner; then it goes to the police.
    """

    id: str
    site: str
    found: datetime
    place: str
    what: str
    kept_at: str
    finder: str
    until: date
    state: FindState = FindState.KEPT
    closed: datetime | None = None
    owner: bytes = b""
    note: str = ""
    version: int = 0

    def ended(self, state: FindState, *, owner: bytes, note: str, now: datetime, today: date) -> "Find":
        """Returned at any time; handed to the police or disposed of when its time is over.

        Raises ``FindGone``, ``FindKept``.
        """
        if self.state is not FindState.KEPT:
            raise FindGone(state=str(self.state))
        if state is not FindState.RETURNED and today < self.until:
            raise FindKept(day=self.until)
        return replace(self, state=state, closed=now, owner=owner, note=note, version=self.version + 1)


def keep_until(day: date) -> date:
    """How long what was found on a day is kept for its owner."""
    return day + max(row.kept for row in in_force(FINDS, day))


@dataclass(frozen=True, kw_only=True)
class Note:
    """What one shift tells the next 交班. ``text`` is sealed. ``wanted``: somebody must confirm it."""

    id: str
    site: str
    written: datetime
    by: str
    text: bytes
    wanted: bool
    seen_by: str = ""
    seen: datetime | None = None
    version: int = 0

    def confirmed(self, by: str, *, now: datetime) -> "Note":
        """Taken over by the next shift. Raises ``NoteGone``."""
        if self.seen is not None:
            raise NoteGone(by=self.seen_by)
        return replace(self, seen_by=by, seen=now, version=self.version + 1)

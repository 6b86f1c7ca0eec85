"""Keys: who may open which doors, when. A grant is a permission; commands carry it to the locks.

A lock that shares a secret with us needs no network to open: the code itself says for how long it holds, and
proves it (a truncated HMAC, as in RFC 4226). What must reach such a lock is only what takes a code back.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass

LONGEST = timedelta(days=60)
PROOF = 6
NOON = time(12)
LEASE = timedelta(minutes=2)
TRIES = 20
_EARLIER = 30
"""Days by which an offline code may begin before it is needed: so many codes has a room for one end."""


class KeyTooLong(Refusal):
    code = "hotel.key.too-long"
    status = 422
    detail = N_("一把钥匙最长有效 %(days)s 天。")


class KeyOver(Refusal):
    code = "hotel.key.over"
    detail = N_("这把钥匙已失效。")
    remedy = N_("请重新发一把。")


class Holder(StrEnum):
    GUEST = "guest"
    STAFF = "staff"
    CLEANER = "cleaner"
    COURIER = "courier"


class Op(StrEnum):
    """What a lock can be told."""

    ISSUE = "issue"
    REVOKE = "revoke"
    READ_LOG = "read-log"
    CALL = "call"


class CommandState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Window:
    """Half-open instants ``[since, until)``."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A permission. ``code`` is sealed. ``owner``: the stay, or the member of staff, that it belongs to.

    rooms: their doors; floors: where the lift may stop for it. ``given``: to which devices it went.
    """

    id: str
    site: str
    owner: str
    holder: Holder
    rooms: tuple[str, ...]
    floors: tuple[str, ...]
    window: Window
    code: bytes
    given: tuple[str, ...] = ()
    revoked: datetime | None = None
    version: int = 0

    def live(self, *, now: datetime) -> bool:
        """Whether it opens anything now or later."""
        return self.revoked is None and now < self.window.until

    def taken_back(self, *, now: datetime) -> "Grant":
        """The grant after it was revoked. Raises ``KeyOver``."""
        if not self.live(now=now):
            raise KeyOver(grant=self.id)
        return replace(self, revoked=now, version=self.version + 1)


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something a device is to do. ``until``: after that it would be pointless. ``secret`` is sealed."""

    id: str
    site: str
    device: str
    op: Op
    grant: str
    window: Window
    made: datetime
    secret: bytes = b""
    floor: str = ""
    state: CommandState = CommandState.QUEUED
    sent: datetime | None = None
    tries: int = 0
    error: str = ""

    @property
    def open(self) -> bool:
        """Whether it still waits for its device."""
        return self.state in {CommandState.QUEUED, CommandState.SENT}

    def due(self, *, now: datetime) -> bool:
        """Whether it should be handed over now: it never was, or nobody answered for it."""
        return self.open and (self.sent is None or now - self.sent >= LEASE)

    def handed_over(self, *, now: datetime) -> "Command":
        """The command after a device fetched it."""
        return replace(self, state=CommandState.SENT, sent=now, tries=self.tries + 1)

    def answered(self, *, ok: bool, error: str = "") -> "Command":
        """The command after its device said how it went. A failure is tried again, ``TRIES`` times."""
        if ok:
            return replace(self, state=CommandState.DONE, error="")
        state = CommandState.FAILED if self.tries >= TRIES else CommandState.QUEUED
        return replace(self, state=state, error=error[:80])

    def lapsed(self, *, now: datetime) -> "Command":
        """The command once its window is over: it has expired."""
        over = self.open and now >= self.window.until
        return replace(self, state=CommandState.EXPIRED) if over else self


def offline_code(seed: bytes, *, first: date, hours: int) -> str:
    """Ten digits: four say for how many hours after noon of ``first`` the code holds, six prove it.

    Raises ``KeyTooLong``.
    """
    if not 0 < hours <= LONGEST // timedelta(hours=1):
        raise KeyTooLong(days=LONGEST.days)
    digest = hmac.new(seed, f"{first.isoformat()}|{hours}".encode(), hashlib.sha256).digest()
    offset = digest[-1] & 0x0F  # dynamic truncation, RFC 4226 section 5.3
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{hours:04d}{number % 10**PROOF:0{PROOF}d}"


def window_of(code: str, *, seed: bytes, zone: str, now: datetime) -> Window | None:
    """What a lock makes of a code by itself: the window that it proves, if that holds now."""
    if len(code) != 4 + PROOF or not (code.isascii() and code.isdigit()) or not int(code[:4]):
        return None
    hours, today = int(code[:4]), now.astimezone(ZoneInfo(zone)).date()
    if timedelta(hours=hours) > LONGEST:
        return None
    for back in range(LONGEST.days + 1):
        first = today - timedelta(days=back)
        if hmac.compare_digest(offline_code(seed, first=first, hours=hours), code):
            window = offline_window(first, hours=hours, zone=zone)
            return window if now in window else None
    return None


def offline_window(first: date, *, hours: int, zone: str) -> Window:
    """The instants in which an offline code opens."""
    since = datetime.combine(first, NOON, ZoneInfo(zone))
    return Window(since, since + timedelta(hours=hours))


def offline_hours(window: Window, *, zone: str) -> tuple[date, int]:
    """(first day, hours after its noon) of the offline code that covers a window: it begins with the last
    noon before it, so that who comes at ten in the morning, or at one at night, is let in."""
    first = (window.since.astimezone(ZoneInfo(zone)) - timedelta(hours=12)).date()
    return first, offline_length(window, first=first, zone=zone)


def offline_spans(window: Window, *, zone: str) -> list[tuple[date, int]]:
    """Every (first day, hours after its noon) that ends where the window does and holds for all of it: the
    latest, and those that begin on an earlier day, a month at most. Raises ``KeyTooLong`` where there is
    none."""
    first, hours = offline_hours(window, zone=zone)
    if timedelta(hours=hours) > LONGEST:
        raise KeyTooLong(days=LONGEST.days)
    earlier = min(_EARLIER, (LONGEST - timedelta(hours=hours)) // timedelta(days=1) - 1)
    days = [first - timedelta(days=back) for back in range(max(earlier, 0) + 1)]
    return [(day, offline_length(window, first=day, zone=zone)) for day in days]


def offline_length(window: Window, *, first: date, zone: str) -> int:
    """Hours from the noon of ``first`` until the window ends, counted up."""
    length = window.until - datetime.combine(first, NOON, ZoneInfo(zone))
    return max(1, -(-length // timedelta(hours=1)))


def open_of(commands: Iterable[Command], *, now: datetime) -> tuple[list[Command], list[Command]]:
    """(commands to hand over now, oldest first; commands whose time is over)."""
    lapsed = [one.lapsed(now=now) for one in commands]
    due = [one for one in lapsed if one.due(now=now)]
    ordered = sorted(due, key=lambda one: (one.made, one.op is not Op.ISSUE, one.id))
    return ordered, [one for one in lapsed if not one.open]

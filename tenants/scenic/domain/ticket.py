"""Tickets and the signed code on them: verifiable at a gate without a network.

88 bytes: a 24-byte payload and an Ed25519 signature (RFC 8032) by the tenant's ticket key; printed as base45
(RFC 9285), which a QR code stores as alphanumerics.
"""

import struct
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import business_day

_EPOCH = date(2020, 1, 1)
_PAYLOAD = struct.Struct(">B10sBHHHHHH")  # key|version, order, number, day, start, end, area, class, people
_VERSION = 1
SIZE = _PAYLOAD.size
PREFIX = "SY:"
"""Before every code: a reader knows ours, and no code begins with base45's space (none ends with one)."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_CHARS = 16


class State(StrEnum):
    ISSUED = "issued"
    USED = "used"
    REFUNDED = "refunded"


class CodeInvalid(Refusal):
    code = "scenic.ticket.code-invalid"
    status = 422
    detail = N_("无法识别这张票码,不是本景区签发的门票。")
    remedy = N_("请调亮屏幕重新扫描,或到售票窗口核对。")


class TicketUsed(Refusal):
    code = "scenic.ticket.used"
    detail = N_("这张票已于 %(at)s 在 %(gate)s 检票入园,不能重复使用。")
    remedy = N_("如有疑问,请引导游客到服务台核对证件。")


class TicketRefunded(Refusal):
    code = "scenic.ticket.refunded"
    detail = N_("这张票已退款,不能入园。")


class TooEarly(Refusal):
    code = "scenic.ticket.too-early"
    detail = N_("还没到入园时间:%(from)s 起可以入园。")


class TicketOver(Refusal):
    code = "scenic.ticket.over"
    detail = N_("这张票的入园时段(%(day)s %(until)s 前)已经结束。")


class WrongArea(Refusal):
    code = "scenic.ticket.wrong-area"
    detail = N_("这张票不是本景区的票。")


@dataclass(frozen=True, kw_only=True)
class Pass:
    """What a code says. Times are minutes of the local day; ``area`` and ``concession`` are keyed checks.

    ``order`` is the order's 80 random bits as 16 characters, ``number`` the ticket within it.
    """

    order: str
    number: int
    day: date
    start: int
    end: int
    area: int
    concession: int
    people: int

    def pack(self, *, key: int = 1) -> bytes:
        """The 24 bytes that are signed, by the ``key`` of this number."""
        number = 0
        for char in self.order:
            number = number << 5 | _CROCKFORD.index(char)
        return _PAYLOAD.pack(
            slot_of(key) << 4 | _VERSION,
            number.to_bytes(10),
            self.number,
            (self.day - _EPOCH).days,
            self.start,
            self.end,
            self.area,
            self.concession,
            self.people,
        )


def unpack(payload: bytes) -> Pass:
    """The reverse of ``Pass.pack``; the signature has been checked by the caller."""
    version, order, number, day, start, end, area, concession, people = _PAYLOAD.unpack(payload)
    if version & 15 != _VERSION:
        raise CodeInvalid
    bits = int.from_bytes(order)
    chars = [_CROCKFORD[bits >> shift & 31] for shift in range(5 * (_RANDOM_CHARS - 1), -1, -5)]
    return Pass(
        order="".join(chars),
        number=number,
        day=_EPOCH + timedelta(days=day),
        start=start,
        end=end,
        area=area,
        concession=concession,
        people=people,
    )


def slot_of(key: int) -> int:
    """What a code says of its key's number: four bits. Sixteen keys later the first has long ended."""
    return (key - 1) & 15


def key_of(payload: bytes) -> int:
    """The slot of the key that a payload names."""
    return payload[0] >> 4


def short(code: str) -> int:
    """A name in 16 bits, to compare and not to look up."""
    value = 0
    for byte in code.encode():
        value = (value * 131 + byte) & 0xFFFF
    return value


def check_time(pass_: Pass, *, early: int, now: datetime) -> None:
    """Refuse before the session's early admission and after its end."""
    from chalicelib.kernel.period import SHANGHAI

    wall = now.astimezone(SHANGHAI)
    minute = wall.hour * 60 + wall.minute
    opens = max(pass_.start - early, 0)
    today = business_day(now)
    if today < pass_.day or (today == pass_.day and minute < opens):
        raise TooEarly(**{"from": f"{pass_.day.isoformat()} {clock(opens)}"})
    if today > pass_.day or minute >= pass_.end:
        raise TicketOver(day=pass_.day.isoformat(), until=clock(pass_.end))


def clock(minute: int) -> str:
    """Minutes of the day as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def base45(data: bytes) -> str:
    """RFC 9285."""
    out = []
    for index in range(0, len(data) - 1, 2):
        value = data[index] << 8 | data[index + 1]
        high, rest = divmod(value, 2025)
        middle, low = divmod(rest, 45)
        out.append(_ALPHABET[low] + _ALPHABET[middle] + _ALPHABET[high])
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        out.append(_ALPHABET[low] + _ALPHABET[high])
    return "".join(out)


def unbase45(text: str) -> bytes:
    """RFC 9285; anything else is ``CodeInvalid``."""
    try:
        values = [_VALUES[char] for char in text]
        whole = len(values) // 3 * 3
        out = b"".join(
            (values[at] + 45 * values[at + 1] + 2025 * values[at + 2]).to_bytes(2)
            for at in range(0, whole, 3)
        )
        if len(values) > whole:
            low, high = values[whole:]
            out += (low + 45 * high).to_bytes(1)
    except (KeyError, OverflowError, ValueError) as error:
        raise CodeInvalid from error
    return out


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A ticket as kept: one row, one state, one admission."""

    order: str
    number: int
    state: State
    area: str
    product: str
    title: str
    concession: str
    day: date
    start: int
    end: int
    person: bytes
    at: datetime | None = None
    gate: str = ""
    nonce: str = ""
    passing: str = ""  # the turn of the passing that admitted it

    def pass_(self) -> Pass:
        """What its code says."""
        return Pass(
            order=self.order[-_RANDOM_CHARS:],
            number=self.number,
            day=self.day,
            start=self.start,
            end=self.end,
            area=short(self.area),
            concession=short(self.concession),
            people=1,
        )


def today(now: datetime) -> date:
    """The business day of an instant (kept here so that a gate needs one import)."""
    return business_day(now.astimezone(UTC))

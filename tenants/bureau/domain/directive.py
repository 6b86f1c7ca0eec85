"""Directives 指令: warnings, capacity orders and notices that go down, and how their receipt is judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.period import SHANGHAI, parse_instant, rfc3339
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.wall import Known

Kind = Literal["alert", "capacity", "notice"]
Status = Literal["actual", "exercise"]
State = Literal["waiting", "delivered", "acknowledged", "refused"]
LANGUAGES = ("zh", "en", "ja", "ko")

ISSUED = "tourism.alert.public.issued.v1"
CANCELLED = "tourism.alert.public.cancelled.v1"
LIFTED = "tourism.capacity.limit.lifted.v1"
TYPES: Mapping[Kind, str] = {
    "alert": ISSUED,
    "capacity": "tourism.capacity.limit.ordered.v1",
    "notice": "tourism.notice.bulletin.published.v1",
}

# CAP 1.2 severity by our four colours (red is the gravest: Emergency Response Law 2024, art. 63).
SEVERITY: Mapping[str, str] = {"red": "Extreme", "orange": "Severe", "yellow": "Moderate", "blue": "Minor"}

AGENCY = "000"
"""GB/T 4657 code of the issuing authority: unassigned until the bureau names its own."""


class NobodyConcerned(Invalid):
    code = "bureau.directive.nobody"
    detail = N_("没有符合条件的单位,指令没有发出。")
    remedy = N_("请放宽单位类别或区县。")


class Unready(Invalid):
    code = "bureau.directive.unready"
    detail = N_("指令的内容还不完整。")
    remedy = N_("预警要有四种语言的标题、内容和应对措施,以及失效时间;限流要有区域和人数或比例。")


class Over(Refusal):
    code = "bureau.directive.over"
    detail = N_("这条指令已解除,或不能解除。")


@dataclass(frozen=True, kw_only=True)
class Window:
    """Within which time a receipt is due. A row: ``colour`` of a warning, or empty."""

    kind: Kind
    within: timedelta
    source: str
    since: date
    colour: str = ""


_CATALOGUE = "feed catalogue U27, default to be confirmed by the bureau"
_ALWAYS = date(2020, 1, 1)


def _window(kind: Kind, minutes: int, colour: str = "") -> Window:
    return Window(
        kind=kind, colour=colour, within=timedelta(minutes=minutes), source=_CATALOGUE, since=_ALWAYS
    )


WINDOWS: tuple[Window, ...] = (
    _window("alert", 5, "red"),
    _window("alert", 15, "orange"),
    _window("alert", 60, "yellow"),
    _window("alert", 240, "blue"),
    _window("capacity", 1),
    _window("notice", 24 * 60),
)


@dataclass(frozen=True, kw_only=True)
class Directive:
    """One directive as it was issued. ``over``: when it was lifted."""

    id: str
    kind: Kind
    to: tuple[str, ...]
    data: Mapping[str, Any]
    issued: datetime
    due: datetime | None
    status: Status
    by: str
    over: str = ""

    @property
    def headline(self) -> str:
        """What a list shows of it, in Chinese; empty for an order without words."""
        return str(self.data.get("headline", self.data.get("words", {})).get("zh", ""))


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What one tenant said of a directive, in seconds after the issue; ``overdue``: past the deadline."""

    known: Known
    state: State
    delivered: int | None = None
    read: int | None = None
    acted: int | None = None
    overdue: int | None = None


def due_of(kind: Kind, *, colour: str, must_read: bool, now: datetime) -> datetime | None:
    """When receipts of a directive issued ``now`` are due; None: nobody need acknowledge it."""
    if kind == "notice" and not must_read:
        return None
    row = next(
        one for one in WINDOWS if one.kind == kind and one.colour == colour and one.since <= now.date()
    )
    return now + row.within


def identifier(*, district: str, now: datetime, serial: int = 1) -> str:
    """The national profile's 31 characters: division, agency, unit, extension; moment; serial."""
    return f"{district}{AGENCY}00000_{now.astimezone(SHANGHAI):%Y%m%d%H%M%S}_{serial}"


def receipt_of(directive: Directive, known: Known, said: Gauge | None, *, now: datetime) -> Receipt:
    """One tenant's receipt. ``said``: its last acknowledgement (data of U27)."""
    value: Mapping[str, Any] = said.value if said is not None else {}
    times = {name: _seconds(directive, value.get(name)) for name in ("delivered", "read", "acted")}
    state: State = "waiting"
    if value.get("state") == "refused":
        state = "refused"
    elif times["read"] is not None or times["acted"] is not None:
        state = "acknowledged"
    elif times["delivered"] is not None:
        state = "delivered"
    owing = directive.due is not None and state != "acknowledged" and now > directive.due
    overdue = int((now - directive.due).total_seconds()) if owing and directive.due is not None else None
    return Receipt(known=known, state=state, overdue=overdue, **times)


def middle(values: Iterable[int | None]) -> int | None:
    """The median of what was said, rounded down."""
    known: Sequence[int] = sorted(value for value in values if value is not None)
    return known[(len(known) - 1) // 2] if known else None


def lifted(directive: Directive, *, district: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Type and data of the message that ends a directive. A warning's names the one that it cancels."""
    if directive.kind == "notice" or directive.over:
        raise Over
    if directive.kind == "capacity":
        return LIFTED, {}
    return CANCELLED, {
        **directive.data,
        "msgType": "Cancel",
        "identifier": identifier(district=district, now=now),
        "references": [str(directive.data["identifier"])],
        "effective": rfc3339(now),
    }


def _seconds(directive: Directive, text: Any) -> int | None:
    if not isinstance(text, str):
        return None
    try:
        return max(0, int((parse_instant(text) - directive.issued).total_seconds()))
    except ValueError:  # the schema knows the shape of an instant, not the calendar
        return None

"""Directives 指令: warnings, capacity orders and notices that go down, and how their receipt is judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant, rfc3339
from tenants.bureau.domain.figures import Gauge
from tenants.bureau.domain.issuers import identifier
from tenants.bureau.domain.second import LAPSES, NotPending, OwnProposal
from tenants.bureau.domain.wall import Known

Kind = Literal["alert", "capacity", "notice"]
Status = Literal["actual", "exercise"]
Stage = Literal["pending", "issued", "declined"]
State = Literal["waiting", "delivered", "acknowledged", "refused"]

ISSUED = "tourism.alert.public.issued.v1"
UPDATED = "tourism.alert.public.updated.v1"
CANCELLED = "tourism.alert.public.cancelled.v1"
LIFTED = "tourism.capacity.limit.lifted.v1"
TYPES: Mapping[Kind, str] = {
    "alert": ISSUED,
    "capacity": "tourism.capacity.limit.ordered.v1",
    "notice": "tourism.notice.bulletin.published.v1",
}

# CAP 1.2 severity by our four colours (red is the gravest: Emergency Response Law 2024, art. 63).
SEVERITY: Mapping[str, str] = {"red": "Extreme", "orange": "Severe", "yellow": "Moderate", "blue": "Minor"}


class NobodyConcerned(Invalid):
    code = "bureau.directive.nobody"
    detail = N_("没有符合条件的单位,指令没有发出。")
    remedy = N_("请放宽单位类别或区县。")


class Unready(Invalid):
    code = "bureau.directive.unready"
    detail = N_("指令的内容还不完整。")
    remedy = N_("预警要有四种语言的标题、内容和应对措施,以及失效时间;限流要有区域和人数或比例。")


class Past(Unready):
    code = "bureau.directive.past"
    detail = N_("结束时间已经过去。")
    remedy = N_("请填写晚于现在、也晚于开始的时间。")


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
    """One directive. ``by`` proposed it, ``second`` released it where two are needed.

    While it is ``pending`` it is nowhere but here, and ``issued`` is the moment of the proposal. ``over``:
    when it ended; ``replaces`` and ``replaced``: the warning that it updates, and its own update.
    ``places``: the districts of those it is for, as they were when it was proposed.
    """

    id: str
    kind: Kind
    to: tuple[str, ...]
    data: Mapping[str, Any]
    issued: datetime
    due: datetime | None
    status: Status
    by: str
    second: str = ""
    stage: Stage = "issued"
    over: str = ""
    replaces: str = ""
    replaced: str = ""
    places: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """What a list shows of it, in Chinese; empty for an order without words."""
        return str(self.data.get("headline", self.data.get("words", {})).get("zh", ""))

    @property
    def type(self) -> str:
        """The event that begins it."""
        return UPDATED if self.replaces else TYPES[self.kind]

    def lapsed(self, now: datetime) -> bool:
        """Whether nobody released it in time."""
        return self.stage == "pending" and now > self.issued + LAPSES

    def open_alert(self, now: datetime) -> bool:
        """Whether it is a warning that is out and holds."""
        return (
            self.kind == "alert"
            and self.stage == "issued"
            and not self.over
            and now < parse_instant(str(self.data["expires"]))
        )

    def released(self, *, by: str, division: str, now: datetime) -> "Directive":
        """A second officer releases it. Raises ``OwnProposal`` and ``NotPending``."""
        self._pending(now)
        if by == self.by:
            raise OwnProposal
        data = dated(self.data, division=division, now=now)
        due = due_of(self.kind, data=data, now=now)
        return replace(self, stage="issued", second=by, issued=now, due=due, data=data)

    def declined(self, *, by: str, now: datetime) -> "Directive":
        """It is not released; who proposed it may also take it back."""
        self._pending(now)
        return replace(self, stage="declined", second=by, over=rfc3339(now))

    def _pending(self, now: datetime) -> None:
        if self.stage != "pending" or self.lapsed(now):
            raise NotPending


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What one tenant said of a directive, in seconds after the issue; ``overdue``: past the deadline."""

    known: Known
    state: State
    delivered: int | None = None
    read: int | None = None
    acted: int | None = None
    overdue: int | None = None


def due_of(kind: Kind, *, data: Mapping[str, Any], now: datetime) -> datetime | None:
    """When receipts of a directive issued ``now`` are due; None: nobody need acknowledge it."""
    if kind == "notice" and not data.get("mustRead"):
        return None
    colour = str(data.get("colour", ""))
    row = next(
        one for one in WINDOWS if one.kind == kind and one.colour == colour and one.since <= now.date()
    )
    return now + row.within


def dated(data: Mapping[str, Any], *, division: str, now: datetime) -> dict[str, Any]:
    """The data as it goes out at ``now``: an identifier and a beginning are of the moment of issue."""
    found = dict(data)
    if "identifier" in found:
        found |= {"identifier": identifier(division=division, now=now), "effective": rfc3339(now)}
    if "from" in found:
        found["from"] = max(str(found["from"]), rfc3339(now))
    return found


def updating(data: Mapping[str, Any], old: Directive, *, now: datetime) -> dict[str, Any]:
    """The data of a warning that takes the place of ``old``. Raises ``Over`` where that holds no more."""
    if not old.open_alert(now):
        raise Over
    return {**data, "msgType": "Update", "references": [str(old.data["identifier"])]}


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


def lifted(directive: Directive, *, division: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """Type and data of the message that ends a directive. A warning's names the one that it cancels."""
    if directive.kind == "notice" or directive.over or directive.stage != "issued":
        raise Over
    if directive.kind == "capacity":
        return LIFTED, {}
    return CANCELLED, {
        **directive.data,
        "msgType": "Cancel",
        "identifier": identifier(division=division, now=now),
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

"""A directive as one tenant has it: when it came, when it was read, whether it holds. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.events import Event
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant, rfc3339

Kind = Literal["alert", "capacity", "notice"]
Ending = Literal["", "cancelled", "lifted", "replaced"]
State = Literal["delivered", "read", "acted", "refused"]

ALERT_ISSUED = "tourism.alert.public.issued.v1"
ALERT_UPDATED = "tourism.alert.public.updated.v1"
ALERT_CANCELLED = "tourism.alert.public.cancelled.v1"
LIMIT_ORDERED = "tourism.capacity.limit.ordered.v1"
LIMIT_LIFTED = "tourism.capacity.limit.lifted.v1"
NOTICE = "tourism.notice.bulletin.published.v1"
RECEIPT = "tourism.command.receipt.acknowledged.v1"

KINDS: Mapping[str, Kind] = {
    ALERT_ISSUED: "alert",
    ALERT_UPDATED: "alert",
    LIMIT_ORDERED: "capacity",
    NOTICE: "notice",
}
"""What begins a directive, and its kind."""

ENDINGS: Mapping[str, Ending] = {ALERT_CANCELLED: "cancelled", LIMIT_LIFTED: "lifted"}
"""What ends the directive that it names as its subject."""

TYPES = frozenset({*KINDS, *ENDINGS})


class NotAwaited(Refusal):
    code = "directive.not-awaited"
    detail = N_("这条指令已处理过,或不需要这一步。")
    remedy = N_("请刷新页面查看当前状态。")


@dataclass(frozen=True, kw_only=True)
class Directive:
    """One directive. ``id`` is the command's own: the subject of its events and the ``command`` of U27.

    ``issued`` is the bureau's moment, ``delivered`` ours. ``due``: when the receipt is owed; None: nobody
    waits for one. One whose end came first has no ``kind`` yet.
    """

    id: str
    kind: Kind | Literal[""]
    type: str
    status: Literal["actual", "exercise"]
    data: Mapping[str, Any]
    issued: datetime
    delivered: datetime
    due: datetime | None = None
    read: datetime | None = None
    acted: datetime | None = None
    refused: datetime | None = None
    action: str = ""
    over: datetime | None = None
    ending: Ending = ""

    @property
    def exercise(self) -> bool:
        """Whether it is a drill: shown and answered, never done."""
        return self.status == "exercise"

    @property
    def begins(self) -> datetime:
        """From when it holds."""
        return self._said("effective", "from") or self.issued

    @property
    def ends(self) -> datetime | None:
        """Until when it holds, were it not ended; None: a notice holds nothing."""
        return self._said("expires", "until")

    @property
    def state(self) -> State:
        """The furthest step that was taken."""
        if self.refused is not None:
            return "refused"
        if self.acted is not None:
            return "acted"
        return "read" if self.read is not None else "delivered"

    @property
    def awaited(self) -> bool:
        """Whether somebody still has to open it."""
        return bool(self.kind) and self.read is None and not self.over

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at ``now``."""
        return self.begins <= now and self.ahead(now)

    def ahead(self, now: datetime) -> bool:
        """Whether it is in force now or will be."""
        return (
            self.kind in {"alert", "capacity"} and not self.over and self.ends is not None and now < self.ends
        )

    def text(self, part: str, locale: str) -> str:
        """A text of it in this language, else in Chinese; empty where it has none."""
        words = self.data.get(part)
        return str(words.get(locale) or words.get("zh") or "") if isinstance(words, Mapping) else ""

    def opened(self, now: datetime) -> "Directive":
        """Somebody has read it. Raises ``NotAwaited`` the second time."""
        if self.read is not None:
            raise NotAwaited
        return replace(self, read=now)

    def done(self, now: datetime, *, action: str) -> "Directive":
        """What it asks for is done (which is to have read it)."""
        if self.acted is not None or not self.kind:
            raise NotAwaited
        return replace(self, read=self.read or now, acted=now, action=action, refused=None)

    def obeyed(self, now: datetime, *, action: str) -> "Directive":
        """The system did by itself what is asked; that a person reads it is still awaited."""
        return replace(self, acted=now, action=action)

    def declined(self, now: datetime) -> "Directive":
        """It cannot be done here."""
        if self.acted is not None or self.refused is not None:
            raise NotAwaited
        return replace(self, refused=now)

    def ended(self, now: datetime, *, ending: Ending) -> "Directive":
        """It was cancelled, lifted or replaced; what ended stays ended."""
        return self if self.over else replace(self, over=now, ending=ending)

    def begun(self, envelope: Mapping[str, Any]) -> "Directive":
        """The one whose end came first gets its content, and stays ended."""
        fresh = of_envelope(envelope, now=self.delivered)
        return replace(fresh, over=self.over, ending=self.ending)

    def receipt(self, now: datetime) -> Event:
        """U27: every word repeats the times before it, so that the last one says it all."""
        times = {"delivered": self.delivered, "read": self.read, "acted": self.acted}
        data: dict[str, Any] = {name: rfc3339(at) for name, at in times.items() if at is not None}
        if self.action:
            data["action"] = self.action
        return Event(
            type=RECEIPT,
            subject=self.id,
            at=now,
            status=self.status,
            data={"command": self.id, "commandType": self.type, "state": self.state, **data},
        )

    def _said(self, *names: str) -> datetime | None:
        for name in names:
            said = self.data.get(name)
            if isinstance(said, str):
                return parse_instant(said)
        return None


def of_envelope(envelope: Mapping[str, Any], *, now: datetime) -> Directive:
    """The directive that an envelope begins; of one that only ends another, an empty one with its id."""
    type, due = envelope["type"], envelope.get("dueby")
    data = {name: value for name, value in envelope["data"].items() if name != "to"}
    return Directive(
        id=envelope["subject"],
        kind=KINDS.get(type, ""),
        type=type,
        status="exercise" if envelope["status"] == "exercise" else "actual",
        data=data if type in KINDS else {},
        issued=parse_instant(envelope["time"]),
        delivered=now,
        due=parse_instant(due) if due is not None else None,
    )


def replaced_by(directive: Directive, others: Sequence[Directive]) -> list[Directive]:
    """Those of ``others`` that an update refers to by its identifiers."""
    named = set(directive.data.get("references", ())) if directive.type == ALERT_UPDATED else set()
    return [one for one in others if one.id != directive.id and one.data.get("identifier") in named]

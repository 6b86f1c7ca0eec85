"""Cleaning tasks: one a room and day, for whom, how far; and what was found that should not be.

``open → doing → done → inspected``; ``skipped`` where guests want no cleaning. What is not good enough at the
inspection is open again.
"""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.housekeeping import Cleanliness


class TaskKind(StrEnum):
    DEPARTURE = "departure"
    STAYOVER = "stayover"
    EXTRA = "extra"


class TaskState(StrEnum):
    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    INSPECTED = "inspected"
    SKIPPED = "skipped"


class Step(StrEnum):
    """What somebody does with a task."""

    START = "start"
    DONE = "done"
    SKIP = "skip"
    PASS = "pass"  # noqa: S105 - an inspection that was passed
    AGAIN = "again"


class TaskIs(Refusal):
    code = "hotel.task.state"
    detail = N_("这项清扫现在不能这样标记。")
    remedy = N_("请刷新后查看最新状态。")


_STEPS: dict[Step, tuple[frozenset[TaskState], TaskState, Cleanliness | None]] = {
    Step.START: (frozenset({TaskState.OPEN, TaskState.SKIPPED}), TaskState.DOING, None),
    Step.DONE: (
        frozenset({TaskState.OPEN, TaskState.DOING, TaskState.SKIPPED}),
        TaskState.DONE,
        Cleanliness.CLEANED,
    ),
    Step.SKIP: (frozenset({TaskState.OPEN, TaskState.DOING}), TaskState.SKIPPED, None),
    Step.PASS: (frozenset({TaskState.DONE}), TaskState.INSPECTED, Cleanliness.INSPECTED),
    Step.AGAIN: (
        frozenset({TaskState.DONE, TaskState.INSPECTED, TaskState.SKIPPED}),
        TaskState.OPEN,
        Cleanliness.DIRTY,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """A room to be cleaned on a day. ``who``: a member of the house's staff, by the name the house uses."""

    site: str
    day: date
    room: str
    kind: TaskKind
    state: TaskState = TaskState.OPEN
    who: str = ""
    note: str = ""
    at: datetime | None = None
    version: int = 0

    def after(self, step: Step, *, now: datetime, note: str = "") -> tuple["Task", Cleanliness | None]:
        """The task after a step, and how the room is then (nothing: as before). Raises ``TaskIs``."""
        allowed, state, room = _STEPS[step]
        if self.state not in allowed:
            raise TaskIs(state=str(self.state))
        return self.changed(state=state, at=now, note=note or self.note), room

    def given(self, who: str) -> "Task":
        """Somebody else's."""
        return self.changed(who=who)

    def changed(self, **values: object) -> "Task":
        """A later version."""
        return replace(self, version=self.version + 1, **values)  # type: ignore[arg-type]  # its own fields

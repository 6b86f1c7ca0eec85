"""House-keeping, groups, the waitlist and the back office in memory: the same conditions, no table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from chalicelib.commerce.stock.domain import Bucket, Hold, HoldLost, Pick, holder, word
from chalicelib.kernel.errors import Missing
from tenants.hotel.domain.cleaning import Task
from tenants.hotel.domain.group import Group, GroupState
from tenants.hotel.domain.office import Find, FindState, Note
from tenants.hotel.domain.waitlist import OPEN, Wait
from tests.fakes import Work, take


@dataclass
class HouseMemory:
    """What a house keeps beside its stays."""

    tasks: dict[tuple[date, str], Task] = field(default_factory=dict)
    planned: set[date] = field(default_factory=set)
    groups: dict[str, Group] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    finds: dict[str, Find] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)


class _Kept:
    def __init__(self, memory: Any, work: Work) -> None:
        self._all, self._memory, self._work = memory, memory.house, work

    def _put(self, where: dict[Any, Any], key: Any, value: Any, *, before: Any) -> None:
        def same() -> bool:
            kept = where.get(key)
            return (kept.version if kept is not None else None) == (before.version if before else None)

        self._work.join(same, lambda: where.update({key: value}))


class FakeTasks(_Kept):
    """The ``Tasks`` port."""

    def of_day(self, site: str, day: date) -> Mapping[str, Task]:
        return {room: task for (when, room), task in self._memory.tasks.items() if when == day}

    def keep(self, task: Task, *, before: Task | None) -> None:
        self._put(self._memory.tasks, (task.day, task.room), task, before=before)

    def replace(self, task: Task) -> None:
        tasks = self._memory.tasks
        self._work.join(lambda: True, lambda: tasks.update({(task.day, task.room): task}))

    def planned(self, site: str, day: date) -> bool:
        return day in self._memory.planned

    def note_planned(self, site: str, day: date) -> None:
        self._work.join(lambda: True, lambda: self._memory.planned.add(day))


class FakeGroups(_Kept):
    """The ``Groups`` port."""

    def get(self, site: str, id: str, *, month: str = "") -> Group:
        found: Group | None = self._memory.groups.get(id)
        if found is None:
            raise Missing(group=id)
        return found

    def open(self, site: str) -> list[Group]:
        return [one for one in self._memory.groups.values() if one.state is GroupState.OPEN]

    def closed(self, site: str, month: str) -> list[Group]:
        return [one for one in self._memory.groups.values() if one.state is not GroupState.OPEN]

    def create(self, group: Group, *, taken: Sequence[Pick]) -> None:
        take(taken, group.id, buckets=self._all.buckets, work=self._work)
        self._put(self._memory.groups, group.id, group, before=None)

    def hand_on(self, group: Group, *, before: Group, taken: Sequence[Hold], order: str) -> None:
        for hold in taken:
            self._move(hold, hold.count, before.id, order)
        self._put(self._memory.groups, group.id, group, before=before)

    def end(self, group: Group, *, before: Group) -> None:
        for hold in before.holds:
            self._move(hold, hold.count, before.id, "")
        self._put(self._memory.groups, group.id, group, before=before)

    def _move(self, hold: Hold, count: int, source: str, target: str) -> None:
        buckets, place = self._all.buckets, (hold.resource, hold.slot, hold.bucket)

        def change() -> None:
            bucket = buckets[place]
            holds = dict(bucket.holds)
            rest = holds.pop(holder(source)) % 1000 - count
            if rest:
                holds[holder(source)] = word(count=rest, until=None)
            if target:
                holds[holder(target)] = word(count=count, until=None)
            buckets[place] = Bucket(left=bucket.left + (0 if target else count), holds=holds)

        self._work.join(lambda: holder(source) in buckets[place].holds, change, HoldLost())


class FakeWaits(_Kept):
    """The ``Waits`` port."""

    def get(self, site: str, id: str) -> Wait:
        found: Wait | None = self._memory.waits.get(id)
        if found is None or found.state not in OPEN:
            raise Missing(wait=id)
        return found

    def open(self, site: str) -> list[Wait]:
        return [one for id, one in sorted(self._memory.waits.items()) if one.state in OPEN]

    def keep(self, wait: Wait, *, before: Wait | None) -> None:
        self._put(self._memory.waits, wait.id, wait, before=before)


class FakeOffice(_Kept):
    """The ``Office`` port."""

    def find(self, site: str, id: str) -> Find:
        if id not in self._memory.finds:
            raise Missing(find=id)
        found: Find = self._memory.finds[id]
        return found

    def finds(self, site: str) -> list[Find]:
        return [one for id, one in sorted(self._memory.finds.items()) if one.state is FindState.KEPT]

    def closed(self, site: str, month: str) -> list[Find]:
        return [one for one in self._memory.finds.values() if one.state is not FindState.KEPT]

    def keep_find(self, find: Find, *, before: Find | None) -> None:
        self._put(self._memory.finds, find.id, find, before=before)

    def note(self, site: str, id: str) -> Note:
        if id not in self._memory.notes:
            raise Missing(note=id)
        found: Note = self._memory.notes[id]
        return found

    def notes(self, site: str) -> list[Note]:
        newest = sorted(self._memory.notes.values(), key=lambda note: note.id, reverse=True)
        return sorted(newest, key=lambda note: not (note.wanted and note.seen is None))

    def keep_note(self, note: Note, *, before: Note | None) -> None:
        self._put(self._memory.notes, note.id, replace(note), before=before)

"""Cleaning tasks: a row a (day, room), gone by themselves after a year."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.cleaning import Task, TaskKind, TaskState

_KEPT = timedelta(days=366)
_PLANNED = "-"


class TaskRow(Row, discriminator="hotel-task"):
    """pk ``TASKS#<property>#<day>``, sk the room; ``-`` says that the day was planned."""

    body = UnicodeAttribute()
    version = NumberAttribute()


class TaskStore:
    """The ``Tasks`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of_day(self, site: str, day: date) -> Mapping[str, Task]:
        rows = TaskRow.query(_pk(site, day), consistent_read=True)
        return {row.sk: _task(site, day, row) for row in rows if row.sk != _PLANNED}

    def keep(self, task: Task, *, before: Task | None) -> None:
        condition = TaskRow.pk.does_not_exist() if before is None else TaskRow.version == before.version
        self._work.put(_row(task), condition)
        self._work.about(f"{task.room}/{task.day}")

    def replace(self, task: Task) -> None:
        self._work.put(_row(task))

    def planned(self, site: str, day: date) -> bool:
        return TaskRow.find(_pk(site, day), _PLANNED) is not None

    def note_planned(self, site: str, day: date) -> None:
        self._work.put(TaskRow(_pk(site, day), _PLANNED, body="", version=0, ttl=_ttl(day)))
        self._work.about(f"{site}/{day}")


def _pk(site: str, day: date) -> str:
    return tenant_key("TASKS", site, day.isoformat())


def _row(task: Task) -> TaskRow:
    at = int(task.at.timestamp()) if task.at is not None else 0
    body = json.dumps([task.kind, task.state, task.who, task.note, at], ensure_ascii=False)
    return TaskRow(_pk(task.site, task.day), task.room, body=body, version=task.version, ttl=_ttl(task.day))


def _task(site: str, day: date, row: TaskRow) -> Task:
    kind, state, who, note, at = json.loads(row.body)
    return Task(
        site=site,
        day=day,
        room=row.sk,
        kind=TaskKind(kind),
        state=TaskState(state),
        who=who,
        note=note,
        at=datetime.fromtimestamp(at, UTC) if at else None,
        version=int(row.version),
    )


def _ttl(day: date) -> int:
    return int((datetime.combine(day, time(0), UTC) + _KEPT).timestamp())

"""The lake: the ledger as columns. What its sets are, where their files lie, and what of a day must land.

A slot is what the ledger files together: one sender, one local hour, one type. Landing replaces slots whole,
so doing it again, or after a crash, ends in the same files.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from tenants.bureau.domain.casework import json_covered
from tenants.bureau.domain.entry import Filed
from tenants.bureau.domain.figures import Counters, added, gauge_day, gauges
from tenants.bureau.domain.wall import Day

SetName = Literal["events", "figures", "gauges"]
Row = dict[str, Any]

ASIDE = "aside"
"""The type under which the counts of refused and parked events lie: they never became events of a type."""
REFUSED = ("quarantined", "parked")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. ``type`` is Athena's name of it; every engine here knows it."""

    name: str
    type: Literal["string", "bigint", "int", "boolean", "date"]
    about: str


@dataclass(frozen=True, kw_only=True)
class LakeSet:
    """One set of the lake. ``partitions``: which of its columns are in the path. ``fresh``: how old the last
    landing may be before the set counts as stale."""

    name: SetName
    title: str
    owner: str
    partitions: tuple[str, ...]
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    fresh: timedelta = timedelta(hours=2)


_WHERE = (
    Column(name="sender", type="string", about=N_("报送单位的代号")),
    Column(name="kind", type="string", about=N_("单位类别")),
    Column(name="hour", type="int", about=N_("发生的小时(郑州时间)")),
)
_PATH = {
    "type": Column(name="type", type="string", about=N_("事件类型")),
    "date": Column(name="date", type="date", about=N_("发生的业务日期")),
    "district": Column(name="district", type="string", about=N_("区县代码(GB/T 2260)")),
}
_OWNER = N_("信息统计科")

SETS: tuple[LakeSet, ...] = (
    LakeSet(
        name="events",
        title=N_("事件原文"),
        owner=_OWNER,
        partitions=("type", "date", "district"),
        columns=(
            Column(name="id", type="string", about=N_("事件编号")),
            *_WHERE,
            Column(name="time", type="string", about=N_("发生时间(UTC)")),
            Column(name="received", type="string", about=N_("收到时间(UTC)")),
            Column(name="status", type="string", about=N_("实际、演练或测试")),
            Column(name="late", type="boolean", about=N_("是否迟报")),
            Column(name="replaced_by", type="string", about=N_("更正它的事件,没有则为空")),
            Column(name="sha256", type="string", about=N_("原文的校验值")),
            Column(
                name="body", type="string", about=N_("收到的原文(CloudEvents JSON),能对应到个人的编号已遮盖")
            ),
            *_PATH.values(),
        ),
        order=("hour", "sender", "id"),
    ),
    LakeSet(
        name="figures",
        title=N_("各项数字"),
        owner=_OWNER,
        partitions=("date",),
        columns=(
            *_WHERE,
            _PATH["type"],
            _PATH["district"],
            Column(name="name", type="string", about=N_("数字的名称")),
            Column(name="amount", type="bigint", about=N_("合计;金额以分计")),
            Column(name="heard", type="string", about=N_("最后收到的时间(UTC)")),
            _PATH["date"],
        ),
        order=("sender", "hour", "type", "name"),
    ),
    LakeSet(
        name="gauges",
        title=N_("最新状态"),
        owner=_OWNER,
        partitions=("date",),
        columns=(
            *_WHERE,
            _PATH["type"],
            _PATH["district"],
            Column(name="about", type="date", about=N_("状态所属的业务日期")),
            Column(name="name", type="string", about=N_("状态的名称")),
            Column(name="said", type="string", about=N_("说出的时间(UTC)")),
            Column(name="id", type="string", about=N_("事件编号")),
            Column(name="value", type="string", about=N_("状态的值(JSON)")),
            _PATH["date"],
        ),
        order=("sender", "hour", "type", "name", "said", "id"),
    ),
)


@dataclass(frozen=True, order=True)
class Slot:
    """What is landed at once: a sender's events of one local hour and type."""

    sender: str
    hour: int
    type: str


def telling(day: Day) -> dict[str, int]:
    """The counters of a sender's day that change whenever an event of it arrives, is replaced or refused."""
    return {
        name: n
        for name, n in day.counters.items()
        if n and (name[:2] in {"n:", "d:", "h:"} or name == "replaced" or name in REFUSED)
    }


def lacking(day: Day, landed: Mapping[str, int]) -> list[Slot]:
    """The slots of a sender's day that must land (again), given what landed before.

    A type whose count and digest stand has nothing new, nor has an hour whose count stands; a correction
    says neither which, so it brings all of the day.
    """
    now = telling(day)
    if now == dict(landed):
        return []
    anew = now.get("replaced") != landed.get("replaced")

    def changed(*names: str) -> bool:
        return anew or any(now.get(name) != landed.get(name) for name in names)

    hours = [int(name[2:]) for name in now if name.startswith("h:") and changed(name)]
    types = [name[2:] for name in now if name.startswith("n:") and changed(name, f"d:{name[2:]}")]
    slots = [Slot(day.sender, hour, type) for hour in hours for type in types]
    if changed(*REFUSED) and any(name in now for name in REFUSED):
        slots.append(Slot(day.sender, 0, ASIDE))
    return sorted(slots)


def rows_of(slot: Slot, filed: Sequence[Filed], *, day: date) -> dict[SetName, list[Row]]:
    """A slot's rows of every set. The figures are those that the live ones are made of.

    What stands for a person is covered in the files: whoever asks the lake has no case. The hash is that of
    what was sent, by which the ledger has it.
    """
    rows: dict[SetName, list[Row]] = {"events": [], "figures": [], "gauges": []}
    sums: dict[tuple[str, str], Counters] = {}
    heard = ""
    for one in filed:
        entry = one.entry
        envelope = entry.envelope
        kind, district = envelope["tenantkind"], envelope["district"]
        where: Row = {**_placed(slot, day), "kind": kind, "district": district}
        rows["events"].append(
            {
                **where,
                "id": entry.id,
                "time": envelope["time"],
                "received": entry.received,
                "status": envelope["status"],
                "late": entry.late,
                "replaced_by": one.by,
                "sha256": entry.sha,
                "body": json_covered(envelope, entry.body),
            }
        )
        part = entry.figures if one.counts else {"replaced": 1}
        sums[kind, district] = added([sums.get((kind, district), {}), entry.receipt, part])
        heard = max(heard, entry.received)
        if one.counts:
            rows["gauges"] += _gauge_rows(where, envelope)
    for (kind, district), counters in sums.items():
        rows["figures"] += _figure_rows(
            {**_placed(slot, day), "kind": kind, "district": district, "heard": heard}, counters
        )
    return rows


def refused_rows(told: Day, *, day: date) -> dict[SetName, list[Row]]:
    """The rows of what was refused of a sender on a day of receipt: it never became an event."""
    where = {**_placed(Slot(told.sender, 0, ASIDE), day), "kind": "", "district": "", "heard": ""}
    counters = {name: n for name, n in told.counters.items() if name in REFUSED}
    return {"events": [], "figures": list(_figure_rows(where, counters)), "gauges": []}


def is_index(name: str) -> bool:
    """Whether a counter only helps to find events: a digest (a sum beyond 64 bits) or an hour's count."""
    return name[:2] in {"d:", "h:"}


def _placed(slot: Slot, day: date) -> Row:
    return {"sender": slot.sender, "hour": slot.hour, "type": slot.type, "date": day}


def _figure_rows(where: Row, counters: Counters) -> Iterable[Row]:
    for name, amount in counters.items():
        if amount and not is_index(name):
            yield {**where, "name": name, "amount": amount}


def _gauge_rows(where: Row, envelope: Mapping[str, Any]) -> Iterable[Row]:
    for name, gauge in gauges(envelope).items():
        yield {
            **where,
            "about": gauge_day(envelope),
            "name": name,
            "said": gauge.at,
            "id": gauge.id,
            "value": json.dumps(gauge.value, ensure_ascii=False, separators=(",", ":")),
        }

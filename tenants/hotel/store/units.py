"""Who has which room: a row a (room, month), an attribute a night or an hour.

Any number of nights of one room and month is one conditional write.
"""

from collections.abc import Mapping
from datetime import date

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.sheet import months
from tenants.hotel.domain.units import Marks, RoomNotFree
from tenants.hotel.store.raw import items

_NOT_MARKS = frozenset({"pk", "sk", "kind", "ttl"})


class UnitRow(Row, discriminator="hotel-unit"):
    """pk ``UNITS#<property>#<yyyymm>``, sk the room. ``n10`` is the night of the 10th, ``h1014`` the hour
    from 14:00 on the 10th; each names its holder."""


class UnitStore:
    """The ``Units`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def change(self, property: str, *, holder: str, add: Marks, drop: Marks) -> None:
        wanted: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
        for place, marks in ((0, add), (1, drop)):
            for room, some in marks.items():
                for mark in some:
                    month = mark[:4] + mark[5:7]
                    wanted.setdefault((month, room), (set(), set()))[place].add(_attribute(mark))
        for (month, room), (new, old) in wanted.items():
            actions = [Path([name]).set(holder) for name in sorted(new)]
            actions += [Path([name]).remove() for name in sorted(old - new)]
            self._work.update(
                UnitRow(tenant_key("UNITS", property, month), room),
                actions,
                _may(new, old, holder=holder),
                otherwise=RoomNotFree(room=room),
            )

    def taken(self, property: str, first: date, last: date) -> Mapping[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for month in months(first, last):
            for item in items(UnitRow, tenant_key("UNITS", property, month)):
                room = item["sk"]["S"]
                for name, value in item.items():
                    if name not in _NOT_MARKS:
                        mark = _mark(month, name)
                        if first.isoformat() <= mark[:10] <= last.isoformat():
                            found[(room, mark)] = value["S"]
        return found


def _may(new: set[str], old: set[str], *, holder: str) -> Condition | None:
    """What is wanted is free or the holder's already; what is dropped is the holder's."""
    condition: Condition | None = None
    for name in sorted(new | old):
        one: Condition = Path([name]) == holder
        if name in new:
            one = Path([name]).does_not_exist() | one
        condition = one if condition is None else condition & one
    return condition


def _attribute(mark: str) -> str:
    return f"h{mark[8:10]}{mark[11:13]}" if "T" in mark else f"n{mark[8:10]}"


def _mark(month: str, name: str) -> str:
    day = f"{month[:4]}-{month[4:]}-{name[1:3]}"
    return day if name[0] == "n" else f"{day}T{name[3:5]}"

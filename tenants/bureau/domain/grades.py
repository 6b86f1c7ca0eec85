"""Grades of an incident 安全事件等级: from its numbers, by rows with source and validity."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.kernel.late import dataclass

GRADES = ("none", "general", "large", "major", "extraordinary")
"""一般、较大、重大、特别重大, the gravest last."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """From which numbers on an incident is of a grade; any one of them suffices.

    deaths: with the missing. stranded: people held up for more than a day. loss: fen, None: not a criterion.
    """

    grade: str
    deaths: int
    injuries: int
    stranded: int
    source: str
    since: date
    loss: int | None = None
    until: date | None = None


_RULE = "旅游安全管理办法 第三十九条 (2016 年国家旅游局令第 41 号)"
_SINCE = date(2016, 12, 1)

ROWS: tuple[Row, ...] = (
    Row(grade="extraordinary", deaths=30, injuries=100, stranded=500, source=_RULE, since=_SINCE),
    Row(grade="major", deaths=10, injuries=50, stranded=200, source=_RULE, since=_SINCE),
    Row(grade="large", deaths=3, injuries=10, stranded=50, source=_RULE, since=_SINCE),
    Row(grade="general", deaths=1, injuries=1, stranded=1, source=_RULE, since=_SINCE),
)


def grade_of(said: Mapping[str, Any], *, day: date) -> str:
    """The grade of an incident (data of U24): the graver of its numbers' and the declared one."""
    deaths = int(said.get("deaths", 0)) + int(said.get("missing", 0))
    numbers = {
        "deaths": deaths,
        **{name: int(said.get(name, 0)) for name in ("injuries", "stranded", "loss")},
    }
    found = [str(said.get("grade", "none"))]
    for row in ROWS:
        holds = row.since <= day and (row.until is None or day < row.until)
        limits = {name: getattr(row, name) for name in numbers}
        if holds and any(limit is not None and numbers[name] >= limit for name, limit in limits.items()):
            found.append(row.grade)
    return max(found, key=GRADES.index)

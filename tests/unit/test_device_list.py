"""A house with many devices is read from a phone: what needs somebody, then folds, and one search."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tenants.hotel.domain.device import Device, DeviceKind
from tenants.hotel.routes.setup.device_list import ListQuery, found, listed
from tests.hotel_world import INN, NOW

pytestmark = pytest.mark.unit
CALL: Any = SimpleNamespace(now=NOW, translate=lambda text, **values: text % values if values else text)


def device(place: str, kind: DeviceKind = DeviceKind.LOCK, **more: Any) -> Device:
    one = Device(id=f"dv_{place}", site=INN.id, kind=kind, name=f"{place} 设备", place=place, seen=NOW)
    return replace(one, **more)


LOCKS = [device(str(number)) for floor in (200, 1000) for number in range(floor + 1, floor + 9)]
QUIET = device("205", id="dv_quiet", seen=NOW - timedelta(hours=1))
LIFT = device("A", DeviceKind.LIFT, inspect=NOW.date() + timedelta(days=400))
DUE = device("B", DeviceKind.LIFT, inspect=NOW.date() + timedelta(days=5))
ALL = [*LOCKS, QUIET, LIFT, DUE]


def page(**asked: Any) -> dict[str, Any]:
    return listed(ALL, ListQuery(**asked), {}, call=CALL, site=INN)


def test_what_needs_somebody_stands_above_and_the_rest_is_folded_by_kind_and_floor() -> None:
    shown = page()
    assert [row["id"] for row in shown["rows"]] == ["dv_quiet", "dv_B"]
    assert [(fold["title"], len(fold["rows"])) for fold in shown["folds"]] == [
        ("门锁 · 2 层", 8),
        ("门锁 · 10 层", 8),
        ("电梯", 1),
    ]
    assert [one["count"] for one in shown["lists"]] == [19, 1, 1]


def test_a_fold_says_the_gravest_of_what_it_holds() -> None:
    new = device("301", seen=None)
    (fold,) = listed([LIFT, new, LOCKS[0]], ListQuery(), {}, call=CALL, site=INN)["folds"][:1]
    assert (fold["title"], fold["state"]["text"], len(fold["rows"])) == ("门锁", "未上线", 2)


def test_what_is_asked_for_is_shown_unfolded() -> None:
    for asked, ids in (({"kind": "lift"}, ["dv_A", "dv_B"]), ({"look": "watch"}, ["dv_quiet"])):
        shown = page(**asked)
        assert ([row["id"] for row in shown["rows"]], shown["folds"]) == (ids, [])
    assert [one.place for one in found(ALL, ListQuery(text="100"), call=CALL, site=INN)][:2] == [
        "1001",
        "1002",
    ]

"""The list of devices: what needs somebody first, the rest folded by kind and floor; one search finds any."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Asked, Call
from tenants.hotel.domain.device import Condition, Device, DeviceKind
from tenants.hotel.domain.property import Property

HOME = "/hotel/devices"
KINDS = {
    DeviceKind.LOCK: N_("门锁"),
    DeviceKind.LIFT: N_("电梯"),
    DeviceKind.KIOSK: N_("自助机"),
    DeviceKind.SCREEN: N_("客房屏幕"),
    DeviceKind.CAMERA: N_("摄像头"),
    DeviceKind.SENSOR: N_("传感器"),
}
CONDITIONS = {
    Condition.ALARM: (N_("告警"), "urgent"),
    Condition.QUIET: (N_("失联"), "urgent"),
    Condition.LOW: (N_("电量低"), "warn"),
    Condition.NEW: (N_("未上线"), "calm"),
    Condition.FINE: (N_("正常"), "good"),
}
_WATCHED = {Condition.ALARM, Condition.QUIET, Condition.LOW}
_LISTS = {"": N_("全部"), "watch": N_("要处理"), "inspect": N_("检验到期")}
_FLOOR = re.compile(r"([0-9]+)[0-9]{2}$")
_FEW = 12
"""So many of one kind are one fold; more are folded by floor."""


class ListQuery(Asked):
    """``look``: what needs somebody, or whose inspection is due; ``text``: part of a name or a place."""

    look: Literal["", "watch", "inspect"] = ""
    kind: Literal["", "lock", "lift", "kiosk", "screen", "camera", "sensor"] = ""
    text: Annotated[str, Field(max_length=60)] = ""

    @property
    def narrow(self) -> bool:
        """Whether something certain is asked for."""
        return bool(self.look or self.kind or self.text)


def found(known: Iterable[Device], query: ListQuery, *, call: Call, site: Property) -> list[Device]:
    """What is asked for, the gravest first."""
    order, today, words = list(CONDITIONS), site.today(call.now), query.text.strip().lower()
    return sorted(
        (
            one
            for one in known
            if (query.look != "watch" or _watched(one, call))
            and (query.look != "inspect" or one.inspection_due(today=today))
            and (not query.kind or one.kind == query.kind)
            and words in f"{one.name} {one.place}".lower()
        ),
        key=lambda one: (order.index(one.condition(now=call.now)), one.place, one.name),
    )


def listed(
    known: Sequence[Device], query: ListQuery, waiting: Mapping[str, int], *, call: Call, site: Property
) -> dict[str, Any]:
    """What the page shows: rows, then folds of what nobody needs to look at now."""
    wanted = found(known, query, call=call, site=site)
    today = site.today(call.now)
    first, rest = wanted, list[Device]()
    if not query.narrow:
        first = [one for one in wanted if _watched(one, call) or one.inspection_due(today=today)]
        shown = {one.id for one in first}
        rest = [one for one in wanted if one.id not in shown]
    return {
        "lists": [
            {
                "key": key,
                "label": call.translate(label),
                "count": len(found(known, ListQuery(look=key), call=call, site=site)),
                "href": f"{HOME}?look={key}",
            }
            for key, label in _LISTS.items()
        ],
        "rows": [device_row(one, call, site, waiting) for one in first],
        "folds": [
            {
                "title": title,
                "state": _worst(some, call),
                "rows": [device_row(one, call, site, waiting) for one in some],
            }
            for title, some in _folds(rest, call)
        ],
    }


def device_row(device: Device, call: Call, site: Property, waiting: Mapping[str, int]) -> dict[str, Any]:
    """A device for a template. ``waiting``: how many commands wait, by device."""
    say, today = call.translate, site.today(call.now)
    words, tone = CONDITIONS[device.condition(now=call.now)]
    return {
        "id": device.id,
        "href": f"{HOME}/{device.id}",
        "name": device.name,
        "kind": say(KINDS[device.kind]),
        "lift": device.kind is DeviceKind.LIFT,
        "place": device.place,
        "state": {"text": f"{say(words)} {device.alarm}".strip(), "tone": tone},
        "alarm": device.alarm,
        "seen": device.seen,
        "battery": f"{device.battery}%" if device.battery is not None else "",
        "inspect": device.inspect.isoformat() if device.inspect else "",
        "due": device.inspection_due(today=today),
        "late": device.inspect is not None and device.inspect < today,
        "waiting": waiting.get(device.id),
        "floors": list(device.floors),
    }


def _folds(known: Iterable[Device], call: Call) -> list[tuple[str, list[Device]]]:
    folds: list[tuple[str, list[Device]]] = []
    kinds = list(KINDS)
    by_kind = sorted(known, key=lambda one: (kinds.index(one.kind), _floor(one), one.place, one.name))
    for kind, some in groupby(by_kind, key=lambda one: one.kind):
        name, every = call.translate(KINDS[kind]), list(some)
        if len(every) <= _FEW:
            folds.append((name, every))
            continue
        for floor, those in groupby(every, key=_floor):
            title = call.translate(N_("%(kind)s · %(floor)s 层"), kind=name, floor=floor) if floor else name
            folds.append((title, list(those)))
    return folds


def _worst(some: Iterable[Device], call: Call) -> dict[str, str]:
    words, tone = CONDITIONS[min((one.condition(now=call.now) for one in some), key=list(CONDITIONS).index)]
    return {"text": call.translate(words), "tone": tone}


def _floor(device: Device) -> int:
    """The floor that a room's number tells; 0 where none does."""
    number = _FLOOR.search(device.place)
    return int(number[1]) if number is not None else 0


def _watched(device: Device, call: Call) -> bool:
    return device.on and device.condition(now=call.now) in _WATCHED

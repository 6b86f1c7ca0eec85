"""The cast: invented enterprises of every kind, spread over the districts, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

_HILLS = ("青岚", "松泉", "云麓", "石涧", "清溪", "鹤鸣", "竹坞", "晴川", "望岳", "听雨", "栖霞", "临风")
_HOUSES = ("和苑", "雅居", "汀舍", "驿馆", "云庭", "安里", "南亭", "北辰", "知秋", "小满", "白露", "谷雨")
_TAILS = {
    "scenic": ("山谷景区", "古柏园", "湿地公园", "石窟园", "溪谷景区", "文化园"),
    "hotel": ("大酒店", "宾馆", "商务酒店", "假日酒店"),
    "homestay": ("乡居", "小院", "民宿", "农家院"),
    "agency": ("旅行社", "国际旅行社", "研学旅行社"),
}
_DISTRICTS = {
    "scenic": ("410185", "410185", "410182", "410181", "410122", "410108", "410184", "410183"),
    "hotel": (
        *("410105", "410105", "410102", "410103", "410104", "410171", "410172", "410185", "410173", "410182"),
    ),
    "homestay": ("410185", "410183", "410181", "410182", "410122", "410106"),
    "agency": ("410105", "410102", "410103", "410104", "410171"),
}


@dataclass(frozen=True, kw_only=True)
class Operator:
    """An enterprise. ``size``: people allowed inside at one time, rooms, or groups a day, by its kind.

    ``busy``: how near its size a peak day brings it. ``id``: its tenant, once it has one.
    """

    slug: str
    kind: str
    name: str
    district: str
    size: int
    busy: float
    id: str = ""

    @property
    def source(self) -> str:
        """What its events name as their source."""
        return f"/tenants/{self.slug}/{self.kind}"


def cast(*, seed: int, scenic: int, hotels: int, homestays: int, agencies: int) -> list[Operator]:
    """So many of each kind. The first scenic area is the one that fills up to its limit on a peak day."""
    dice = random.Random(f"cast {seed}")  # noqa: S311 - a play, not a secret
    wanted = {"scenic": scenic, "hotel": hotels, "homestay": homestays, "agency": agencies}
    found: list[Operator] = []
    for kind, count in wanted.items():
        for number in range(count):
            found.append(_operator(kind, number, dice))
    return found


def _operator(kind: str, number: int, dice: random.Random) -> Operator:
    names = _HILLS if kind in {"scenic", "homestay"} else _HOUSES
    size, busy = {
        "scenic": (dice.choice((400, 600, 900, 1500)), dice.uniform(0.35, 0.85)),
        "hotel": (dice.choice((36, 60, 80, 120, 150)), dice.uniform(0.55, 0.97)),
        "homestay": (dice.randint(4, 14), dice.uniform(0.6, 1.0)),
        "agency": (dice.randint(2, 6), dice.uniform(0.5, 1.0)),
    }[kind]
    if kind == "scenic" and number == 0:
        size, busy = 600, 1.04
    districts: Sequence[str] = _DISTRICTS[kind]
    name = names[number % len(names)] + _TAILS[kind][(number // len(names) + number) % len(_TAILS[kind])]
    if number >= len(names) * len(_TAILS[kind]):
        name += f"{number}店"
    return Operator(
        slug=f"v-{kind}-{number + 1:03d}",
        kind=kind,
        name=f"{name}（演示）",
        district=districts[number % len(districts)],
        size=size,
        busy=round(busy, 3),
    )

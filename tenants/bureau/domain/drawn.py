"""Drawn areas 划定区域: stretches of land with a name, for warnings and for choosing who is told. Rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import isfinite

from chalicelib.kernel.errors import N_, Invalid
from chalicelib.kernel.late import dataclass

Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84), as CAP writes them."""

MOST_POINTS = 200


class PolygonInvalid(Invalid):
    code = "bureau.area.polygon"
    detail = N_("这不是一个封闭的多边形。")
    remedy = N_("请至少给出四个“纬度,经度”点,最后一点与第一点相同,相邻的点不重复。")


@dataclass(frozen=True, kw_only=True)
class DrawnArea:
    """One area. ``tenants``: who lies in it; none named: all of its districts. ``until``: out of use."""

    id: str
    names: Mapping[str, str]
    polygon: tuple[Point, ...]
    districts: tuple[str, ...]
    source: str
    since: date
    until: date | None = None
    tenants: tuple[str, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether it is in use."""
        return self.since <= day and (self.until is None or day < self.until)


def polygon_of(text: str) -> tuple[Point, ...]:
    """The points of ``34.5,112.9 34.6,112.9 …``. Raises ``PolygonInvalid``."""
    try:
        points = tuple(_point(part) for part in text.split())
    except ValueError:
        raise PolygonInvalid from None
    if faults(points):
        raise PolygonInvalid
    return points


def text_of(polygon: Sequence[Point]) -> str:
    """The reverse: as CAP writes a polygon."""
    return " ".join(f"{latitude:.5f},{longitude:.5f}" for latitude, longitude in polygon)


def faults(points: Sequence[Point]) -> list[str]:
    """What is wrong with a polygon: too few or too many points, open, outside the earth, a point twice in a
    row, or without area.
    """
    found = []
    if not 4 <= len(points) <= MOST_POINTS:
        found.append("points")
    if points and points[0] != points[-1]:
        found.append("open")
    if not all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in points):
        found.append("range")
    if any(one == other for one, other in pairwise(points)):
        found.append("repeated")
    if not found and abs(_area(points)) < 1e-12:
        found.append("flat")
    return found


def _area(points: Sequence[Point]) -> float:
    """Twice the signed area in square degrees."""
    return sum(one[0] * other[1] - other[0] * one[1] for one, other in pairwise(points))


def _point(text: str) -> Point:
    latitude, _, longitude = text.partition(",")
    point = float(latitude), float(longitude)
    if not all(isfinite(value) for value in point):
        raise ValueError(text)
    return point

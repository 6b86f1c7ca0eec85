"""The board for a room: what the wall says, as a screen shows it. The desk's page of the day uses it too."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import SHANGHAI, business_day
from tenants.bureau.domain.comparing import Comparison
from tenants.bureau.domain.deadlines import fell_silent
from tenants.bureau.domain.directive import Directive
from tenants.bureau.domain.line import Line
from tenants.bureau.domain.places import COLUMNS, ROWS, TILES
from tenants.bureau.domain.wall import District, Wall
from tenants.bureau.routes import words
from tenants.bureau.routes.ways import figure_hrefs

HOURS = [f"{hour:02d}" for hour in range(24)]
_SHOWN = 8
_WIDE, _HIGH, _STEP = 100, 116, 87  # a pointed-up hexagon: its box, and the way to the next row

TOTALS = (
    *("sold", "sold_fen", "order_fen", "paid_fen", "refund_fen", "refunds", "admitted", "refused", "inside"),
    *("instant", "late", "quarantined", "silent", "received", "guests", "registered", "timely", "free"),
    *("contracts", "contract_fen", "groups", "group_pax", "cases"),
)


def wall(wall: Wall, *, now: datetime, year: Comparison | None = None) -> dict[str, Any]:
    """The day for the screen. The charts span the hours that have something, at least 8 to 18."""
    told = [hour for hour, n in enumerate(wall.hours_admitted) if n or wall.hours_sold[hour]]
    first, last = min([8, *told]), max([18, *told])
    areas = [one for one in wall.lines if one.instant]
    return {
        **{name: getattr(wall, name) for name in TOTALS},
        "lines": [line(one, wall.day) for one in wall.lines],
        "areas": [line(one, wall.day) for one in areas[:_SHOWN]],
        "more_areas": max(len(areas) - _SHOWN, 0),
        "missing": [line(one, wall.day) for one in wall.lines if not one.reporting],
        "quiet": [
            line(one, wall.day)
            for one in wall.lines
            if one.reporting
            and business_day(now) == wall.day
            and fell_silent(one.kind, heard=one.heard, now=now)
        ],
        "tardy": sorted(
            (line(one, wall.day) for one in wall.lines if one.reporting and one.late),
            key=lambda one: -int(one["late"] or 0),
        ),
        "reporting": sum(one.reporting for one in wall.lines),
        "overload": wall.overload // 60,
        "occupancy": wall.nights.occupancy if wall.nights else None,
        "lodges": sum(one.free is not None for one in wall.lines),
        "per_minute": _per_minute(wall, now),
        "hours": [f"{hour}:00" for hour in HOURS[first : last + 1]],
        "admitted_by_hour": list(wall.hours_admitted[first : last + 1]),
        "inside_by_hour": list(wall.hours_inside[first : last + 1]),
        "map": tiles(wall.districts, day=wall.day, value=_fullness),
        "year": _year(year),
    }


def line(line: Line, day: date) -> dict[str, Any]:
    """One sender for a row or a card."""
    status = words.STATUSES.get(line.status or "")
    close = words.CLOSES[line.close.state]
    return {
        **{name: getattr(line, name) for name in _LINE},
        "late": line.late if line.reporting else None,
        "share": line.share,
        "by_day": line.by_day,
        "look": _look(line.level) if line.share is not None else "unknown",
        "words": words.LEVELS[_look(line.level)] if line.share is not None else words.LEVELS["unknown"],
        "fill": round(min(line.share or 0, 1.1) / 1.1 * 100, 2),
        "occupancy": line.nights.occupancy if line.nights else None,
        "status": {"text": status[0], "tone": status[1]} if status else None,
        "close": {"text": close[0], "tone": close[1]},
        "href": f"/bureau/figures/{line.sender}?day={day}",
        "ways": figure_hrefs(sender=line.sender, day=day),
    }


_LINE = (
    *("sender", "name", "kind", "district", "reporting", "heard", "sold", "sold_fen", "orders", "order_fen"),
    *("paid_fen", "refunds", "refund_fen", "admitted", "refused", "inside", "instant", "daily", "entered"),
    *("level", "received", "quarantined", "guests", "registered", "free", "groups", "group_pax"),
    *("contracts", "contract_fen", "cases"),
)


def tiles(
    districts: Sequence[District], *, day: date, value: Any, href: str = "/bureau?day={day}&district={code}"
) -> dict[str, Any]:
    """The map: one hexagon per district. ``value`` gives of a district its look, number and words."""
    known = {one.code: one for one in districts}
    drawn = []
    for tile in TILES:
        district = known.get(tile.code)
        look, number, text = value(district) if district is not None else ("none", None, "")
        left = tile.column * _WIDE + (tile.row % 2) * _WIDE // 2
        top = tile.row * _STEP
        drawn.append(
            {
                "name": tile.name,
                "full": words.DISTRICTS[tile.code],
                "look": look,
                "number": number,
                "words": text,
                "points": _hexagon(left, top),
                "x": left + _WIDE // 2,
                "y": top + _HIGH // 2,
                "href": href.format(day=day, code=tile.code) if district is not None else None,
            }
        )
    return {
        "tiles": drawn,
        "width": COLUMNS * _WIDE,
        "height": (ROWS - 1) * _STEP + _HIGH,
    }


def alerts(found: Sequence[Directive], *, now: datetime, locale: str) -> list[dict[str, Any]]:
    """Warnings that stand: released, not lifted, not expired, no drill; the gravest first."""
    standing = [one for one in found if one.status == "actual" and one.open_alert(now)]
    order = list(words.COLOURS)
    return [
        {
            "text": str(
                one.data.get("headline", {}).get(locale) or one.data.get("headline", {}).get("zh", "")
            ),
            "colour": words.COLOURS.get(str(one.data.get("colour")), words.COLOURS["blue"])[0],
            "tone": words.COLOURS.get(str(one.data.get("colour")), words.COLOURS["blue"])[1],
            "expires": one.data.get("expires"),
            "href": f"/bureau/commands/{one.id}",
        }
        for one in sorted(standing, key=lambda one: order.index(str(one.data.get("colour", "blue"))))
    ]


def _fullness(district: District) -> tuple[str, str | None, str]:
    """How full its fullest area is; a district without areas, or whose areas are silent, says so."""
    if district.fullest is None:
        return ("quiet" if district.reporting else "none", None, "")
    look = _look(district.level)
    return look, f"{district.fullest:.0%}", words.LEVELS[look]


def _look(level: int | None) -> str:
    """A rung of the ladder as the stylesheet knows it."""
    return {0: "calm", 80: "watch", 90: "high", 100: "full"}[min(level or 0, 100)]


def _per_minute(wall: Wall, now: datetime) -> float | None:
    """Entries per minute over this hour and the last; None for a day that is over."""
    at = now.astimezone(SHANGHAI)
    if at.date() != wall.day:
        return None
    hours = [wall.hours_admitted[at.hour] or 0]
    minutes = at.minute + 1
    if at.hour:
        hours.append(wall.hours_admitted[at.hour - 1] or 0)
        minutes += 60
    return sum(hours) / minutes


def _year(year: Comparison | None) -> Mapping[str, Any] | None:
    if year is None or not year.senders:
        return None
    return {
        "day": year.then_day,
        "senders": year.senders,
        "reporting": year.reporting,
        "hour": year.hour,
        **{name: year.change(name) for name in year.now},
    }


def _hexagon(left: int, top: int) -> str:
    corners = ((50, 0), (100, 29), (100, 87), (50, 116), (0, 87), (0, 29))
    return " ".join(f"{left + x},{top + y}" for x, y in corners)

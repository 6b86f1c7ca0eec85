"""Charts as server-rendered SVG: values in, Markup out, no scripts, colours from the stylesheet's tokens.

The outer SVG has no viewBox and is drawn in pixels and per cent, so its text keeps its size on a phone and
on a wall; only curves sit in a stretched inner SVG, with strokes that do not scale. Every chart carries a
title, a summary for screen readers and, behind a fold, the table of its values. A missing value is a gap:
silence is not zero.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from chalicelib.kernel.late import dataclass
from chalicelib.web import formats, i18n

Value = float | None

_NONE: Final = Markup("")
_TOP: Final = 22  # room for the top grid line's label
_FOOT: Final = 24  # room for the labels below
_SCALE: Final = 10  # units of the inner SVG for one per cent of its width
_NARROW: Final = 320  # the plot in pixels on a phone: labels must not collide there

# Where capacity becomes news: 80 % is watched, 90 % is warned of, 100 % stops sale and entry.
LEVELS: Final[tuple[tuple[float, str], ...]] = ((1.0, "full"), (0.9, "high"), (0.8, "watch"))


@dataclass(frozen=True, kw_only=True)
class Series:
    """One curve. ``tone``: ``main``, or ``soft`` for what it is compared with (last year, forecast)."""

    name: str
    values: Sequence[Value]
    tone: str = "main"


def line(
    *,
    title: str,
    labels: Sequence[str],
    values: Sequence[Value] = (),
    series: Sequence[Series] = (),
    unit: str = "",
    limit: float | None = None,
    height: int = 200,
    area: bool = True,
) -> Markup:
    """One or more curves over ``labels``; give ``values`` for one curve or ``series`` for several.

    ``limit`` draws a line that must not be crossed (the approved capacity).
    """
    drawn = list(series) or [Series(name=title, values=values)]
    top = _ceiling([*(value for one in drawn for value in one.values), limit])
    floor = height - _FOOT
    body = _grid(top=top, floor=floor)
    body += _foot(labels=labels, height=height)
    for one in sorted(drawn, key=lambda each: each.tone == "main"):
        body += _curve(one, top=top, floor=floor, area=area and one.tone == "main")
    body += _scale(top=top, floor=floor)
    if limit is not None:
        body += _limit(limit, top=top, floor=floor)
    legend = (
        Markup('<ul class="chart__legend">{}</ul>').format(
            Markup("").join(
                Markup('<li class="chart__key chart__key--{}">{}</li>').format(one.tone, one.name)
                for one in drawn
            )
        )
        if len(drawn) > 1
        else Markup("")
    )
    return _figure(
        title=title, unit=unit, labels=labels, drawn=drawn, body=body, height=height, legend=legend
    )


def bars(
    *,
    title: str,
    labels: Sequence[str],
    values: Sequence[Value],
    unit: str = "",
    mark: int | None = None,
    limit: float | None = None,
    height: int = 200,
) -> Markup:
    """Upright bars; ``mark`` is the index of the one to stress (today)."""
    top = _ceiling([*values, limit])
    floor = height - _FOOT
    body = _grid(top=top, floor=floor)
    slot = 100 / max(len(values), 1)
    width = min(slot * 0.62, 12.0)
    for index, value in enumerate(values):
        left = slot * index + (slot - width) / 2
        if value is None:
            body += Markup(
                '<text class="chart__gap" x="{:.2f}%" y="{}" text-anchor="middle">—</text>'
            ).format(left + width / 2, floor - 6)
            continue
        y = _y(value, top=top, floor=floor)
        body += Markup(
            '<rect class="chart__bar{}" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}" rx="2"/>'
        ).format(" chart__bar--mark" if index == mark else "", left, y, width, floor - y)
    body += _foot(labels=labels, height=height) + _scale(top=top, floor=floor)
    if limit is not None:
        body += _limit(limit, top=top, floor=floor)
    drawn = [Series(name=title, values=values)]
    return _figure(title=title, unit=unit, labels=labels, drawn=drawn, body=body, height=height)


def spark(*, values: Sequence[Value], title: str, height: int = 32) -> Markup:
    """A word-sized curve for a stat tile; its title says what it shows."""
    top = _ceiling(values)
    one = Series(name=title, values=values)
    return Markup('<svg class="spark" role="img" aria-label="{}" width="100%" height="{}">{}</svg>').format(
        title, height, _curve(one, top=top, floor=height - 4, area=True, ceiling=4, inset=False)
    )


def meter(*, value: int | None, capacity: int, title: str, unit: str = "", note: str = "") -> Markup:
    """How full: a bar with marks at 80, 90 and 100 % of the approved capacity, and the level in words."""
    _ = i18n.translator(i18n.current())
    ratio = value / capacity if value is not None and capacity > 0 else None
    level = level_of(ratio)
    words = {
        "calm": _("正常"),
        "watch": _("偏多"),
        "high": _("接近上限"),
        "full": _("已到上限"),
        "unknown": _("暂无数据"),
    }
    scale = 100 / 1.1  # the track ends at 110 %, so that going over is seen
    fill = min(max(ratio or 0, 0), 1.1) * scale
    marks = Markup("").join(
        Markup(
            '<line class="ladder__mark" x1="{0:.2f}%" x2="{0:.2f}%" y1="0" y2="20"/>'
            '<text class="ladder__label" x="{0:.2f}%" y="34" text-anchor="middle">{1}</text>'
        ).format(share * scale, f"{share * 100:.0f}" + ("%" if share == 1 else ""))
        for share in (0.8, 0.9, 1.0)
    )
    return Markup(
        '<div class="ladder ladder--{level}">'
        '<p class="ladder__head"><span class="ladder__title">{title}</span>'
        '<span class="ladder__level">{word}</span></p>'
        '<p class="ladder__figure"><b class="num">{value}</b> / <span class="num">{capacity}</span> {unit}'
        '<span class="ladder__share num">{share}</span></p>'
        '<svg class="ladder__bar" width="100%" height="38" aria-hidden="true">'
        '<rect class="ladder__track" y="4" width="100%" height="12" rx="6"/>'
        '<rect class="ladder__fill" y="4" width="{fill:.2f}%" height="12" rx="6"/>{marks}</svg>{note}</div>'
    ).format(
        level=level,
        title=title,
        word=words[level],
        value=formats.number(value),
        capacity=formats.number(capacity),
        unit=unit,
        share=formats.percent(ratio),
        fill=fill,
        marks=marks,
        note=Markup('<p class="ladder__note">{}</p>').format(note) if note else "",
    )


def level_of(ratio: float | None) -> str:
    """``calm``, ``watch`` (≥ 80 %), ``high`` (≥ 90 %), ``full`` (≥ 100 %), or ``unknown``."""
    if ratio is None:
        return "unknown"
    return next((name for share, name in LEVELS if ratio >= share), "calm")


def ranking(*, title: str, rows: Sequence[tuple[str, Value]], unit: str = "") -> Markup:
    """Lying bars, one per row, in the order given; names and figures are text, so nothing needs a fold."""
    top = max((value for _name, value in rows if value is not None), default=0) or 1
    items = Markup("").join(
        Markup(
            '<li class="ranking__row"><span class="ranking__name">{}</span>'
            '<svg class="ranking__bar" width="100%" height="10" aria-hidden="true">'
            '<rect class="chart__bar" width="{:.2f}%" height="10" rx="2"/></svg>'
            '<span class="ranking__value num">{}</span></li>'
        ).format(name, 100 * max(value or 0, 0) / top, formats.number(value))
        for name, value in rows
    )
    head = Markup('<figcaption class="chart__title">{}{}</figcaption>').format(title, _unit(unit))
    return Markup('<figure class="chart">{}<ol class="ranking">{}</ol></figure>').format(head, items)


def _figure(
    *,
    title: str,
    unit: str,
    labels: Sequence[str],
    drawn: Sequence[Series],
    body: Markup,
    height: int,
    legend: Markup = _NONE,
) -> Markup:
    _ = i18n.translator(i18n.current())
    known = [
        (value, label) for value, label in zip(drawn[0].values, labels, strict=False) if value is not None
    ]
    summary = (
        _(
            "最高 %(high)s(%(high_at)s),最低 %(low)s(%(low_at)s)",
            high=formats.number(max(known)[0]),
            high_at=max(known)[1],
            low=formats.number(min(known)[0]),
            low_at=min(known)[1],
        )
        if known
        else _("暂无数据")
    )
    # Ids only need to differ on one page and must not differ between two renderings of it.
    anchor = f"c{zlib.crc32(repr((title, labels, drawn)).encode()):x}"
    header = Markup("").join(Markup('<th scope="col" class="num">{}</th>').format(one.name) for one in drawn)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            label,
            Markup("").join(
                Markup('<td class="num">{}</td>').format(
                    formats.number(one.values[index] if index < len(one.values) else None)
                )
                for one in drawn
            ),
        )
        for index, label in enumerate(labels)
    )
    return Markup(
        '<figure class="chart"><figcaption class="chart__title">{title}{unit}</figcaption>{legend}'
        '<svg class="chart__plot" role="img" aria-labelledby="{id}t {id}d" width="100%" height="{height}">'
        '<title id="{id}t">{title}</title><desc id="{id}d">{summary}</desc>{body}</svg>'
        '<details class="chart__data"><summary>{fold}</summary><table class="plain">'
        "<thead><tr><td></td>{header}</tr></thead><tbody>{rows}</tbody></table></details></figure>"
    ).format(
        id=anchor, title=title, unit=_unit(unit), legend=legend, height=height,
        summary=summary, body=body, fold=_("数据表"), header=header, rows=rows,
    )  # fmt: skip


def _unit(unit: str) -> Markup:
    return Markup(' <span class="chart__unit">{}</span>').format(unit) if unit else Markup("")


def _curve(
    one: Series, *, top: float, floor: int, area: bool, ceiling: int = _TOP, inset: bool = True
) -> Markup:
    count = len(one.values)
    points = [
        (_x(index, count) if inset else index * 100 / max(count - 1, 1), value)
        for index, value in enumerate(one.values)
    ]
    paths, dots = Markup(""), Markup("")
    for known, group in groupby(points, key=lambda point: point[1] is not None):
        if not known:
            continue
        run = [(x, _y(y or 0, top=top, floor=floor, ceiling=ceiling)) for x, y in group]
        trace = "L".join(f"{x * _SCALE:.1f} {y:.1f}" for x, y in run)
        if area and len(run) > 1:
            paths += Markup('<path class="chart__area" d="M{:.1f} {}L{}L{:.1f} {}Z"/>').format(
                run[0][0] * _SCALE, floor, trace, run[-1][0] * _SCALE, floor
            )
        paths += Markup(
            '<path class="chart__line chart__line--{}" d="M{}" vector-effect="non-scaling-stroke"/>'
        ).format(one.tone, trace)
        if len(run) == 1 or (one.tone == "main" and run[-1][0] == points[-1][0]):
            dots += Markup('<circle class="chart__dot" cx="{:.2f}%" cy="{:.1f}" r="3.5"/>').format(
                run[-1][0], run[-1][1]
            )
    return (
        Markup(
            '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" width="100%" height="{}">{}</svg>'
        ).format(100 * _SCALE, floor, floor, paths)
        + dots
    )


def _grid(*, top: float, floor: int) -> Markup:
    return Markup("").join(
        Markup('<line class="chart__grid" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>').format(
            _y(value, top=top, floor=floor)
        )
        for value in (0.0, top / 2, top)
    )


def _scale(*, top: float, floor: int) -> Markup:
    """The values of the grid, drawn last: the first bar stands where they stand."""
    return Markup("").join(
        Markup('<text class="chart__scale" x="0" y="{:.1f}">{}</text>').format(
            _y(value, top=top, floor=floor) - 5, formats.number(value, places=_places(value))
        )
        for value in (top / 2, top)
    )


def _foot(*, labels: Sequence[str], height: int) -> Markup:
    count = len(labels)
    widest = max((_width(label) for label in labels), default=1)
    step = max(1, math.ceil(count * (widest + 10) / _NARROW))
    return Markup("").join(
        Markup('<text class="chart__label" x="{:.2f}%" y="{}" text-anchor="middle">{}</text>').format(
            _x(index, count), height - 6, labels[index]
        )
        for index in range(count - 1 - (count - 1) // step * step, count, step)
    )


def _width(label: str) -> float:
    """About how many pixels ``label`` takes at 12 px."""
    return sum(12 if ord(letter) > 0x1100 else 7 for letter in label)


def _x(index: int, count: int) -> float:
    """Per cent from the left: each value stands in the middle of its slot, in curves as in bars."""
    return (index + 0.5) * 100 / count


def _limit(limit: float, *, top: float, floor: int) -> Markup:
    y = _y(limit, top=top, floor=floor)
    return Markup(
        '<line class="chart__limit" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>'
        '<text class="chart__limit-label" x="100%" y="{1:.1f}" text-anchor="end">{2}</text>'
    ).format(y, y - 5, formats.number(limit))


def _y(value: float, *, top: float, floor: int, ceiling: int = _TOP) -> float:
    return floor - (floor - ceiling) * max(value, 0) / top


def _places(value: float) -> int:
    return 0 if value >= 5 or value == int(value) else 1


def _ceiling(values: Sequence[Value]) -> float:
    """The next round figure at or above the largest value: 1, 2, 2.5, 4, 5 or 8 times a power of ten."""
    largest = max((value for value in values if value is not None), default=0)
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return float(
        next(step * power for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= largest)
    )

"""Curves over time: a plot of one or several, or one the size of a word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from chalicelib.web.charts.plot import (
    FOOT,
    TOP,
    Series,
    Value,
    across,
    ceiling_of,
    down,
    figure,
    foot,
    grid,
    limit_line,
    scale,
)

_SCALE: Final = 10  # units of the inner SVG for one per cent of its width


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
    top = ceiling_of([*(value for one in drawn for value in one.values), limit])
    floor = height - FOOT
    body = grid(top=top, floor=floor)
    body += foot(labels=labels, height=height)
    for one in sorted(drawn, key=lambda each: each.tone == "main"):
        body += _curve(one, top=top, floor=floor, area=area and one.tone == "main")
    body += scale(top=top, floor=floor)
    if limit is not None:
        body += limit_line(limit, top=top, floor=floor)
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
    return figure(title=title, unit=unit, labels=labels, drawn=drawn, body=body, height=height, legend=legend)


def spark(*, values: Sequence[Value], title: str, height: int = 32) -> Markup:
    """A word-sized curve for a stat tile; its title says what it shows."""
    top = ceiling_of(values)
    one = Series(name=title, values=values)
    return Markup('<svg class="spark" role="img" aria-label="{}" width="100%" height="{}">{}</svg>').format(
        title, height, _curve(one, top=top, floor=height - 4, area=True, ceiling=4, inset=False)
    )


def _curve(
    one: Series, *, top: float, floor: int, area: bool, ceiling: int = TOP, inset: bool = True
) -> Markup:
    count = len(one.values)
    points = [
        (across(index, count) if inset else index * 100 / max(count - 1, 1), value)
        for index, value in enumerate(one.values)
    ]
    paths, dots = Markup(""), Markup("")
    for known, group in groupby(points, key=lambda point: point[1] is not None):
        if not known:
            continue
        run = [(x, down(y or 0, top=top, floor=floor, ceiling=ceiling)) for x, y in group]
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

"""Upright bars, one a label."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from chalicelib.web.charts.plot import (
    FOOT,
    Series,
    Value,
    ceiling_of,
    down,
    figure,
    foot,
    grid,
    limit_line,
    scale,
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
    top = ceiling_of([*values, limit])
    floor = height - FOOT
    body = grid(top=top, floor=floor)
    slot = 100 / max(len(values), 1)
    width = min(slot * 0.62, 12.0)
    for index, value in enumerate(values):
        left = slot * index + (slot - width) / 2
        if value is None:
            body += Markup(
                '<text class="chart__gap" x="{:.2f}%" y="{}" text-anchor="middle">—</text>'
            ).format(left + width / 2, floor - 6)
            continue
        y = down(value, top=top, floor=floor)
        body += Markup(
            '<rect class="chart__bar{}" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}" rx="2"/>'
        ).format(" chart__bar--mark" if index == mark else "", left, y, width, floor - y)
    body += foot(labels=labels, height=height) + scale(top=top, floor=floor)
    if limit is not None:
        body += limit_line(limit, top=top, floor=floor)
    drawn = [Series(name=title, values=values)]
    return figure(title=title, unit=unit, labels=labels, drawn=drawn, body=body, height=height)

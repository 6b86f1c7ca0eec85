"""What charts with a ground share: where a value stands, the grid, the labels, and the figure around them."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from chalicelib.kernel.late import dataclass
from chalicelib.web import formats, i18n

Value = float | None

TOP: Final = 22  # room for the top grid line's label
FOOT: Final = 24  # room for the labels below
_NONE: Final = Markup("")
_NARROW: Final = 320  # the plot in pixels on a phone: labels must not collide there


@dataclass(frozen=True, kw_only=True)
class Series:
    """One curve. ``tone``: ``main``, or ``soft`` for what it is compared with (last year, forecast)."""

    name: str
    values: Sequence[Value]
    tone: str = "main"


def figure(
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
        id=anchor, title=title, unit=unit_of(unit), legend=legend, height=height,
        summary=summary, body=body, fold=_("数据表"), header=header, rows=rows,
    )  # fmt: skip


def unit_of(unit: str) -> Markup:
    return Markup(' <span class="chart__unit">{}</span>').format(unit) if unit else Markup("")


def grid(*, top: float, floor: int) -> Markup:
    return Markup("").join(
        Markup('<line class="chart__grid" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>').format(
            down(value, top=top, floor=floor)
        )
        for value in (0.0, top / 2, top)
    )


def scale(*, top: float, floor: int) -> Markup:
    """The values of the grid, drawn last: the first bar stands where they stand."""
    return Markup("").join(
        Markup('<text class="chart__scale" x="0" y="{:.1f}">{}</text>').format(
            down(value, top=top, floor=floor) - 5, formats.number(value, places=_places(value))
        )
        for value in (top / 2, top)
    )


def foot(*, labels: Sequence[str], height: int) -> Markup:
    count = len(labels)
    widest = max((_width(label) for label in labels), default=1)
    step = max(1, math.ceil(count * (widest + 10) / _NARROW))
    return Markup("").join(
        Markup('<text class="chart__label" x="{:.2f}%" y="{}" text-anchor="middle">{}</text>').format(
            across(index, count), height - 6, labels[index]
        )
        for index in range(count - 1 - (count - 1) // step * step, count, step)
    )


def limit_line(limit: float, *, top: float, floor: int) -> Markup:
    y = down(limit, top=top, floor=floor)
    return Markup(
        '<line class="chart__limit" x1="0" x2="100%" y1="{0:.1f}" y2="{0:.1f}"/>'
        '<text class="chart__limit-label" x="100%" y="{1:.1f}" text-anchor="end">{2}</text>'
    ).format(y, y - 5, formats.number(limit))


def across(index: int, count: int) -> float:
    """Per cent from the left: each value stands in the middle of its slot, in curves as in bars."""
    return (index + 0.5) * 100 / count


def down(value: float, *, top: float, floor: int, ceiling: int = TOP) -> float:
    return floor - (floor - ceiling) * max(value, 0) / top


def ceiling_of(values: Sequence[Value]) -> float:
    """The next round figure at or above the largest value: 1, 2, 2.5, 4, 5 or 8 times a power of ten."""
    largest = max((value for value in values if value is not None), default=0)
    if largest <= 1 and all(isinstance(value, int) for value in values if value is not None):
        return 2.0  # whole things: no half of one on the grid
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return float(
        next(step * power for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= largest)
    )


def _places(value: float) -> int:
    return 0 if value >= 5 or value == int(value) else 1


def _width(label: str) -> float:
    """About how many pixels ``label`` takes at 12 px."""
    return sum(12 if ord(letter) > 0x1100 else 7 for letter in label)

"""How full: the ladder of the approved capacity."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from chalicelib.web import formats, i18n

# Where capacity becomes news: 80 % is watched, 90 % is warned of, 100 % stops sale and entry.
LEVELS: Final[tuple[tuple[float, str], ...]] = ((1.0, "full"), (0.9, "high"), (0.8, "watch"))


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

"""Who has most: lying bars by name."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from chalicelib.kernel.errors import N_
from chalicelib.web import formats, i18n
from chalicelib.web.charts.plot import Value, unit_of


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
    head = Markup('<figcaption class="chart__title">{}{}</figcaption>').format(title, unit_of(unit))
    if not rows:
        nothing = i18n.translator(i18n.current())(N_("暂无数据"))
        return Markup('<figure class="chart">{}<p class="small soft">{}</p></figure>').format(head, nothing)
    return Markup('<figure class="chart">{}<ol class="ranking">{}</ol></figure>').format(head, items)

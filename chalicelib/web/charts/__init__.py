"""Charts as server-rendered SVG: values in, Markup out, no scripts, colours from the stylesheet's tokens.

The outer SVG has no viewBox and is drawn in pixels and per cent, so its text keeps its size on a phone and
on a wall; only curves sit in a stretched inner SVG, with strokes that do not scale. Every chart carries a
title, a summary for screen readers and, behind a fold, the table of its values. A missing value is a gap:
silence is not zero.
"""

from chalicelib.web.charts.columns import bars
from chalicelib.web.charts.curves import line, spark
from chalicelib.web.charts.ladder import LEVELS, level_of, meter
from chalicelib.web.charts.plot import Series, Value
from chalicelib.web.charts.rankings import ranking

__all__ = ["LEVELS", "Series", "Value", "bars", "level_of", "line", "meter", "ranking", "spark"]

"""QR codes as pictures in a page."""

import re
from functools import lru_cache

from markupsafe import Markup

_QUIET = 4
_DARK = re.compile(rb"\x01+")
_PICTURE = Markup(
    '<svg viewBox="0 0 {side} {side}" class="qr"><title>{title}</title>'
    '<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path stroke="#000" d="{dark}"/></svg>'
)


@lru_cache(maxsize=256)
def qr(payload: str, title: str) -> Markup:
    """``payload`` as an inline SVG QR code, level M with its quiet zone; dark on white, also at night."""
    import segno

    # Trying all eight masks costs four times the rest. They exist to break up regular patterns; a signed
    # payload has none, so one mask is as good as another.
    code = segno.make(payload, error="m", micro=False, boost_error=False, mask=0)
    return _PICTURE.format(
        side=len(code.matrix) + 2 * _QUIET, title=title, dark=_strokes([bytes(row) for row in code.matrix])
    )


def _strokes(rows: list[bytes]) -> str:
    """A path of horizontal strokes of width 1: each dark run of each row, from where the last one ended.

    segno writes the same, module by module, in five times the time.
    """
    path = [f"M{_QUIET} {_QUIET}.5"]
    across, down = 0, 0
    for number, row in enumerate(rows):
        for run in _DARK.finditer(row):
            path.append(f"m{run.start() - across} {number - down}h{run.end() - run.start()}")
            across, down = run.end(), number
    return "".join(path)

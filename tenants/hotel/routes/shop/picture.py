"""A picture of a room type, drawn: its beds, a window on the mountains. Nothing borrowed, a kilobyte each."""

import hashlib
from collections.abc import Mapping

_WIDTH, _HEIGHT = 320, 180
_SKIES = (("#dfeceb", "#a9c8c4"), ("#e9eee0", "#b4c39a"), ("#e4e9f0", "#a8b8cc"), ("#f1e8dd", "#d0b48f"))
_BEDS = {
    "single": 44,
    "double": 66,
    "queen": 74,
    "king": 84,
    "bunk": 46,
    "sofa": 60,
    "kang": 120,
    "tatami": 96,
}
_CLOTH = ("#8fb7b3", "#b9cdb2", "#c9b79c", "#9fb0c6")


def picture(id: str, beds: Mapping[str, int], *, house: bool) -> str:
    """The drawing as SVG. The same type is always drawn alike."""
    seed = hashlib.blake2b(id.encode(), digest_size=4).digest()
    sky, ridge = _SKIES[seed[0] % len(_SKIES)]
    cloth = _CLOTH[seed[1] % len(_CLOTH)]
    shapes = _courtyard(sky, ridge) if house else _room(sky, ridge, cloth, beds, left=bool(seed[2] % 2))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}">{"".join(shapes)}</svg>'
    )


def _room(sky: str, ridge: str, cloth: str, beds: Mapping[str, int], *, left: bool) -> list[str]:
    at = 28 if left else 196
    shapes = [
        _box(0, 0, _WIDTH, 132, "#f3f6f4"),
        _box(0, 132, _WIDTH, 48, "#ddd2c0"),
        *_window(at, sky, ridge),
        _box(232 if left else 44, 34, 40, 30, ridge, round=2),
        _box(236 if left else 48, 38, 32, 22, sky),
    ]
    drawn = [name for name, count in beds.items() for _ in range(count) if name in _BEDS][:4] or ["queen"]
    wide = [_BEDS[name] for name in drawn]
    gap = 14
    scale = min(1.0, (_WIDTH - 48) / (sum(wide) + gap * (len(wide) - 1)))
    x = (_WIDTH - (sum(wide) + gap * (len(wide) - 1)) * scale) / 2
    for name, width in zip(drawn, wide, strict=True):
        shapes += _bed(x, width * scale, cloth, name)
        x += (width + gap) * scale
    return shapes


def _window(x: int, sky: str, ridge: str) -> list[str]:
    return [
        _box(x, 18, 96, 70, "#6c807d", round=3),
        _box(x + 4, 22, 88, 62, sky),
        f'<path d="M{x + 4} 84V62l18-16 14 11 20-25 20 22 16-10v40z" fill="{ridge}"/>',
        _box(x + 47, 22, 2, 62, "#6c807d"),
    ]


def _bed(x: float, width: float, cloth: str, name: str) -> list[str]:
    low = name in {"kang", "tatami"}
    top = 112 if low else 98
    parts = [
        _box(x, top - (0 if low else 22), width, 24, "#a98d6a", round=4),
        _box(x, top, width, 48, "#fdfffe", round=4),
        _box(x, top + 18, width, 34, cloth, round=4),
        _box(x + width * 0.12, top + 3, width * 0.3, 12, "#eef2f1", round=4),
    ]
    if width > 50:
        parts.append(_box(x + width * 0.58, top + 3, width * 0.3, 12, "#eef2f1", round=4))
    if name == "bunk":
        parts += [_box(x, top - 42, width, 16, cloth, round=3), _box(x, top - 42, 3, 70, "#a98d6a")]
    return parts


def _courtyard(sky: str, ridge: str) -> list[str]:
    return [
        _box(0, 0, _WIDTH, _HEIGHT, sky),
        f'<path d="M0 110l54-46 40 30 62-62 58 56 44-26 62 44v74H0z" fill="{ridge}"/>',
        _box(0, 138, _WIDTH, 42, "#d8d3c2"),
        '<path d="M34 96q126-34 252 0l10 12H24z" fill="#4c5f5c"/>',
        _box(44, 106, 232, 44, "#f3efe4"),
        _box(140, 112, 40, 38, "#8a4a33", round=2),
        _box(66, 116, 44, 24, "#c9b79c", round=2),
        _box(210, 116, 44, 24, "#c9b79c", round=2),
    ]


def _box(x: float, y: float, width: float, height: float, fill: str, *, round: int = 0) -> str:
    corner = f' rx="{round}"' if round else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{corner} fill="{fill}"/>'

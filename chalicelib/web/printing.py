"""Documents on paper: a Typst template and plain data become a PDF/A. The same data make the same bytes.

Imported only by who prints: Typst is 80 MB and not in every function's package, and it needs a font with
Chinese, which is never in this repository. Without either there is ``NoPrinter``, before anything is made.
On AWS a schedule has both that says ``needs="seal"``, and a route that says ``prints=True``.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from chalicelib.config import settings
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.period import SHANGHAI
from chalicelib.web.places import templates_folder

FONTS = (
    "build/fonts",
    "/opt/fonts",  # a layer of a function
    "/usr/share/fonts/opentype/noto",  # Debian's fonts-noto-cjk
    "node_modules/@expo-google-fonts/noto-sans-sc",
)
_WANTED = frozenset({"Noto Sans CJK SC", "Noto Sans SC"})


class NoPrinter(Refusal):
    code = "web.no-printer"
    status = 503
    detail = N_("这里不能生成 PDF:没有安装排版程序或中文字体。")
    remedy = N_("可以先下载表格;请管理员安装 fonts-noto-cjk 后再试。")


def can_print() -> bool:
    """Whether this process can make a PDF."""
    return find_spec("typst") is not None and bool(_fonts())


def pdf(template: str, data: Any, *, made: datetime) -> bytes:
    """A PDF/A-2b from ``templates/print/<template>.typ``, which reads ``data`` as JSON.

    ``made`` is the date that the document bears; it is not the clock's, so printing again makes the same.
    A glyph that no font has is an error and never a silent box.
    """
    fonts = _fonts()
    if not fonts or find_spec("typst") is None:
        raise NoPrinter
    import typst

    folder = templates_folder() / "print"
    printed = typst.compile(
        folder / f"{template}.typ",
        root=folder,
        format="pdf",
        font_paths=list(fonts),
        ignore_system_fonts=True,
        pdf_standards="a-2b",
        timestamp=made.replace(microsecond=0),  # the printer takes whole seconds
        sys_inputs={
            "data": json.dumps(data, ensure_ascii=False),
            "made": made.astimezone(SHANGHAI).strftime("%Y-%m-%d"),
        },
    )
    assert isinstance(printed, bytes)
    return printed


@cache
def _fonts() -> tuple[Path, ...]:
    if find_spec("typst") is None:
        return ()
    import typst

    for place in _places():
        known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[place])
        if _WANTED & {*known.families()}:
            return (place,)
    return ()


def _places() -> Iterator[Path]:
    for place in (settings().fonts, *FONTS):
        if place and Path(place).is_dir():
            yield Path(place)

"""Where templates and built assets lie, and what an asset's address is.

Locally both lie in the checkout; in a deployed function they lie beside ``chalicelib`` at the root of the
package.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from chalicelib.config import settings
from chalicelib.kernel.late import dataclass

ASSET_PREFIX: Final = "/assets/"
_CORE: Final = Path(__file__).resolve().parents[1]
_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file to serve. ``lasting``: its name carries its content's hash, so it may be kept for ever."""

    body: bytes
    content_type: str
    lasting: bool


def templates_folder() -> Path:
    """The templates: inside the core, beside it (checkout and function), or in the working directory."""
    for folder in (_CORE / "templates", _CORE.parent / "templates", Path.cwd() / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise FileNotFoundError("templates/base.html is neither beside chalicelib nor here")


def asset(name: str) -> str:
    """The address of an asset by its source name: ``site.css`` → ``/assets/site-5FQ2.css``.

    Before anything was built the plain name is answered, and :func:`read_asset` serves the source.
    """
    return ASSET_PREFIX + _manifest().get(name, name)


def read_asset(name: str) -> Asset | None:
    """The built file ``name``, or the source of that name; None when there is neither."""
    if not name or "/" in name or "\\" in name or name.startswith("."):
        return None
    for folder in _asset_folders():
        path = folder / name
        if path.is_file() and name != "manifest.json":
            kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0]
            return Asset(
                body=path.read_bytes(),
                content_type=kind or "application/octet-stream",
                lasting=name in _manifest().values(),
            )
    return None


@lru_cache(maxsize=1)
def _manifest() -> Mapping[str, str]:
    for folder in _asset_folders():
        path = folder / "manifest.json"
        if path.is_file():
            names: dict[str, str] = json.loads(path.read_text("utf-8"))
            return names
    return {}


def _asset_folders() -> Iterator[Path]:
    chosen = Path(settings().assets)
    if chosen.is_absolute():
        yield chosen
    else:
        yield _CORE.parent / chosen
        yield Path.cwd() / chosen
    yield _CORE.parent / "assets"
    yield templates_folder() / "assets"

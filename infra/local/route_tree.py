"""Which route a path means."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from chalice.local import MatchResult


class RouteTree:
    """Finds the route of a path, segment by segment; a fixed segment goes before a captured one.

    Chalice's matcher walks over all routes, and reads ``//host/path`` as an address of elsewhere.
    """

    def __init__(self, urls: list[str]) -> None:
        self._root: dict[str, Any] = {}
        for url in urls:
            node = self._root
            names = []
            for segment in url[1:].split("/") if len(url) > 1 else ():
                captured = segment.startswith("{")
                if captured:
                    names.append(segment[1:-1])
                node = node.setdefault(_CAPTURED if captured else segment, {})
            node[_END] = (url, tuple(names))

    def match_route(self, url: str) -> MatchResult:
        """The route of ``url`` with its captured parts; ValueError when there is none."""
        path, _, query = url.partition("?")
        # API Gateway, too, takes a slash at the end for none.
        inner = path[1:-1] if path.endswith("/") else path[1:]
        segments = inner.split("/") if inner else []
        found = _descend(self._root, segments, ())
        if found is None:
            raise ValueError(f"No matching route found for: {path}")
        (route, names), values = found
        captured = dict(zip(names, values, strict=True))
        return MatchResult(route, captured, parse_qs(query, keep_blank_values=True))


_END, _CAPTURED = "/end", "/captured"  # no segment of a path contains a slash


def _descend(
    node: dict[str, Any], segments: list[str], values: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], tuple[str, ...]] | None:
    if not segments:
        return (node[_END], values) if _END in node else None
    first, rest = segments[0], segments[1:]
    if first in node:
        found = _descend(node[first], rest, values)
        if found is not None:
            return found
    if first and _CAPTURED in node:
        return _descend(node[_CAPTURED], rest, (*values, first))
    return None

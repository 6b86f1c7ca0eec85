"""Routes on demand: a deployed function imports the file of a route when it is first asked for.

What a request waits for at a cold start is then what it needs itself, and does not grow with what is built
beside it. Which file answers which address is written down when the artefact is built, from what the modules
declare (``index_of``). On one computer, in tests and while packaging all routes are imported at the start.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from chalicelib.web.by_kind import kind_of_shop
from chalicelib.web.doors import Public
from chalicelib.web.incoming import Incoming
from chalicelib.web.registry import VIEWS, Route

Answer = Callable[[Incoming], dict[str, Any]]
Files = Mapping[str, str]
"""By kind of tenant (empty: whoever asks) the Python module that answers one method of one address."""


def index_of(routes: Iterable[Route]) -> list[list[str]]:
    """``[path, method, kind, file]`` of every route, in order."""
    return sorted([route.path, route.method, _kind(route), route.handler.__module__] for route in routes)


class OnDemand:
    """The routes of an index whose files ``served`` permits."""

    def __init__(self, index: Iterable[Iterable[str]], *, served: Callable[[str], bool]) -> None:
        self._files: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        for path, method, kind, file in index:
            if served(file):
                self._files[path][method][kind] = file

    @classmethod
    def read(cls, place: Path, *, served: Callable[[str], bool]) -> "OnDemand":
        """From the file that the build wrote."""
        return cls(json.loads(place.read_text("utf-8")), served=served)

    def views(self, path: str) -> dict[str, Answer]:
        """Who answers at this address, by method. Nothing is imported before it answers."""
        methods = self._files.get(path)
        return {method: _later(path, method, files) for method, files in (methods or {}).items()}

    def routes(self) -> list[Route]:
        """Every route: imports all."""
        return [
            _view(path, method, file).route
            for path, methods in self._files.items()
            for method, files in methods.items()
            for file in files.values()
        ]


def _later(path: str, method: str, files: Files) -> Answer:
    def answer(incoming: Incoming) -> dict[str, Any]:
        kind = kind_of_shop(incoming) if len(files) > 1 else ""
        file = files.get(kind) or next(iter(files.values()))
        said: dict[str, Any] = _view(path, method, file)(incoming)
        return said

    return answer


def _view(path: str, method: str, file: str) -> Any:
    import_module(file)
    return VIEWS[path, method, file]


def _kind(route: Route) -> str:
    return route.door.kind or "" if isinstance(route.door, Public) else ""

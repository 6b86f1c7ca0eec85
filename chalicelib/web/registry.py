"""The registry: every route, its door, its models. Rules, OpenAPI and the application walk it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.module import Books
from chalicelib.web.doors import Door

Style = Literal["api", "page"]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path, and everything that is said about it."""

    method: str
    path: str
    use_case: str
    door: Door
    style: Style
    handler: Callable[..., Any]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Any = None
    status: int = 200
    summary: str = ""
    description: str = ""
    entitlement: str | None = None
    keyless: bool = False
    limit: int = 0
    invalid: Callable[..., Any] | None = None
    prints: bool = False

    @property
    def changes(self) -> bool:
        """Whether the method may change something."""
        return self.method not in {"GET", "HEAD"}

    @property
    def api(self) -> bool:
        """Whether the route belongs to the documented API."""
        return self.path.startswith("/api/v1/")


ROUTES: list[Route] = []
"""Every route that was declared in this process, in the order of declaration."""

VIEWS: dict[tuple[str, str, str], Any] = {}
"""What answers them: by path, method and the Python module that declares it (``on_demand`` looks here)."""

RECEIVERS: dict[str, Callable[[str, Any, datetime], Any]] = {}
"""By kind of tenant: who takes money for an order (order, receipt, now). Filled from the manifests."""

FRAMES: dict[str, Callable[[Any, str], Mapping[str, Any]]] = {}
"""By kind of tenant: what pages of the core have around them (call, place). Filled in the same way."""

BOOKS: dict[str, Books] = {}
"""By kind of tenant: what its own books say of a period. Filled in the same way."""

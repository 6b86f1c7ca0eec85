"""One public address that several kinds of tenants answer, each in its own way: the slug says whose it is.

``/s/{slug}`` is every shop's front, ``/s/{slug}/orders/{order}`` everybody's order page. Each module declares
its own route behind ``Public(kind=…)``; the application puts those of one address together here.
"""

from typing import Any

from chalicelib.kernel.errors import Refusal
from chalicelib.persistence import directory
from chalicelib.web.doors import SLUG, Public
from chalicelib.web.incoming import Incoming
from chalicelib.web.registry import Route
from chalicelib.web.serve import View


class ByKind:
    """The views of one method of one public path, by the kind of tenant that answers."""

    def __init__(self, first: View) -> None:
        self._views = {_kind(first): first}

    def add(self, view: View) -> None:
        """One more kind answers here."""
        kind = _kind(view)
        if kind in self._views:
            raise TypeError(f"{view.route.method} {view.route.path}: declared twice for {kind}")
        self._views[kind] = view

    @property
    def routes(self) -> tuple[Route, ...]:
        """Each kind's route."""
        return tuple(view.route for view in self._views.values())

    def __call__(self, incoming: Incoming) -> dict[str, Any]:
        """Answer as the shop's kind does; a slug of nobody is refused by any door."""
        view = self._views.get(kind_of_shop(incoming))
        return (view or next(iter(self._views.values())))(incoming)


def _kind(view: View) -> str:
    door = view.route.door
    if not isinstance(door, Public) or door.kind is None:
        raise TypeError(f"{view.route.method} {view.route.path}: only public doors of kinds share an address")
    return door.kind


def kind_of_shop(incoming: Incoming) -> str:
    """The kind of the tenant whose shop the address names; empty where it is nobody's."""
    try:
        slug = incoming.parameters().get("slug", "")
    except Refusal:  # the view decodes the path again and says so
        return ""
    tenant = directory.by_slug(slug) if SLUG.match(slug) else None
    return tenant.kind if tenant is not None else ""

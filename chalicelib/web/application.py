"""The application: Chalice's class with our way from a proxy event to a route.

Chalice keeps the routes (its packager reads them); the request travels as an argument, never over the
application object, so threads cannot take each other's request. A route that did not come through
``endpoint()`` or ``page()`` cannot be registered: there is no unguarded door to forget.
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import Chalice

from chalicelib.kernel.errors import Refusal
from chalicelib.web import reply
from chalicelib.web.by_kind import ByKind
from chalicelib.web.call import Call
from chalicelib.web.doors import shown
from chalicelib.web.incoming import Incoming
from chalicelib.web.moment import clock
from chalicelib.web.on_demand import Answer, OnDemand
from chalicelib.web.refusals import UnknownPath, WrongMethod
from chalicelib.web.registry import Route
from chalicelib.web.serve import View, negotiated_locale


class Application(Chalice):
    """The composed application. On AWS it is the handler ``app.app``; locally it stands behind a server."""

    def __init__(self, app_name: str, *, later: OnDemand | None = None) -> None:
        super().__init__(app_name, configure_logs=False)
        self._later = later
        # Any answer may be bytes and says so itself; the gateway is told to look at every one.
        self.api.binary_types = ["*/*"]

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer one proxy event."""
        incoming = Incoming(event, context, routes=self.guarded)
        views = self._views(incoming.pattern)
        if not views:
            return self._lost(incoming, UnknownPath())
        head = incoming.method == "HEAD" and "HEAD" not in views
        view = views.get("GET" if head else incoming.method)
        if view is None:
            return self._lost(incoming, WrongMethod(allow=", ".join(sorted(views))))
        answer = view(incoming)
        if head:
            answer["body"], answer["isBase64Encoded"] = "", False
        return answer

    def unknown(self, *, method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
        """The 404 for a local server whose router knows no such path (on AWS the gateway itself answers)."""
        about = {"httpMethod": method, "path": path.partition("?")[0], "resourcePath": ""}
        return self._lost(Incoming({"requestContext": about, "headers": headers}, None), UnknownPath())

    def guarded(self) -> list[Route]:
        """Every route with its door."""
        views: list[Any] = []
        for methods in self.routes.values():
            views += [entry.view_function for entry in methods.values()]
        now = [route for view in views for route in view.routes]
        return now + (self._later.routes() if self._later is not None else [])

    def _views(self, path: str) -> Mapping[str, Answer]:
        """Who answers at an address, by method."""
        if path in self.routes or self._later is None:
            return {method: entry.view_function for method, entry in self.routes.get(path, {}).items()}
        return self._later.views(path)

    def _register_route(self, name: str, user_handler: Any, kwargs: Any, **unused: Any) -> None:
        if not isinstance(user_handler, View):
            raise TypeError(f"{name}: routes are declared with endpoint() or page()")
        if user_handler.route.method in self.routes.get(user_handler.route.path, {}):
            self._share(user_handler)
            return
        # Chalice empties what it is given: without the copy a blueprint serves its first application only.
        copied = {**kwargs, "kwargs": dict(kwargs["kwargs"])}
        super()._register_route(name, user_handler, copied, **unused)

    def _share(self, view: View) -> None:
        """A second kind of tenant answers an address that is served already."""
        entry = self.routes[view.route.path][view.route.method]
        served: Any = entry.view_function
        shared = served if isinstance(served, ByKind) else ByKind(served)
        shared.add(view)
        entry.view_function = shared

    def _lost(self, incoming: Incoming, refusal: Refusal) -> dict[str, Any]:
        call = Call(
            incoming=incoming,
            caller=shown(incoming),
            use_case="web.lost",
            locale=negotiated_locale(incoming),
            now=clock(),
        )
        wants_page = "text/html" in incoming.header("accept") and not incoming.path.startswith("/api/")
        return reply.problem_of("page" if wants_page else "api", call, refusal)

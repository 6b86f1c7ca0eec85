"""endpoint(): the one door of every HTTP route.

In this order: path, door (tenant, roles, bucket), entitlement, forgery, query, body, idempotency key;
then the handler; then one commit of its unit of work together with the answer. A path that a colleague
must not forget is a path that is not here.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from chalice.app import Blueprint
from pydantic import BaseModel

from chalicelib.web.answers import Attachment, Fragment, Html, Page, Redirect
from chalicelib.web.body import LIMIT
from chalicelib.web.call import Call
from chalicelib.web.doors import Door, Member, Open, Public
from chalicelib.web.filled import Filled
from chalicelib.web.moment import clock, set_clock
from chalicelib.web.registry import ROUTES, VIEWS, Route
from chalicelib.web.serve import View
from chalicelib.web.wire import (
    Answered,
    Asked,
    Blank,
    Confirmed,
    Empty,
    LocalMoment,
    MoneyView,
    Paging,
    Pressed,
    Several,
    WallTime,
    make_cursor,
    read_cursor,
)

Handler = TypeVar("Handler", bound=Callable[..., Any])


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    use_case: str,
    door: Door,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answers: Any = None,
    status: int = 200,
    summary: str = "",
    description: str = "",
    entitlement: str | None = None,
    keyless: bool = False,
    limit: int = LIMIT,
    prints: bool = False,
) -> Callable[[Handler], Handler]:
    """Declare an API route. The handler takes ``(call)`` or ``(call, body)`` and returns a model or a dict.

    entitlement: the sales feature that the tenant's plan must include (statutory routes name none).
    keyless: the caller cannot send an Idempotency-Key: a provider's webhook behind ``Open``, a protocol of
    others behind a ``basic`` door. The body is then ``call.raw``, unread. limit: bytes of the body.
    prints: it may call ``printing.pdf``; on AWS a function that has the printer serves it.
    """
    return _declare(
        blueprint,
        Route(
            method=method,
            path=path,
            use_case=use_case,
            door=door,
            style="api",
            handler=_unset,
            body=body,
            query=query,
            answers=answers,
            status=status,
            summary=summary,
            description=description,
            entitlement=entitlement,
            keyless=keyless,
            limit=limit,
            prints=prints,
        ),
    )


def page(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    use_case: str,
    door: Door,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    entitlement: str | None = None,
    limit: int = LIMIT,
    invalid: Callable[[Call], Page] | None = None,
    prints: bool = False,
) -> Callable[[Handler], Handler]:
    """Declare a page. The handler returns ``Html``, ``Fragment``, ``Redirect`` or ``Attachment``.

    A form carries the hidden fields ``csrf`` (required) and ``key`` (``form_key``: a second click does
    nothing twice). ``invalid`` shows a form again whose fields were refused: it finds them in ``call.form``
    and ``call.errors``; without it the visitor sees what was wrong and goes back. prints: see ``endpoint``.
    """
    return _declare(
        blueprint,
        Route(
            method=method,
            path=path,
            use_case=use_case,
            door=door,
            style="page",
            handler=_unset,
            body=body,
            query=query,
            entitlement=entitlement,
            limit=limit,
            invalid=invalid,
            prints=prints,
        ),
    )


def _declare(blueprint: Blueprint, route: Route) -> Callable[[Handler], Handler]:
    _sound(route)

    def register(handler: Handler) -> Handler:
        view = View(route, handler)
        ROUTES.append(view.route)
        VIEWS[route.path, route.method, handler.__module__] = view
        blueprint.route(
            route.path,
            methods=[route.method],
            content_types=[],
            name=f"{route.use_case}:{route.method}",
        )(view)
        return handler

    return register


def _sound(route: Route) -> None:
    """Refuse, when the module is imported, a declaration that could not be kept."""
    models = [model for model in (route.body, route.query) if model is not None]
    basic = isinstance(route.door, Member) and route.door.basic
    problems = {
        "a body or query model forbids extra fields (derive from Asked)": any(
            model.model_config.get("extra") != "forbid" for model in models
        ),
        "a public route names {slug}": isinstance(route.door, Public) and "{slug}" not in route.path,
        "GET has no body": not route.changes and route.body is not None,
        "only a webhook behind Open() and a basic door are keyless": route.keyless
        and not ((isinstance(route.door, Open) or basic) and route.body is None),
        "a basic door is keyless: who stands there knows no Idempotency-Key": basic and not route.keyless,
        "a path starts with / and does not end with it": not route.path.startswith("/")
        or (len(route.path) > 1 and route.path.endswith("/")),
        "the methods are GET, POST, PUT, PATCH, DELETE": route.method
        not in {"GET", "POST", "PUT", "PATCH", "DELETE"},
    }
    for problem, found in problems.items():
        if found:
            raise TypeError(f"{route.method} {route.path}: {problem}")


def _unset(*_: Any) -> None:
    raise NotImplementedError


__all__ = [
    "Answered",
    "Asked",
    "Attachment",
    "Blank",
    "Blueprint",
    "Call",
    "Confirmed",
    "Empty",
    "Filled",
    "Fragment",
    "Html",
    "LocalMoment",
    "Member",
    "MoneyView",
    "Open",
    "Page",
    "Paging",
    "Pressed",
    "Public",
    "Redirect",
    "Several",
    "WallTime",
    "clock",
    "endpoint",
    "make_cursor",
    "page",
    "read_cursor",
    "set_clock",
]

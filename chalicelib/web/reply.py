"""Replies: what a handler returned as a response, and what of it is kept with the command."""

import json
from typing import Any
from urllib.parse import quote

import orjson
from pydantic import BaseModel

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.persistence import directory
from chalicelib.web.answers import (
    HTML,
    JSON,
    PROBLEM,
    Attachment,
    Fragment,
    Html,
    Redirect,
    cookie,
    is_local,
    response,
)
from chalicelib.web.banners import warnings
from chalicelib.web.call import Call
from chalicelib.web.filled import Filled
from chalicelib.web.problem import problem
from chalicelib.web.registry import Route

_YEAR = 31_536_000
_PROBLEM = "problem.html"
# Plain values only: an instant or a record that a handler forgot to put into words is a fault, not an answer.
_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_REPLAYED = {"Idempotent-Replayed": "true"}


def made(route: Route, call: Call, given: Any) -> tuple[Any, dict[str, Any]]:
    """The answer to keep with the command, and the response. Made before the commit: a template that
    cannot be rendered then leaves nothing half told."""
    if isinstance(given, Html | Redirect | Attachment):
        keeps = call.changed and call.command is not None  # without a key nobody asks for it again
        return (_kept(given) if keeps else None), _page(call, given)
    if route.style == "page":
        raise TypeError(f"{route.use_case}: a page returns Html, Fragment, Redirect or Attachment")
    document = given.model_dump(mode="json", by_alias=True) if isinstance(given, BaseModel) else given
    return document, _json(route, call, document)


def again(route: Route, call: Call, stored: Any) -> dict[str, Any]:
    """The stored answer of a command that was done before, said again."""
    if route.style == "api":
        return _json(route, call, stored, _REPLAYED)
    if isinstance(stored, dict) and "redirect" in stored:
        return _page(call, Redirect(stored["redirect"], stored["status"]), _REPLAYED)
    if isinstance(stored, dict) and "template" in stored:
        return _page(call, Html(stored["template"], **stored["context"]), _REPLAYED)
    return _page(call, Redirect(call.url), _REPLAYED)


def shown_again(call: Call, given: Any) -> dict[str, Any]:
    """A form with what was wrong in it."""
    if isinstance(given, Html) and given.status is None:
        given.status = 422
    return _page(call, given)


def problem_of(style: str, call: Call, refusal: Refusal) -> dict[str, Any]:
    """The problem as a document, or in words on a page with a way back."""
    told = problem(refusal, locale=call.locale, request=call.request_id)
    headers = {"Cache-Control": "no-store", "X-Request-Id": call.request_id, **told.headers}
    if style == "api":
        return response(
            status=told.status,
            body=told.text,
            headers={**headers, "Content-Type": PROBLEM, "Content-Language": call.locale},
        )
    view = {**told.document, "request_id": call.request_id}
    shown = Html(_PROBLEM, problem=view, back=_back(call))
    shown.status = told.status
    return _page(call, shown, headers)


def to_login(call: Call) -> dict[str, Any]:
    """The way to the login page, and from there back to a page that was asked for."""
    wanted = f"?next={quote(call.url, safe='/')}" if call.method == "GET" and len(call.url) < 1_000 else ""
    return _page(call, Redirect(f"/login{wanted}"))


def remember(answer: dict[str, Any], name: str, value: str) -> None:
    """Give the browser a cookie for a year; never with an answer that others may keep and pass on."""
    if answer["headers"].get("Cache-Control", "").startswith("public"):
        return
    cookies = answer["multiValueHeaders"].setdefault("Set-Cookie", [])
    cookies.append(cookie(name, value, seconds=_YEAR))


def _json(route: Route, call: Call, document: Any, more: dict[str, str] | None = None) -> dict[str, Any]:
    body = "" if document is None or route.status == 204 else orjson.dumps(document, option=_PLAIN).decode()
    headers = {
        "Content-Type": JSON,
        "Cache-Control": "no-store",
        "Vary": "Authorization, Cookie, Accept-Language",
        "X-Request-Id": call.request_id,
        **call.headers,
        **(more or {}),
    }
    return _sent(call, route.status, body, headers)


def _page(call: Call, given: Any, more: dict[str, str] | None = None) -> dict[str, Any]:
    headers = {
        "Cache-Control": "no-store" if call.session else "private, no-cache",
        "Vary": "Cookie, Accept-Language",
        "X-Request-Id": call.request_id,
    }
    status = 200
    body: str | bytes = ""
    match given:
        case Redirect():
            status, headers["Location"] = given.status, given.url
            headers["Content-Type"] = HTML
        case Attachment():
            status, body = given.status, given.body
            headers["Content-Type"] = given.content_type
            if given.name:
                headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
            if given.lasting:
                headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
                del headers["Vary"]
        case Html():
            status = given.status or 200
            headers["Content-Type"] = HTML
            headers["Content-Language"] = call.locale
            from chalicelib.web import pages  # the API never needs it

            context = {**_common(call), **_around(call, given), **given.context}
            body = pages.render(given.template, locale=call.locale, **context)
        case _:
            raise TypeError("a page returns Html, Fragment, Redirect or Attachment")
    headers |= {**call.headers, **(more or {})}
    return _sent(call, status, body, headers)


def _sent(call: Call, status: int, body: str | bytes, headers: dict[str, str]) -> dict[str, Any]:
    if "ETag" in headers and call.header("if-none-match") == headers["ETag"]:
        status, body = 304, ""
    return response(status=status, body=body, headers=headers, cookies=list(call.cookies))


def _common(call: Call) -> dict[str, Any]:
    """The names that every template may use; a handler's own go before them."""
    member = call.credential
    names: dict[str, Any] = {
        "csrf": call.csrf,
        "form_key": call.form_key,
        "path": call.url,
        "now": call.now,
        "who": {"name": member.label, "role": ""} if member is not None else None,
    }
    if call.has_tenant:
        tenant = call.tenant
        home = f"/{tenant.kind}" if call.context.door == "member" else f"/s/{tenant.slug}"
        names["site"] = {
            "name": directory.called(tenant, call.locale),
            "href": home,
            "slug": tenant.slug,
            "kind": tenant.kind,
            "find": f"{home}/find" if call.context.door == "public" else "",
        }
    return names


def _around(call: Call, given: Html) -> dict[str, Any]:
    """What a whole page of a tenant shows besides: warnings from above that hold now.

    The page of a problem reads nothing: what it tells of may be that nothing can be read.
    """
    whole = not isinstance(given, Fragment) and given.template != _PROBLEM
    return {"warnings": warnings(call)} if whole and call.has_tenant else {}


def _kept(given: Any) -> dict[str, Any]:
    """What is stored of a page that changed something, so that a second click is shown the same; but for what
    was typed into its form, which may be anybody's name."""
    if isinstance(given, Redirect):
        return {"redirect": given.url, "status": given.status}
    if isinstance(given, Html):
        plain = {name: value for name, value in given.context.items() if not isinstance(value, Filled)}
        kept = {"template": given.template, "context": plain}
        try:
            json.dumps(kept, allow_nan=False)
        except (TypeError, ValueError):
            raise TypeError(f"{given.template}: after a change, show plain values or redirect") from None
        return kept
    raise TypeError("after a change a page redirects to its file")


def _back(call: Call) -> dict[str, str] | None:
    """The page the visitor came from, when it was one of ours."""
    came = call.header("referer")
    host = call.host
    for start in (f"https://{host}", f"http://{host}"):
        if host and came.startswith(start + "/") and is_local(path := came.removeprefix(start)):
            return {"label": call.translate(N_("返回上一页")), "href": path} if path != call.url else None
    return None

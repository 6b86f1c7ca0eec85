"""The front page, and the way in and out."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field

from chalicelib.control import usecases
from chalicelib.control.store import ControlStore
from chalicelib.kernel.errors import N_, Missing
from chalicelib.persistence import directory
from chalicelib.web.answers import is_local
from chalicelib.web.http import Asked, Blueprint, Call, Html, Open, Page, Redirect, page

blueprint = Blueprint(__name__)
registry: usecases.Registry = ControlStore()

_KINDS: Mapping[str, str] = {
    "scenic": N_("景区"),
    "hotel": N_("酒店"),
    "agency": N_("旅行社"),
    "homestay": N_("乡村民宿"),
}
_FRESH, _MOST = 60.0, 60


class LoginForm(Asked):
    """The log-in form. A password's ends are part of it, so nothing is stripped."""

    model_config = ConfigDict(str_strip_whitespace=False)

    email: str = Field(min_length=3, max_length=320)
    password: str = Field(min_length=1, max_length=200, repr=False)
    next: str = Field(default="", max_length=1_000)


class LoginQuery(Asked):
    """Where to go after the log-in."""

    next: str = Field(default="", max_length=1_000)


@page(blueprint, "GET", "/", use_case="control.home", door=Open())
def show_home(call: Call) -> Page:
    """The platform's front page: the shops that are open; under a shop's own host, its front page."""
    if call.shop is not None:
        return Redirect(f"/s/{call.shop}")
    shops = [{**shop, "kind": call.translate(_KINDS.get(shop["kind"], shop["kind"]))} for shop in _shops()]
    return Html("home.html", shops=shops)


@page(blueprint, "GET", "/login", use_case="control.show-login", door=Open(), query=LoginQuery)
def show_login(call: Call) -> Page:
    """The log-in form; who is logged in goes straight to their desk."""
    _at_the_desks(call)
    wanted = call.query.next if is_local(call.query.next) else ""
    if (found := call.credential) is not None:
        return Redirect(wanted or f"/{found.tenant.kind}")
    return Html("login.html", next=wanted)


def _shown_again(call: Call) -> Html:
    return _refused(call, str(call.form.get("email", "")), str(call.form.get("next", "")))


@page(
    blueprint,
    "POST",
    "/login",
    use_case="control.log-in",
    door=Open(),
    body=LoginForm,
    limit=8_000,
    invalid=_shown_again,
)
def log_in(call: Call, body: LoginForm) -> Page:
    """Check email and password; hand out a session."""
    _at_the_desks(call)
    try:
        secret, account = usecases.log_in(
            email=body.email,
            password=body.password,
            address=call.address,
            now=call.now,
            registry=registry,
        )
    except usecases.WrongLogin:
        return _refused(call, body.email, body.next)
    call.open_session(secret, seconds=int(usecases.SESSION_LIFE.total_seconds()))
    return Redirect(body.next if is_local(body.next) else f"/{account.tenant.kind}")


@page(blueprint, "POST", "/logout", use_case="control.log-out", door=Open(), limit=8_000)
def log_out(call: Call) -> Redirect:
    """End the session, here and in the directory."""
    usecases.log_out(secret=call.session, registry=registry)
    call.close_session()
    return Redirect("/")


def _at_the_desks(call: Call) -> None:
    """Desks have one address; under a shop's own host nobody is asked for a password."""
    if call.shop is not None:
        raise Missing


def _refused(call: Call, email: str, wanted: str) -> Html:
    shown = Html(
        "login.html",
        error=call.translate(usecases.WrongLogin.detail),
        email=email[:320],
        next=wanted if is_local(wanted) else "",
    )
    shown.status = 401
    return shown


SHOP = "shop"
"""The entitlement of a tenant whose pages under ``/s/<slug>`` are open: those stand on the front page."""

_lock = threading.Lock()
_kept: tuple[float, list[dict[str, str]]] = (0.0, [])


def _shops() -> list[dict[str, str]]:
    """Open shops by name; read once a minute, because everybody looks at the front page."""
    global _kept  # noqa: PLW0603 - one list for the process
    with _lock:
        made, shops = _kept
    if shops and time.monotonic() - made < _FRESH:
        return shops
    found: list[dict[str, Any]] = [
        {"name": tenant.name, "kind": tenant.kind, "href": f"/s/{tenant.slug}"}
        for tenant in directory.tenants()
        if tenant.status == "active" and SHOP in tenant.entitlements
    ]
    shops = sorted(found, key=lambda shop: shop["name"])[:_MOST]
    with _lock:
        _kept = (time.monotonic(), shops)
    return shops
